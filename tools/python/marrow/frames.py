# SPDX-License-Identifier: BSD-3-Clause
"""Frames (frames/*.pvd and what they name), read by VTK's own readers: whole or in pieces, cropped or strided."""

import pathlib
import xml.etree.ElementTree

import numpy as np

from .data import Image, Points
from .errors import RunError

SERIES = ("tissue", "niches", "cells", "fields", "signals")


def frame_list(run, series):
    """[(day, file)] of a series, ascending; [] when the run has none."""
    if series not in SERIES:
        raise RunError(f"there is no series of frames '{series}'; there are {', '.join(SERIES)}")
    path = pathlib.Path(run) / "frames" / f"{series}.pvd"
    if not path.is_file():
        return []
    try:
        sets = xml.etree.ElementTree.parse(path).getroot().iter("DataSet")
        return sorted((float(one.get("timestep")), path.parent / one.get("file")) for one in sets)
    except (xml.etree.ElementTree.ParseError, TypeError, ValueError) as error:
        raise RunError(f"'{path}' is damaged ({error}); 'marrow run --resume' writes it anew") from error


def read_frame(path):
    """Points for a .vtp or .pvtp, an Image for a .vti or .pvti."""
    path = pathlib.Path(path)
    data = _read(path)
    return _points(data) if path.suffix in (".vtp", ".pvtp") else _image(data)


def _reader(suffix):
    try:
        from vtkmodules import vtkIOXML
    except ImportError:
        raise RunError("frames need VTK's Python modules: install python3-vtk9 (Debian), or run this script with "
                       "ParaView's pvpython") from None
    kinds = {".vti": "vtkXMLImageDataReader", ".pvti": "vtkXMLPImageDataReader", ".vtp": "vtkXMLPolyDataReader",
             ".pvtp": "vtkXMLPPolyDataReader"}
    if suffix not in kinds:
        raise RunError(f"'{suffix}' is no ending of a frame; they are {', '.join(kinds)}")
    return getattr(vtkIOXML, kinds[suffix])()


def _read(path):
    if not path.is_file():
        raise RunError(f"'{path}': no such frame")
    reader = _reader(path.suffix)
    from vtkmodules.vtkCommonCore import vtkLogger, vtkOutputWindow, vtkStringOutputWindow
    usual, caught = vtkOutputWindow.GetInstance(), vtkStringOutputWindow()
    vtkOutputWindow.SetInstance(caught)  # what VTK would print becomes the error
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_OFF)
    try:
        reader.SetFileName(str(path))
        reader.Update()
    finally:
        vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_INFO)
        vtkOutputWindow.SetInstance(usual)
    if caught.GetOutput() or reader.GetErrorCode():
        raise RunError(f"'{path}' is damaged or incomplete: VTK cannot read it")
    return reader.GetOutput()


def _arrays(attributes):
    from vtkmodules.util.numpy_support import vtk_to_numpy
    return {attributes.GetArrayName(i): vtk_to_numpy(attributes.GetArray(i)).copy()
            for i in range(attributes.GetNumberOfArrays())}


def _facts(data):
    from vtkmodules.util.numpy_support import vtk_to_numpy
    fields, facts = data.GetFieldData(), {}
    for i in range(fields.GetNumberOfArrays()):
        name, array = fields.GetArrayName(i), fields.GetAbstractArray(i)
        if array.GetDataTypeAsString() == "string":
            values = [array.GetValue(n) for n in range(array.GetNumberOfValues())]
        else:
            values = vtk_to_numpy(array).tolist()
        several = name.startswith("founder")
        facts["time_d" if name == "TimeValue" else name] = values if several else values[0]
    return facts


def _points(data):
    from vtkmodules.util.numpy_support import vtk_to_numpy
    places = vtk_to_numpy(data.GetPoints().GetData()).reshape(-1, 3) if data.GetNumberOfPoints() else np.zeros((0, 3))
    columns = dict(zip(("x_um", "y_um", "z_um"), places.T.copy()))
    return Points({**columns, **_arrays(data.GetPointData())}, _facts(data))


def _image(data):
    extent = data.GetExtent()
    nx, ny, nz = (extent[2 * i + 1] - extent[2 * i] for i in range(3))
    arrays = {name: values.reshape(nz, ny, nx) for name, values in _arrays(data.GetCellData()).items()}
    spacing = data.GetSpacing()[0]
    origin = [data.GetOrigin()[i] + extent[2 * i] * spacing for i in range(3)]
    return Image(arrays, origin, spacing, _facts(data))
