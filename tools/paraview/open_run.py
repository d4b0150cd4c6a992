#!/usr/bin/env pvpython
# SPDX-License-Identifier: BSD-3-Clause
"""Shows a run in ParaView (5.11 or newer): bone, vessels, niches, stem cells by clone, T cells.

    pvpython tools/paraview/open_run.py RUN --picture healthy.png --time 400
    cd RUN && paraview --script=/path/to/marrow/tools/paraview/open_run.py

In the window of ParaView, which passes no arguments on, the run is the directory that the environment variable MARROW_RUN
names, or else the one that ParaView was started in. File > Load State takes this script, too; MARROW_SOURCE must then name
the source tree, for ParaView does not tell a script where it lies. All names and colours come from
io/palette/palette.json, as in every other picture.
"""

import argparse
import json
import os
import pathlib
import sys
import xml.etree.ElementTree

SCANNED_FRAMES = 40  # for the legend; more would make large runs slow to open
SURFACE_CELLS = 2e6  # surfaces of larger boxes are made from each 2nd, 3rd, … voxel
STEM_CELL, T_CELL = 1, 2
MONOSOMY_7 = 8  # bit of the genotype
GENOTYPES = 16
LEGEND_LEFT, LEGEND_LINE = 0.76, 0.037  # place, and height of an entry, as shares of a view
STATE_SIZE = [1000, 650]  # of the view that ParaView's window leaves on a small screen
BLACK, WHITE = [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]


class NotARun(Exception):
    """The directory cannot be shown; says why and what to do."""


# ---- What is in the directory -------------------------------------------------------------------


def pvd(run, series):
    return run / "frames" / f"{series}.pvd"


def find_run(argument):
    run = pathlib.Path(argument or os.environ.get("MARROW_RUN") or os.getcwd()).resolve()
    if run.name == "frames" and not (run / "frames").is_dir():
        run = run.parent
    if not run.is_dir():
        raise NotARun(f"'{run}' is not a directory. Give the directory of a run, the -o of 'marrow run'.")
    if not any(pvd(run, series).is_file() for series in ("cells", "tissue")):
        why = "has no frames: set output.frames.every in its scenario and run it again" \
            if (run / "scenario.effective.yaml").is_file() else "is not the directory of a run"
        raise NotARun(f"'{run}' {why} (looked for frames/cells.pvd and frames/tissue.pvd).")
    return run


def frame_files(run, series):
    """[(day, file)] of a series, ascending."""
    path = pvd(run, series)
    if not path.is_file():
        return []
    try:
        sets = xml.etree.ElementTree.parse(path).getroot().iter("DataSet")
        return sorted((float(one.get("timestep")), path.parent / one.get("file")) for one in sets)
    except (xml.etree.ElementTree.ParseError, TypeError, ValueError) as error:
        raise NotARun(f"'{path}' is damaged ({error}). 'marrow run --resume' writes it anew.") from error


def palette_file():
    """io/palette/palette.json of the tree that this script is part of; ParaView's window gives scripts no __file__."""
    trees = [os.environ.get("MARROW_SOURCE")]
    scripts = [globals().get("__file__")]
    try:
        words = pathlib.Path("/proc/self/cmdline").read_bytes().decode().split("\0")
        scripts += [word.removeprefix("--script=") for word in words if word.endswith("open_run.py")]
    except OSError:
        pass  # not Linux
    trees += [pathlib.Path(script).resolve().parents[2] for script in scripts if script]
    for tree in filter(None, trees):
        if (path := pathlib.Path(tree) / "io" / "palette" / "palette.json").is_file():
            return path
    raise NotARun("io/palette/palette.json is not where it should be. Set MARROW_SOURCE to the source tree of marrow.")


def palette():
    """{list: {value: (name, [red, green, blue])}}"""
    lists = {}
    for preset in json.loads(palette_file().read_text(encoding="utf-8")):
        words, colours = preset["Annotations"], preset["IndexedColors"]
        lists[preset["Name"].removeprefix("marrow ")] = {
            int(words[2 * i]): (words[2 * i + 1], colours[3 * i:3 * i + 3]) for i in range(len(words) // 2)}
    return lists


def read_points(path):
    from vtkmodules.vtkIOXML import vtkXMLPolyDataReader, vtkXMLPPolyDataReader
    reader = vtkXMLPPolyDataReader() if path.suffix == ".pvtp" else vtkXMLPolyDataReader()
    reader.SetFileName(str(path))
    reader.Update()
    return reader.GetOutput()


def scan_cells(run):
    """(founder names, their genotypes, clone classes seen, T-cell states seen)."""
    from vtkmodules.util.numpy_support import vtk_to_numpy
    files = [file for _, file in frame_files(run, "cells")]
    names, genotypes, classes, states = ["normal"], [0], set(), set()
    step = max(1, len(files) // SCANNED_FRAMES)
    for file in {*files[::step], *files[-1:]}:
        points = read_points(file)
        fields = points.GetFieldData()
        labels = fields.GetAbstractArray("founders")
        if labels:
            names = [labels.GetValue(i) for i in range(labels.GetNumberOfValues())]
            genotypes = [int(g) for g in vtk_to_numpy(fields.GetArray("founder_genotypes"))]
        if points.GetNumberOfPoints() == 0:
            continue
        column = {name: vtk_to_numpy(points.GetPointData().GetArray(name)).astype(int)
                  for name in ("cell_kind", "cell_state", "founder", "genotype")}
        stem = column["cell_kind"] == STEM_CELL
        classes |= set((column["founder"] * GENOTYPES + column["genotype"])[stem])
        states |= set(column["cell_state"][~stem])
    return names, genotypes, sorted(classes), sorted(states)


def clone_colours(names, genotypes, classes, lists):
    """{founder * 16 + genotype: (name, colour)}. A genotype has its colour in every picture; clones that it does not tell
    apart take the next colours that are free."""
    shown, taken = {}, []
    spare = [colour for _, colour in lists["clone"].values()]
    present = {0, *classes, *(i * GENOTYPES + g for i, g in enumerate(genotypes))}
    for one in sorted(present, key=lambda one: (one % GENOTYPES == 0 and one > 0, one)):
        founder, genotype = divmod(one, GENOTYPES)
        own = names[founder] if founder < len(names) else f"founder {founder}"
        extra = genotype & ~genotypes[founder] if founder < len(genotypes) else genotype
        word, colour = lists["genotype"][genotype]
        label = own.replace("_", " ") if not extra else (
            word if founder == 0 else f"{own.replace('_', ' ')}, {lists['genotype'][extra][0]}")
        if colour in taken and genotype < 8:
            colour = next((c for c in spare if c not in taken), colour)
        taken.append(colour)
        shown[one] = (label, colour)
    return dict(sorted(shown.items()))


# ---- The pipeline -------------------------------------------------------------------------------


def extent_of(source):
    return list(source.GetDataInformation().GetExtent())


def surface(tissue, kind, name, extent, level, smooth):
    """The boundary of one kind of tissue within an extent."""
    import paraview.simple as pv
    lo_x, hi_x, lo_y, hi_y, lo_z, hi_z = extent
    rate = 1
    while (hi_x - lo_x) * (hi_y - lo_y) * (hi_z - lo_z) / rate**3 > SURFACE_CELLS:
        rate += 1
    part = pv.ExtractSubset(registrationName=f"voxels for {name}", Input=tissue, VOI=extent, SampleRateI=rate,
                            SampleRateJ=rate, SampleRateK=rate)
    inside = pv.Calculator(registrationName=f"is {name}", Input=part, AttributeType="Cell Data",
                           ResultArrayName="inside", Function=f"if(tissue == {kind}, 1, 0)", ResultArrayType="Float")
    corners = pv.CellDatatoPointData(registrationName=f"{name} at corners", Input=inside)
    corners.ProcessAllArrays = 0
    corners.CellDataArraytoprocess = ["inside"]
    boundary = pv.Contour(registrationName=f"{name} boundary", Input=corners, ContourBy=["POINTS", "inside"],
                          Isosurfaces=[level])
    return pv.Smooth(registrationName=name, Input=boundary, NumberofIterations=smooth)


def paint(source, view, colour, opacity):
    import paraview.simple as pv
    display = pv.Show(source, view)
    display.Representation = "Surface"
    pv.ColorBy(display, None)
    display.AmbientColor = display.DiffuseColor = colour
    display.Opacity = opacity
    return display


def letters(view, size):
    """Height of letters that suits a view, given that for a height of 1000 pixels."""
    return max(8, round(size * view.ViewSize[1] / 1000))


def categories(display, view, array, association, entries, title, place):
    """Colours by category, with a legend at `place`. Not by ColorBy and not in another order: ParaView's window would look
    for categories of its own, and where there are no cells now it would ask the user about them."""
    import paraview.simple as pv
    table = pv.GetColorTransferFunction(array)
    table.Annotations = [text for value, (name, _) in entries.items() for text in (str(value), name)]
    table.IndexedColors = [channel for _, colour in entries.values() for channel in colour]
    table.AnnotationsInitialized = 1
    table.InterpretValuesAsCategories = 1
    table.NanColor = [0.5, 0.5, 0.5]
    display.ColorArrayName = [association, array]
    display.LookupTable = table
    bar = pv.GetScalarBar(table, view)
    bar.Title, bar.ComponentTitle = title, ""
    bar.TitleColor = bar.LabelColor = BLACK
    bar.TitleFontSize, bar.LabelFontSize = letters(view, 24), letters(view, 21)
    bar.Orientation, bar.HorizontalTitle, bar.TitleJustification = "Vertical", 1, "Left"
    bar.TextPosition = "Ticks left/bottom, annotations right/top"
    bar.WindowLocation, bar.Position = "Any Location", place
    bar.ScalarBarLength, bar.ScalarBarThickness = LEGEND_LINE * len(entries), letters(view, 18)
    display.SetScalarBarVisibility(view, True)


def entries_of_any_run(lists):
    """Genotypes and T-cell states of every run, for a state that is not of one run."""
    genotypes = {g: lists["genotype"][g] for g in range(7)} | {7: ("all three", lists["genotype"][7][1])}
    genotypes[MONOSOMY_7] = ("monosomy 7, any", lists["genotype"][MONOSOMY_7][1])  # of one colour in the palette
    return genotypes, [state for state, (name, _) in lists["cell state"].items() if name.startswith("T cell")]


def show_cells(run, view, lists, diameter, any_run):
    import paraview.simple as pv
    cells = pv.PVDReader(registrationName="cells", FileName=str(pvd(run, "cells")))
    if any_run:
        entries, states = entries_of_any_run(lists)
        clone_class, legend = f"if(genotype < {MONOSOMY_7}, genotype, {MONOSOMY_7})", "Stem cells by genotype"
    else:
        names, genotypes, classes, states = scan_cells(run)
        entries = clone_colours(names, genotypes, classes, lists)
        clone_class, legend = f"founder * {GENOTYPES} + genotype", "Stem cells by clone"

    def of_kind(kind, name):
        return pv.Threshold(registrationName=name, Input=cells, Scalars=["POINTS", "cell_kind"],
                            ThresholdMethod="Between", LowerThreshold=kind, UpperThreshold=kind)

    def spheres(source, name, size):
        glyph = pv.Glyph(registrationName=name, Input=source, GlyphType="Sphere", GlyphMode="All Points",
                         ScaleArray=["POINTS", "No scale array"], ScaleFactor=size)
        glyph.GlyphType.ThetaResolution = glyph.GlyphType.PhiResolution = 12
        return glyph

    by_clone = pv.Calculator(registrationName="clone class", Input=of_kind(STEM_CELL, "stem cells"),
                             AttributeType="Point Data", ResultArrayName="clone_class",
                             Function=clone_class)
    stem = pv.Show(spheres(by_clone, "stem cells as spheres", diameter), view)
    categories(stem, view, "clone_class", "POINTS", entries, legend, [LEGEND_LEFT, 0.60 if any_run else 0.64])
    if states:
        tcells = pv.Show(spheres(of_kind(T_CELL, "T cells"), "T cells as spheres", 0.55 * diameter), view)
        categories(tcells, view, "cell_state", "POINTS", {s: lists["cell state"][s] for s in states}, "T cells",
                   [LEGEND_LEFT, 0.41 if any_run else 0.46])
    return cells


def show_walls(run, tissue, view, lists):
    """Two far faces of the box as sections: bone, vessels, blood-forming marrow and, at its present share, fat."""
    import paraview.simple as pv
    lo_x, hi_x, lo_y, hi_y, lo_z, hi_z = extent_of(tissue)
    faces = {"left": [lo_x, lo_x + 1, lo_y, hi_y, lo_z, hi_z], "back": [lo_x, hi_x, hi_y - 1, hi_y, lo_z, hi_z]}
    has_fat = pvd(run, "fields").is_file() and "adipocyte_reveal" in tissue.CellData.keys()
    fields = pv.PVDReader(registrationName="fields", FileName=str(pvd(run, "fields"))) if has_fat else None
    fat_here = "if(adipocyte_reveal < 255, if(adipocyte_reveal <= 255 * fat, 6, 0), 0)"  # as shows_fat() of the program
    seen = f"if(tissue == 0, {fat_here}, tissue)" if has_fat else "tissue"
    entries = {kind: lists["tissue"][kind] for kind in ([0, 6] if has_fat else [0]) + [1, 2, 3, 4, 5]}
    if has_fat:
        entries[0] = ("blood-forming marrow", entries[0][1])
    for name, extent in faces.items():
        wall = pv.ExtractSubset(registrationName=f"{name} face", Input=tissue, VOI=extent)
        if has_fat:
            wall = pv.ResampleWithDataset(registrationName=f"fat of the {name} face", SourceDataArrays=fields,
                                          DestinationMesh=wall, PassCellArrays=1)
            wall = pv.PointDatatoCellData(registrationName=f"fat by voxel, {name}", Input=wall, PassPointData=0)
        wall = pv.Calculator(registrationName=f"{name} section", Input=wall, AttributeType="Cell Data",
                             ResultArrayName="tissue_seen", Function=seen)
        display = pv.Show(wall, view)
        display.Representation = "Surface"
        display.Ambient, display.Diffuse = 1.0, 0.0  # the very colours of the legend
        categories(display, view, "tissue_seen", "CELLS", entries, "Sections on the far faces", [LEGEND_LEFT, 0.10])


def show_tissue(run, view, lists):
    import paraview.simple as pv
    tissue = pv.PVDReader(registrationName="tissue", FileName=str(pvd(run, "tissue")))
    tissue.UpdatePipeline()
    kinds = lists["tissue"]
    whole = extent_of(tissue)
    floor = [*whole[:5], whole[4] + max(2, (whole[5] - whole[4]) // 12)]  # all of them would hide everything else
    paint(surface(tissue, 1, "bone", whole, 0.5, 30), view, kinds[1][1], 0.22)
    paint(surface(tissue, 2, "sinusoids near the floor", floor, 0.35, 10), view, kinds[2][1], 1.0)
    show_walls(run, tissue, view, lists)
    return tissue


def show_niches(run, view, lists, diameter):
    """Small spheres: hidden inside a stem cell where the niche is taken."""
    import paraview.simple as pv
    niches = pv.PVDReader(registrationName="niches", FileName=str(pvd(run, "niches")))
    spheres = pv.Glyph(registrationName="niches as spheres", Input=niches, GlyphType="Sphere", GlyphMode="All Points",
                       ScaleArray=["POINTS", "No scale array"], ScaleFactor=0.5 * diameter)
    paint(spheres, view, lists["tissue"][4][1], 1.0)


def title_of(run):
    """The scenario's name as the frames carry it; with the directory's when that says something else."""
    files = frame_files(run, "cells")
    label = read_points(files[-1][1]).GetFieldData().GetAbstractArray("scenario") if files else None
    name = label.GetValue(0) if label else run.name
    return (name if name == run.name else f"{name} ({run.name})").replace("_", " ")


def write_words(run, cells, view, niches, bounds, any_run):
    import paraview.simple as pv

    def place(source, where, size):
        display = pv.Show(source, view)
        display.WindowLocation, display.Position = "Any Location", where
        display.Color, display.FontSize = BLACK, letters(view, size)

    if any_run:
        title = pv.PythonAnnotation(registrationName="title", Input=cells, ArrayAssociation="Field Data",
                                    Expression="scenario.GetValue(0).replace('_', ' ')")
    else:
        title = pv.Text(registrationName="title", Text=title_of(run))
    place(title, [0.02, 0.92], 34)
    if cells is None:
        return
    time = pv.AnnotateTimeFilter(registrationName="time", Input=cells, Format="day {time:.0f}")
    place(time, [0.02, 0.86], 30)
    of_niches = f" in {niches} niches" if niches and not any_run else ""
    edges = " x ".join(f"{(bounds[2 * i + 1] - bounds[2 * i]) / 1000:.2g}" for i in range(3))
    in_box = "" if any_run else f" in {edges} mm"
    count = pv.PythonAnnotation(
        registrationName="counts", Input=cells, ArrayAssociation="Point Data",
        Expression=f"'%d stem cells{of_niches}, %d T cells{in_box}; cells are drawn larger than they are' % "
                   f"(sum(cell_kind == {STEM_CELL}), sum(cell_kind == {T_CELL}))")
    place(count, [0.02, 0.02], 24)


def aim(view, bounds):
    centre = [(bounds[2 * i] + bounds[2 * i + 1]) / 2 for i in range(3)]
    size = max(bounds[2 * i + 1] - bounds[2 * i] for i in range(3))
    aside = [0.19 * size, 0.135 * size, -0.06 * size]  # room for the legends
    view.CameraFocalPoint = [c + a for c, a in zip(centre, aside)]
    view.CameraPosition = [c + a + way * size for c, a, way in zip(centre, aside, (1.75, -2.45, 1.35))]
    view.CameraViewUp = [0.0, 0.0, 1.0]
    view.CameraViewAngle = 31.0


def nearest_day(days, wanted):
    if wanted is None:
        return days[-1]
    if not days[0] - 0.5 <= wanted <= days[-1] + 0.5:  # titles show whole days
        raise NotARun(f"--time {wanted:g}: the frames of this run show day {days[0]:g} to day {days[-1]:g}.")
    return min(days, key=lambda day: abs(day - wanted))


def open_run(run, time_days=None, size=None, any_run=False):
    """Builds the pipeline of a run in the active view and returns the view. any_run: words and legends come from the
    frames or name everything, so that the pipeline also suits other runs of boxes of this size."""
    import paraview.simple as pv
    lists = palette()
    days = [day for day, _ in frame_files(run, "cells")] or [0.0]
    day = nearest_day(days, time_days)
    pv._DisableFirstRenderCameraReset()
    view = pv.GetActiveViewOrCreate("RenderView")
    view.ViewTime = day
    view.UseColorPaletteForBackground, view.Background = 0, WHITE
    view.OrientationAxesVisibility = 0
    if size:
        view.ViewSize = size
    shown = [series for series in ("tissue", "niches", "cells") if pvd(run, series).is_file()]
    tissue = show_tissue(run, view, lists) if "tissue" in shown else None
    extent = tissue or pv.PVDReader(registrationName="extent", FileName=str(pvd(run, "cells")))
    extent.UpdatePipeline()
    bounds = extent.GetDataInformation().GetBounds()
    diameter = 0.025 * max(bounds[1] - bounds[0], bounds[3] - bounds[2], bounds[5] - bounds[4])
    niches = 0
    if "niches" in shown:
        show_niches(run, view, lists, diameter)
        niches = read_points(frame_files(run, "niches")[0][1]).GetNumberOfPoints()
    cells = show_cells(run, view, lists, diameter, any_run) if "cells" in shown else None
    write_words(run, cells, view, niches, bounds, any_run and cells is not None)
    aim(view, bounds)
    pv.GetAnimationScene().UpdateAnimationUsingDataTimeSteps()
    pv.GetAnimationScene().AnimationTime = pv.GetTimeKeeper().Time = view.ViewTime = day
    pv.Render(view)
    return view


def save_state(run, file):
    """The state with paths from the directory of a run, and without the ranges of values that ParaView finds anew."""
    import paraview.simple as pv
    pv.SaveState(file)
    tree = xml.etree.ElementTree.parse(file)
    for parent in list(tree.iter()):
        for domain in parent.findall("Domain"):
            parent.remove(domain)
        parent.text = parent.tail = "\n"  # the indentation is a third of the file
    for element in tree.iter("Element"):
        path = pathlib.Path(element.get("value", ""))
        if path.suffix == ".pvd" and path.parent == pvd(run, "cells").parent:
            element.set("value", f"{path.parent.name}/{path.name}")
    tree.write(file, encoding="utf-8", xml_declaration=True)


def arguments():
    parser = argparse.ArgumentParser(prog="open_run.py", description=__doc__.split("\n\n")[0])
    parser.add_argument("run", nargs="?", help="directory of the run (default: $MARROW_RUN, or the current directory)")
    parser.add_argument("--time", type=float, metavar="DAYS", help="day to show: the nearest frame (default: the last)")
    parser.add_argument("--picture", metavar="FILE.png", help="write a picture")
    parser.add_argument("--size", type=int, nargs=2, default=[1500, 1000], metavar=("WIDTH", "HEIGHT"))
    parser.add_argument("--save-state", metavar="FILE.pvsm", help="write a state that opens any run of a box of this size: "
                        "run 'paraview --state=FILE.pvsm' in the directory of the run, or File > Load State with 'Search "
                        "files under specified directory'")
    return parser.parse_args(getattr(sys, "argv", [""])[1:])


def main():
    import paraview.simple as pv
    options = arguments()
    run = find_run(options.run)
    size = options.size if options.picture else STATE_SIZE if options.save_state else None
    view = open_run(run, options.time, size, bool(options.save_state))
    if options.picture:
        pv.SaveScreenshot(options.picture, view, ImageResolution=options.size)
    if options.save_state:
        save_state(run, options.save_state)


if __name__ == "__main__":
    try:
        main()
    except NotARun as error:
        if "__file__" in globals():
            sys.exit(f"open_run.py: {error}")
        print(f"open_run.py: {error}", file=sys.stderr)  # in ParaView's window, which must stay
