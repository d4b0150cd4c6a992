// SPDX-License-Identifier: BSD-3-Clause
// The scenario reader on any bytes: it ends with parameters or with something to say, and what it
// accepts survives being written out in full and read again. After a zero byte each line of the
// input is one argument of --set.
#include "io/scenario/effective.hpp"
#include "io/scenario/scenario_file.hpp"
#include "tests/fuzz/support.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace marrow::io;
using marrow::fuzz::promise;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view input = marrow::fuzz::text_of(bytes, size);
  const std::size_t cut = std::min(input.find('\0'), input.size());
  const auto overrides = lines_of(input.substr(std::min(cut + 1, input.size())));
  const ReadResult result = read_scenario_text(input.substr(0, cut), "fuzz.yaml", overrides);
  promise(result.ok() == result.diagnostics.empty(), "a scenario or diagnostics, not both");
  if (!result.ok()) {
    promise(!result.report().empty(), "a refusal says why");
    return 0;
  }
  const ScenarioFile& first = *result.scenario;
  const std::string written = effective_yaml(first.parameters, first.origins);
  const ReadResult again = read_scenario_text(written, "effective.yaml");
  promise(again.ok(), "the effective scenario is valid input");
  promise(effective_yaml(again.scenario->parameters, first.origins) == written,
          "the effective scenario gives the same parameters");
  return 0;
}
