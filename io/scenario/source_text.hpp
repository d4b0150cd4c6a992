// SPDX-License-Identifier: BSD-3-Clause
// A text that errors point into: a scenario file, or the list of `--set` arguments (one per line).
// Turns byte positions into places and builds diagnostics. Knows nothing of YAML or parameters.
#pragma once

#include "io/text/diagnostic.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

class SourceText {
 public:
  SourceText() = default;
  /// `order`: where its errors stand among those of other sources.
  SourceText(std::string name, std::vector<std::string> lines, std::size_t order);
  /// Cuts the text into lines; a carriage return before the line end is dropped.
  static SourceText from_text(std::string name, std::string_view text, std::size_t order);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::size_t line_count() const { return lines_.size(); }
  /// Line `index` (from 0), empty beyond the end.
  [[nodiscard]] std::string_view line(std::size_t index) const;

  /// A place from a line and a byte column, both from 0, and a length in bytes within that line.
  [[nodiscard]] Place place(std::size_t line, std::size_t byte_column, std::size_t bytes) const;
  [[nodiscard]] Diagnostic error(const Place& place, std::string message,
                                 std::vector<std::string> advice = {}) const;
  /// An error of the source as a whole.
  [[nodiscard]] Diagnostic error(std::string message, std::vector<std::string> advice = {}) const;

 private:
  std::string name_;
  std::vector<std::string> lines_;
  std::size_t order_ = 0;
};

}  // namespace marrow::io
