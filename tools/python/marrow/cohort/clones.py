# SPDX-License-Identifier: BSD-3-Clause
"""How large the clones are, as the tests of the scenario see them: below its detection limit a clone is not known."""

import itertools
import json
import pathlib
from dataclasses import dataclass

import numpy as np
import scipy.stats
import yaml

from .estimates import NAN, Estimate, adjusted, median, proportion, separation
from .responses import pairs_of

MARKS = (("hla_lacking", "HLA-lacking clones"),
         ("gpi_negative", "GPI-negative clones (PNH)"), ("driver", "Clones with a driver mutation"))
SCHEMA = pathlib.Path(__file__).resolve().parents[4] / "scenarios" / "scenario.schema.json"


@dataclass(frozen=True)
class CloneSizes:
    """Share of neutrophils, of those patients in whom the test is positive."""
    mark: str
    date: str  # diagnosis, response or an endpoint
    arm: str
    prevalence: Estimate
    sizes: np.ndarray  # sorted, at or above the limit
    size: Estimate  # median of these
    clones: np.ndarray  # independent clones in the marrow of those in whom the mark is present at all


@dataclass
class CloneComparison:
    mark: str
    date: str
    first: str
    second: str
    medians: tuple
    ks: float  # distance of the two distributions, on any scale
    p: float  # Mann-Whitney, all patients, below the limit as ties
    adjusted_p: float = NAN


def sizes_of(cohort):
    """CloneSizes of each mark, date and arm."""
    found = []
    dates = ["diagnosis", "response", *cohort.endpoints]
    for (mark, _), date, arm in itertools.product(MARKS, dates, cohort.arms):
        rows = cohort.finished[cohort.finished["arm"] == arm]
        seen = _seen(rows, date, mark)
        positive = np.sort(seen[seen > 0].to_numpy())
        independent = rows[f"{date}_clones_{mark}"].dropna().to_numpy()
        found.append(CloneSizes(mark, date, arm, proportion(len(positive), int(seen.notna().sum())), positive,
                                median(positive), independent[independent > 0]))
    return found


def _seen(rows, date, mark):
    """Share of neutrophils where the test is positive, 0 where it is negative, NaN where nobody was examined."""
    share = rows[f"{date}_neutrophils_{mark}_share"]
    return share.where(rows[f"{date}_{mark}_detected"] != 0, 0.0).where(share.notna())


def compare_sizes(cohort):
    """Clone sizes of each pair of arms at the first response, for the route of recovery, and at each endpoint."""
    found = []
    for (mark, _), date, (first, second) in itertools.product(MARKS, ["response", *cohort.endpoints], pairs_of(cohort.arms)):
        a, b = (_seen(cohort.finished[cohort.finished["arm"] == arm], date, mark).dropna().to_numpy()
                for arm in (first, second))
        if min(len(a), len(b)) < 3:
            continue
        ks = float(scipy.stats.ks_2samp(a, b, method="asymp").statistic)
        found.append(CloneComparison(mark, date, first, second, (median(a), median(b)), ks, separation(a, b)[1]))
    for comparison, p in zip(found, adjusted([c.p for c in found])):
        comparison.adjusted_p = float(p)
    return found


def detection_limits(cohort):
    """{mark: limit as a share}: NaN where patients or arms have different ones, or the files do not tell."""
    limits = {}
    for mark, _ in MARKS:
        path = f"patient.detection.{mark}"
        try:
            file, scenario = (yaml.safe_load(cohort.file_text(name)) or {} for name in ("cohort.yaml", "scenario.yaml"))
            settings = [*file.get("arms", []), *(kind for trait in file.get("traits", []) for kind in trait["kinds"])]
            varied = path in file.get("draws", {}) or any(_value(s.get("set") or {}, path) is not None for s in settings)
            given = _value(file.get("set") or {}, path)
            given = _value(scenario, path) if given is None else given
            limits[mark] = NAN if varied else _share(_default(path) if given is None else given)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError):
            limits[mark] = NAN
    return limits


def _value(settings, path):
    """The value of a path, whose first parts may be one key; None when it is not set."""
    parts = path.split(".")
    for i in range(1, len(parts) + 1):
        found = settings.get(".".join(parts[:i])) if isinstance(settings, dict) else None
        if found is not None:
            return found if i == len(parts) else _value(found, ".".join(parts[i:]))
    return None


def _default(path):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for part in path.split("."):
        schema = _section(schema)[part]
    return schema["default"]


def _section(schema):
    """The entries of a section, which may be one of several alternatives."""
    if "properties" in schema:
        return schema["properties"]
    return next(one["properties"] for one in schema.get("anyOf", []) if "properties" in one)


def _share(value):
    text = str(value).strip()
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)
