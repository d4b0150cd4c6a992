# SPDX-License-Identifier: BSD-3-Clause
"""How each outcome depends on each drawn parameter: rank correlation, alone and with the other parameters held fixed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.stats
from statsmodels.regression.linear_model import OLS

from .estimates import ALPHA, NAN, Estimate, adjusted
from .outcomes import DAYS_PER_MONTH, DEATH, RESPONSE, common_landmark, happened_by
from .responses import endpoint_flags


@dataclass
class Effect:
    """The p is that of the partial correlation where there is one, else of the rank correlation."""
    parameter: str
    outcome: str
    arm: str
    rank: Estimate  # Spearman
    partial: Estimate  # partial rank correlation, all other parameters held fixed
    p: float
    adjusted_p: float = NAN


def parameters(cohort):
    """One column of numbers per drawn parameter that varies: a category of two becomes 0 and 1, of more a column per kind."""
    rows, columns = cohort.finished, {}
    for name in cohort.draws:
        values = rows[name]
        if cohort.columns[name]:
            columns[name] = values
            continue
        kinds = sorted(values.unique())
        for kind in kinds[1:] if len(kinds) == 2 else kinds:
            columns[f"{name}: {kind}"] = (values == kind).astype(float)
    table = pd.DataFrame(columns, index=rows.index)
    return table.loc[:, table.nunique() > 1]


def outcomes(cohort):
    """{what: one value per row, NaN where it is not known}"""
    rows = cohort.finished
    found = {"days from trigger to diagnosis": rows["diagnosis_day"] - rows["trigger_day"],
             "stem cells at diagnosis": rows["diagnosis_stem_cell_share"]}
    if cohort.endpoints:
        last, words = cohort.endpoints[-1], cohort.endpoints[-1].replace("_", " ")
        found[f"response at {words}"] = endpoint_flags(rows, last)["response"]
        found[f"neutrophils at {words}"] = rows[f"{last}_neutrophils_1e9_per_l"]
    for outcome, words in ((RESPONSE, "response"), (DEATH, "death")):
        months = common_landmark(rows, outcome)
        if months is not None:
            found[f"{words} within {months} months"] = happened_by(rows, outcome, months * DAYS_PER_MONTH)
    found["HLA-lacking share at response"] = rows["response_neutrophils_hla_lacking_share"]
    found["transfusions"] = rows["transfusions"]
    return found


def effects(cohort):
    """An Effect for each arm, outcome and parameter; unknown where either is constant or fewer than five patients have it."""
    table, found = parameters(cohort), []
    for arm in cohort.arms:
        in_arm = cohort.finished["arm"] == arm
        for what, values in outcomes(cohort).items():
            known = in_arm & values.notna()
            found += _effects(table[known], values[known], what, arm)
    for effect, p in zip(found, adjusted([e.p for e in found])):
        effect.adjusted_p = float(p)
    return found


def _effects(table, values, what, arm):
    n, varying = len(values), [name for name in table if table[name].nunique() > 1]
    if n < 5 or values.nunique() < 2:
        return [Effect(name, what, arm, Estimate(NAN, n=n), Estimate(NAN, n=n), NAN) for name in table]
    partial = _partial(table[varying].rank(), values.rank())
    found = []
    for name in table:
        if name not in varying:
            found.append(Effect(name, what, arm, Estimate(NAN, n=n), Estimate(NAN, n=n), NAN))
            continue
        rank, p = scipy.stats.spearmanr(table[name], values)
        held, held_p = partial.get(name, (NAN, NAN))
        found.append(Effect(name, what, arm, _interval(float(rank), n), _interval(held, n, len(varying) - 1),
                            held_p if np.isfinite(held_p) else float(p)))
    return found


def _partial(ranks, values):
    """{parameter: (partial correlation, p)} by linear regression of the ranks; {} where the parameters are not independent
    or there are too few patients."""
    x = np.column_stack([np.ones(len(ranks)), ranks])
    free = len(ranks) - x.shape[1]
    if free < 3 or np.linalg.matrix_rank(x) < x.shape[1]:
        return {}
    fit = OLS(values.to_numpy(), x).fit()
    if fit.ssr <= 1e-12 * fit.centered_tss:  # nothing is left to chance: no test
        return {}
    t = fit.tvalues[1:]
    return {name: (float(t[i] / np.sqrt(t[i] ** 2 + free)), float(fit.pvalues[i + 1])) for i, name in enumerate(ranks)}


def _interval(r, n, held=0):
    """Fisher's z with the variance of Bonett and Wright 2000 for ranks."""
    free = n - 3 - held
    if not np.isfinite(r) or free < 1 or abs(r) > 1 - 1e-12:
        return Estimate(r, n=n)
    spread = scipy.stats.norm.ppf(1 - ALPHA / 2) * np.sqrt((1 + r * r / 2) / free)
    return Estimate(r, float(np.tanh(np.arctanh(r) - spread)), float(np.tanh(np.arctanh(r) + spread)), n)
