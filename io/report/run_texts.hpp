// SPDX-License-Identifier: BSD-3-Clause
// What a report takes from the texts of a run: intervals of the series, the table of asked and
// achieved tissue in the log, the settings with their origin. Pure functions of the texts.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

/// A time during which something held.
struct Span {
  double from_d = 0.0;
  double to_d = 0.0;
  std::string what;

  friend bool operator==(const Span&, const Span&) = default;
};

/// Runs of equal text; each lasts until the sample at which the next begins.
std::vector<Span> spans_of(std::span<const double> days, std::span<const std::string> values);

/// The same for cells that list several things, "atg+cyclosporine"; "none" is nothing. In the order
/// of their beginnings.
std::vector<Span> spans_of_members(std::span<const double> days,
                                   std::span<const std::string> lists);

/// A row of what was asked of the tissue and what it became.
struct AskedAchieved {
  std::string what;
  std::string asked;
  std::string achieved;

  friend bool operator==(const AskedAchieved&, const AskedAchieved&) = default;
};
/// The last such table of a log; empty when there is none.
std::vector<AskedAchieved> asked_and_achieved(std::string_view log);

/// One line of scenario.effective.yaml.
struct Setting {
  std::string path;    // "tissue.bone.thickness"
  std::string value;   // empty for a section
  std::string origin;  // "default; …", the file and line, or what a section is

  friend bool operator==(const Setting&, const Setting&) = default;
};
std::vector<Setting> settings_of(std::string_view effective_yaml);

}  // namespace marrow::io
