// SPDX-License-Identifier: BSD-3-Clause
// A scenario, from its text to checked parameters. No MPI: rank 0 reads the bytes, every rank
// parses them. Whatever the input, reading ends with parameters or with diagnostics; it writes
// nothing.
#pragma once

#include "core/model/parameters.hpp"
#include "io/scenario/origin.hpp"
#include "io/text/diagnostic.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

struct ScenarioFile {
  Parameters parameters;
  std::string path;  // as the user gave it; image files are relative to its folder
  std::string text;  // the bytes
  std::vector<std::string> overrides;
  Origins origins;
  std::uint64_t fingerprint = 0;  // of text and overrides
};

/// Either a scenario or at least one diagnostic, sorted by place.
struct ReadResult {
  std::optional<ScenarioFile> scenario;
  std::vector<Diagnostic> diagnostics;

  [[nodiscard]] bool ok() const { return scenario.has_value(); }
  /// Everything that is wrong, as it should appear on the terminal.
  [[nodiscard]] std::string report(Color color = Color::off) const {
    return render_all(diagnostics, color);
  }
};

/// Largest scenario file that is read.
inline constexpr std::size_t largest_scenario_bytes = std::size_t{1} << 20;

/// Reads and checks a file. `overrides`: the arguments of `--set`, "path=value", in order.
ReadResult read_scenario_file(const std::string& path,
                              const std::vector<std::string>& overrides = {});

/// The same for bytes that are at hand; `name` stands for the file in messages.
ReadResult read_scenario_text(std::string_view text, const std::string& name,
                              const std::vector<std::string>& overrides = {});

/// The bytes of a scenario file, or what keeps them from being read.
struct ScenarioBytes {
  std::string text;
  std::vector<Diagnostic> diagnostics;
};
ScenarioBytes load_scenario_bytes(const std::string& path);

/// The scenario of a result; throws Failure{ExitCode::scenario} with the report if there is none.
ScenarioFile scenario_or_throw(ReadResult result, Color color = Color::off);

/// A 64-bit fingerprint of some bytes; equal bytes give equal fingerprints on every machine.
std::uint64_t text_fingerprint(std::string_view bytes);

}  // namespace marrow::io
