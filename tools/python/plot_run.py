#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Draws the course of a run: plot_run.py RUN_DIRECTORY PICTURE.png

Stem cells by clone, T cells, and blood counts relative to normal, from series.csv. Needs numpy and
matplotlib (Debian: python3-numpy, python3-matplotlib); the solver and its tests never need this.
"""

import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

import marrow

PALETTE = marrow.palette()
TCELLS = PALETTE["cell kind"][2][1]
CURVES = dict(PALETTE["curve"].values())


def spans(days, states):
    """(first day, last day, state) of each stretch in which the clinical state stays the same."""
    start = 0
    for i in range(1, len(states) + 1):
        if i == len(states) or states[i] != states[start]:
            yield days[start], days[min(i, len(days) - 1)], states[start]
            start = i


def stem_cells_by_line(series, founders):
    """{label: (genotype, live stem cells)} of each founder's line, and apart from it those of each genotype that mutation
    brought. `founders`: {name: genotype}."""
    layers = {}
    for column in [name for name in series.names if name.startswith("cells_")]:
        line = column.removeprefix("cells_")
        rest = series[column]
        mutants = {}
        for name in series.names:
            if name.endswith("_in_" + line) and not name.startswith("cells_"):
                rest = rest - series[name]
                if any(series[name]):
                    words = name.removesuffix("_in_" + line)
                    mutants[name.removesuffix("_in_normal").replace("_", " ") + " mutants"] = (
                        marrow.genotype_of(words) | founders.get(line, 0), series[name])
        layers[line.replace("_", " ") + " stem cells"] = (founders.get(line, 0), rest)
        layers.update(mutants)
    return layers


def colours_of(genotypes):
    """The colour of each genotype as in every other picture; what has the colour of one before takes the next free one."""
    taken = []
    spare = [colour for _, colour in PALETTE["clone"].values()]
    for genotype in genotypes:
        colour = PALETTE["genotype"][genotype][1]
        if colour in taken:
            own = {PALETTE["genotype"][one][1] for one in genotypes}
            colour = next((free for free in spare if free not in taken and free not in own), colour)
        taken.append(colour)
    return taken


def draw(series, founders, title):
    years = series["day"] / 365.25
    figure, (cells, blood) = plt.subplots(2, 1, figsize=(9, 6.4), sharex=True, constrained_layout=True)
    figure.suptitle(title)
    layers = stem_cells_by_line(series, founders)
    genotypes, counts = zip(*layers.values())
    cells.stackplot(years, counts, labels=layers.keys(), colors=colours_of(genotypes), alpha=0.85)
    cells.set_ylabel("stem cells")
    cells.set_ylim(0, (1.15 if len(layers) < 3 else 1.3) * max(series["stem_cells"]))  # room for the legend
    density = cells.twinx()
    density.plot(years, series["tcells_per_mm3"], color=TCELLS, label="T cells per mm³")
    density.set_ylabel("T cells per mm³", color=TCELLS)
    density.set_ylim(0, 1.25 * max(1.0, *series["tcells_per_mm3"]))
    handles = [sum(pair, []) for pair in zip(cells.get_legend_handles_labels(),
                                             density.get_legend_handles_labels())]
    cells.legend(*handles, loc="upper center", ncols=3, fontsize=8, framealpha=0.9)

    for name, label, normal, colour in (
            ("neutrophils_1e9_per_l", "neutrophils (4 × 10⁹/L)", 4.0, CURVES["neutrophils"]),
            ("platelets_1e9_per_l", "platelets (250 × 10⁹/L)", 250.0, CURVES["platelets"]),
            ("hemoglobin_g_per_l", "hemoglobin (140 g/L)", 140.0, CURVES["hemoglobin"])):
        blood.plot(years, series[name] / normal, color=colour, label=label)
    blood.plot(years, series["cellularity"] / 0.5, color=CURVES["cellularity"],
               linestyle=":", label="cellularity (50 %)")
    shades = dict(PALETTE["clinical state"].values())
    labelled = {"well"}
    for first, last, state in spans(years, series["clinical_state"]):
        if state == "well":
            continue
        blood.axvspan(first, last, color=shades[state], alpha=0.15, label="_" if state in labelled else state)
        labelled.add(state)
    blood.set_ylabel("share of normal")
    blood.set_xlabel("years")
    blood.set_xlim(years[0], years[-1])
    blood.legend(loc="lower right", fontsize=8, framealpha=0.9)
    return figure


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        run = marrow.Run(sys.argv[1])
        series = run.series()
    except marrow.RunError as error:
        sys.exit(f"plot_run.py: {error}")
    draw(series, run.founders(), run.name.replace("_", " ")).savefig(sys.argv[2], dpi=110)


if __name__ == "__main__":
    main()
