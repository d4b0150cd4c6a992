// SPDX-License-Identifier: BSD-3-Clause
// Whatever the bytes, reading ends soon, with parameters or with diagnostics.
#include "core/random/mix.hpp"
#include "io/scenario/effective.hpp"
#include "io/scenario/scenario_file.hpp"
#include "scenario_samples.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace {

using namespace marrow::io;

std::string repeated(const std::string& part, std::size_t bytes) {
  std::string text;
  text.reserve(bytes);
  while (text.size() + part.size() <= bytes) text += part;
  return text;
}

TEST(HostileInput, EndsSoon) {
  const std::size_t full = largest_scenario_bytes - 100;
  const std::string inputs[] = {
      repeated("[", full),
      repeated("{", full),
      repeated("- ", full),
      repeated("? ", full),
      repeated("a: ", full),
      repeated("{a: ", full),
      repeated("\t", full),
      repeated("\n", full),
      repeated("'", full),
      repeated("\"", full),
      repeated("---\n", full),
      repeated("!a ", full),
      "a: [" + repeated("1,", 38000) + "]",
      "a: \"" + repeated("x\n", full - 10),
      "hspc:\n" + repeated("  -\n", full),
      repeated("a", full) + ": 1\n",
      "hspc:\n  apoptosis: " + repeated("1/(", full / 2) + "h",
      "hspc:\n  apoptosis: 1 " + repeated("h/", full / 2) + "h",
      "hspc:\n  ifn_inhibition: " + repeated("1", full / 2),
      "clones:\n  founders:\n" + repeated("    - {name: a, cells: 1}\n", 60000),
  };
  for (const std::string& input : inputs) {
    const auto start = std::chrono::steady_clock::now();
    const ReadResult result = read_scenario_text(input, "x");
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    EXPECT_FALSE(result.ok()) << input.substr(0, 40);
    EXPECT_FALSE(result.report().empty());
    EXPECT_LT(result.report().size(), 200000U) << input.substr(0, 40);
    EXPECT_LT(spent.count(), 10.0) << input.substr(0, 40);
  }
}

TEST(HostileInput, DamagedScenariosAreReadOrRefused) {
  std::uint64_t state = 3;
  const auto draw = [&](std::size_t below) {
    state = marrow::mix64(state + 0x9e3779b97f4a7c15ULL);
    return static_cast<std::size_t>(state % below);
  };
  const std::string spice = "[]{}:,-#&*!|>'\"%@` \n\t0.~?=()/^xe\\";
  const std::string originals[] = {sample_scenario(), full_scenario()};
  int accepted = 0;
  for (std::size_t i = 0; i < 1500; ++i) {
    std::string text = originals[i % 2];
    for (std::size_t change = 0; change <= draw(3); ++change) {
      const std::size_t at = draw(text.size());
      switch (draw(4)) {
        case 0:
          text[at] = static_cast<char>(draw(256));
          break;
        case 1:
          text.erase(at, draw(20) + 1);
          break;
        case 2:
          text.insert(at, 1, spice[draw(spice.size())]);
          break;
        default:
          text.insert(at, text.substr(draw(text.size()), draw(30)));
      }
    }
    const ReadResult result = read_scenario_text(text, "x");
    ASSERT_NE(result.ok(), !result.diagnostics.empty());
    if (!result.ok()) {
      ASSERT_FALSE(result.report().empty());
      continue;
    }
    ++accepted;
    const auto& scenario = *result.scenario;
    ASSERT_TRUE(read_scenario_text(effective_yaml(scenario.parameters, scenario.origins), "y").ok())
        << text;
  }
  EXPECT_GT(accepted, 10) << "the changes are too coarse to test the reader";
  EXPECT_LT(accepted, 1450);
}

}  // namespace
