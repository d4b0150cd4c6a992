# SPDX-License-Identifier: BSD-3-Clause
"""Checkpoints (checkpoints/step_…/state.h5): the whole state of the model. Layout: core/cells/fields.cpp."""

import json
import pathlib

import numpy as np

from .data import Image, Points, Table
from .errors import RunError

BLOCK_EDGE = 16  # voxels
FIXED_ONE = 2.0**40  # 1 in the fixed-point numbers of the model
FULL_PRESENTATION = 2.0**16
FORMATS = (2,)


def _h5py():
    try:
        import h5py
    except ImportError:
        raise RunError("checkpoints need h5py: install python3-h5py (Debian) for the Python that runs this") from None
    return h5py


def decode_records(records):
    """The columns of the model's 8-byte cell records: state, clone, clock, interferon memory, count."""
    bits = np.asarray(records, dtype=np.uint64)

    def part(shift, width):
        return ((bits >> np.uint64(shift)) & np.uint64((1 << width) - 1)).astype(np.int64)

    return {"state": part(0, 8), "clone": part(8, 24), "clock": part(32, 16), "ifn_memory": part(48, 8),
            "count": part(56, 8)}


class Checkpoint:
    """One state, read when it is asked for. `step` hours are completed; `checkpoint["clones/genotype"]` is the raw array of
    a field, `fields()` tells which there are."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        if self.path.is_dir():
            self.path = self.path / "state.h5"
        if not self.path.is_file():
            raise RunError(f"'{self.path}': no such checkpoint")
        with self._open() as file:
            attributes = {name: _plain(value) for name, value in file.attrs.items()}
            if attributes.get("format") not in FORMATS:
                raise RunError(f"'{self.path}' has format {attributes.get('format')}; this reader knows {FORMATS}")
        self.step = attributes["step"]
        self.time_d = self.step / 24.0
        self.extent_voxels = tuple(attributes["lattice_extent"])  # x, y, z
        self.spacing_um = attributes["spacing_um"]
        self.real_cells_per_niche = attributes["real_cells_per_niche"]
        self.digest = attributes["digest"]
        self.scenario = attributes["scenario_name"]

    def _open(self):
        try:
            return _h5py().File(self.path, "r")
        except OSError as error:
            raise RunError(f"'{self.path}' is damaged: {error}") from error

    def fields(self):
        """{name: what it is}"""
        found = {}
        with self._open() as file:
            file["state"].visititems(
                lambda name, item: found.update({name: _plain(item.attrs["text"])}) if "text" in item.attrs else None)
        return found

    def __getitem__(self, name):
        with self._open() as file:
            if f"state/{name}" not in file:
                raise KeyError(f"no field '{name}' in '{self.path}'; fields() lists them")
            return file[f"state/{name}"][()]

    def scenario_yaml(self, effective=True):
        """The scenario with all defaults, or as it was given."""
        with self._open() as file:
            return _plain(file["scenario/effective" if effective else "scenario/text"][0])

    def provenance(self):
        with self._open() as file:
            return json.loads(_plain(file["provenance/json"][0]))

    def _places(self, sites):
        nx, ny, _ = self.extent_voxels
        sites = np.asarray(sites, dtype=np.int64)
        voxels = (sites % nx, sites // nx % ny, sites // (nx * ny))
        return {name: (at + 0.5) * self.spacing_um for name, at in zip(("x_um", "y_um", "z_um"), voxels)}

    def niches(self):
        """Points: every niche, with `occupied`."""
        with self._open() as file:
            sites = file["tissue/niche_site"][()]
        state = decode_records(self["niches/record"])["state"]
        return Points({**self._places(sites), "occupied": (state == 1) | (state == 2)}, self._facts())

    def cells(self):
        """Points: stem cells, then T cells where they walk singly (motion `hops`), with `cell_kind` (1 stem cell, 2 T cell),
        `state`, `clone`, `clock`, `count`; stem cells with `genotype`, `founder`, `presentation` of their clone."""
        with self._open() as file:
            niche_sites = file["tissue/niche_site"][()]
        niches = decode_records(self["niches/record"])
        alive = (niches["state"] == 1) | (niches["state"] == 2)
        tcells = decode_records(self["tcells/record"])
        sites = np.concatenate([niche_sites[alive], self["tcells/record.site"]])
        columns = {name: np.concatenate([niches[name][alive], tcells[name]]) for name in niches}
        stem = np.arange(len(sites)) < alive.sum()
        table = self.clones()
        for name in ("genotype", "founder", "presentation"):
            columns[name] = np.where(stem, table[name][np.where(stem, columns["clone"], 0)], 0)
        return Points({**self._places(sites), "cell_kind": np.where(stem, 1, 2), **columns}, self._facts())

    def clones(self):
        """Table: one row per clone, number 0 the normal one; `parent` is -1 for those without."""
        names = ("parent", "genotype", "mutations", "founder", "birth_step", "birth_site", "growth_per_h", "presentation")
        columns = {name: self[f"clones/{name}"] for name in names}
        columns["parent"] = np.where(columns["parent"] == 2**32 - 1, -1, columns["parent"].astype(np.int64))
        columns["presentation"] = columns["presentation"] / FULL_PRESENTATION
        columns["birth_d"] = columns.pop("birth_step") / 24.0
        return Table(columns, self._facts())

    def blocks(self):
        """Image on blocks of 16 voxels: `hematopoiesis` (1 is healthy) and the T cells that are counted by block."""
        shape = tuple(-(-voxels // BLOCK_EDGE) for voxels in self.extent_voxels[::-1])
        arrays = {"hematopoiesis": self._by_block("blocks/hematopoiesis", shape) / FIXED_ONE}
        for name in ("effector", "exhausted", "memory", "tregs"):
            if len(self[f"kernel/{name}"]):
                arrays[name] = self._by_block(f"kernel/{name}", shape)
        return Image(arrays, (0.0, 0.0, 0.0), BLOCK_EDGE * self.spacing_um, self._facts())

    def _by_block(self, name, shape):
        values = np.zeros(int(np.prod(shape)), dtype=np.int64)
        values[self[f"{name}.block"].astype(np.int64)] = self[name]
        return values.reshape(shape)

    def _facts(self):
        return {"time_d": self.time_d, "step": self.step, "digest": self.digest, "scenario": self.scenario,
                "real_cells_per_niche": self.real_cells_per_niche}


def _plain(value):
    """What h5py gives, as Python's own types."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, np.ndarray):
        return value.tolist() if value.size > 1 else _plain(value.reshape(-1)[0])
    return value.item() if isinstance(value, np.generic) and not isinstance(value, bytes) else value
