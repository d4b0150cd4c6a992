#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A figure of a run in three moments: example.py RUN_DIRECTORY PICTURE.png

Above, a slab of the marrow at the start, at the fewest stem cells and at the end, as a section: fat, bone, vessels, stem
cells by genotype, T cells. Below, the course. Runs as a script, or cell by cell in editors that know "# %%". Needs numpy
and matplotlib (Debian: python3-numpy, python3-matplotlib) and frames of the run.
"""

# %% What is used
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap

import marrow

if len(sys.argv) != 3:
    sys.exit(__doc__)
colours = marrow.palette()
curves = dict(colours["curve"].values())
STEM_CELL, T_CELL = 1, 2
FAT, SLAB_UM = 6, 200.0

# %% The run, its course and the three moments
try:
    run = marrow.Run(sys.argv[1])
    series = run.series()
    days = run.frame_days("cells")
    tissue = run.frame("tissue")
except marrow.RunError as error:
    sys.exit(f"example.py: {error}")
fewest = days[np.argmin(np.interp(days, series["day"], series["stem_cells"]))]
moments = sorted({days[0], fewest, days[-1]})


# %% One section: the static tissue, with fat where the frame of that day says so
def section(fields):
    layer = tissue.shape[0] // 2
    kinds = tissue["tissue"][layer].copy()
    x, y, z = tissue.centres_um()
    places = np.array([(a, b, z[layer]) for b in y for a in x])
    fat = fields.at("fat", places).reshape(kinds.shape)
    reveal = tissue["adipocyte_reveal"][layer]
    kinds[(kinds == 0) & (reveal < 255) & (reveal <= 255 * fat)] = FAT
    return kinds, z[layer]


def draw_section(axes, day):
    cells = run.frame("cells", day)
    kinds, height = section(run.frame("fields", day))
    low = np.array(tissue.origin_um) / 1000
    high = low + np.array(tissue.shape[::-1]) * tissue.spacing_um / 1000
    axes.imshow(kinds, origin="lower", extent=(low[0], high[0], low[1], high[1]), interpolation="nearest", vmin=0, vmax=6,
                cmap=ListedColormap([colour for _, colour in colours["tissue"].values()]))
    cells = cells.where(np.abs(cells["z_um"] - height) < SLAB_UM / 2)
    tcells, stem = (cells.where(cells["cell_kind"] == kind) for kind in (T_CELL, STEM_CELL))
    axes.scatter(tcells["x_um"] / 1000, tcells["y_um"] / 1000, s=7, color=colours["cell kind"][T_CELL][1], label="T cells",
                 edgecolors="white", linewidths=0.3)
    for genotype in np.unique(stem["genotype"]):
        name, colour = colours["genotype"][int(genotype)]
        some = stem.where(stem["genotype"] == genotype)
        axes.scatter(some["x_um"] / 1000, some["y_um"] / 1000, s=26, color=colour, label=f"stem cells, {name}",
                     edgecolors="white", linewidths=0.6)
    axes.set_title(f"day {day:g}")
    axes.set_xlabel("mm")
    return dict(zip(*reversed(axes.get_legend_handles_labels())))


# %% The figure
figure = plt.figure(figsize=(11, 7), constrained_layout=True)
above, below = figure.subfigures(2, 1, height_ratios=(3, 2))
handles = {}
for axes, day in zip(above.subplots(1, len(moments), sharey=True, squeeze=False)[0], moments):
    handles.update(draw_section(axes, day))
for kind in (0, FAT, 1, 2, 3):
    name = "blood-forming marrow" if kind == 0 else colours["tissue"][kind][0]
    handles[name] = plt.Rectangle((0, 0), 1, 1, facecolor=colours["tissue"][kind][1], edgecolor="grey")
above.suptitle(f"{run.name.replace('_', ' ')}: a slab of {SLAB_UM:g} um")

names, counts, blood = below.subplots(1, 3)
names.axis("off")
names.legend(handles.values(), handles.keys(), loc="center left", fontsize=9, frameon=False)
years = series["day"] / 365.25
counts.plot(years, series["stem_cells"], color=colours["cell kind"][STEM_CELL][1], label="stem cells")
counts.plot(years, series["tcells_per_mm3"], color=colours["cell kind"][T_CELL][1], label="T cells per mm³")
counts.legend(fontsize=8)
blood.plot(years, 100 * series["cellularity"], color=curves["cellularity"], label="cellularity (%)")
blood.plot(years, series["platelets_1e9_per_l"], color=curves["platelets"],
           label=f"platelets ({series.units['platelets_1e9_per_l']})")
blood.legend(fontsize=8)
for axes in (counts, blood):
    axes.set_xlabel("years")
    axes.set_ylim(bottom=0)
    for day in moments:
        axes.axvline(day / 365.25, color="grey", linewidth=0.8, linestyle=":")
figure.savefig(sys.argv[2], dpi=110)
