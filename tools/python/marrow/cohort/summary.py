# SPDX-License-Identifier: BSD-3-Clause
"""All numbers of the report as one table for other programs: one row per number."""

import pandas as pd

COLUMNS = ["section", "quantity", "at", "arm", "versus", "value", "low", "high", "n", "events", "p", "p_adjusted", "method"]
GREENWOOD = "cumulative incidence; log-log 95 % CI"
WILSON = "Wilson 95 % CI"
BOOTSTRAP = "percentile bootstrap 95 % CI"


def summary_of(analysis):
    """DataFrame with COLUMNS; empty cells where something does not apply."""
    rows = [*_counts(analysis), *_incidences(analysis), *_endpoints(analysis), *_comparisons(analysis), *_medians(analysis),
            *_clones(analysis), *_predictors(analysis), *_sensitivity(analysis)]
    return pd.DataFrame(rows, columns=COLUMNS)


def write_summary(summary, path):
    """CSV; six digits, so that the last bits of a library do not show."""
    summary.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")


def _row(section, quantity, at="", arm="", versus="", estimate=None, p=None, p_adjusted=None, method="", **own):
    row = {"section": section, "quantity": quantity, "at": at, "arm": arm, "versus": versus, "p": p,
           "p_adjusted": p_adjusted, "method": method}
    if estimate is not None:
        row.update(value=estimate.value, low=estimate.low, high=estimate.high, n=estimate.n, events=estimate.events)
    return {**row, **own}


def _counts(analysis):
    for count in analysis.counts:
        for what in ("planned", "finished", "failed", "missing"):
            yield _row("patients", what, arm=count.arm, value=getattr(count, what), method="count")
        for what, number in count.stages.items():
            yield _row("patients", what, arm=count.arm, value=number, n=count.finished, method="count")


def _incidences(analysis):
    for name, incidence in analysis.incidences.items():
        since = "since " + incidence.times.outcome.since
        for arm in analysis.cohort.arms:
            for months in incidence.months if incidence.curves[arm] else []:
                yield _row("incidence", name, f"{months} months {since}", arm, estimate=incidence.at(arm, months),
                           method=GREENWOOD)
            if arm in incidence.medians:
                yield _row("incidence", f"median days to {name}", since, arm, estimate=incidence.medians[arm],
                           method="Kaplan-Meier; inverted log-log test")


def _endpoints(analysis):
    for row in analysis.endpoints:
        yield _row("response", "date did not come", row.endpoint, row.arm, value=row.not_reached, method="count")
        for name, estimate in row.shares.items():
            yield _row("response", name, row.endpoint, row.arm, estimate=estimate, method=WILSON)


def _comparisons(analysis):
    for c in analysis.comparisons:
        yield _row("comparison", c.what, arm=c.second, versus=c.first, estimate=c.difference, p=c.p, p_adjusted=c.adjusted_p,
                   method=c.test if not c.difference.is_known else c.test + "; Bonett-Price 95 % CI of the difference")


def _medians(analysis):
    for m in analysis.medians:
        yield _row("median", m.what, m.date, m.arm, estimate=m.value, method=BOOTSTRAP)


def _clones(analysis):
    for s in analysis.clone_sizes:
        yield _row("clones", f"{s.mark} detected", s.date, s.arm, estimate=s.prevalence, method=WILSON)
        yield _row("clones", f"{s.mark} share of neutrophils where detected, median", s.date, s.arm, estimate=s.size,
                   method=BOOTSTRAP)
    for c in analysis.clone_comparisons:
        for arm, estimate in zip((c.first, c.second), c.medians):
            yield _row("clones", f"{c.mark} share of neutrophils, median of all (below the limit: 0)", c.date, arm,
                       estimate=estimate, method=BOOTSTRAP)
        yield _row("clones", f"{c.mark} share of neutrophils", c.date, c.second, c.first, value=c.ks, p=c.p,
                   p_adjusted=c.adjusted_p, method="Kolmogorov-Smirnov distance; p of Mann-Whitney")


def _predictors(analysis):
    for f in analysis.findings:
        own = {"section": "predictor", "arm": f.arm}
        yield _row(quantity=f.name, at=analysis.recovery, estimate=f.area, p=f.p, p_adjusted=f.adjusted_p,
                   method="ROC area; Brunner-Munzel 95 % CI; p of Mann-Whitney", **own)
        for third, estimate in (("lowest", f.lowest_third), ("highest", f.highest_third)):
            if estimate.is_known:
                yield _row(quantity=f"recovery in the {third} third of {f.name}", at=analysis.recovery, estimate=estimate,
                           method=WILSON, **own)
    for m in analysis.models:
        yield _row("predictor", f"model: {m.inputs}", analysis.recovery, m.arm or "all", estimate=m.area,
                   method=m.why_not or "ROC area, cross-validated logistic regression")


def _sensitivity(analysis):
    for e in analysis.effects:
        for kind, estimate in (("rank correlation", e.rank), ("partial rank correlation", e.partial)):
            is_tested = (kind == "partial rank correlation") == e.partial.is_known
            yield _row("sensitivity", e.outcome, e.parameter, e.arm, estimate=estimate, method=kind,
                       p=e.p if is_tested else None, p_adjusted=e.adjusted_p if is_tested else None)
