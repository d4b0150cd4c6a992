# SPDX-License-Identifier: BSD-3-Clause
"""What the page says first: how far the cohort is and how far to trust it, and its main results in words."""

from .estimates import Estimate
from .outcomes import DAYS_PER_MONTH
from .words import finding_words, listed, p_words, points_with_interval, share_with_interval, value_with_interval

FEW = 100  # patients in an arm


def notes(analysis):
    """Warnings, gravest first."""
    cohort, found = analysis.cohort, []
    planned, failed = cohort.planned * len(cohort.arms), len(cohort.rows) - len(cohort.finished)
    if not cohort.is_complete:
        found.append(f"This cohort is not finished: {len(cohort.rows)} of {planned} patients and arms are done. Patients that "
                     "take longer are missing more often, so all that follows may still change in one direction.")
    if not len(cohort.finished):
        found.append("No patient has a result, so there is nothing to analyse yet." if not failed else
                     "Every patient so far has failed, so there is nothing to analyse; the reasons are below.")
        return found
    if failed:
        found.append(f"{failed} of {len(cohort.rows)} patients and arms failed and have no result. They are counted below, and "
                     "in no proportion: if they fail for a drawn value, what follows holds only for the others.")
    fewest = min(count.finished for count in analysis.counts)
    if fewest < FEW:
        found.append(f"Few patients ({fewest} finished in the smallest arm): intervals are wide, and a test that finds nothing "
                     "shows nothing. To compare with published figures, take 1,000 in each arm.")
    if not analysis.cohort.finished["diagnosis_day"].notna().any():
        found.append("Nobody was diagnosed: survival, response and predictors count from the diagnosis, so there are none.")
    return found


def headline(analysis):
    """Main results as sentences; [] without any."""
    if not len(analysis.cohort.finished):
        return []
    return list(filter(None, [
        _responses(analysis), _survival(analysis), _differences(analysis), _route(analysis), _predictor(analysis)]))


def _responses(analysis):
    if analysis.endpoints:
        last = analysis.endpoints[-1].endpoint
        rows = [row for row in analysis.endpoints if row.endpoint == last and row.shares["response"].is_known]
        parts = [f"{row.arm} {share_with_interval(row.shares['response'])} of {row.shares['response'].n}" for row in rows]
        return f"In response at {last.replace('_', ' ')}: {listed(parts)}." if parts else ""
    return _by_landmark(analysis, "response", "Response within {} months of the diagnosis", lambda e: e)


def _survival(analysis):
    return _by_landmark(analysis, "death", "Alive {} months after the diagnosis", Estimate.complement)


def _by_landmark(analysis, name, words, shown):
    """Of each arm at the last landmark at which a tenth of its patients is still followed, 24 months at most."""
    incidence = analysis.incidences[name]
    curves = {arm: curve for arm, curve in incidence.curves.items() if curve}
    fitting = [m for m in incidence.months if m <= 24 and all(
        curve.last_day >= m * DAYS_PER_MONTH and (curve.at_risk(m * DAYS_PER_MONTH) >= 0.1 * curve.n or curve.events == curve.n)
        for curve in curves.values())]
    if not fitting or not curves:
        return ""
    parts = [f"{arm} {share_with_interval(shown(incidence.at(arm, fitting[-1])))}" for arm in curves]
    return f"{words.format(fitting[-1])}: {listed(parts)}."


def _differences(analysis):
    if not analysis.comparisons:
        return ""
    clear = [c for c in analysis.comparisons if c.adjusted_p < 0.05 and c.difference.is_known]
    if not clear:
        return "Between the arms no difference remains after adjustment for the number of tests."
    parts = [f"{c.what}, {c.second} against {c.first}: {points_with_interval(c.difference)} points "
             f"(adjusted p {p_words(c.adjusted_p)})" for c in sorted(clear, key=lambda c: c.p)[:3]]
    return f"In the same patients: {'; '.join(parts)}."


def _route(analysis):
    """The clone that carries the recovery."""
    medians, few = {}, 3
    for c in analysis.clone_comparisons:
        if (c.mark, c.date) == ("hla_lacking", "response"):
            medians |= dict(zip((c.first, c.second), c.medians))
    parts = [f"{arm} {share_with_interval(value)} in {value.n}" for arm, value in medians.items() if value.n >= few]
    return f"HLA-lacking neutrophils at the first response, median: {listed(parts)} responders." if parts else ""


def _predictor(analysis):
    clear = [f for f in analysis.findings if f.adjusted_p < 0.05]
    if not clear:
        return ""
    best, clinic = clear[0], next((f for f in clear if f.is_clinical), None)
    text = f"At diagnosis, {_area(best)} tells best who recovers"
    if clinic and clinic is not best:
        text += f"; of what a clinic measures, {_area(clinic)}"
    return text + "."


def _area(finding):
    return f"{finding_words(finding.name)} (arm {finding.arm}, area {value_with_interval(finding.area, 2)})"
