# SPDX-License-Identifier: BSD-3-Clause
"""The figures of the page as SVG text: arms by colour and line, 95 % intervals as bands. Same numbers, same bytes."""

import io
import re
import textwrap

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator, MultipleLocator, PercentFormatter

from ..colours import palette
from .outcomes import DAYS_PER_MONTH
from .words import finding_words, short_parameter

STYLE = {"svg.hashsalt": "marrow", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9,
         "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": "#e4e4e4",
         "axes.axisbelow": True, "legend.frameon": False, "figure.constrained_layout.use": True}
LINES = ("-", "--", "-.", ":")
FONT = "system-ui, 'Liberation Sans', sans-serif"
CORRELATION_COLOURS = "RdBu_r"


def arm_style(arms):
    """{arm: (colour, line)}, colours of the palette in turn."""
    colours = [colour for _, colour in palette()["clone"].values()]
    return {arm: (colours[i % len(colours)], LINES[(i // len(colours) + i) % len(LINES)]) for i, arm in enumerate(arms)}


def _svg(figure, name):
    """SVG without fixed size, its ids made the figure's own."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    text = buffer.getvalue()
    text = re.sub(r'<svg [^>]*?(viewBox="[^"]*")[^>]*>', r'<svg \1 xmlns="http://www.w3.org/2000/svg" '
                  r'xmlns:xlink="http://www.w3.org/1999/xlink" aria-hidden="true">', text[text.index("<svg"):], count=1)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'font: ([0-9.]+px) [^;"]*', rf"font: \1 {FONT}", text)
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", text)


def _axes(height=3.1, width=5.2):
    return plt.subplots(figsize=(width, height))


def incidence_figure(name, incidence, arms, as_survival=False):
    """Curves of all arms with bands; of death as the share alive."""
    with plt.rc_context(STYLE):
        figure, axes = _axes()
        longest = max(1.0, *(float(curve.exits[-1]) for curve in incidence.curves.values() if curve))
        unit, words = (365.25, "years") if longest > 5 * 365.25 else (DAYS_PER_MONTH, "months")
        highest = 0.0
        for arm, (colour, line) in arm_style(arms).items():
            curve = incidence.curves[arm]
            if curve is None:
                continue
            x = np.append(curve.days, min(curve.last_day, longest)) / unit
            y, low, high = (np.append(values, values[-1]) for values in (curve.share, curve.low, curve.high))
            highest = max(highest, float(np.max(high[y > 0], initial=0.0)))
            if as_survival:
                y, low, high = 1 - y, 1 - high, 1 - low
            axes.fill_between(x, low, high, step="post", color=colour, alpha=0.14, linewidth=0)
            axes.step(x, y, where="post", color=colour, linestyle=line, linewidth=1.6, label=f"{arm} ({curve.n})")
        axes.set_ylim(0, 1.01 if as_survival else min(1.01, max(0.1, 1.15 * highest)))
        axes.set_xlim(0, longest / unit)
        axes.xaxis.set_major_locator(MultipleLocator(12 if longest > 36 * DAYS_PER_MONTH else 6 if longest > 12 * DAYS_PER_MONTH
                                                     else 3) if words == "months" else MaxNLocator(7, integer=True))
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_xlabel(f"{words} since {incidence.times.outcome.since}")
        axes.legend(loc="lower left" if as_survival else "upper left", fontsize=8)
        return _svg(figure, name)


def endpoint_figure(name, rows):
    """Bars of complete response, partial response, no response and death, for each date and arm."""
    states = {words: colour for words, colour in palette()["clinical state"].values()}
    parts = (("complete_response", "complete response"), ("partial_response", "partial response"),
             (None, "severe aplastic anemia"), ("dead", "dead"))
    labels = {"severe aplastic anemia": "alive, no response"}
    with plt.rc_context(STYLE):
        figure, axes = _axes(height=0.9 + 0.32 * len(rows))
        for i, row in enumerate(rows):
            left, share = 0.0, {key: row.shares[key].value for key in ("complete_response", "partial_response", "alive")}
            share["dead"] = 1 - share["alive"]
            share[None] = share["alive"] - share["complete_response"] - share["partial_response"]
            for key, state in parts:
                if row.shares["alive"].is_known:
                    axes.barh(i, share[key], left=left, color=states[state], edgecolor="white", linewidth=0.8, height=0.72,
                              label=labels.get(state, state) if i == 0 else None)
                    left += share[key]
        axes.set_yticks(range(len(rows)), [f"{row.arm}, {row.endpoint.replace('_', ' ')}" for row in rows])
        axes.invert_yaxis()
        axes.grid(False)
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        if axes.get_legend_handles_labels()[0]:
            axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, fontsize=8)
        return _svg(figure, name)


def clone_figure(name, sizes, limit):
    """Share of patients whose clone is at least so large, from the detection limit on; `sizes` of one mark and date."""
    with plt.rc_context(STYLE):
        figure, axes = _axes()
        smallest = min(float(s.sizes[0]) for s in sizes if len(s.sizes))
        start = min(limit, smallest) if np.isfinite(limit) and limit > 0 else smallest
        for s, (colour, line) in zip(sizes, arm_style([s.arm for s in sizes]).values()):
            if not s.prevalence.n:
                continue
            x = np.concatenate([[start], s.sizes, [1.0]])
            y = np.concatenate([[s.prevalence.value], np.arange(len(s.sizes) - 1, -1, -1) / s.prevalence.n, [0.0]])
            axes.step(x, y, where="post", color=colour, linestyle=line, linewidth=1.6, label=f"{s.arm} ({s.prevalence.n})")
        if np.isfinite(limit) and limit > 0:
            axes.axvline(limit, color="#5a5a5a", linewidth=1)
            axes.annotate("limit", (limit, 1), xycoords=("data", "axes fraction"), xytext=(3, -9), textcoords="offset points",
                          fontsize=8, color="#5a5a5a")
        axes.set_xscale("log")
        axes.set_xlim(start / 1.6, 1.0)
        axes.set_ylim(0, 1.01)
        axes.xaxis.set_major_formatter(lambda x, _: f"{100 * x:g} %")
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.set_xlabel("share of neutrophils, at least")
        axes.set_ylabel("patients")
        axes.legend(loc="upper right", fontsize=8)
        return _svg(figure, name)


def findings_figure(name, names, findings, arms):
    """Areas under the ROC curve with intervals, one line per finding, a mark per arm."""
    places = {finding: i for i, finding in enumerate(names)}
    styles = arm_style(arms)
    with plt.rc_context(STYLE):
        figure, axes = _axes(height=0.9 + 0.34 * len(names), width=7.2)
        for j, arm in enumerate(arms):
            mine = [f for f in findings if f.arm == arm and f.name in places]
            y = [places[f.name] + 0.5 * ((j + 0.5) / len(arms) - 0.5) for f in mine]
            x = [f.area.value for f in mine]
            low, high = ([max(0.0, v) if np.isfinite(v) else 0.0 for v in side] for side in
                         ([f.area.value - f.area.low for f in mine], [f.area.high - f.area.value for f in mine]))
            axes.errorbar(x, y, xerr=(low, high), fmt="osD^v"[j % 5], markersize=4, color=styles[arm][0], linewidth=1,
                          linestyle="none", label=arm if mine else None)
        axes.axvline(0.5, color="#5a5a5a", linewidth=1)
        axes.set_yticks(range(len(names)), [finding_words(finding) for finding in names])
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        axes.set_xlabel("area under the ROC curve")
        axes.legend(loc="lower left" if len(names) > 3 else "best", fontsize=8)
        return _svg(figure, name)


def roc_figure(name, models, arms):
    """ROC curves of models; solid: all that is known in the marrow, dashed: what a clinic knows."""
    styles = {"": ("#1a1a1a", "-"), **arm_style(arms)}
    with plt.rc_context(STYLE):
        figure, axes = _axes(height=4.2)
        axes.plot([0, 1], [0, 1], color="#b0b0b0", linewidth=1)
        for model in models:
            line = "-" if model.inputs == "marrow" else (0, (4, 2))
            axes.step(*model.roc, where="post", color=styles[model.arm][0], linestyle=line, linewidth=1.5,
                      label=f"{model.arm or 'all arms'}, {model.inputs}: {model.area.value:.2f}")
        axes.set_aspect("equal")
        axes.set_xlabel("recovery predicted, of those who do not recover")
        axes.set_ylabel("recovery predicted, of those who do")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.legend(loc="lower right", fontsize=8)
        return _svg(figure, name)


def sensitivity_figure(name, parameters, outcomes, effects):
    """Partial rank correlations of one arm, numbers in the squares; bold: remains after adjustment for all tests."""
    found = {(e.parameter, e.outcome): e for e in effects}
    shown = np.array([[_shown(found.get((p, o))) for o in outcomes] for p in parameters], dtype=float)
    with plt.rc_context({**STYLE, "axes.grid": False}):
        figure, axes = _axes(height=1.5 + 0.36 * len(parameters), width=8.6)
        axes.imshow(np.ma.masked_invalid(shown), cmap=CORRELATION_COLOURS, vmin=-1, vmax=1, aspect="auto")
        for i, j in np.ndindex(*shown.shape):
            if np.isfinite(shown[i, j]):
                strong = found[parameters[i], outcomes[j]].adjusted_p < 0.05
                axes.text(j, i, f"{shown[i, j]:+.2f}".replace("-", "\N{MINUS SIGN}"), ha="center", va="center", fontsize=8,
                          fontweight="bold" if strong else "normal", color="white" if abs(shown[i, j]) > 0.6 else "black")
            else:
                axes.text(j, i, "–", ha="center", va="center", fontsize=8, color="#5a5a5a")
        axes.set_yticks(range(len(parameters)), [short_parameter(p) for p in parameters])
        axes.set_xticks(range(len(outcomes)), [textwrap.fill(o, 14) for o in outcomes], fontsize=8)
        axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
        axes.spines[:].set_visible(False)
        return _svg(figure, name)


def _shown(effect):
    if effect is None:
        return np.nan
    return effect.partial.value if effect.partial.is_known else effect.rank.value

