// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/effective.hpp"

#include "io/scenario/reader.hpp"
#include "io/scenario/restart.hpp"
#include "io/scenario/scenario_file.hpp"
#include "io/scenario/settle.hpp"
#include "scenario_samples.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace marrow::io;
using marrow::Parameters;

ScenarioFile read_good(const std::string& text, const std::vector<std::string>& overrides = {}) {
  ReadResult result = read_scenario_text(text, "sample.yaml", overrides);
  EXPECT_TRUE(result.ok()) << result.report() << text;
  return result.ok() ? std::move(*result.scenario) : ScenarioFile{};
}

/// Reads without the checks between parameters, which a single changed value may break.
Parameters read_values(const std::string& text) {
  Parameters parameters;
  Origins origins;
  std::vector<Diagnostic> errors;
  const SourceText source = SourceText::from_text("effective.yaml", text, 0);
  const auto root = read_yaml(source, text, 0, 0, errors);
  EXPECT_TRUE(root.has_value());
  ScenarioReader reader(parameters, origins, errors);
  if (root) reader.read_file(source, *root);
  reader.check_required(source);
  EXPECT_EQ(render_all(errors), "") << text;
  settle(parameters);
  return parameters;
}

TEST(EffectiveScenario, GivesTheSameParametersAgain) {
  for (const std::string& original : {sample_scenario(), full_scenario()}) {
    const ScenarioFile first = read_good(original);
    const std::string text = effective_yaml(first.parameters, first.origins);
    const ScenarioFile second = read_good(text);
    EXPECT_TRUE(compare_for_restart(first.parameters, second.parameters).empty());
    // Written again it is the same but for the comments, which now name lines of the first.
    const std::string again = effective_yaml(second.parameters, {});
    EXPECT_TRUE(compare_for_restart(first.parameters, read_good(again).parameters).empty());
  }
}

class EveryParameter : public testing::TestWithParam<std::size_t> {};

TEST_P(EveryParameter, SurvivesTheRoundTripToTheLastBit) {
  const ParameterSpec& spec = registry().parameters()[GetParam()];
  Parameters parameters = registry().prototype();
  // Names of list elements are empty in the prototype and labels have no tissue yet.
  parameters.scenario.name = "a";
  parameters.domain.size_voxels = {200, 200, 200};
  parameters.run.duration_h = 100.0;
  parameters.clones.founders[0].name = "b";
  parameters.clones.mutations[0].name = "null";
  parameters.tissue.image.labels[0].tissue = "bone";
  parameters.tcells.trigger->at_h = 24.0;
  parameters.output.frames.crop_voxels->hi = {9, 9, 9};
  ASSERT_TRUE(compare_for_restart(parameters, read_values(effective_yaml(parameters, {}))).empty());
  Parameters other = parameters;
  spec.set(other, 0, changed(spec, spec.get(other, 0)));
  settle(other);
  ASSERT_FALSE(compare_for_restart(parameters, other).empty());
  const Parameters back = read_values(effective_yaml(other, {}));
  for (const ParameterChange& change : compare_for_restart(other, back)) {
    ADD_FAILURE() << change.path << ": " << change.old_value << " came back as "
                  << change.new_value;
  }
}

INSTANTIATE_TEST_SUITE_P(Registry, EveryParameter,
                         testing::Range(std::size_t{0}, registry().parameters().size()));

TEST(EffectiveScenario, NamesTheOriginOfEachValue) {
  const ScenarioFile scenario = read_good(sample_scenario(), {"scenario.seed=9"});
  const std::string text = effective_yaml(scenario.parameters, scenario.origins);
  const auto line_with = [&](const std::string& part) {
    const std::size_t at = text.find(part);
    EXPECT_NE(at, std::string::npos) << part << "\n" << text;
    return at == std::string::npos ? "" : text.substr(at, text.find('\n', at) - at);
  };
  EXPECT_TRUE(line_with("  seed: 9").ends_with("# --set"));
  EXPECT_TRUE(line_with("  motility: 20 um^2/min").ends_with("# sample.yaml:12"));
  EXPECT_TRUE(line_with("      share: 0.01").ends_with("# sample.yaml:21"));
  EXPECT_TRUE(line_with("  homeostatic_rate: ")
                  .ends_with("# default; Catlin 2011 Blood 117:4460 [S]; Shepherd 2007 Blood "
                             "110:1806 [S]"));
}

TEST(EffectiveScenario, WritesTextsThatYamlWouldMisread) {
  ScenarioFile scenario = read_good(sample_scenario());
  for (const char* text : {"no", "a: b # c", "tab\there\nand \"quotes\" \\ back", "", "  x ",
                           "\xC3\xA9", "- [", "null", "'"}) {
    scenario.parameters.scenario.text = text;
    const ScenarioFile back = read_good(effective_yaml(scenario.parameters, scenario.origins));
    EXPECT_EQ(back.parameters.scenario.text, text);
  }
}

}  // namespace
