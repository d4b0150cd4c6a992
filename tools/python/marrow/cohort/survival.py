# SPDX-License-Identifier: BSD-3-Clause
"""Kaplan and Meier's estimate and cumulative incidence with competing events (statsmodels), with pointwise 95 % bands."""

from dataclasses import dataclass

import numpy as np
import scipy.stats
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from .estimates import ALPHA, NAN, Estimate
from .outcomes import CENSORED, EVENT


@dataclass(frozen=True)
class Curve:
    """A cumulative incidence as a step function: from `days[i]` on it is `share[i]`; day 0 is the first. `last_day`: until
    when it is known; infinite when the last patients all had an event, as nothing can follow."""
    days: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    last_day: float
    exits: np.ndarray  # sorted days on which patients left the risk set
    n: int
    events: int
    competing: int

    def at(self, day):
        """Estimate at a day; unknown when nobody was followed so long."""
        if day > self.last_day:
            return Estimate(NAN, n=self.n)
        i = np.searchsorted(self.days, day, side="right") - 1
        return Estimate(float(self.share[i]), float(self.low[i]), float(self.high[i]), self.n, self.events)

    def at_risk(self, day):
        return int(np.sum(self.exits >= day))


def cumulative_incidence(days, status):
    """Curve of the event; status 0 censored, 1 event, 2 competing event. None without patients."""
    days, status = np.asarray(days, dtype=float), np.asarray(status, dtype=int)
    if len(days) == 0:
        return None
    steps, share, error = np.unique(days), np.zeros(len(np.unique(days))), np.zeros(len(np.unique(days)))
    if (status == EVENT).any():
        with np.errstate(divide="ignore", invalid="ignore"):  # the last risk set may be exhausted: no error then
            fit = CumIncidenceRight(days, status)
        steps, share, error = fit.times, np.clip(fit.cinc[0], 0.0, 1.0), fit.cinc_se[0]
    if steps[0] > 0:
        steps, share, error = (np.insert(values, 0, 0.0) for values in (steps, share, error))
    low, high = _bounds(share, error, [_known(days, status, day) for day in steps])
    last_day = float(days.max()) if (status[days == days.max()] == CENSORED).any() else np.inf
    return Curve(steps, share, low, high, last_day, np.sort(days), len(days), int(np.sum(status == EVENT)),
                 int(np.sum(status > EVENT)))


def _known(days, status, day):
    """Patients of whom it is known what happened until `day`."""
    return int(len(days) - np.sum((status == CENSORED) & (days < day)))


def _bounds(share, error, known):
    """Limits by log(-log(1 - share)); where that is not defined (nobody or everybody so far) those of Wilson for so many
    patients as are known."""
    z = scipy.stats.norm.ppf(1 - ALPHA / 2)
    low, high = np.zeros(len(share)), np.ones(len(share))
    for i, (p, se) in enumerate(zip(share, error)):
        if 0 < p < 1 and np.isfinite(se) and se > 0:
            spread = z * se / ((1 - p) * np.log(1 - p))
            low[i], high[i] = 1 - (1 - p) ** np.exp(spread), 1 - (1 - p) ** np.exp(-spread)
        elif known[i] > 0:
            low[i], high[i] = proportion_confint(min(known[i], round(p * known[i])), known[i], ALPHA, method="wilson")
    return np.minimum(low, share), np.maximum(high, share)


def median_day(days, status):
    """Day by which half have had the event, when nothing else ends the follow-up (statsmodels: limits by inversion of the
    complementary log-log test). Unknown when fewer than half had it; a limit that does not exist is NaN."""
    days, event = np.asarray(days, dtype=float), np.asarray(status) == EVENT
    if not event.any():
        return Estimate(NAN, n=len(days), events=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        fit = SurvfuncRight(days, event.astype(int))
        value = float(fit.quantile(0.5))
        usable = np.isfinite(fit.surv_prob_se) & (fit.surv_prob > 0)
        low, high = (float(x) for x in fit.quantile_ci(0.5, alpha=ALPHA)) if usable.any() else (NAN, NAN)
    return Estimate(value, low, high, len(days), int(event.sum()))


def first_in_pairs(table, first, second):
    """(patients in whom it came first in arm `first`, in arm `second`, patients at risk in both, exact p of the sign test).

    It came first where it happened while the other course was still followed without any event. This is the log-rank test
    in which each patient is a stratum, with exact p."""
    wide = table[table["arm"].isin([first, second])].pivot(index="patient", columns="arm", values=["days", "status"])
    wide = wide.reindex(columns=[(what, arm) for what in ("days", "status") for arm in (first, second)]).dropna()
    a, b, a_status, b_status = (wide[column].to_numpy() for column in wide)
    # A course that ends on the day of the other's event is still at risk on that day.
    before = int(np.sum((a_status == EVENT) & ((a < b) | ((a == b) & (b_status != EVENT)))))
    after = int(np.sum((b_status == EVENT) & ((b < a) | ((a == b) & (a_status != EVENT)))))
    p = float(scipy.stats.binomtest(before, before + after).pvalue) if before + after else 1.0
    return before, after, len(wide), p if len(wide) else NAN
