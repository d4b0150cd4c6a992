# SPDX-License-Identifier: BSD-3-Clause
"""A run directory as one object."""

import csv
import json
import pathlib
import re

import numpy as np

from .checkpoints import Checkpoint
from .data import Table
from .errors import RunError
from .frames import frame_list, read_frame

TEXT_COLUMNS = ("therapy", "clinical_state", "digest", "event", "detail")


def genotype_of(words):
    """The genotype that words of a scenario (hla_lost, driver) or of a column of the series (hla_lacking_driver) name."""
    bits = {"hla_lost": 1, "hla_lacking": 1, "gpi_negative": 2, "driver": 4, "monosomy_7": 8}
    return sum(bit for word, bit in bits.items() if word in words)


class Run:
    """The directory that 'marrow run -o' wrote, also while it still does."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        if not (self.directory / "scenario.effective.yaml").is_file():
            raise RunError(f"'{self.directory}' is not the directory of a run (no scenario.effective.yaml in it)")

    @property
    def name(self):
        return self.directory.resolve().name

    def series(self):
        """Table: series.csv, one row per sample. `facts["comments"]` holds the lines above the header."""
        return self._table("series.csv")

    def events(self):
        """Table: events.csv, one row per diagnosis, response, relapse, late effect or treatment."""
        return self._table("events.csv")

    def founders(self):
        """{name: genotype} of the clones that the scenario places, normal cells first. A genotype is the number of the
        palette: 1 HLA-lacking, 2 GPI-negative, 4 driver, 8 monosomy 7, added up."""
        text = (self.directory / "scenario.effective.yaml").read_text(encoding="utf-8")
        block = re.search(r"^  founders:.*\n((?: {4}.*\n)*)", text, re.MULTILINE)
        placed = re.findall(r"^ {4}- name: (\S+).*\n {6}genotype: \[(.*?)\]", block[1] if block else "", re.MULTILINE)
        return {"normal": 0} | {name.strip('"'): genotype_of(words) for name, words in placed}

    def status(self):
        """status.json as a dictionary: how far the run is."""
        return self._json("status.json")

    def provenance(self):
        """provenance.json as a dictionary: versions, hosts, commands."""
        return self._json("provenance.json")

    def frame_days(self, series="cells"):
        """The days of all frames of a series (tissue, niches, cells, fields, signals), ascending."""
        return np.array([day for day, _ in frame_list(self.directory, series)])

    def frame(self, series, day=None):
        """The frame nearest to `day` (the last without one): Points for niches and cells, an Image for the rest."""
        frames = frame_list(self.directory, series)
        if not frames:
            raise RunError(f"'{self.directory}' has no frames of '{series}': set output.frames in the scenario")
        _, path = frames[-1] if day is None else min(frames, key=lambda frame: abs(frame[0] - day))
        return read_frame(path)

    def checkpoints(self):
        """The complete checkpoints, oldest first."""
        found = sorted((self.directory / "checkpoints").glob("step_*/manifest.json"))
        return [Checkpoint(manifest.parent) for manifest in found]

    def checkpoint(self, step=None):
        """The checkpoint of an hour (the newest without one)."""
        if step is not None:
            return Checkpoint(self.directory / "checkpoints" / f"step_{step:09d}")
        found = self.checkpoints()
        if not found:
            raise RunError(f"'{self.directory}' has no checkpoint yet")
        return found[-1]

    def _table(self, name):
        path = self.directory / name
        if not path.is_file():
            raise RunError(f"'{path}' is missing")
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        if lines and not lines[-1].endswith("\n"):
            lines.pop()  # being written just now
        comments = [line[1:].strip() for line in lines if line.startswith("#")]
        rows = list(csv.reader(line for line in lines if not line.startswith("#")))
        if not rows or any(len(row) != len(rows[0]) for row in rows):
            raise RunError(f"'{path}' is damaged: its rows do not all have the columns of its header")
        columns = {}
        for i, column in enumerate(rows[0]):
            values = [row[i] for row in rows[1:]]
            columns[column] = np.array(values, dtype=str if column in TEXT_COLUMNS else float)
        return Table(columns, {"comments": comments})

    def _json(self, name):
        path = self.directory / name
        if not path.is_file():
            raise RunError(f"'{path}' is missing")
        return json.loads(path.read_text(encoding="utf-8"))
