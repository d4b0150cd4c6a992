# SPDX-License-Identifier: BSD-3-Clause
"""What at diagnosis tells who will recover: single findings, and models that are tested on patients they have not seen.

Only what is known on the day of diagnosis is used: the columns `diagnosis_…` and the age. Drawn parameters are not: nobody
knows them (marrow.cohort.sensitivity looks at those)."""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.stats
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from .estimates import NAN, SEED, Estimate, adjusted, proportion, separation
from .outcomes import DAYS_PER_MONTH, RESPONSE, common_landmark, happened_by
from .responses import endpoint_flags

# The first are found later (the course) or are the date itself.
NOT_FINDINGS = ("day", "examined_day", "alive", "response", "complete_response", "clinical_state", "stem_cells")
CLINIC = ("neutrophils_1e9_per_l", "platelets_with_transfusion_1e9_per_l", "reticulocytes_1e9_per_l",
          "hemoglobin_with_transfusion_g_per_l", "transfusions", "gpi_negative_detected", "hla_lacking_detected",
          "driver_detected")
AGE, SEVERE = "patient.age_y", "severe_at_diagnosis"
LEAST_IN_A_GROUP = 10  # for a model
MOST = 0.8  # of the diagnosed of some arm, for whom a date has to come
FOLDS, REPEATS = 5, 10


@dataclass
class Finding:
    """One finding in one arm: does it tell those who recover?"""
    name: str
    is_clinical: bool
    arm: str
    area: Estimate  # chance that one who recovers has the higher value
    lowest_third: Estimate  # share of recovery where the finding is low, and high; unknown where it has few values
    highest_third: Estimate
    p: float
    adjusted_p: float = NAN


@dataclass(frozen=True)
class Model:
    """Logistic regression tested by cross-validation."""
    inputs: str  # "clinic", "marrow"
    arm: str  # "" for all, with the arm as a further input
    findings: tuple
    area: Estimate
    lowest: float  # of the repeats
    highest: float
    roc: tuple  # false positive and true positive rates
    why_not: str = ""


def recovery(cohort):
    """(what counts as recovery, in words; 1, 0 or NaN for each row of cohort.finished)"""
    rows = cohort.finished
    for endpoint in reversed(cohort.endpoints):
        response, diagnosed = endpoint_flags(rows, endpoint)["response"], rows["diagnosis_day"].notna()
        reached = response.notna()[diagnosed].groupby(rows["arm"][diagnosed]).mean()
        if (reached >= MOST).any():  # a date that comes for responders alone is none
            return f"in response at {endpoint.replace('_', ' ')}", response
    months = common_landmark(rows, RESPONSE)
    if months is None:
        return "", pd.Series(NAN, index=rows.index)
    return f"response within {months} months of the diagnosis", happened_by(rows, RESPONSE, months * DAYS_PER_MONTH)


def findings_at_diagnosis(cohort):
    """(DataFrame of numbers, one column per finding; names of those that a clinic has). Findings that say the same as one
    before them, in the same order of patients, are left out."""
    rows, prefix = cohort.finished, "diagnosis_"
    names = [name.removeprefix(prefix) for name in cohort.columns if name.startswith(prefix) and cohort.columns[name]]
    table = pd.DataFrame({name: rows[prefix + name] for name in (*CLINIC, *names)
                          if name in names and name not in NOT_FINDINGS})
    state = rows[prefix + "clinical_state"]
    table[SEVERE] = state.str.contains("severe").astype(float).where(state != "")
    clinical = [SEVERE, *(name for name in table if name in CLINIC or name.startswith("biopsy_"))]
    if AGE in cohort.draws:
        table[AGE] = rows[AGE].where(state != "")
        clinical.append(AGE)
    for name in [column for column in table if column.startswith("neutrophils_") and column.endswith("_share")]:
        detected = name.removeprefix("neutrophils_").removesuffix("_share") + "_detected"
        if detected in table:  # as the test sees it
            table[name] = table[name].where(table[detected] != 0, 0.0).where(table[name].notna())
            clinical.append(name)
    table = table[clinical + [name for name in table if name not in clinical]]
    return table.drop(columns=_repetitions(table)), clinical


def _repetitions(table):
    ranks, kept = table.rank(), []
    for name in table:
        known = table[name].notna()
        if table[name].nunique() > 1 and not any(known.equals(table[other].notna())
                                                 and abs(ranks[name].corr(ranks[other])) > 1 - 1e-9 for other in kept):
            kept.append(name)
    return [name for name in table if name not in kept]


def single_findings(cohort, recovered, table, clinical):
    """A Finding for each arm and finding that varies and has three patients in each group, strongest first."""
    found = []
    for arm in cohort.arms:
        rows = (cohort.finished["arm"] == arm) & recovered.notna()
        for name in table:
            values, outcome = table.loc[rows, name].dropna(), recovered[rows]
            outcome = outcome[values.index]
            area, p = separation(values[outcome == 1], values[outcome == 0])
            if area.is_known and values.nunique() > 1:
                found.append(Finding(name, name in clinical, arm, area, *_thirds(values, outcome), p))
    for finding, p in zip(found, adjusted([f.p for f in found])):
        finding.adjusted_p = float(p)
    return sorted(found, key=lambda f: -abs(f.area.value - 0.5))


def _thirds(values, outcome):
    low, high = values.quantile([1 / 3, 2 / 3])
    if values.nunique() < 3 or low >= high:
        low, high = values.min(), values.max()
        if values.nunique() > 2:
            return Estimate(NAN), Estimate(NAN)
    groups = outcome[values <= low], outcome[values >= high]
    return tuple(proportion(int(group.sum()), len(group)) for group in groups)


def models(cohort, recovered, table, clinical):
    """A Model of each arm, and of all together, with what a clinic knows and with all that the marrow tells."""
    known = recovered.notna() & table.notna().any(axis=1)
    rows, outcome, table = cohort.finished[known], recovered[known].astype(int), table[known]
    if not len(rows):
        return []
    folds = _folds(rows, outcome)
    arms = pd.get_dummies(rows["arm"], prefix="arm").astype(float)
    groups = [("", np.ones(len(rows), dtype=bool))] if len(cohort.arms) > 1 else []
    groups += [(arm, (rows["arm"] == arm).to_numpy()) for arm in cohort.arms]
    found = []
    for arm, members in groups:
        for inputs in ("clinic", "marrow"):
            some = table[[name for name in table if inputs == "marrow" or name in clinical]]
            if not arm:
                some = pd.concat([some, arms], axis=1)
            found.append(_model(inputs, arm, some, outcome, members, folds, rows["patient"].to_numpy()))
    return found


def _folds(rows, outcome):
    """For each repeat the number of the fold of each row: all arms of a patient in one, each like the others in outcome
    and arm. None when there are too few patients."""
    strata = rows["arm"].astype("category").cat.codes.to_numpy() * 2 + outcome.to_numpy()
    if rows["patient"].nunique() < 2 * FOLDS:
        return None
    repeats = []
    for repeat in range(REPEATS):
        numbers = np.zeros(len(rows), dtype=int)
        splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED + repeat)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that a rare outcome is not in every fold
            for number, (_, test) in enumerate(splitter.split(strata, strata, rows["patient"])):
                numbers[test] = number
        repeats.append(numbers)
    return repeats


def _model(inputs, arm, table, outcome, members, folds, patients):
    x, y = table[members], outcome[members].to_numpy()
    x = x.loc[:, x.nunique() > 1]
    rarer = min(int(y.sum()), int(len(y) - y.sum()))
    if folds is None or rarer < LEAST_IN_A_GROUP or not x.shape[1]:
        why = "no finding varies" if rarer >= LEAST_IN_A_GROUP and not x.shape[1] else (
            f"{int(y.sum())} of {len(y)} recovered: a model needs {LEAST_IN_A_GROUP} in each group")
        return Model(inputs, arm, tuple(x), Estimate(NAN, n=len(y)), NAN, NAN, (), why)
    with threadpool_limits(1):  # sums in one order
        scores = np.array([_unseen(x.to_numpy(), y, numbers[members]) for numbers in folds])
    areas, score = [float(roc_auc_score(y, one)) for one in scores], scores.mean(axis=0)
    area = separation(score[y == 1], score[y == 0])[0] if arm else _area_of_all(score, y, patients[members])
    false_positive, true_positive, _ = roc_curve(y, score)
    return Model(inputs, arm, tuple(x), area, min(areas), max(areas), (false_positive, true_positive))


def _area_of_all(score, y, patients):
    """Area over all arms; the bootstrap draws patients, each with all arms, as these are not independent."""
    numbers = [np.flatnonzero(patients == patient) for patient in np.unique(patients)]

    def area(drawn):
        rows = np.concatenate([numbers[int(i)] for i in drawn])
        recovered, others = score[rows][y[rows] == 1], score[rows][y[rows] == 0]
        if not len(recovered) or not len(others):
            return NAN
        return scipy.stats.mannwhitneyu(recovered, others, method="asymptotic").statistic / (len(recovered) * len(others))

    value = float(roc_auc_score(y, score))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        interval = scipy.stats.bootstrap((np.arange(len(numbers)),), area, n_resamples=999, vectorized=False,
                                         method="percentile", random_state=SEED).confidence_interval
    return Estimate(value, float(interval.low), float(interval.high), len(y))


def _unseen(x, y, numbers):
    """For each patient the chance of recovery by the model of those in other folds; imputed and scaled by these too."""
    score = np.zeros(len(y))
    for number in np.unique(numbers):
        test = numbers == number
        if len(np.unique(y[~test])) < 2:
            score[test] = y[~test].mean()
            continue
        model = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(),
                              LogisticRegression(C=0.1, max_iter=1000))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            warnings.simplefilter("ignore", UserWarning)  # a finding that nobody of these has
            score[test] = model.fit(x[~test], y[~test]).predict_proba(x[test])[:, 1]
    return np.round(score, 12)
