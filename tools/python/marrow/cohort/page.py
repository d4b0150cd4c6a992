# SPDX-License-Identifier: BSD-3-Clause
"""The report of a cohort as one HTML page: figures inside, no scripts, no requests. Data are text, never markup."""

import dataclasses
import pathlib

import jinja2
import numpy as np
from markupsafe import Markup

from . import figures, words
from .clones import MARKS
from .findings_text import headline, notes
from .outcomes import DAYS_PER_MONTH

HERE = pathlib.Path(__file__).resolve().parent
STYLES = (HERE.parents[3] / "io" / "report" / "page" / "page.css", HERE / "page.css")
MOST_FINDINGS = 12


def page_of(analysis):
    """The page as text."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True, trim_blocks=True,
                                     lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters.update(
        share=words.share_with_interval, points=words.points_with_interval, value=words.value_with_interval,
        number=words.number, percent=words.percent, p=words.p_words, finding=words.finding_words, listed=words.listed,
        plain=lambda name: name.replace("_", " "))
    cohort = analysis.cohort
    return environment.get_template("page.html").render(
        a=analysis, cohort=cohort, arms=cohort.arms, style=Markup(_style()), notes=notes(analysis),
        headline=headline(analysis), incidences=_incidences(analysis), endpoint_svg=_endpoints(analysis),
        marks=_clones(analysis), independent=_independent(analysis), predictors=_predictors(analysis),
        sensitivity=_sensitivity(analysis), medians=_medians(analysis), tests=_tests(analysis), build=_build(cohort),
        days=DAYS_PER_MONTH)


def _safe(svg):
    return Markup(svg)


def _style():
    return "\n".join(path.read_text(encoding="utf-8") for path in STYLES)


def _incidences(analysis):
    """For each outcome: its figure ("" when nobody was at risk), and whether it is drawn as survival."""
    found = []
    for name, incidence in analysis.incidences.items():
        drawn = any(incidence.curves.values()) and incidence.has_events
        survival = name == "death"
        svg = _safe(figures.incidence_figure(name, incidence, analysis.cohort.arms, survival)) if drawn else ""
        found.append({"name": name, "outcome": incidence.times.outcome, "incidence": incidence, "svg": svg,
                      "survival": survival, "at_risk": any(incidence.curves.values())})
    return found


def _endpoints(analysis):
    rows = [row for row in analysis.endpoints if row.shares["alive"].is_known]
    return _safe(figures.endpoint_figure("endpoints", rows)) if rows else ""


def _clones(analysis):
    """For each mark: its limit, and for each date the sizes by arm and the figure."""
    found = []
    for mark, name in MARKS:
        dates = []
        for date in dict.fromkeys(size.date for size in analysis.clone_sizes):
            sizes = _without_repetition([s for s in analysis.clone_sizes if (s.mark, s.date) == (mark, date)])
            drawn = date in ("diagnosis", "response") and any(len(s.sizes) for s in sizes)
            svg = _safe(figures.clone_figure(f"{mark}-{date}", sizes, analysis.limits[mark])) if drawn else ""
            dates.append({"date": date, "sizes": sizes, "svg": svg})
        comparisons = [c for c in analysis.clone_comparisons if c.mark == mark and any(m.value > 0 for m in c.medians)]
        found.append({"mark": mark, "name": name, "limit": analysis.limits[mark], "dates": dates, "comparisons": comparisons,
                      "any": any(len(s.sizes) for d in dates for s in d["sizes"])})
    return found


def _without_repetition(sizes):
    """Arms that differ only later have the same sizes: they are shown once."""
    first = sizes[0]
    same = all(s.prevalence == first.prevalence and np.array_equal(s.sizes, first.sizes) for s in sizes)
    return [dataclasses.replace(first, arm="all arms alike")] if same and len(sizes) > 1 else sizes


def _independent(analysis):
    """Independent clones per patient who has any at diagnosis: (mark, arm, median, lowest, highest, patients)."""
    found = []
    for mark, name in MARKS:
        sizes = [s for s in analysis.clone_sizes if (s.mark, s.date) == (mark, "diagnosis")]
        alike = len(sizes) > 1 and all(np.array_equal(s.clones, sizes[0].clones) for s in sizes)
        found += [(name, "all arms alike" if alike else s.arm, float(np.median(s.clones)), int(s.clones.min()),
                   int(s.clones.max()), len(s.clones)) for s in (sizes[:1] if alike else sizes) if len(s.clones)]
    return found


def _predictors(analysis):
    arms, findings = analysis.cohort.arms, analysis.findings
    strongest = list(dict.fromkeys(f.name for f in findings))[:MOST_FINDINGS]
    fitted = [model for model in analysis.models if model.area.is_known]
    return {"names": strongest, "clinical": {f.name for f in findings if f.is_clinical},
            "svg": _safe(figures.findings_figure("findings", strongest, findings, arms)) if findings else "",
            "roc": _safe(figures.roc_figure("roc", fitted, arms)) if fitted else "", "models": analysis.models}


def _sensitivity(analysis):
    parameters = list(dict.fromkeys(e.parameter for e in analysis.effects))
    outcomes = list(dict.fromkeys(e.outcome for e in analysis.effects))
    found = []
    for i, arm in enumerate(analysis.cohort.arms):
        mine = [e for e in analysis.effects if e.arm == arm]
        if any(e.rank.is_known for e in mine):
            found.append((arm, _safe(figures.sensitivity_figure(f"sensitivity{i}", parameters, outcomes, mine))))
    strong = sorted((e for e in analysis.effects if e.rank.is_known), key=lambda e: (e.p, e.parameter, e.outcome, e.arm))
    return {"figures": found, "parameters": parameters, "effects": strong}


def _medians(analysis):
    """[(date or "", what, {arm: Median})] of those that somebody has."""
    keys = dict.fromkeys((m.date, m.what) for m in analysis.medians)
    found = [(date, what, {m.arm: m for m in analysis.medians if (m.date, m.what) == (date, what)}) for date, what in keys]
    return [one for one in found if any(m.value.is_known for m in one[2].values())]


def _tests(analysis):
    """{family: number of tests}, each family adjusted by itself."""
    families = {"arms compared": analysis.comparisons, "clone sizes compared": analysis.clone_comparisons,
                "findings at diagnosis": analysis.findings, "sensitivities": analysis.effects}
    return {name: sum(np.isfinite(one.p) for one in some) for name, some in families.items()}


def _build(cohort):
    """[(what, text)] of the last segment of the provenance."""
    segments = cohort.provenance().get("segments") or [{}]
    last, build = segments[-1], segments[-1].get("build", {})
    facts = {"program": " ".join(filter(None, ["marrow", build.get("version"), build.get("git_commit"),
                                               build.get("git_state")])),
             "command": last.get("command_line"), "started": segments[0].get("started"), "ended": last.get("ended"),
             "starts": len(segments), "ranks": last.get("ranks"), "ended because": last.get("reason"),
             "cohort seed": cohort.manifest.get("seed"), "hash of the cohort": cohort.manifest.get("cohort_hash"),
             "hash of the scenario": cohort.manifest.get("scenario_hash"), "read from": cohort.source}
    return [(name, str(fact)) for name, fact in facts.items() if fact not in (None, "")]
