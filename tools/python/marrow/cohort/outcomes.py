# SPDX-License-Identifier: BSD-3-Clause
"""What can happen to a patient, from when it is counted, and what keeps it from happening."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

DAYS_PER_MONTH = 365.25 / 12
LANDMARK_MONTHS = (3, 6, 12, 18, 24, 36, 60, 120)
CENSORED, EVENT, COMPETING = 0, 1, 2


@dataclass(frozen=True)
class Outcome:
    name: str
    title: str
    origin: str  # column of the day from which it is counted
    event: str  # column of the day of the event
    competing: str | None  # column of the day of what makes it impossible
    state: str  # its colour: an entry of the palette's clinical states
    since: str  # the origin in words
    without: str  # who does not have the origin, in words


DEATH = Outcome("death", "Death", "diagnosis_day", "death_day", None, "dead", "diagnosis", "never diagnosed")
RESPONSE = Outcome("response", "Response (partial or complete)", "diagnosis_day", "response_day", "death_day",
                   "partial response", "diagnosis", "never diagnosed")
OUTCOMES = (
    DEATH,
    RESPONSE,
    Outcome("complete_response", "Complete response", "diagnosis_day", "complete_response_day", "death_day",
            "complete response", "diagnosis", "never diagnosed"),
    Outcome("relapse", "Relapse after response", "response_day", "relapse_day", "death_day", "severe aplastic anemia",
            "first response", "never in response"),
    Outcome("pnh", "PNH", "diagnosis_day", "pnh_day", "death_day", "moderate aplastic anemia", "diagnosis", "never diagnosed"),
    Outcome("evolution", "Clonal evolution", "diagnosis_day", "evolution_day", "death_day", "dead", "diagnosis",
            "never diagnosed"),
)


@dataclass(frozen=True)
class Times:
    """`table`: patient, arm, days, status, one row for each patient at risk; and how many are not in it, by arm."""
    outcome: Outcome
    table: pd.DataFrame
    without_origin: pd.Series
    had_it_before: pd.Series

    def arm(self, arm):
        return self.table[self.table["arm"] == arm]


def times_of(rows, outcome, arms):
    """Days from the origin to event, competing event or end of follow-up, whichever is first. On the same day, the event
    counts; who had it before the origin is not at risk."""
    origin, event, end = rows[outcome.origin], rows[outcome.event], rows["end_day"]
    competing = rows[outcome.competing] if outcome.competing else pd.Series(np.nan, index=rows.index)
    has_origin, before = origin.notna(), event < origin
    first = pd.concat([event, competing, end], axis=1).min(axis=1)
    status = np.where(event == first, EVENT, np.where(competing == first, COMPETING, CENSORED))
    table = pd.DataFrame({"patient": rows["patient"], "arm": rows["arm"], "days": first - origin, "status": status})

    def by_arm(mask):
        return mask.groupby(rows["arm"]).sum().reindex(arms, fill_value=0).astype(int)

    return Times(outcome, table[has_origin & ~before].reset_index(drop=True), by_arm(~has_origin), by_arm(has_origin & before))


def landmarks(times):
    """Months at which some patient is still followed."""
    longest = times.table["days"].max() if len(times.table) else 0
    return [months for months in LANDMARK_MONTHS if months * DAYS_PER_MONTH <= longest]


def happened_by(rows, outcome, days):
    """1 or 0 for each row: whether it happened within `days` of the origin; NaN where the run was too short for that, the
    origin is missing or it had happened before. A run goes on after a death, so who died early is not preferred to who
    lived."""
    followed = rows["hours"] / 24 - rows[outcome.origin]
    after = rows[outcome.event] - rows[outcome.origin]
    return pd.Series(np.where((followed >= days) & ~(after < 0), (after <= days).astype(float), np.nan), index=rows.index)


def common_landmark(rows, outcome):
    """The latest landmark (months) for which four fifths of those with the origin were followed, and 12 at most; else None."""
    diagnosed = rows[outcome.origin].notna().sum()
    fitting = [months for months in LANDMARK_MONTHS if months <= 12 and diagnosed
               and happened_by(rows, outcome, months * DAYS_PER_MONTH).notna().sum() >= 0.8 * diagnosed]
    return fitting[-1] if fitting else None
