// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/restart.hpp"

#include "scenario_samples.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

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

/// What the policy says is what happens, parameter by parameter.
TEST_P(RestartComparison, IsJudgedByThePolicyOfTheRegistry) {
  const ParameterSpec& spec = registry().parameters()[GetParam()];
  const Parameters& before = registry().prototype();
  Parameters after = before;
  spec.set(after, 0, changed(spec, spec.get(before, 0)));
  const auto changes = compare_for_restart(before, after);
  const std::string path = with_index(spec.path, 0);
  const RestartVerdict alone = judge(changes, {});
  const RestartVerdict allowed = judge(changes, {path});
  EXPECT_EQ(judge(changes, {"tcells.no_such_parameter"}).refused, alone.refused);
  ASSERT_EQ(allowed.changes.size(), 1U);
  EXPECT_EQ(allowed.changes[0].substr(0, path.size() + 2), path + ": ") << "for provenance";
  EXPECT_EQ(alone.refused.empty(), spec.restart == RestartPolicy::free) << spec.path;
  EXPECT_EQ(allowed.refused.empty(), spec.restart != RestartPolicy::fixed) << allowed.refused;
  EXPECT_EQ(allowed.branches, spec.restart == RestartPolicy::warned) << spec.path;
  EXPECT_FALSE(alone.branches);
  if (spec.restart == RestartPolicy::warned) {
    EXPECT_NE(alone.refused.find("--allow-change " + path), std::string::npos) << alone.refused;
  }
}

INSTANTIATE_TEST_SUITE_P(Registry, RestartComparison,
                         testing::Range(std::size_t{0}, registry().parameters().size()));

/// Free are end, cadences and output; warned are rates and treatments to come; fixed are geometry,
/// seed, clones, motion and past events.
TEST(RestartPolicies, FollowTheContract) {
  for (const ParameterSpec& spec : registry().parameters()) {
    const std::string top = spec.path.substr(0, spec.path.find('.'));
    RestartPolicy expected = RestartPolicy::warned;
    if (top == "run" || top == "output" || top == "checkpoint" || top == "scenario") {
      expected = RestartPolicy::free;
    }
    if (top == "domain" || top == "tissue" || top == "niches" || top == "clones" ||
        spec.path.starts_with("tcells.trigger.") || spec.path == "tcells.motion" ||
        spec.path == "tcells.motility" || spec.path == "tcells.contact" ||
        spec.path == "scenario.seed" || spec.path == "signals.period" ||
        spec.path == "signals.voxels_per_cell" || spec.path == "patient.age" ||
        spec.path == "hspc.update") {
      expected = RestartPolicy::fixed;
    }
    if (spec.path == "tissue.image.file" || spec.path.starts_with("niches.loss.")) {
      expected = RestartPolicy::warned;
    }
    EXPECT_EQ(spec.restart, expected) << spec.path;
  }
}

/// All parameters at once: one line for each that is refused, none for the others.
TEST(RestartVerdictTest, ListsAllViolationsAtOnce) {
  const Parameters& before = registry().prototype();
  Parameters after = before;
  std::size_t fixed = 0;
  std::size_t warned = 0;
  for (const ParameterSpec& spec : registry().parameters()) {
    spec.set(after, 0, changed(spec, spec.get(before, 0)));
    fixed += spec.restart == RestartPolicy::fixed ? 1U : 0U;
    warned += spec.restart == RestartPolicy::warned ? 1U : 0U;
  }
  const auto lines = [](const RestartVerdict& verdict) {
    return static_cast<std::size_t>(std::ranges::count(verdict.refused, '\n'));
  };
  const auto changes = compare_for_restart(before, after);
  std::size_t dated_back = 0;  // a treatment may have moved into the past
  for (const ParameterChange& change : changes) {
    const ParameterSpec* spec = registry().parameter(without_indices(change.path));
    ASSERT_NE(spec, nullptr) << change.path;
    dated_back += spec->restart != change.policy ? 1U : 0U;
  }
  EXPECT_EQ(dated_back, 0U);
  EXPECT_EQ(lines(judge(changes, {})), fixed + warned);
  std::vector<std::string> sections;
  for (const SectionSpec& section : registry().sections()) {
    if (section.path.find('.') == std::string::npos) sections.push_back(section.path);
  }
  EXPECT_EQ(lines(judge(changes, sections)), fixed);
  EXPECT_GT(fixed, 20U);
  EXPECT_GT(warned, 100U);
}

TEST(RestartVerdictTest, ASectionCoversWhatStandsInItAndNothingElse) {
  const std::vector<ParameterChange> changes = {
      {"therapy[2].dose", RestartPolicy::warned, "standard", "20 mg/kg"}};
  for (const char* path : {"therapy", "therapy[2]", "therapy[2].dose"}) {
    EXPECT_TRUE(judge(changes, {path}).refused.empty()) << path;
  }
  for (const char* path : {"", "thera", "therapy[1]", "therapy[2].dos", "therapy[2].dose.x"}) {
    EXPECT_FALSE(judge(changes, {path}).refused.empty()) << path;
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

/// What the state is made of cannot come or go.
TEST(RestartPolicies, FixTheSwitchesOfTheImmuneSystem) {
  for (const char* path : {"tregs", "signals", "tcells.exhaustion", "tcells.memory",
                           "tcells.cooperativity", "tcells.chemotaxis", "niches.loss"}) {
    EXPECT_EQ(registry().section(path)->restart, RestartPolicy::fixed) << path;
  }
  for (const char* path : {"patient.death", "patient.transfusion", "therapy"}) {
    EXPECT_EQ(registry().section(path)->restart, RestartPolicy::warned) << path;
  }
}

Parameters with_treatments() {
  Parameters p;
  p.therapy.resize(3);
  p.therapy[0].at_h = 100.0;
  p.therapy[1].at_h = 300.0;
  p.therapy[2].at_h = 50.0;
  p.therapy[2].from = marrow::Anchor::diagnosis;
  return p;
}

TherapyProgress at_hour_200(std::vector<std::int64_t> began_h) {
  TherapyProgress progress;
  progress.hour = 200;
  progress.patient.therapy_began_h = std::move(began_h);
  return progress;
}

TEST(RestartOfTherapy, FixesWhatHasBegunAndWarnsOfWhatIsToCome) {
  const Parameters before = with_treatments();
  Parameters after = before;
  for (auto& event : after.therapy) event.dose = {20.0, marrow::DoseUnit::mg_per_kg};
  const TherapyProgress progress = at_hour_200({100, marrow::never, marrow::skipped});
  const auto changes = compare_for_restart(before, after, progress);
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].path, "therapy[0].dose");
  EXPECT_EQ(changes[0].policy, RestartPolicy::fixed) << "it has begun";
  EXPECT_EQ(changes[0].old_value, "standard");
  EXPECT_EQ(changes[0].new_value, "20 mg/kg");
  EXPECT_EQ(changes[1].policy, RestartPolicy::warned) << "it is to come";
  EXPECT_EQ(changes[2].policy, RestartPolicy::fixed) << "it was skipped";
}

TEST(RestartOfTherapy, TreatmentsToComeMayBeAddedAndLeftOut) {
  const Parameters before = with_treatments();
  const TherapyProgress progress = at_hour_200({100, marrow::never, marrow::never});
  Parameters more = before;
  more.therapy.emplace_back().at_h = 400.0;
  more.therapy.back().drug = marrow::Drug::androgen;
  auto changes = compare_for_restart(before, more, progress);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].path, "therapy[3]");
  EXPECT_EQ(changes[0].old_value, "none");
  EXPECT_EQ(changes[0].new_value, "androgen");
  EXPECT_EQ(changes[0].policy, RestartPolicy::warned);
  changes = compare_for_restart(more, before, progress);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].policy, RestartPolicy::warned);
  changes = compare_for_restart(before, Parameters{}, progress);
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].policy, RestartPolicy::fixed) << "what was given cannot be taken back";
  EXPECT_EQ(changes[1].policy, RestartPolicy::warned);
}

TEST(RestartOfTherapy, NothingCanBeDatedIntoThePast) {
  const Parameters before = with_treatments();
  TherapyProgress progress = at_hour_200({100, marrow::never, marrow::never});
  const auto policy_of = [&](double at_h, marrow::Anchor from) {
    Parameters after = before;
    after.tcells.trigger.emplace().at_h = 150.0;
    after.therapy[1].at_h = at_h;
    after.therapy[1].from = from;
    Parameters reference = before;
    reference.tcells.trigger = after.tcells.trigger;
    return compare_for_restart(reference, after, progress).at(0).policy;
  };
  EXPECT_EQ(policy_of(199.0, marrow::Anchor::start), RestartPolicy::fixed);
  EXPECT_EQ(policy_of(200.0, marrow::Anchor::start), RestartPolicy::warned);
  EXPECT_EQ(policy_of(49.0, marrow::Anchor::trigger), RestartPolicy::fixed);
  EXPECT_EQ(policy_of(50.0, marrow::Anchor::trigger), RestartPolicy::warned);
  EXPECT_EQ(policy_of(0.0, marrow::Anchor::relapse), RestartPolicy::warned) << "has not happened";
  progress.patient.relapse_h = 180;
  EXPECT_EQ(policy_of(19.0, marrow::Anchor::relapse), RestartPolicy::fixed);
  EXPECT_EQ(policy_of(20.0, marrow::Anchor::relapse), RestartPolicy::warned);
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
