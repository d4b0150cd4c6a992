// SPDX-License-Identifier: BSD-3-Clause
// Every tests/data/cohorts/bad/NAME.yaml is refused with exactly the text of NAME.expected.
#include "io/cohort/cohort_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace marrow::io;
namespace fs = std::filesystem;

const fs::path cohorts = fs::path(MARROW_SOURCE_DIR) / "tests/data/cohorts";

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> bad_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(cohorts / "bad")) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class BadCohort : public testing::TestWithParam<std::string> {};

TEST_P(BadCohort, IsRefusedWithTheExpectedText) {
  const std::string name = GetParam();
  CohortBytes bytes;
  bytes.text = content_of(cohorts / "bad" / (name + ".yaml"));
  bytes.base_path = "base.yaml";
  bytes.base_text = content_of(cohorts / "base.yaml");
  const CohortReading reading = read_cohort(bytes, name + ".yaml");
  EXPECT_FALSE(reading.ok());
  EXPECT_EQ(render_all(reading.diagnostics), content_of(cohorts / "bad" / (name + ".expected")));
}

INSTANTIATE_TEST_SUITE_P(Files, BadCohort, testing::ValuesIn(bad_names()),
                         [](const auto& test) { return test.param; });

TEST(BadCohorts, AreMany) { EXPECT_GE(bad_names().size(), 10U); }

}  // namespace
