# SPDX-License-Identifier: BSD-3-Clause
"""What the readers return: columns, points and images that know their units."""

import numpy as np

# The names of the files' columns and arrays end in their units.
UNITS = {"_per_mm3": "1/mm3", "_1e9_per_l": "10^9/L", "_g_per_l": "g/L", "_per_h": "1/h", "_um": "um", "_h": "h", "_d": "d",
         "hour": "h", "day": "d"}


def unit_of(name):
    """The unit that a name carries; "1" for counts, shares, levels and categories."""
    for ending, unit in UNITS.items():
        if name.endswith(ending):
            return unit
    return "1"


class Table:
    """Named columns of equal length: `table[name]` is a numpy array, `table.units[name]` its unit."""

    def __init__(self, columns, facts=None):
        self.columns = {name: np.asarray(values) for name, values in columns.items()}
        self.units = {name: unit_of(name) for name in self.columns}
        self.facts = facts or {}

    def __getitem__(self, name):
        try:
            return self.columns[name]
        except KeyError:
            raise KeyError(f"no column '{name}'; there are {', '.join(self.columns)}") from None

    def __contains__(self, name):
        return name in self.columns

    def __len__(self):
        return len(next(iter(self.columns.values()), ()))

    @property
    def names(self):
        return list(self.columns)

    def where(self, mask):
        """The rows for which `mask` (booleans, one per row) is true."""
        return type(self)({name: values[mask] for name, values in self.columns.items()}, self.facts)

    def to_pandas(self):
        """A pandas.DataFrame; units in `frame.attrs["units"]`."""
        import pandas
        frame = pandas.DataFrame(self.columns)
        frame.attrs["units"] = dict(self.units)
        return frame


class Points(Table):
    """A table with a place for each row: columns `x_um`, `y_um`, `z_um` (centre of the voxel) and whatever the points
    carry. `facts`: time_d, step, digest, scenario, …"""

    @property
    def xyz_um(self):
        """Shape (n, 3)."""
        return np.column_stack([self["x_um"], self["y_um"], self["z_um"]])


class Image:
    """Arrays of shape (z, y, x) on one regular grid of cubes: `image[name]`, `image.units[name]`. The cube (0, 0, 0) begins
    at `origin_um` (x, y, z); `spacing_um` is its edge."""

    def __init__(self, arrays, origin_um, spacing_um, facts=None):
        self.arrays = arrays
        self.units = {name: unit_of(name) for name in arrays}
        self.origin_um = tuple(origin_um)
        self.spacing_um = float(spacing_um)
        self.facts = facts or {}

    def __getitem__(self, name):
        try:
            return self.arrays[name]
        except KeyError:
            raise KeyError(f"no array '{name}'; there are {', '.join(self.arrays)}") from None

    def __contains__(self, name):
        return name in self.arrays

    @property
    def names(self):
        return list(self.arrays)

    @property
    def shape(self):
        return next(iter(self.arrays.values())).shape

    def centres_um(self):
        """The centres of the cubes along x, y and z: three arrays."""
        nz, ny, nx = self.shape
        return tuple(start + (np.arange(count) + 0.5) * self.spacing_um
                     for start, count in zip(self.origin_um, (nx, ny, nz)))

    def at(self, name, xyz_um):
        """The values of the cubes that hold these points (shape (n, 3)); a point outside takes the nearest cube."""
        index = np.floor((np.asarray(xyz_um) - self.origin_um) / self.spacing_um).astype(int)
        x, y, z = np.clip(index, 0, np.array(self.shape[::-1]) - 1).T
        return self[name][z, y, x]

    def to_xarray(self):
        """An xarray.Dataset with dimensions z, y, x and coordinates in um."""
        import xarray
        x, y, z = self.centres_um()
        coordinates = {"z": ("z", z, {"units": "um"}), "y": ("y", y, {"units": "um"}), "x": ("x", x, {"units": "um"})}
        arrays = {name: (("z", "y", "x"), values, {"units": self.units[name]}) for name, values in self.arrays.items()}
        return xarray.Dataset(arrays, coordinates, dict(self.facts))
