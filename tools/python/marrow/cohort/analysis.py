# SPDX-License-Identifier: BSD-3-Clause
"""Everything that the report says of a cohort, as numbers."""

from dataclasses import dataclass, field

import pandas as pd

from . import clones, patients, predictors, responses, sensitivity
from .outcomes import DAYS_PER_MONTH, EVENT, OUTCOMES, landmarks, times_of
from .summary import summary_of
from .survival import cumulative_incidence, median_day


@dataclass
class Incidence:
    """One outcome: its times, and of each arm the curve (None without patients at risk) and the months of the table."""
    times: object
    curves: dict
    months: list
    medians: dict = field(default_factory=dict)

    def at(self, arm, months):
        curve = self.curves[arm]
        return curve.at(months * DAYS_PER_MONTH) if curve else None

    @property
    def has_events(self):
        return bool((self.times.table["status"] == EVENT).any())


@dataclass
class Analysis:
    cohort: object
    counts: list
    failures: list
    medians: list
    incidences: dict  # outcome name: Incidence
    endpoints: list
    comparisons: list
    clone_sizes: list
    clone_comparisons: list
    limits: dict
    recovery: str
    findings: list
    models: list
    effects: list
    summary: pd.DataFrame = None


def analyse(cohort):
    """Needs at least one finished patient for more than counts; says what is unknown as NaN, never by leaving it out."""
    incidences = {outcome.name: _incidence(cohort, outcome) for outcome in OUTCOMES}
    recovery, recovered = predictors.recovery(cohort)
    table, clinical = predictors.findings_at_diagnosis(cohort)
    analysis = Analysis(
        cohort, patients.counts(cohort), patients.failures(cohort), patients.medians(cohort), incidences,
        responses.endpoint_table(cohort),
        responses.compare(cohort, {name: incidence.times for name, incidence in incidences.items()}),
        clones.sizes_of(cohort), clones.compare_sizes(cohort), clones.detection_limits(cohort), recovery,
        predictors.single_findings(cohort, recovered, table, clinical),
        predictors.models(cohort, recovered, table, clinical), sensitivity.effects(cohort))
    analysis.summary = summary_of(analysis)
    return analysis


def _incidence(cohort, outcome):
    times = times_of(cohort.finished, outcome, cohort.arms)
    of_arm = {arm: times.arm(arm) for arm in cohort.arms}
    curves = {arm: cumulative_incidence(table["days"], table["status"]) for arm, table in of_arm.items()}
    medians = {}
    if outcome.competing is None:
        medians = {arm: median_day(table["days"], table["status"]) for arm, table in of_arm.items()}
    return Incidence(times, curves, landmarks(times), medians)
