# SPDX-License-Identifier: BSD-3-Clause
"""Single numbers with 95 % confidence intervals, and what many tests ask for. The methods are named on the page."""

import warnings
from dataclasses import dataclass

import numpy as np
import scipy.stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.nonparametric import rank_compare_2indep
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

SEED = 1  # of every resampling: the same table gives the same bytes
ALPHA = 0.05
RESAMPLES = 2000
NAN = float("nan")


@dataclass(frozen=True)
class Estimate:
    """A value of `n` patients, of whom `events` had the event (of a proportion); NaN where it is not defined."""
    value: float
    low: float = NAN
    high: float = NAN
    n: int = 0
    events: int | None = None

    @property
    def is_known(self):
        return bool(np.isfinite(self.value))

    def complement(self):
        """Of the share to whom it did not happen."""
        return Estimate(1 - self.value, 1 - self.high, 1 - self.low, self.n, self.events)


def proportion(events, n):
    """Wilson's interval, which also holds for none and for all."""
    if n == 0:
        return Estimate(NAN, n=0, events=0)
    low, high = proportion_confint(events, n, alpha=ALPHA, method="wilson")
    return Estimate(events / n, float(low), float(high), int(n), int(events))


def median(values):
    """With the percentile bootstrap; no interval below five values."""
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    if len(values) == 0:
        return Estimate(NAN)
    if len(values) < 5:
        return Estimate(float(np.median(values)), n=len(values))
    interval = scipy.stats.bootstrap((values,), np.median, n_resamples=RESAMPLES, confidence_level=1 - ALPHA,
                                     method="percentile", random_state=SEED).confidence_interval
    return Estimate(float(np.median(values)), float(interval.low), float(interval.high), len(values))


def paired_difference(first, second):
    """Difference of two proportions in the same patients (booleans), its interval and McNemar's exact p.

    Bonett and Price 2012: the interval of the mean difference after one discordant pair of each kind was added; it holds
    where no pair is discordant."""
    first, second = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    if len(first) == 0:
        return Estimate(NAN), NAN
    differences = second.astype(float) - first
    low, high = DescrStatsW(np.append(differences, [-1.0, 1.0])).zconfint_mean(alpha=ALPHA)
    table = [[int(np.sum(a & b)) for b in (second, ~second)] for a in (first, ~first)]
    p = float(mcnemar(table, exact=True).pvalue) if table[0][1] + table[1][0] else 1.0
    value = float(differences.mean())
    return Estimate(value, max(-1.0, float(low)), min(1.0, float(high)), len(first)), p


def separation(positive, negative):
    """Chance that one of `positive` has the higher value (the area under the ROC curve), with the interval of Brunner and
    Munzel, and the p of Mann and Whitney. Groups that do not overlap have no interval."""
    positive, negative = (np.asarray(group, dtype=float) for group in (positive, negative))
    n = len(positive) + len(negative)
    if min(len(positive), len(negative)) < 3:
        return Estimate(NAN, n=n), NAN
    test = scipy.stats.mannwhitneyu(positive, negative)
    area = float(test.statistic) / (len(positive) * len(negative))
    if np.ptp(np.append(positive, negative)) == 0:
        return Estimate(0.5, n=n), 1.0
    if min(len(positive), len(negative)) < 5 or area in (0.0, 1.0):
        return Estimate(area, n=n), float(test.pvalue)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        low, high = rank_compare_2indep(positive, negative).conf_int(alpha=ALPHA)
    return Estimate(area, float(max(0.0, low)), float(min(1.0, high)), n), float(test.pvalue)


def adjusted(p_values):
    """Benjamini and Hochberg over those that are known; NaN stays NaN."""
    p_values = np.asarray(p_values, dtype=float)
    result, known = np.full(len(p_values), NAN), np.isfinite(p_values)
    if known.any():
        result[known] = multipletests(p_values[known], alpha=ALPHA, method="fdr_bh")[1]
    return result
