# SPDX-License-Identifier: BSD-3-Clause
"""The directory of a cohort as a pandas table: one row per patient and arm. Formats: io/cohort/README.md."""

import csv
import json
import pathlib

import h5py
import numpy as np
import pandas as pd

from ..errors import RunError

FORMAT = 1
HEAD = ["patient", "arm", "seed", "status", "reason"]  # then draws and traits, then what follows
AFTER_DRAWS = "niches"
AGAIN = "'marrow cohort COHORT.yaml -o DIR --resume' writes it anew"


class Cohort:
    """What 'marrow cohort -o' wrote, also while it still does.

    `rows`: every patient and arm that is done, failed ones too; `finished`: those with a result. `arms` in the order of the
    cohort's file, `draws` the columns of drawn parameters and traits, `endpoints` the names of its dates, `texts` what a
    column means."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.manifest = self._manifest()
        self.name, self.text = self.manifest["cohort"], self.manifest.get("text", "")
        self.arms, self.planned = list(self.manifest["arms"]), int(self.manifest["patients"])
        self.columns = {column["name"]: column["kind"] == "number" for column in self.manifest["columns"]}
        self.texts = {column["name"]: column["text"] for column in self.manifest["columns"]}
        self.rows, self.source = self._rows()
        names = list(self.columns)
        self.draws = names[len(HEAD):names.index(AFTER_DRAWS)]
        dates = [name.removesuffix("_examined_day") for name in names if name.endswith("_examined_day")]
        self.endpoints = [name for name in dates if name not in ("diagnosis", "response")]
        self.finished = self.rows[self.rows["status"] == "finished"].reset_index(drop=True)

    @property
    def is_complete(self):
        return len(self.rows) == self.planned * len(self.arms)

    def provenance(self):
        """provenance.json as a dictionary; empty when there is none or it cannot be read."""
        try:
            return json.loads((self.directory / "provenance.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def file_text(self, name):
        """cohort.yaml or scenario.yaml as given; empty when it is not there."""
        try:
            return (self.directory / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    def _manifest(self):
        path = self.directory / "manifest.json"
        if not path.is_file() or not (self.directory / "cohort.yaml").is_file():
            raise RunError(f"'{self.directory}' is not the directory of a cohort (no "
                           f"{'manifest.json' if not path.is_file() else 'cohort.yaml'} in it); "
                           "'marrow cohort COHORT.yaml -o DIR' makes one")
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            found = manifest["format"]
            if found == FORMAT and not {*HEAD, AFTER_DRAWS, "end_day"} <= {c["name"] for c in manifest["columns"]}:
                raise ValueError("columns that every cohort has are not in it")
            complete = {"cohort", "arms", "patients"} <= set(manifest)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(f"'{path}' is damaged ({error}); {AGAIN}") from error
        if found != FORMAT or not complete:
            raise RunError(f"'{path}' has format {found}; this reader knows format {FORMAT}: use the scripts of the version "
                           f"that wrote it ({manifest.get('program', 'unknown')})")
        return manifest

    def _rows(self):
        """The table; while patients are missing in it, what records there are."""
        rows, source = None, ""
        for name, read in (("cohort.h5", _read_h5), ("cohort.csv", _read_csv)):
            if (self.directory / name).is_file():
                rows, source = self._typed(read(self.directory / name), name), name
                break
        if rows is None or len(rows) < self.planned * len(self.arms):
            records = self._records()
            if rows is None or len(records) > len(rows):
                rows, source = records, "records"
        order = {arm: number for number, arm in enumerate(self.arms)}
        return rows.sort_values(["patient", "arm"], key=lambda c: c.map(order) if c.name == "arm" else c,
                                ignore_index=True), source

    def _records(self):
        """Rows of patients that are done, of this directory and of its shares."""
        files = sorted(self.directory.glob("records/*.csv")) + sorted(self.directory.glob("share_*/records/*.csv"))
        tables = [table for table in (_read_csv(file, torn=True) for file in files)
                  if set(table.columns) >= set(self.columns)]  # another version's are computed again
        empty = pd.DataFrame(columns=list(self.columns), dtype=str)
        rows = pd.concat([empty, *tables], ignore_index=True).drop_duplicates(["patient", "arm"])
        return self._typed(rows, "records")

    def _typed(self, rows, name):
        path = self.directory / name
        missing = [column for column in self.columns if column not in rows]
        if missing:
            raise RunError(f"'{path}' is damaged: it has no column '{missing[0]}', which manifest.json lists; {AGAIN}")
        try:
            typed = pd.DataFrame({column: pd.to_numeric(rows[column]).astype(float) if is_number
                                  else rows[column].fillna("").astype(str) for column, is_number in self.columns.items()})
            typed["patient"] = typed["patient"].astype(np.int64)
        except (ValueError, TypeError) as error:
            raise RunError(f"'{path}' is damaged: {error}; {AGAIN}") from error
        wrong = ~typed["arm"].isin(self.arms) | ~typed["status"].isin(["finished", "failed"])
        if wrong.any() or typed.duplicated(["patient", "arm"]).any():
            raise RunError(f"'{path}' is damaged: rows that do not belong to this cohort, or twice; {AGAIN}")
        return typed


def _read_csv(path, torn=False):
    """Words as they stand. `torn`: rows without all cells are left out, as a file that is being written ends in one."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(f"'{path}' is damaged ({error}); {AGAIN}") from error
    head = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    rows = list(csv.reader(lines[head:]))
    if torn and (not lines or not lines[-1].endswith("\n")):
        rows = rows[:-1]
    if torn:
        rows = [row for row in rows if len(row) == len(rows[0])]
    if not torn and (not rows or any(len(row) != len(rows[0]) for row in rows)):
        raise RunError(f"'{path}' is damaged: its rows do not all have the columns of its header; {AGAIN}")
    return pd.DataFrame(rows[1:], columns=rows[0] if rows else [])


def _read_h5(path):
    try:
        with h5py.File(path, "r") as file:
            columns = {name: item[()] for name, item in file["table"].items() if isinstance(item, h5py.Dataset)}
        return pd.DataFrame({name: np.char.decode(values, "utf-8") if values.dtype.kind == "S" else values
                             for name, values in columns.items()})
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise RunError(f"'{path}' is damaged ({error}); {AGAIN}") from error
