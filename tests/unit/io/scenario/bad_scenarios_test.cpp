// SPDX-License-Identifier: BSD-3-Clause
// Every tests/data/scenarios/bad/NAME.yaml (with the arguments of --set in NAME.set, if there is
// one) is refused with exactly the text of NAME.expected.
#include "core/model/failure.hpp"
#include "io/scenario/scenario_file.hpp"
#include "tests/support/whole_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace marrow::io;
namespace fs = std::filesystem;

const fs::path folder = fs::path(MARROW_SOURCE_DIR) / "tests/data/scenarios/bad";

std::vector<std::string> bad_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> arguments_of(const std::string& name) {
  std::vector<std::string> arguments;
  std::ifstream file(folder / (name + ".set"));
  for (std::string line; std::getline(file, line);) arguments.push_back(line);
  return arguments;
}

class BadScenario : public testing::TestWithParam<std::string> {};

TEST_P(BadScenario, IsRefusedWithTheExpectedText) {
  const std::string name = GetParam();
  const ScenarioBytes bytes = load_scenario_bytes((folder / (name + ".yaml")).string());
  ASSERT_TRUE(bytes.diagnostics.empty());
  const ReadResult result = read_scenario_text(bytes.text, name + ".yaml", arguments_of(name));
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.report(), marrow::test::content_of(folder / (name + ".expected")));
}

INSTANTIATE_TEST_SUITE_P(Files, BadScenario, testing::ValuesIn(bad_names()),
                         [](const auto& test) { return test.param; });

TEST(BadScenarios, AreMany) { EXPECT_GE(bad_names().size(), 100U); }

std::string report_of(const std::string& path) { return read_scenario_file(path).report(); }

TEST(UnreadableScenario, IsNamedForWhatItIs) {
  EXPECT_EQ(report_of("no/such/folder/a.yaml"),
            "no/such/folder/a.yaml: error: there is no such file\n1 error\n");
  const std::string directory = folder.string();
  EXPECT_EQ(report_of(directory).substr(directory.size()),
            ": error: this is a directory, not a scenario file\n"
            "      = a finished or running simulation keeps its scenario as scenario.yaml in its "
            "directory\n1 error\n");
  EXPECT_NE(report_of("/dev/zero").find("not a regular file"), std::string::npos);
  EXPECT_NE(report_of(std::string(5000, 'a')).find("error"), std::string::npos);
  EXPECT_NE(report_of("").find("error"), std::string::npos);
}

TEST(UnreadableScenario, SuggestsTheFileThatWasMeant) {
  const std::string close = (folder / "octl.yaml").string();
  EXPECT_NE(
      report_of(close).find("did you mean '" + (folder / "octal.yaml").string().substr(0, 40)),
      std::string::npos)
      << report_of(close);
  const std::string bare = (folder / "octal").string();
  EXPECT_NE(report_of(bare).find("did you mean"), std::string::npos);
}

TEST(BinaryScenario, IsRefused) {
  EXPECT_EQ(read_scenario_text(std::string("\x89HDF\r\n\x1a\n\0\0", 10), "state.h5").report(),
            "state.h5: error: this is an HDF5 file, not a scenario\n"
            "      = to look into a checkpoint: marrow inspect PATH\n1 error\n");
  EXPECT_EQ(read_scenario_text(std::string("run:\0", 5), "x").report(),
            "x: error: this is not a text file: byte 5 is a NUL\n"
            "      = a scenario is a YAML file in UTF-8\n1 error\n");
}

TEST(HugeScenario, IsRefusedUnread) {
  const std::string text = "# " + std::string(largest_scenario_bytes, 'x');
  EXPECT_EQ(read_scenario_text(text, "x").report(),
            "x: error: the file is larger than 1 MiB\n"
            "      = a scenario has a few kilobytes; is this the right file?\n1 error\n");
}

TEST(RefusedScenario, BecomesAFailureWithTheScenarioExitCode) {
  try {
    scenario_or_throw(read_scenario_text("", "x"));
    FAIL() << "an empty scenario was accepted";
  } catch (const marrow::Failure& failure) {
    EXPECT_EQ(failure.code(), marrow::ExitCode::scenario);
    EXPECT_NE(std::string(failure.what()).find("x: error: the file has no content"),
              std::string::npos);
  }
}

TEST(ControlCharactersInArguments, AreRefused) {
  const std::string base =
      "scenario: {name: a}\ndomain: {size: [200, 200, 200]}\nrun: {duration: 1 y}\n";
  for (const std::string& argument :
       {std::string("scenario.text=a\nb"), std::string("scenario.text=\x1b"),
        std::string("scenario.seed=1\0", 16), std::string("scenario.text=\xff")}) {
    const ReadResult result = read_scenario_text(base, "x", {argument});
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.diagnostics.size(), 1U);
    EXPECT_EQ(result.report().find('\x1b'), std::string::npos);
  }
}

}  // namespace
