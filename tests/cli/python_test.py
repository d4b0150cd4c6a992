# SPDX-License-Identifier: BSD-3-Clause
"""python_test.py DIRECTORY: what tools/python/marrow says of the runs whole, parts and counted in it (python.sh)."""

import os
import pathlib
import re
import shutil
import sys
import unittest
import unittest.mock
import xml.etree.ElementTree

import numpy as np

import marrow
import open_run
import plot_run

DIRECTORY = pathlib.Path(sys.argv.pop())
STEM_CELL, T_CELL = 1, 2


class Reads(unittest.TestCase):
    def setUp(self):
        self.whole, self.parts, self.counted = (marrow.Run(DIRECTORY / name) for name in ("whole", "parts", "counted"))

    def test_series_with_units(self):
        series = self.whole.series()
        np.testing.assert_array_equal(series["hour"], np.arange(0, 49, 6)[-len(series):])
        self.assertEqual(series.units["neutrophils_1e9_per_l"], "10^9/L")
        self.assertEqual(series.units["tcells_per_mm3"], "1/mm3")
        self.assertEqual(series["digest"][-1], self.whole.status()["digest"])
        np.testing.assert_array_equal(series["stem_cells"], series["cells_normal"] + series["cells_hla_lacking"])

    def test_a_series_that_is_being_written(self):
        copy = DIRECTORY / "copy"
        shutil.copytree(DIRECTORY / "whole", copy, dirs_exist_ok=True)
        with open(copy / "series.csv", "a", encoding="utf-8") as file:
            file.write("54,2.25,7")
        self.assertEqual(len(marrow.Run(copy).series()), len(self.whole.series()))

    def test_events(self):
        self.assertIn("trigger of the attack", self.whole.events()["event"])

    def test_frames_agree_with_the_series(self):
        series, cells = self.whole.series(), self.whole.frame("cells", day=2)
        stem = cells.where(cells["cell_state"] == 1)
        self.assertEqual(len(stem), series["stem_cells"][-1])
        self.assertEqual((cells["cell_kind"] == T_CELL).sum(), series["tcells_free"][-1] + series["tcells_engaged"][-1])
        self.assertEqual((stem["founder"] == 1).sum(), series["cells_hla_lacking"][-1])
        self.assertEqual(cells.facts["digest"], series["digest"][-1])
        self.assertEqual(cells.facts["founders"], ["normal", "hla_lacking"])
        self.assertEqual(cells.facts["founder_genotypes"], [0, 1])
        self.assertEqual(cells.facts["time_d"], 2.0)

    def test_cell_attributes(self):
        cells = self.whole.frame("cells")
        stem = cells.where(cells["cell_kind"] == STEM_CELL)
        np.testing.assert_array_equal(stem["clone_age_d"], 2.0)
        np.testing.assert_array_equal(stem["presentation"], np.where(stem["founder"] == 1, 0, 1))
        np.testing.assert_array_equal(stem["genotype"], stem["founder"])
        tcells = cells.where(cells["cell_kind"] == T_CELL)
        self.assertTrue(np.isnan(tcells["clone_age_d"]).all())
        self.assertGreater(len(tcells), 0)
        self.assertEqual({cells.units[name] for name in ("x_um", "clone_age_d", "timer_h", "clone")}, {"um", "d", "h", "1"})

    def test_a_checkpoint_holds_the_cells_of_its_frame(self):
        checkpoint, frame = self.whole.checkpoint(step=48), self.whole.frame("cells", day=2)
        cells = checkpoint.cells()
        self.assertEqual(checkpoint.digest, frame.facts["digest"])
        order = [np.lexsort((t["cell_kind"], t["x_um"], t["y_um"], t["z_um"])) for t in (cells, frame)]
        for ours, theirs in (("x_um",) * 2, ("z_um",) * 2, ("state", "cell_state"), ("clone",) * 2, ("genotype",) * 2):
            np.testing.assert_array_equal(cells[ours][order[0]], frame[theirs][order[1]])
        self.assertEqual(checkpoint.clones().names[0], "parent")
        self.assertEqual(checkpoint.clones()["parent"][0], -1)
        self.assertIn("normal", " ".join(checkpoint.fields().values()))
        self.assertIn("hla_lacking", checkpoint.scenario_yaml())
        self.assertEqual(checkpoint.provenance()["program"], "marrow")

    def test_blocks_of_a_checkpoint_and_of_a_frame(self):
        blocks, fields = self.whole.checkpoint().blocks(), self.whole.frame("fields")
        np.testing.assert_allclose(blocks["hematopoiesis"], fields["hematopoiesis"], rtol=1e-6)
        full = 16**3 * 1e-6  # mm3
        np.testing.assert_allclose(fields["tregs_per_mm3"][0, 0, 0] * full, blocks["tregs"][0, 0, 0], rtol=1e-6)
        half = fields["tregs_per_mm3"][0, 0, -1] * full / 2  # the last block along x is half a block wide
        np.testing.assert_allclose(half, blocks["tregs"][0, 0, -1], rtol=1e-6)
        self.assertEqual(blocks["tregs"].sum(), self.whole.series()["tregs"][-1])

    def test_tcells_counted_by_block(self):
        fields, blocks = self.counted.frame("fields"), self.counted.checkpoint().blocks()
        self.assertEqual(fields.units["tcells_active_per_mm3"], "1/mm3")
        self.assertGreater(blocks["effector"].sum(), 0)
        np.testing.assert_allclose(fields["tcells_active_per_mm3"][0, 0, 0] * 16**3 * 1e-6, blocks["effector"][0, 0, 0],
                                   rtol=1e-6)
        self.assertEqual(len(self.counted.frame_days("signals")), 0)

    def test_cytokines_have_the_level_of_the_attack(self):
        signals, series = self.whole.frame("signals"), self.whole.series()
        self.assertEqual(signals.shape, (32, 28, 36))
        self.assertEqual(signals.spacing_um, 20.0)
        kind = self.whole.frame("tissue")["tissue"].reshape(32, 2, 28, 2, 36, 2)
        is_open = (kind != 1).any(axis=(1, 3, 5))
        for name in ("ifn_gamma_level", "tnf_alpha_level", "cxcl9_10_level"):
            self.assertTrue((signals[name][~is_open] == 0).all())
            # The mean level over open tissue is the mean attack of the last period (core/signals).
            self.assertAlmostEqual(signals[name][is_open].mean() / series["attack"][-2:].mean(), 1.0, delta=0.1)

    def test_crop_stride_and_pieces(self):
        self.assertEqual(len(list((DIRECTORY / "parts" / "frames").glob("tissue_p*.vti"))), 3)
        whole, part = self.whole.frame("tissue"), self.parts.frame("tissue")
        self.assertEqual((part.shape, part.spacing_um, part.origin_um), ((28, 23, 29), 20.0, (30.0, 40.0, 50.0)))
        shown = [np.minimum(np.arange(lo + 1, hi + 1, 2), hi - 1) for lo, hi in ((5, 61), (4, 50), (3, 60))]
        np.testing.assert_array_equal(part["tissue"], whole["tissue"][np.ix_(*shown)])
        cells, cut = self.whole.frame("cells"), self.parts.frame("cells")
        inside = ((cells.xyz_um > [30, 40, 50]) & (cells.xyz_um < [600, 500, 610])).all(axis=1)
        np.testing.assert_array_equal(np.sort(cells.where(inside)["site"]), np.sort(cut["site"]))
        signals, cut = self.whole.frame("signals"), self.parts.frame("signals")
        np.testing.assert_array_equal(cut["ifn_gamma_level"], signals["ifn_gamma_level"][2:31, 2:25, 1:30])

    def test_values_at_places(self):
        tissue, niches = self.whole.frame("tissue"), self.whole.frame("niches")
        self.assertTrue((tissue.at("tissue", niches.xyz_um) == 4).all())

    def test_tables_and_images_convert(self):
        for module, convert in (("pandas", lambda: self.whole.series().to_pandas()),
                                ("xarray", lambda: self.whole.frame("fields").to_xarray())):
            try:
                __import__(module)
            except ImportError:
                self.assertRaises(ImportError, convert)
                continue
            self.assertGreater(len(convert()), 0)


class Refuses(unittest.TestCase):
    def test_what_is_not_a_run(self):
        with self.assertRaisesRegex(marrow.RunError, "not the directory of a run"):
            marrow.Run(DIRECTORY)
        with self.assertRaisesRegex(open_run.NotARun, "is not the directory of a run.*cells.pvd"):
            open_run.find_run(DIRECTORY)
        with self.assertRaisesRegex(open_run.NotARun, "is not a directory"):
            open_run.find_run(DIRECTORY / "nothing")
        (DIRECTORY / "bare").mkdir()
        (DIRECTORY / "bare" / "scenario.effective.yaml").touch()
        with self.assertRaisesRegex(open_run.NotARun, "set output.frames.every"):
            open_run.find_run(DIRECTORY / "bare")

    def test_what_is_not_there(self):
        run = marrow.Run(DIRECTORY / "counted")
        for wrong, words in ((lambda: run.frame("signals"), "no frames of 'signals'"), (lambda: run.frame("x"), "there are"),
                             (lambda: run.checkpoint(step=1), "no such checkpoint")):
            with self.assertRaisesRegex(marrow.RunError, words):
                wrong()
        with self.assertRaisesRegex(KeyError, "no column 'x'; there are hour"):
            run.series()["x"]

    def test_what_is_damaged(self):
        copy = DIRECTORY / "damaged"
        shutil.copytree(DIRECTORY / "whole", copy)
        tissue, state = copy / "frames" / "tissue.vti", copy / "checkpoints" / "step_000000048" / "state.h5"
        for path in (tissue, state):
            os.truncate(path, path.stat().st_size // 2)
        with self.assertRaisesRegex(marrow.RunError, "tissue.vti' is damaged"):
            marrow.Run(copy).frame("tissue")
        with self.assertRaisesRegex(marrow.RunError, "state.h5' is damaged"):
            marrow.Run(copy).checkpoint(step=48)


class ParaView(unittest.TestCase):
    """What open_run.py does before ParaView comes in."""

    def test_finds_the_run(self):
        whole = (DIRECTORY / "whole").resolve()
        self.assertEqual(open_run.find_run(whole / "frames"), whole)
        with unittest.mock.patch.dict(os.environ, MARROW_RUN=str(whole)):
            self.assertEqual(open_run.find_run(None), whole)
        self.assertEqual(open_run.nearest_day([0.0, 1.0, 2.0], 1.2), 1.0)
        self.assertEqual(open_run.nearest_day([0.0, 1.0, 1095.75], 1096.0), 1095.75)
        with self.assertRaisesRegex(open_run.NotARun, "day 0 to day 2"):
            open_run.nearest_day([0.0, 1.0, 2.0], 3.0)

    def test_the_saved_state_asks_for_what_frames_have(self):
        """marrow.pvsm: its files, the arrays that it colours, selects and calculates with."""
        frames = DIRECTORY / "whole" / "frames"
        state = xml.etree.ElementTree.parse(pathlib.Path(open_run.__file__).with_name("marrow.pvsm"))
        files, words, calculated = set(), set(), set()
        for proxy in state.iter("Proxy"):
            values = {p.get("name"): [e.get("value") for e in p.findall("Element")] for p in proxy.findall("Property")}
            if proxy.get("type") == "PVDReader":
                files.update(values["FileName"])
            if proxy.get("type") == "Calculator":
                words.update(re.findall("[a-z_]+", values["Function"][0]))
                calculated.update(values["ResultArrayName"])
            if proxy.get("type") == "Threshold":
                words.update(values["SelectInputScalars"][-1:])
            if proxy.get("type") == "PythonAnnotation":
                words.update(re.findall("(scenario|cell_[a-z]+)", values["Expression"][0]))
            words.update(values.get("ColorArrayName", [])[-1:])
        self.assertEqual(files, {f"frames/{name}.pvd" for name in ("cells", "fields", "niches", "tissue")})
        for file in files:
            self.assertTrue((DIRECTORY / "whole" / file).is_file(), file)
        arrays = set()
        for file in frames.iterdir():
            arrays.update(re.findall('Name="([a-z_]+)"', file.read_bytes().decode("latin-1")))
        self.assertLessEqual({"scenario", "genotype", "cell_kind", "cell_state", "tissue", "adipocyte_reveal", "fat"}, words)
        self.assertLessEqual(words - calculated - {"if", "Normals", ""}, arrays)

    def test_the_saved_state_names_every_genotype_in_its_colour(self):
        """What marrow.pvsm computes as the class of a clone is in its legend, with the palette's colour."""
        state = xml.etree.ElementTree.parse(pathlib.Path(open_run.__file__).with_name("marrow.pvsm"))
        proxies = [{p.get("name"): [e.get("value") for e in p.findall("Element")] for p in proxy.findall("Property")}
                   for proxy in state.iter("Proxy")]
        function, = (p["Function"][0] for p in proxies if p.get("ResultArrayName") == ["clone_class"])
        self.assertEqual(function, "if(genotype < 8, genotype, 8)")
        annotations, colours = next((p["Annotations"], p["IndexedColors"]) for p in proxies
                                    if "monosomy 7, any" in p.get("Annotations", []))
        legend = {int(value): [float(c) for c in colours[3 * i:3 * i + 3]] for i, value in enumerate(annotations[::2])}
        for genotype, (_, colour) in open_run.palette()["genotype"].items():
            self.assertTrue(np.allclose(legend[min(genotype, 8)], colour), genotype)

    def test_names_come_before_categories(self):
        """Or ParaView's window stops with a question when there are no cells at the time that is shown."""
        order = []

        class Table:
            def __setattr__(self, name, value):
                order.append(name)

        simple = unittest.mock.MagicMock()
        simple.GetColorTransferFunction.return_value = Table()
        view = unittest.mock.Mock(ViewSize=[1500, 1000])
        with unittest.mock.patch.dict(sys.modules, {"paraview": unittest.mock.Mock(simple=simple), "paraview.simple": simple}):
            open_run.categories(unittest.mock.Mock(), view, "cell_state", "POINTS", {3: ("T cell", [1, 0, 0])}, "T cells", [0, 0])
        self.assertLess(max(map(order.index, ("Annotations", "IndexedColors"))), order.index("InterpretValuesAsCategories"))
        simple.ColorBy.assert_not_called()

    def test_scans_clones_and_states(self):
        names, genotypes, classes, states = open_run.scan_cells(DIRECTORY / "whole")
        self.assertEqual((names, genotypes, classes), (["normal", "hla_lacking"], [0, 1], [0, 17]))
        self.assertIn(3, states)

    def test_a_clone_has_the_colour_of_its_genotype(self):
        lists = open_run.palette()
        shown = open_run.clone_colours(["normal", "hla_lacking", "twin"], [0, 1, 0], [0, 2, 17, 32, 19], lists)
        self.assertEqual([shown[c][0] for c in (0, 2, 17, 32, 19)],
                         ["normal", "GPI-negative", "hla lacking", "twin", "hla lacking, GPI-negative"])
        for clone, genotype in ((0, 0), (17, 1), (2, 2), (19, 3)):
            self.assertEqual(shown[clone][1], lists["genotype"][genotype][1])
        self.assertEqual(len({tuple(colour) for _, colour in shown.values()}), 5)


class Course(unittest.TestCase):
    """plot_run.py: each genotype has its colour, whatever the order of the clones."""

    def test_layers_have_the_colours_of_their_genotypes(self):
        self.assertEqual(marrow.Run(DIRECTORY / "whole").founders(), {"normal": 0, "hla_lacking": 1})
        columns = {"cells_normal": [9, 7], "driver_monosomy_7_in_normal": [0, 3], "hla_lacking_in_normal": [0, 0],
                   "cells_minus_7": [1, 2], "cells_twin": [1, 1]}
        series = marrow.Table({name: np.array(values, dtype=float) for name, values in columns.items()})
        layers = plot_run.stem_cells_by_line(series, {"normal": 0, "minus_7": 12, "twin": 0})
        self.assertEqual({name: genotype for name, (genotype, _) in layers.items()},
                         {"normal stem cells": 0, "driver monosomy 7 mutants": 12, "minus 7 stem cells": 12, "twin stem cells": 0})
        self.assertEqual(list(layers["normal stem cells"][1]), [9, 4])
        genotypes = marrow.palette()["genotype"]
        self.assertEqual(plot_run.colours_of([0, 12, 1, 2]), [genotypes[g][1] for g in (0, 12, 1, 2)])
        self.assertEqual(len(set(plot_run.colours_of([0, 1, 0, 2]))), 4)


# Machado, Oliveira and Fernandes 2009 (IEEE TVCG 15:1291): linear RGB as seen without the first or second kind of cone.
EYES = {"usual": np.eye(3),
        "protanope": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        "deuteranope": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]}


def seen_by(eye, colour):
    """CIE L*a*b*, in which a distance of about 2.3 is just noticeable."""
    shares = np.array([int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.asarray(EYES[eye]) @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    f = np.cbrt(xyz / [0.9505, 1.0, 1.089])
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


class Colours(unittest.TestCase):
    def test_colours_of_a_list_differ_for_all_eyes(self):
        for name, entries in marrow.palette().items():
            # All classes with monosomy 7 are black: they are the malignant step.
            colours = [colour for value, (_, colour) in entries.items() if name != "genotype" or value <= 8]
            for eye in EYES:
                places = [seen_by(eye, colour) for colour in colours]
                for i, one in enumerate(places):
                    for j in range(i):
                        self.assertGreater(np.linalg.norm(one - places[j]), 12, (name, eye, colours[i], colours[j]))

    def test_the_same_cell_has_the_same_colour_in_every_list(self):
        lists = marrow.palette()
        self.assertEqual(lists["cell kind"][STEM_CELL][1], lists["genotype"][0][1])
        self.assertEqual(lists["cell kind"][STEM_CELL], lists["cell state"][1])
        self.assertEqual(lists["cell kind"][T_CELL][1], lists["cell state"][3][1])


if __name__ == "__main__":
    unittest.main()
