# SPDX-License-Identifier: BSD-3-Clause
"""Numbers and names as the page shows them."""

import math
import re

UNITS = (("_1e9_per_l", " (10⁹/L)"), ("_g_per_l", " (g/L)"), ("_per_mm3", " per mm³"), ("_per_mm2", " per mm²"),
         ("_mm", " (mm)"), ("_y", " (years)"))
MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"
UNKNOWN = EN_DASH


def finding_words(name):
    """neutrophils_1e9_per_l: neutrophils (10⁹/L)"""
    text = name.removeprefix("patient.")
    unit = ""
    for ending, words in UNITS:
        if text.endswith(ending):
            text, unit = text.removesuffix(ending), words
            break
    text = text.replace("_", " ").replace("tcells", "T cells").replace("tregs", "regulatory T cells")
    return re.sub(r"\bgpi\b", "GPI", re.sub(r"\bhla\b", "HLA", re.sub(r"\bcd(\d+)", r"CD\1+", text))) + unit


def short_parameter(name):
    """The last two parts of a path, its list numbers kept."""
    return ".".join(name.split(".")[-2:])


def number(value, digits=3):
    """Three digits; a minus sign; nothing for what is not known."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return UNKNOWN
    text = f"{value:.{digits}g}"
    if "e" in text and 1e-4 <= abs(value) < 1e6:
        text = f"{value:.0f}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}·10^{int(exponent)}"
    return text.replace("-", MINUS)


def percent(share):
    """41 %; below 10 % with one decimal, below 1 % with two digits."""
    if share is None or not math.isfinite(share):
        return UNKNOWN
    value = 100 * share
    rounded = round(value, 0 if abs(value) >= 9.95 else 1)
    if rounded == 0 and abs(value) > 1e-9:
        return f"{value:.2g}".replace("-", MINUS) + " %"
    return f"{rounded:g}".replace("-", MINUS) + " %"


def share_with_interval(estimate):
    """41 % (28–58)"""
    if estimate is None or not estimate.is_known:
        return UNKNOWN
    if not math.isfinite(estimate.low):
        return percent(estimate.value)
    low, high = (percent(max(0.0, limit) if estimate.value >= 0 and limit > -1e-9 else limit).removesuffix(" %")
                 for limit in (estimate.low, estimate.high))
    return f"{percent(estimate.value)} ({low}{' to ' if MINUS in low else EN_DASH}{high})"


def points_with_interval(estimate):
    """A difference of two proportions in percentage points: −26 (−39 to −9)"""
    if not estimate.is_known:
        return UNKNOWN
    value, low, high = (f"{100 * v:.0f}".replace("-0", "0").replace("-", MINUS) for v in
                        (estimate.value, estimate.low, estimate.high))
    return f"{value} ({low} to {high})"


def value_with_interval(estimate, digits=3):
    """0.83 (0.71–0.92); a limit that does not exist is 'not reached'."""
    if estimate is None or not estimate.is_known:
        return UNKNOWN
    if math.isnan(estimate.low) and math.isnan(estimate.high):
        return number(estimate.value, digits)
    low, high = (number(v, digits) if math.isfinite(v) else "not reached" for v in (estimate.low, estimate.high))
    return f"{number(estimate.value, digits)} ({low}{' to ' if MINUS in low or ' ' in high else EN_DASH}{high})"


def p_words(p):
    if p is None or not math.isfinite(p):
        return UNKNOWN
    return "< 0.001" if p < 0.001 else f"{p:.2g}" if p < 0.1 else f"{min(p, 1.0):.2f}"


def listed(items):
    """a, b and c"""
    items = list(items)
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1] if items else ""
