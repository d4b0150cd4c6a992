// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace marrow::io {
namespace {

constexpr double days_per_year = 365.25;
constexpr std::int64_t longest_text_s = std::int64_t{1000} * 365 * 86400;

}  // namespace

std::string with_thousands(std::int64_t value) {
  std::string digits = fmt::format("{}", value);
  const std::size_t sign = value < 0 ? 1 : 0;
  for (std::size_t place = digits.size(); place > sign + 3;) {
    place -= 3;
    digits.insert(place, 1, ',');
  }
  return digits;
}

std::string duration_text(double seconds) {
  if (!(seconds < static_cast<double>(longest_text_s))) return "more than 1000 y";
  const auto total_s = static_cast<std::int64_t>(std::llround(std::max(seconds, 0.0)));
  const std::int64_t minutes = total_s / 60;
  const std::int64_t hours = minutes / 60;
  if (minutes == 0) return fmt::format("{} s", total_s);
  if (hours == 0) return fmt::format("{} min {:02} s", minutes, total_s % 60);
  if (hours < 24) return fmt::format("{} h {:02} min", hours, minutes % 60);
  return fmt::format("{} d {:02} h", hours / 24, hours % 24);
}

std::string simulated_date_text(double days) {
  const double years = days / days_per_year;
  return days < 10.0 ? fmt::format("day {:.1f} ({:.2f} y)", days, years)
                     : fmt::format("day {:.0f} ({:.2f} y)", std::floor(days), years);
}

std::string counted(std::int64_t count, const std::string& noun) {
  return fmt::format("{} {}{}", with_thousands(count), noun, count == 1 ? "" : "s");
}

std::string joined(std::span<const std::string> texts) {
  std::string all;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) all += ", ";
    all += texts[i];
  }
  return all;
}

}  // namespace marrow::io
