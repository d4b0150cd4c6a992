# SPDX-License-Identifier: BSD-3-Clause
"""Reads the directory of a run: series, events, frames, checkpoints, with units.

    import sys; sys.path.insert(0, "tools/python")
    import marrow

    run = marrow.Run("runs/protective_clone_remission")
    series = run.series()
    series["neutrophils_1e9_per_l"], series.units["neutrophils_1e9_per_l"]
    run.frame("cells", day=400)["clone"]
    run.checkpoint().cells()["state"]

Needs numpy (Debian: python3-numpy); checkpoints need h5py (python3-h5py), frames VTK's Python modules (python3-vtk9, or
ParaView's own). Directories of cohorts: marrow.cohort. With pandas and xarray installed, tables and images convert to theirs. Nothing is ever written.
"""

from .checkpoints import Checkpoint
from .colours import palette
from .data import Image, Points, Table
from .errors import RunError
from .run import Run, genotype_of

__all__ = ["Checkpoint", "Image", "Points", "Run", "RunError", "Table", "genotype_of", "palette"]
