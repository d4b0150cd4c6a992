# SPDX-License-Identifier: BSD-3-Clause
"""Responses at the cohort's dates by arm, and arms compared within patients."""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .estimates import NAN, Estimate, adjusted, paired_difference, proportion
from .outcomes import DAYS_PER_MONTH, DEATH, RESPONSE, common_landmark, happened_by
from .survival import first_in_pairs

FLAGS = (("response", "in response"), ("complete_response", "in complete response"), ("alive", "alive"))
MOST_ARMS_FOR_ALL_PAIRS = 4


@dataclass(frozen=True)
class EndpointRow:
    endpoint: str
    arm: str
    not_reached: int  # patients whose date did not come before the end of the run
    shares: dict  # of FLAGS and "partial_response": Estimate


@dataclass
class Comparison:
    what: str
    first: str
    second: str
    difference: Estimate  # second minus first
    shares: tuple  # of the pairs: first, second
    only: tuple  # pairs in which only the first, only the second had it, or had it first
    left_out: int  # patients of whom one course is missing, failed, or not known for long enough
    test: str
    p: float
    adjusted_p: float = NAN


def endpoint_flags(rows, endpoint):
    """`response`, `complete_response` and `alive` on a date: 1, 0, or NaN where the date did not come before the end of the
    run. Who died before the date is examined too: not alive, no response."""
    return pd.DataFrame({name: rows[f"{endpoint}_{name}"] for name, _ in FLAGS})


def endpoint_table(cohort):
    """One EndpointRow for each date and arm."""
    table = []
    for endpoint, arm in itertools.product(cohort.endpoints, cohort.arms):
        flags = endpoint_flags(cohort.finished[cohort.finished["arm"] == arm], endpoint)
        known = flags.dropna()
        shares = {name: proportion(int(known[name].sum()), len(known)) for name, _ in FLAGS}
        partial = (known["response"] == 1) & (known["complete_response"] == 0)
        shares["partial_response"] = proportion(int(partial.sum()), len(known))
        table.append(EndpointRow(endpoint, arm, len(flags) - len(known), shares))
    return table


def pairs_of(arms):
    """All pairs of a few arms; of many, each with the first."""
    if len(arms) <= MOST_ARMS_FOR_ALL_PAIRS:
        return list(itertools.combinations(arms, 2))
    return [(arms[0], other) for other in arms[1:]]


def compare(cohort, times):
    """Comparisons of each pair of arms: the flags of each date and what happened by a common landmark (McNemar), and in
    which course response and death came first (sign test). `times`: {outcome name: Times}."""
    rows = cohort.finished
    measures = []
    for endpoint in cohort.endpoints:
        flags = endpoint_flags(rows, endpoint)
        measures += [(f"{words} at {endpoint.replace('_', ' ')}", flags[name]) for name, words in FLAGS]
    for outcome, words in ((RESPONSE, "response"), (DEATH, "death")):
        months = common_landmark(rows, outcome)
        if months is not None:
            measures.append((f"{words} within {months} months", happened_by(rows, outcome, months * DAYS_PER_MONTH)))
    found = [_paired(cohort, what, values, *pair) for pair in pairs_of(cohort.arms) for what, values in measures]
    for first, second in pairs_of(cohort.arms):
        for name, words in (("response", "response came first in"), ("death", "death came first in")):
            before, after, n, p = first_in_pairs(times[name].table, first, second)
            found.append(Comparison(words, first, second, Estimate(NAN, n=n), (), (before, after), cohort.planned - n,
                                    "sign test, exact", p))
    for comparison, p in zip(found, adjusted([c.p for c in found])):
        comparison.adjusted_p = float(p)
    return found


def _paired(cohort, what, values, first, second):
    rows = cohort.finished
    wide = pd.DataFrame({"patient": rows["patient"], "arm": rows["arm"], "value": values}).pivot(
        index="patient", columns="arm", values="value").reindex(columns=[first, second])
    known = wide.dropna()
    a, b = (known[arm].to_numpy() == 1 for arm in (first, second))
    difference, p = paired_difference(a, b)
    return Comparison(what, first, second, difference, (float(np.mean(a)), float(np.mean(b))) if len(a) else (NAN, NAN),
                      (int(np.sum(a & ~b)), int(np.sum(~a & b))), cohort.planned - len(known), "McNemar, exact", p)
