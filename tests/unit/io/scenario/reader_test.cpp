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
}

}  // namespace
