# SPDX-License-Identifier: BSD-3-Clause
"""cohort_report_test.py DIRECTORY SCRIPT: tools/python/marrow/cohort on the cohort `small` in the directory, and on tables
whose answer is known (cohort_report.sh)."""

import csv
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import numpy as np
import pandas as pd

from marrow import RunError
from marrow.cohort import Cohort, analyse, predictors
from marrow.cohort.clones import detection_limits, sizes_of
from marrow.cohort.estimates import adjusted, median, paired_difference, proportion, separation
from marrow.cohort.outcomes import OUTCOMES, happened_by, times_of
from marrow.cohort.page import page_of
from marrow.cohort.responses import compare
from marrow.cohort.sensitivity import effects
from marrow.cohort.survival import cumulative_incidence, first_in_pairs, median_day

SCRIPT = pathlib.Path(sys.argv.pop())
DIRECTORY = pathlib.Path(sys.argv.pop())
OUTCOME = {outcome.name: outcome for outcome in OUTCOMES}
RATE, AGE = "hspc.stress_rate_per_h", "patient.age_y"


def made(rows, arms=("horse", "untreated"), planned=None, cohort_yaml="cohort: {}\n", drop=(), text=""):
    """A Cohort whose table is `rows` (dictionaries; the rest is empty), in the format of the program."""
    directory = pathlib.Path(tempfile.mkdtemp(dir=DIRECTORY))
    manifest = json.loads((DIRECTORY / "small" / "manifest.json").read_text(encoding="utf-8"))
    manifest["columns"] = [c for c in manifest["columns"] if not c["name"].startswith(tuple(drop) or ("-",))]
    manifest |= {"arms": list(arms), "patients": planned or len({row["patient"] for row in rows}), "text": text}
    (directory / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (directory / "cohort.yaml").write_text(cohort_yaml, encoding="utf-8")
    (directory / "scenario.yaml").write_text("scenario: {}\n", encoding="utf-8")
    names = [column["name"] for column in manifest["columns"]]
    table = directory / "cohort.csv"
    if len(rows) < manifest["patients"] * len(arms):
        (directory / "records").mkdir()
        table = directory / "records" / "part_0001_00000.csv"
    with open(table, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return Cohort(directory)


def patient(number, arm="horse", **own):
    """A finished row: diagnosed on day 200 of 730, alive, no response."""
    row = {"patient": number, "arm": arm, "seed": 1, "status": "finished", "niches": 1000, "real_cells_per_niche": 200,
           "trigger_day": 30, "moderate_day": 200, "severe_day": 210, "diagnosis_day": 200, "end_day": 730, "transfusions": 3,
           "diagnosis_examined_day": 200, "diagnosis_clinical_state": "moderate aplastic anemia", "hours": 730 * 24,
           "month_3_examined_day": 291, "month_3_alive": 1, "month_3_response": 0, "month_3_complete_response": 0,
           RATE: number, AGE: 20 + number % 50, "attack": "broad" if number % 3 else "escapable", **own}
    if "death_day" in own:
        row["end_day"] = own["death_day"]
    return row


def random_rows(patients, arms=("horse", "untreated"), seed=3):
    """Patients with findings at diagnosis of which one, neutrophils, tells who responds to horse."""
    chance, rows = np.random.default_rng(seed), []
    findings = [c["name"] for c in json.loads((DIRECTORY / "small" / "manifest.json").read_text())["columns"]
                if c["name"].startswith("diagnosis_") and c["kind"] == "number"]
    for number in range(1, patients + 1):
        values = {name: round(float(chance.normal(5)), 4) for name in findings[1:] if name != "diagnosis_examined_day"}
        values |= {f"diagnosis_{mark}_detected": int(chance.random() < 0.5) for mark in ("hla_lacking", "gpi_negative", "driver")}
        values |= {RATE: round(float(chance.lognormal()), 5), AGE: int(chance.integers(15, 80))}
        for arm in arms:
            good = values["diagnosis_neutrophils_1e9_per_l"] + chance.normal() * 0.5 > (5 if arm == "horse" else 6.5)
            day = 200 + int(chance.integers(30, 90))
            death = {"death_day": 200 + int(chance.integers(1, 400))} if chance.random() < 0.2 and not good else {}
            rows.append(patient(number, arm, **values, **death, month_3_response=int(good), month_3_complete_response=0,
                                **({"response_day": day, "response_neutrophils_hla_lacking_share": 0.3,
                                    "response_hla_lacking_detected": 1} if good else {})))
    return rows


class Curves(unittest.TestCase):
    def test_a_course_by_hand(self):
        curve = cumulative_incidence([1, 2, 3, 4, 5], [1, 2, 1, 0, 1])
        np.testing.assert_allclose([curve.at(day).value for day in (0, 1, 2, 3, 4, 5)], [0, 0.2, 0.2, 0.4, 0.4, 0.8])
        self.assertEqual((curve.n, curve.events, curve.competing, curve.at_risk(3)), (5, 3, 1, 3))
        np.testing.assert_allclose(curve.at(99).value, 0.8)  # nobody is left who could have it

    def test_a_published_curve(self):
        """6-mercaptopurine, Freireich et al. 1963; limits as in textbooks (log-log)."""
        days = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
        relapsed = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
        curve = cumulative_incidence(days, relapsed)
        for day, *expected in ((6, 0.857, 0.620, 0.952), (10, 0.753, 0.503, 0.889), (23, 0.448, 0.188, 0.680)):
            free = curve.at(day).complement()
            np.testing.assert_allclose((free.value, free.low, free.high), expected, atol=6e-4)
        self.assertFalse(curve.at(36).is_known)
        middle = median_day(days, relapsed)
        self.assertEqual((middle.value, middle.low), (23, 13))

    def test_events_and_the_free_add_up(self):
        chance = np.random.default_rng(1)
        days, status = chance.integers(1, 60, 200), chance.integers(0, 3, 200)
        one, two = cumulative_incidence(days, status), cumulative_incidence(days, np.choose(status, [0, 2, 1]))
        either = cumulative_incidence(days, status > 0)
        for day in range(0, 60, 7):
            self.assertAlmostEqual(one.at(day).value + two.at(day).value, either.at(day).value, places=12)
        self.assertTrue(((one.low <= one.share) & (one.share <= one.high)).all())

    def test_nobody_and_everybody(self):
        none = cumulative_incidence([3, 4, 5], [0, 0, 0]).at(3)
        self.assertEqual((none.value, none.low), (0, 0))
        self.assertAlmostEqual(none.high, proportion(0, 3).high)
        self.assertAlmostEqual(cumulative_incidence([1, 2], [1, 1]).at(2).low, proportion(2, 2).low)
        self.assertIsNone(cumulative_incidence([], []))

    def test_who_is_at_risk_and_from_when(self):
        rows = made([patient(1, response_day=250, relapse_day=300, death_day=300), patient(2, response_day=250, death_day=400),
                     patient(3, pnh_day=100), patient(4, diagnosis_day="", pnh_day=500)], ["horse"]).finished
        relapse, pnh = (times_of(rows, OUTCOME[name], ["horse"]) for name in ("relapse", "pnh"))
        self.assertEqual(relapse.table[["patient", "days", "status"]].to_numpy().tolist(), [[1, 50, 1], [2, 150, 2]])
        self.assertEqual((relapse.without_origin["horse"], pnh.without_origin["horse"], pnh.had_it_before["horse"]), (2, 1, 1))
        self.assertEqual(pnh.table["status"].tolist(), [2, 2])

    def test_who_died_early_is_not_preferred(self):
        rows = made([patient(1, diagnosis_day=500, death_day=510), patient(2, diagnosis_day=500),
                     patient(3, death_day=300)], ["horse"]).finished
        np.testing.assert_array_equal(happened_by(rows, OUTCOME["death"], 365), [np.nan, np.nan, 1])


class Numbers(unittest.TestCase):
    def test_known_values(self):
        tenth = proportion(1, 10)
        np.testing.assert_allclose((tenth.low, tenth.high), (0.01788, 0.40415), atol=1e-5)
        self.assertFalse(proportion(0, 0).is_known)
        np.testing.assert_allclose(adjusted([0.01, np.nan, 0.04, 0.03, 0.02]), [0.04, np.nan, 0.04, 0.04, 0.04])
        self.assertEqual((median([1, 2, 9]).value, np.isnan(median([1, 2, 9]).low)), (2, True))
        self.assertEqual(median(range(30)), median(range(30)))

    def test_pairs(self):
        difference, p = paired_difference([1] * 8 + [0] * 4, [0] * 12)
        self.assertAlmostEqual(p, 2 * 0.5**8)
        self.assertAlmostEqual(difference.value, -8 / 12)
        alike, p = paired_difference([0] * 5, [0] * 5)
        self.assertEqual((alike.value, p), (0, 1))
        self.assertLess(alike.low, -0.2)

    def test_in_which_course_it_came_first(self):
        table = pd.DataFrame([(1, "a", 5, 1), (1, "b", 9, 1), (2, "a", 5, 0), (2, "b", 3, 1), (3, "a", 4, 1), (3, "b", 4, 0),
                              (4, "a", 6, 1), (4, "b", 6, 1), (5, "a", 7, 1), (5, "b", 2, 2), (6, "a", 1, 1)],
                             columns=["patient", "arm", "days", "status"])
        self.assertEqual(first_in_pairs(table, "a", "b")[:3], (2, 1, 5))

    def test_separation(self):
        area, p = separation([3, 4, 5, 6, 7], [1, 2, 3, 4, 5])
        self.assertAlmostEqual(area.value, 20.5 / 25)
        self.assertTrue(area.low < area.value < area.high and 0 < p < 1)
        apart, p = separation(range(10, 20), range(10))
        self.assertEqual((apart.value, np.isnan(apart.low)), (1, True))
        self.assertEqual(separation([1] * 5, [1] * 5)[0].value, 0.5)
        self.assertFalse(separation([1, 2], [1, 2, 3])[0].is_known)


class Predictors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cohort = made(random_rows(60))
        cls.what, cls.recovered = predictors.recovery(cls.cohort)
        cls.table, cls.clinical = predictors.findings_at_diagnosis(cls.cohort)

    def test_only_what_is_known_at_diagnosis(self):
        chance, rows = np.random.default_rng(0), random_rows(60)
        later = [name for name in rows[0] if not name.startswith("diagnosis_") and name not in
                 ("patient", "arm", "status", "seed", AGE, "hours", "niches")] + ["response_day", "death_day"]
        later = [name for name in later if name != "attack"] + ["diagnosis_day", "diagnosis_response", "diagnosis_alive"]
        for row in rows:
            row.update({name: round(float(chance.normal(400)), 3) for name in later})
        table, clinical = predictors.findings_at_diagnosis(made(rows))
        pd.testing.assert_frame_equal(table, self.table)
        self.assertEqual(clinical, self.clinical)
        self.assertIn(AGE, clinical)
        self.assertNotIn(RATE, table)

    def test_a_patient_is_in_one_fold_with_all_arms(self):
        folds = predictors._folds(self.cohort.finished, self.recovered)
        self.assertEqual(len(folds), 10)
        for numbers in folds:
            by_patient = pd.Series(numbers).groupby(self.cohort.finished["patient"].to_numpy())
            self.assertEqual(by_patient.nunique().max(), 1)
            self.assertEqual(set(numbers), set(range(5)))

    def test_finds_what_tells_and_nothing_else(self):
        found = predictors.single_findings(self.cohort, self.recovered, self.table, self.clinical)
        self.assertEqual(found[0].name, "neutrophils_1e9_per_l")
        best = next(f for f in found if f.arm == "horse")
        self.assertEqual(best.name, "neutrophils_1e9_per_l")
        self.assertGreater(best.area.low, 0.8)
        self.assertLess(best.lowest_third.value + 0.5, best.highest_third.value)
        self.assertEqual({f.name for f in found if f.adjusted_p < 0.01}, {"neutrophils_1e9_per_l"})
        horse = [m for m in predictors.models(self.cohort, self.recovered, self.table, self.clinical) if m.arm == "horse"]
        self.assertGreater(horse[0].area.value, 0.8)
        noise = self.table.drop(columns="neutrophils_1e9_per_l")
        for model in predictors.models(self.cohort, self.recovered, noise, self.clinical):
            if model.area.is_known and model.arm:
                self.assertLess(abs(model.area.value - 0.5), 0.25, model)

    def test_perfect_separation(self):
        self.table["alive_cells"] = self.recovered * 2 - 1 + 0.001 * np.arange(len(self.recovered))
        some = self.table[["alive_cells"]]
        found = predictors.single_findings(self.cohort, self.recovered, some, [])
        self.assertEqual(found[0].area.value, 1)
        model = predictors.models(self.cohort, self.recovered, some, [])[-1]
        self.assertTrue(model.why_not or model.area.value == 1)
        del self.table["alive_cells"]


class Sensitivity(unittest.TestCase):
    def test_what_is_held_fixed(self):
        chance = np.random.default_rng(5)
        rate = chance.normal(10, 1, 200)
        rows = [patient(i, **{RATE: rate[i], AGE: rate[i] + chance.normal() * 0.5, "trigger_day": 0, "attack": "broad",
                              "diagnosis_day": 100 + rate[i] + 0.3 * chance.normal()}) for i in range(200)]
        found = {e.parameter: e for e in effects(made(rows, ["horse"])) if e.outcome.startswith("days")}
        self.assertEqual(set(found), {RATE, AGE})  # constant parameters are none
        self.assertGreater(found[AGE].rank.low, 0.7)
        self.assertLess(abs(found[AGE].partial.value), 0.2)
        self.assertGreater(found[RATE].partial.low, 0.6)


class Clones(unittest.TestCase):
    def test_below_the_limit_nobody_knows_it(self):
        share, seen = "diagnosis_neutrophils_gpi_negative_share", "diagnosis_gpi_negative_detected"
        cohort = made([patient(i, **{share: s, seen: d}) for i, (s, d) in
                       enumerate([(0, 0), (1e-6, 0), (1e-3, 1), (0.5, 1), ("", "")])], ["horse"],
                      cohort_yaml="set: {patient.detection.hla_lacking: 0.5 %}\narms: [{set: {patient: {detection: {driver: 1}}}}]")
        size = next(s for s in sizes_of(cohort) if (s.mark, s.date) == ("gpi_negative", "diagnosis"))
        self.assertEqual((size.prevalence.events, size.prevalence.n, size.sizes.tolist()), (2, 4, [1e-3, 0.5]))
        limits = detection_limits(cohort)
        self.assertEqual((limits["gpi_negative"], limits["hla_lacking"]), (3e-5, 0.005))
        self.assertTrue(np.isnan(limits["driver"]))


def page(cohort):
    """The page, which must not show what a number is not."""
    text = page_of(analyse(cohort))
    visible = re.sub(r"<(style|svg).*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL)
    for word in ("nan", "inf", "None"):
        assert not re.search(rf"\b{word}\b", visible), f"'{word}' in the page"
    for number in re.findall(r'\bd="([^"]*)"', text):
        assert "nan" not in number, "an SVG path without a number"
    return " ".join(visible.split())


class Pages(unittest.TestCase):
    def test_the_cohort_of_the_program(self):
        cohort = Cohort(DIRECTORY / "small")
        self.assertTrue(cohort.is_complete)
        self.assertEqual((cohort.source, len(cohort.rows), cohort.endpoints), ("cohort.h5", 14, ["month_3"]))
        copy = DIRECTORY / "without_h5"
        shutil.copytree(cohort.directory, copy)
        (copy / "cohort.h5").unlink()
        pd.testing.assert_frame_equal(Cohort(copy).rows, cohort.rows)
        (copy / "cohort.csv").unlink()
        records = Cohort(copy)
        pd.testing.assert_frame_equal(records.rows, cohort.rows)
        self.assertIn("the founders need 100 niches, and the box has 79", page(cohort))
        self.assertIn("Few patients (6 finished", page(cohort))
        self.assertNotIn("is not finished", page(cohort))

    def test_same_table_same_bytes(self):
        shutil.copytree(DIRECTORY / "small", DIRECTORY / "again")
        for name, seed in (("small", "1"), ("again", "2")):
            done = subprocess.run([sys.executable, SCRIPT, DIRECTORY / name], env={**os.environ, "PYTHONHASHSEED": seed},
                                  capture_output=True, text=True, check=True)
            self.assertIn("report.html", done.stdout)
        for file in ("report.html", "report.csv"):
            self.assertEqual((DIRECTORY / "small" / file).read_bytes(), (DIRECTORY / "again" / file).read_bytes())
        text = (DIRECTORY / "small" / "report.html").read_text(encoding="utf-8")
        self.assertNotRegex(text, r"<script|(src|href)=\"(?!#|data:)|url\((?!#)|@import")
        ids = re.findall(r'\bid="([^"]*)"', text)
        self.assertEqual(len(ids), len(set(ids)))
        table = pd.read_csv(DIRECTORY / "small" / "report.csv")
        self.assertEqual(table[(table.section == "patients") & (table.quantity == "finished")]["value"].tolist(), [6, 6])

    def test_large_enough_for_everything(self):
        text = page(made(random_rows(60)))
        self.assertIn("In the same patients", text)
        self.assertRegex(text, r"horse marrow \(\d+\) 60 0\.\d+")

    def test_unfinished(self):
        rows = random_rows(4)[:5]
        cohort = made(rows, planned=4)
        with open(next((cohort.directory / "records").iterdir()), "a", encoding="utf-8") as file:
            file.write("4,horse,1\n4,horse,1,fini")
        again = Cohort(cohort.directory)
        self.assertEqual(len(again.rows), 5)
        self.assertIn("This cohort is not finished: 5 of 8 patients and arms are done", page(again))
        self.assertIn("nothing to analyse yet", page(made([], planned=3)))

    def test_failed(self):
        failed = {"status": "failed", "reason": "no <b>niche</b>, \"none\""}
        cohort = made([patient(1), patient(1, "untreated"), patient(2), {"patient": 2, "arm": "untreated", **failed}], text="<i>x")
        text = page(cohort)
        self.assertIn("1 of 4 patients and arms failed", text)
        self.assertIn("no &lt;b&gt;niche&lt;/b&gt;", text)
        self.assertNotIn("<i>x", page_of(analyse(cohort)))
        pair = compare(cohort, {n: times_of(cohort.finished, o, cohort.arms) for n, o in OUTCOME.items()})[0]
        self.assertEqual((pair.difference.n, pair.left_out), (1, 1))
        self.assertIn("Every patient so far has failed", page(made([{"patient": 1, "arm": "horse", **failed}], ["horse"])))

    def test_few_and_none(self):
        one = ["horse"]
        self.assertIn("There is one arm", page(made([patient(i) for i in range(1, 4)], one)))
        dead = [patient(i, arm, death_day=220 + i) | {"month_3_alive": 0} for i in range(1, 4) for arm in ("horse", "untreated")]
        self.assertIn("0 % (0–56)", page(made(dead)))
        self.assertIn("Nobody was diagnosed", page(made([patient(i, diagnosis_day="", month_3_alive="", month_3_response="",
                                                                 month_3_complete_response="") for i in (1, 2)], one)))
        bare = made([patient(i, response_day=230 if i % 2 else "") for i in range(1, 30)], one, drop=("month_3", "diagnosis_biopsy"))
        self.assertEqual(bare.endpoints, [])
        self.assertIn("The cohort has no endpoints", page(bare))
        late = made([patient(i, **({"response_day": 230, "month_3_response": 1} if i % 3 == 0 else {name: "" for name in (
            "month_3_alive", "month_3_response", "month_3_complete_response")})) for i in range(1, 30)], one)
        self.assertIn("Recovery: response within 12 months of the diagnosis", page(late))  # the date came for responders alone
        undrawn = made([patient(i) for i in (1, 2, 3)], one, drop=(RATE, "tcells.kill", AGE, "clones.founders", "attack"))
        self.assertEqual(undrawn.draws, [])
        self.assertIn("No drawn parameter varies", page(undrawn))


class Refuses(unittest.TestCase):
    def refused(self, words, change):
        copy = pathlib.Path(tempfile.mkdtemp(dir=DIRECTORY)) / "copy"
        shutil.copytree(DIRECTORY / "small", copy, ignore=shutil.ignore_patterns("report.*"))
        change(copy)
        with self.assertRaisesRegex(RunError, words):
            analyse(Cohort(copy))

    def test_what_is_damaged_or_of_another_version(self):
        def edit(name, old, new):
            def change(copy):
                text = (copy / name).read_text(encoding="utf-8")
                self.assertIn(old, text)
                (copy / name).write_text(text.replace(old, new, 1), encoding="utf-8")
                if name == "cohort.csv":
                    (copy / "cohort.h5").unlink()
            return change

        self.refused("cohort.h5' is damaged.*--resume", lambda copy: os.truncate(copy / "cohort.h5", 9000))
        self.refused("format 2; this reader knows format 1.*0.1.0", edit("manifest.json", '"format": 1', '"format": 2'))
        self.refused("manifest.json' is damaged", edit("manifest.json", '"arms"', '"arms'))
        self.refused("no column 'seed'", edit("cohort.csv", ",seed,", ",seeds,"))
        self.refused("rows that do not belong", edit("cohort.csv", "\n1,horse,", "\n1,horses,"))
        self.refused("rows that do not belong to this cohort, or twice", edit("cohort.csv", "\n2,horse,", "\n1,horse,"))
        self.refused("do not all have the columns", edit("cohort.csv", "\n2,horse,", "\n2,horse,,"))
        self.refused("is damaged.*x7", edit("cohort.csv", "\n2,horse,", "\nx7,horse,"))
        self.refused("not the directory of a cohort", lambda copy: (copy / "manifest.json").unlink())

    def test_exit_codes(self):
        empty = pathlib.Path(tempfile.mkdtemp(dir=DIRECTORY))
        for code, words, arguments in ((4, "not the directory of a cohort", [empty]), (2, "must end with .html", [empty, "-o", "x"]),
                                       (2, "required", []), (4, "cannot write", [DIRECTORY / "small", "-o", empty / "no" / "x.html"])):
            done = subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(words, done.stderr)
            self.assertNotIn("Traceback", done.stderr)
        self.assertEqual(list(empty.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
