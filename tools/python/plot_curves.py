#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Draws the curves of the verification suite: plot_curves.py DIRECTORY

Every CSV file of the directory becomes an SVG picture beside it: theory as lines, measurement as dots. Needs matplotlib
(Debian: python3-matplotlib); the suite itself never needs this.
"""

import csv
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "marrow"  # the same picture from the same numbers
import matplotlib.pyplot as plt

# Okabe and Ito: distinguishable with colour-blind eyes.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")


def read(path):
    """(label and scale of x, of y; {(line, kind): (x, y)})"""
    with open(path, encoding="utf-8", newline="") as file:
        axes = [next(file).split(": ", 1)[1].strip() for _ in range(2)]
        lines = {}
        for row in csv.DictReader(file):
            x, y = lines.setdefault((row["line"], row["kind"]), ([], []))
            x.append(float(row["x"]))
            y.append(float(row["y"]))
    return axes, lines


def draw(path):
    (x_axis, y_axis), lines = read(path)
    figure, axes = plt.subplots(figsize=(6.4, 4.2), constrained_layout=True)
    for number, ((name, kind), (x, y)) in enumerate(lines.items()):
        style = {"linestyle": "-"} if kind == "theory" else {"linestyle": "none", "marker": "o", "markersize": 4}
        axes.plot(x, y, label=name, color=COLOURS[number % len(COLOURS)], **style)
    for text, label, scale in ((x_axis, axes.set_xlabel, axes.set_xscale), (y_axis, axes.set_ylabel, axes.set_yscale)):
        label(text.removesuffix(" (log)"))
        if text.endswith(" (log)"):
            scale("log")
    axes.set_title(path.stem.replace("_", " "))
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})
    plt.close(figure)


for curve in sorted(pathlib.Path(sys.argv[1]).glob("*.csv")):
    draw(curve)
