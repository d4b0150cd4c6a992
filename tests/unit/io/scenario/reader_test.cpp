// SPDX-License-Identifier: BSD-3-Clause
#include "core/model/model.hpp"
#include "io/scenario/restart.hpp"
#include "io/scenario/scenario_file.hpp"
#include "scenario_samples.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace {

using namespace marrow::io;
using namespace marrow;

const std::string smallest =
    "scenario: {name: a}\ndomain: {size: [200, 200, 200]}\nrun: {duration: 1 y}\n";

Parameters read_good(const std::string& text, const std::vector<std::string>& overrides = {}) {
  const ReadResult result = read_scenario_text(text, "x.yaml", overrides);
  EXPECT_TRUE(result.ok()) << result.report();
  return result.ok() ? result.scenario->parameters : Parameters{};
}

TEST(Reader, FillsEveryKindOfValue) {
  const Parameters p = read_good(sample_scenario());
  EXPECT_EQ(p.scenario.name, "sample");
  EXPECT_EQ(p.scenario.text, "Protective clone: a sample");
  EXPECT_EQ(p.scenario.seed, 7U);
  EXPECT_EQ(p.domain.size_voxels, (Index3{200, 200, 200}));
  EXPECT_EQ(p.tcells.motility_um2_per_h, 1200.0);
  ASSERT_TRUE(p.tcells.trigger.has_value());
  EXPECT_EQ(p.tcells.trigger->at_h, 720.0);
  EXPECT_EQ(p.tcells.trigger->influx_per_mm3, 0.3);
  ASSERT_EQ(p.clones.founders.size(), 2U);
  EXPECT_EQ(p.clones.founders[0].genotype, hla_lost);
  EXPECT_EQ(p.clones.founders[0].presentation, 0.0);
  EXPECT_EQ(p.clones.founders[0].cells, 8);
  EXPECT_EQ(p.clones.founders[1].genotype, gpi_negative | driver);
  EXPECT_EQ(p.clones.founders[1].share, 0.01);
  EXPECT_EQ(p.clones.founders[1].at, FounderTime::start);
  ASSERT_EQ(p.clones.mutations.size(), 1U);
  EXPECT_EQ(p.clones.mutations[0].rate_per_division, 1.3e-6);
  EXPECT_EQ(p.run.duration_h, 26298.0);
  ASSERT_TRUE(p.output.frames.crop_voxels.has_value());
  EXPECT_EQ(p.output.frames.crop_voxels->hi, (Index3{100, 100, 100}));
}

TEST(Reader, LeavesDefaultsAlone) {
  Parameters expected;
  expected.scenario.name = "a";
  expected.domain.size_voxels = {200, 200, 200};
  expected.run.duration_h = 8766.0;
  EXPECT_TRUE(compare_for_restart(expected, read_good(smallest)).empty());
}

TEST(Reader, ReadsTheSameFromAFileAndFromItsBytes) {
  const std::string path = testing::TempDir() + "marrow reader test.yaml";
  std::ofstream(path) << sample_scenario();
  const ReadResult result = read_scenario_file(path, {"scenario.seed=3"});
  std::filesystem::remove(path);
  ASSERT_TRUE(result.ok()) << result.report();
  EXPECT_EQ(result.scenario->path, path);
  EXPECT_EQ(result.scenario->text, sample_scenario());
  EXPECT_EQ(result.scenario->parameters.scenario.seed, 3U);
  const ReadResult same = read_scenario_text(sample_scenario(), path, {"scenario.seed=3"});
  EXPECT_EQ(same.scenario->fingerprint, result.scenario->fingerprint);
}

TEST(Reader, AcceptsAByteOrderMarkAndWindowsLines) {
  std::string windows = "\xEF\xBB\xBF" + smallest;
  for (std::size_t at = windows.find('\n'); at != std::string::npos;
       at = windows.find('\n', at + 2)) {
    windows.replace(at, 1, "\r\n");
  }
  EXPECT_EQ(read_good(windows).run.duration_h, 8766.0);
}

TEST(Reader, FillsTheSectionsThatAreOffUnlessWritten) {
  const Parameters p = read_good(full_scenario());
  EXPECT_EQ(p.niches.loss->loss_rate_per_h, NicheLossParameters{}.loss_rate_per_h);
  EXPECT_EQ(p.hspc.ifn_memory_h, 12.0);
  EXPECT_EQ(p.hspc.bystander_rate_per_h, 0.0033 / 24);
  EXPECT_EQ(p.tcells.fas_multiplier, 2.0);
  EXPECT_EQ(p.tcells.exhaustion->half_time_h, 60.0 * 24);
  EXPECT_EQ(p.tcells.memory->share, 0.1);
  EXPECT_EQ(p.tcells.cooperativity->window_h, 12.0);
  EXPECT_EQ(p.tcells.chemotaxis->half_gradient_per_mm, 4.0);
  EXPECT_EQ(p.tregs->half_ratio, 0.25);
  EXPECT_EQ(p.signals->voxels_per_cell, 4);
  EXPECT_EQ(p.patient.age_y, 60.0);
  EXPECT_EQ(p.patient.weight_kg, 80.0);
  EXPECT_EQ(p.patient.neutrophils.transit_h, 144.0);
  EXPECT_EQ(p.patient.gpi_negative_red_cell_survival, 0.4);
  EXPECT_EQ(p.patient.moderate.cellularity, 0.4);
  EXPECT_EQ(p.patient.detection.driver, 0.02);
  EXPECT_EQ(p.patient.transfusion->hemoglobin_below_g_per_l, 70.0);
  EXPECT_EQ(p.patient.death->care_factor, 1.0);
}

TEST(Reader, FillsClonesAndTabulatedMutations) {
  const Parameters p = read_good(full_scenario());
  EXPECT_TRUE(p.clones.tabulated && p.clones.standing);
  const auto named = [&](const std::string& name) {
    for (const MutationClass& mutation : p.clones.catalogue) {
      if (mutation.name == name) return mutation;
    }
    return MutationClass{};
  };
  EXPECT_EQ(named("piga").rate_per_division, 2e-6);
  EXPECT_EQ(named("piga").presentation_sd, 0.2);
  EXPECT_TRUE(named("monosomy_7").standing);
  EXPECT_EQ(named("dnmt3a").growth_per_h, tabulated_mutations()[3].growth_per_h);
  EXPECT_EQ(p.clones.founders[1].at, FounderTime::infusion);
  EXPECT_EQ(p.clones.founders[2].genotype, driver | monosomy_7) << "monosomy 7 is a driver";
  EXPECT_EQ(p.clones.mutations[0].growth_sd_per_h, 0.05 / 8766.0);
  EXPECT_FALSE(p.clones.mutations[0].standing);
}

TEST(Reader, FillsTherapy) {
  const Parameters p = read_good(full_scenario());
  EXPECT_EQ(p.drugs[static_cast<std::size_t>(Drug::horse_atg)].tcell_log10_kill, 1.2);
  ASSERT_EQ(p.therapy.size(), 6U);
  EXPECT_EQ(p.therapy[0].drug, Drug::horse_atg);
  EXPECT_EQ(p.therapy[0].from, Anchor::diagnosis);
  EXPECT_EQ(p.therapy[0].at_h, 672.0);
  EXPECT_EQ(p.therapy[0].dose, (Dose{30.0, DoseUnit::mg_per_kg}));
  EXPECT_EQ(p.therapy[1].taper_h, 540.0 * 24);
  EXPECT_EQ(p.therapy[1].dose, Dose{}) << "the standard dose";
  EXPECT_EQ(p.therapy[2].condition, Condition::severe);
  EXPECT_EQ(p.therapy[2].dose, (Dose{10.0, DoseUnit::ug_per_kg})) << "in the unit of its drug";
  EXPECT_EQ(p.therapy[3].dose, (Dose{75.0, DoseUnit::mg}));
  EXPECT_EQ(p.therapy[3].duration_h, 2160.0);
  EXPECT_EQ(p.therapy[4].dose, (Dose{2e6, DoseUnit::cells_per_kg}));
  EXPECT_EQ(p.therapy[4].clone, "shielded");
  EXPECT_EQ(p.therapy[4].condition, Condition::no_response);
  EXPECT_FALSE(p.therapy[5].given);
  EXPECT_EQ(p.therapy[5].clone, "");
}

TEST(Reader, LeavesEverySwitchOffUnlessWritten) {
  const Parameters p = read_good(smallest);
  EXPECT_FALSE(p.tcells.exhaustion || p.tcells.memory || p.tcells.cooperativity ||
               p.tcells.chemotaxis || p.tregs || p.signals || p.niches.loss ||
               p.patient.transfusion || p.patient.death);
  EXPECT_EQ(p.tcells.motion, Motion::hops);
  EXPECT_FALSE(p.clones.tabulated || p.clones.standing);
  EXPECT_TRUE(p.therapy.empty());
}

TEST(Reader, AcceptsNoneForWhatIsOptional) {
  const Parameters p = read_good(smallest +
                                 "tcells: {trigger: none}\nclones: {founders: []}\n"
                                 "tissue: {image: {bone_threshold: none}}\n"
                                 "output: {frames: {every: 0 d, crop: none}}\n");
  EXPECT_FALSE(p.tcells.trigger.has_value());
  EXPECT_FALSE(p.tissue.image.bone_threshold.has_value());
  EXPECT_FALSE(p.output.frames.crop_voxels.has_value());
}

TEST(Overrides, ApplyInOrder) {
  const Parameters p =
      read_good(smallest, {"scenario.seed=2", "hspc.blood_share = 25 %", "scenario.seed=5",
                           "domain.size=[100, 100, 100]", "scenario.text=\"a: b=c\"",
                           "tcells.trigger.at=10 d", "tcells.trigger.influx=1 /mm^3",
                           "clones.founders=[{name: a, cells: 3}]", "clones.founders[0].cells=4"});
  EXPECT_EQ(p.scenario.seed, 5U);
  EXPECT_EQ(p.hspc.blood_share, 0.25);
  EXPECT_EQ(p.domain.size_voxels, (Index3{100, 100, 100}));
  EXPECT_EQ(p.scenario.text, "a: b=c");
  ASSERT_TRUE(p.tcells.trigger.has_value());
  EXPECT_EQ(p.tcells.trigger->at_h, 240.0);
  EXPECT_EQ(p.tcells.trigger->influx_per_mm3, 1.0);
  ASSERT_EQ(p.clones.founders.size(), 1U);
  EXPECT_EQ(p.clones.founders[0].cells, 4);
}

TEST(Overrides, ReachSwitchesAndTreatments) {
  const Parameters p = read_good(
      smallest, {"tregs={}", "tcells.exhaustion.half_time=30 d", "clones.tabulated=true",
                 "clones.catalogue.piga.rate=3e-6 /division", "drugs.androgen.stem_division=1.5",
                 "therapy=[{drug: androgen, at: 10 d}]", "therapy[0].dose=200 mg"});
  EXPECT_TRUE(p.tregs.has_value());
  EXPECT_EQ(p.tcells.exhaustion->half_time_h, 720.0);
  EXPECT_EQ(p.clones.catalogue[0].rate_per_division, 3e-6);
  EXPECT_EQ(p.drugs[static_cast<std::size_t>(Drug::androgen)].stem_division, 1.5);
  EXPECT_EQ(p.therapy.at(0).dose, (Dose{200.0, DoseUnit::mg}));
}

TEST(Overrides, ReplaceAndRemoveWholeParts) {
  const Parameters p = read_good(
      sample_scenario(), {"clones.founders=[]", "tcells.trigger=none", "output.frames.crop=none"});
  EXPECT_TRUE(p.clones.founders.empty());
  EXPECT_FALSE(p.tcells.trigger.has_value());
  EXPECT_FALSE(p.output.frames.crop_voxels.has_value());
  const ReadResult replaced =
      read_scenario_text(sample_scenario(), "x", {"tcells.trigger={influx: 1 /mm^3}"});
  EXPECT_FALSE(replaced.ok()) << "the old trigger's date must not survive";
}

TEST(Overrides, MaySupplyWhatTheFileLacks) {
  EXPECT_EQ(read_good("scenario: {name: a}\n", {"domain.size=[64, 64, 64]", "run.duration=1 d"})
                .run.duration_h,
            24.0);
}

TEST(Fingerprint, DependsOnEveryByteAndArgument) {
  EXPECT_EQ(text_fingerprint("abc"), text_fingerprint("abc"));
  EXPECT_NE(text_fingerprint("abc"), text_fingerprint("abd"));
  EXPECT_NE(text_fingerprint("abc"), text_fingerprint("acb"));
  EXPECT_NE(text_fingerprint(""), text_fingerprint(std::string(1, '\0')));
  const auto of = [](const std::vector<std::string>& overrides) {
    return read_scenario_text(smallest, "x", overrides).scenario->fingerprint;
  };
  EXPECT_NE(of({}), of({"scenario.seed=1"}));
  EXPECT_NE(of({"scenario.seed=1", "scenario.seed=2"}), of({"scenario.seed=2", "scenario.seed=1"}));
}

TEST(Hops, FollowTheModel) {
  EXPECT_EQ(hops_per_hour(3000.0, 10.0), 180.0);
  EXPECT_EQ(hops_per_hour(1200.0, 10.0), 72.0);
}

TEST(Checks, AllowValuesExactlyAtTheLimit) {
  // 3 voxels of 10.1 um are 30.3 um, up to rounding of the decimal numbers.
  read_good(smallest, {"domain.spacing=10.1 um", "niches.min_spacing=30.3 um"});
  read_good(smallest, {"tissue.bone.thickness=20 um", "tissue.sinusoids.diameter=10 um"});
  read_good(smallest, {"clones.founders=[{name: a, cells: 800, at: start}]"});
  read_good(smallest, {"tcells.engagement=364 h"});
  read_good(smallest, {"tcells.trigger={at: 8765 h}"});
  read_good(smallest, {"therapy=[{drug: androgen, at: 8765 h}]"});
  read_good(smallest, {"therapy=[{drug: androgen, at: 2 y, given: false}]"});
  read_good(smallest, {"clones.founders=[{name: a, genotype: [hla_lost], presentation: 0.5, "
                       "cells: 3, at: start}]"});
  read_good(smallest, {"patient.moderate.neutrophils=0.5 x 10^9/L",
                       "patient.very_severe_neutrophils=0.5 x 10^9/L"});
  read_good(smallest, {"domain.boundary=periodic", "signals={voxels_per_cell: 4}"});
}

}  // namespace
