// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/restart.hpp"

#include "scenario_samples.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace marrow::io;
using marrow::Parameters;

TEST(RestartComparison, FindsNothingBetweenEquals) {
  EXPECT_TRUE(compare_for_restart(registry().prototype(), registry().prototype()).empty());
}

class RestartComparison : public testing::TestWithParam<std::size_t> {};

TEST_P(RestartComparison, FindsTheOneChangedParameterAndItsPolicy) {
  const ParameterSpec& spec = registry().parameters()[GetParam()];
  const Parameters& before = registry().prototype();
  Parameters after = before;
  spec.set(after, 0, changed(spec, spec.get(before, 0)));
  const auto changes = compare_for_restart(before, after);
  ASSERT_EQ(changes.size(), 1U) << spec.path;
  EXPECT_EQ(changes[0].path, with_index(spec.path, 0));
  EXPECT_EQ(changes[0].policy, spec.restart);
  EXPECT_NE(changes[0].old_value, changes[0].new_value) << spec.path;
}

INSTANTIATE_TEST_SUITE_P(Registry, RestartComparison,
                         testing::Range(std::size_t{0}, registry().parameters().size()));

/// Free are end, cadences and output; warned are rates; fixed are geometry, seed,
/// clones, motion and past events.
TEST(RestartPolicies, FollowTheContract) {
  for (const ParameterSpec& spec : registry().parameters()) {
    const std::string top = spec.path.substr(0, spec.path.find('.'));
    RestartPolicy expected = RestartPolicy::warned;
    if (top == "run" || top == "output" || top == "checkpoint" || top == "scenario") {
      expected = RestartPolicy::free;
    }
    if (top == "domain" || top == "tissue" || top == "niches" || top == "clones" ||
        spec.path.starts_with("tcells.trigger.") || spec.path == "tcells.motility" ||
        spec.path == "scenario.seed") {
      expected = RestartPolicy::fixed;
    }
    if (spec.path == "tissue.image.file") expected = RestartPolicy::warned;
    EXPECT_EQ(spec.restart, expected) << spec.path;
  }
}

TEST(RestartComparison, FindsPartsThatCameOrWent) {
  const Parameters before;
  Parameters after = before;
  after.tcells.trigger.emplace();
  after.clones.founders.resize(2);
  after.output.frames.crop_voxels.emplace();
  const auto changes = compare_for_restart(before, after);
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].path, "clones.founders");
  EXPECT_EQ(changes[0].policy, RestartPolicy::fixed);
  EXPECT_EQ(changes[0].old_value, "0 entries");
  EXPECT_EQ(changes[0].new_value, "2 entries");
  EXPECT_EQ(changes[1].path, "tcells.trigger");
  EXPECT_EQ(changes[1].new_value, "given");
  EXPECT_EQ(changes[2].path, "output.frames.crop");
  EXPECT_EQ(changes[2].policy, RestartPolicy::free);
}

TEST(RestartComparison, LooksAtEveryListEntry) {
  Parameters before;
  before.clones.founders.resize(3);
  Parameters after = before;
  after.clones.founders[2].cells = 4;
  const auto changes = compare_for_restart(before, after);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].path, "clones.founders[2].cells");
  EXPECT_EQ(changes[0].old_value, "0");
  EXPECT_EQ(changes[0].new_value, "4");
}

}  // namespace
