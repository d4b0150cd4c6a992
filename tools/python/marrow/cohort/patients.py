# SPDX-License-Identifier: BSD-3-Clause
"""Who the patients are: how many came how far, why some failed, medians of times and findings."""

from dataclasses import dataclass

import pandas as pd

from .estimates import Estimate, median

STAGES = (("trigger_day", "attack began"), ("diagnosis_day", "diagnosed"), ("severe_day", "ever severe"),
          ("very_severe_day", "ever very severe"), ("treatment_day", "treated"), ("response_day", "ever in response"),
          ("complete_response_day", "ever in complete response"), ("relapse_day", "relapsed"), ("pnh_day", "PNH"),
          ("evolution_day", "clonal evolution"), ("death_day", "died"))
SPANS = (("trigger_day", "diagnosis_day", "days from trigger to diagnosis"),
         ("diagnosis_day", "treatment_day", "days from diagnosis to treatment"),
         ("diagnosis_day", "response_day", "days from diagnosis to response, of those who respond"),
         ("diagnosis_day", "death_day", "days from diagnosis to death, of those who die"),
         ("response_day", "relapse_day", "days from response to relapse, of those who relapse"),
         ("diagnosis_day", "end_day", "days of follow-up from diagnosis"))
FINDINGS = ("neutrophils_1e9_per_l", "platelets_1e9_per_l", "reticulocytes_1e9_per_l", "hemoglobin_g_per_l", "cellularity",
            "stem_cell_share", "tcells_per_mm3", "survivor_clustering")
MOST_REASONS = 20


@dataclass(frozen=True)
class Count:
    arm: str
    planned: int
    finished: int
    failed: int
    missing: int
    stages: dict  # words: number of the finished


@dataclass(frozen=True)
class Median:
    what: str
    date: str  # "" for a span
    arm: str
    value: Estimate
    lowest: float
    highest: float


def counts(cohort):
    found = []
    for arm in cohort.arms:
        rows, finished = (table[table["arm"] == arm] for table in (cohort.rows, cohort.finished))
        stages = {words: int(finished[column].notna().sum()) for column, words in STAGES}
        found.append(Count(arm, cohort.planned, len(finished), len(rows) - len(finished), cohort.planned - len(rows), stages))
    return found


def failures(cohort):
    """[(reason, number of patients and arms, an example)], the most frequent first; of many reasons the rest as one."""
    failed = cohort.rows[cohort.rows["status"] == "failed"]
    groups = [(reason, len(rows), f"patient {rows['patient'].iloc[0]}, {rows['arm'].iloc[0]}")
              for reason, rows in failed.groupby("reason")]
    groups.sort(key=lambda group: (-group[1], group[0]))
    rest = groups[MOST_REASONS:]
    more = [(f"{len(rest)} other reasons", sum(number for _, number, _ in rest), rest[0][2])] if rest else []
    return groups[:MOST_REASONS] + more


def medians(cohort):
    """Of spans of time and of findings at diagnosis, at response and at each endpoint, of each arm."""
    found = []
    for arm in cohort.arms:
        rows = cohort.finished[cohort.finished["arm"] == arm]
        for begin, end, words in SPANS:
            found.append(_median(words, "", arm, rows[end] - rows[begin]))
        for date in ("diagnosis", "response", *cohort.endpoints):
            found += [_median(name, date, arm, rows[f"{date}_{name}"]) for name in FINDINGS if f"{date}_{name}" in rows]
    return found


def _median(what, date, arm, values):
    values = pd.Series(values).dropna()
    return Median(what, date, arm, median(values), *((float(values.min()), float(values.max())) if len(values) else
                                                     (float("nan"),) * 2))
