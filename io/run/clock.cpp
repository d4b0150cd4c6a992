// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/clock.hpp"

#include "core/model/failure.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <ctime>
#include <utility>

namespace marrow::io {
namespace {

std::tm local_parts(std::int64_t wall_s) {
  const auto time = static_cast<std::time_t>(wall_s);
  std::tm parts{};
  ::localtime_r(&time, &parts);
  return parts;
}

std::string clock_time(const std::tm& parts) {
  return fmt::format("{:02}:{:02}", parts.tm_hour, parts.tm_min);
}

std::string date(const std::tm& parts) {
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// Reads exactly `digits` digits from the front; false if they are not there.
bool take_digits(std::string_view& text, std::size_t digits, int& value) {
  if (text.size() < digits) return false;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  std::from_chars(text.data(), text.data() + digits, value);
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view& text, char character) {
  if (text.empty() || text.front() != character) return false;
  text.remove_prefix(1);
  return true;
}

bool take_date(std::string_view& text, std::tm& parts) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!take_digits(text, 4, year) || !take(text, '-') || !take_digits(text, 2, month) ||
      !take(text, '-') || !take_digits(text, 2, day)) {
    return false;
  }
  const std::chrono::year_month_day checked{std::chrono::year(year),
                                            std::chrono::month(static_cast<unsigned>(month)),
                                            std::chrono::day(static_cast<unsigned>(day))};
  parts.tm_year = year - 1900;
  parts.tm_mon = month - 1;
  parts.tm_mday = day;
  return checked.ok();
}

/// "HH:MM" or "HH:MM:SS".
bool take_clock_time(std::string_view& text, std::tm& parts) {
  parts.tm_sec = 0;
  if (!take_digits(text, 2, parts.tm_hour) || !take(text, ':') ||
      !take_digits(text, 2, parts.tm_min)) {
    return false;
  }
  if (take(text, ':') && !take_digits(text, 2, parts.tm_sec)) return false;
  return parts.tm_hour < 24 && parts.tm_min < 60 && parts.tm_sec < 60;
}

std::int64_t seconds_of_local(std::tm parts) {
  parts.tm_isdst = -1;
  return static_cast<std::int64_t>(std::mktime(&parts));
}

/// A wall-clock time; nothing if the text is not one.
std::optional<std::int64_t> parse_wall_time(std::string_view text, std::int64_t now_s) {
  std::tm parts = local_parts(now_s);
  std::string_view rest = text;
  const bool dated = take_date(rest, parts);
  if (dated && !take(rest, 'T') && !take(rest, ' ')) return std::nullopt;
  if (!dated) {
    parts = local_parts(now_s);
    rest = text;
  }
  if (!take_clock_time(rest, parts) || !rest.empty()) return std::nullopt;
  std::int64_t found = seconds_of_local(parts);
  if (!dated && found <= now_s) {
    ++parts.tm_mday;  // mktime carries over into the next month
    found = seconds_of_local(parts);
  }
  return found;
}

/// A number followed by one of the given units; nothing if the text is not that.
std::optional<double> parse_quantity(
    std::string_view text, std::initializer_list<std::pair<std::string_view, double>> units) {
  double number = 0.0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || !std::isfinite(number) || number < 0.0) return std::nullopt;
  const std::string_view unit = trimmed(text.substr(static_cast<std::size_t>(rest - text.data())));
  for (const auto& [name, factor] : units) {
    if (unit == name) return number * factor;
  }
  return std::nullopt;
}

/// "[days-]HH:MM:SS" as batch systems write it.
std::optional<double> parse_batch_duration(std::string_view text) {
  std::int64_t days = 0;
  if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + dash, days);
    if (error != std::errc{} || end != text.data() + dash || days < 0) return std::nullopt;
    text.remove_prefix(dash + 1);
  }
  std::int64_t hours = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), hours);
  if (error != std::errc{} || hours < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  int minutes = 0;
  int seconds = 0;
  if (!take(text, ':') || !take_digits(text, 2, minutes) || !take(text, ':') ||
      !take_digits(text, 2, seconds) || !text.empty() || minutes > 59 || seconds > 59) {
    return std::nullopt;
  }
  return static_cast<double>(days) * 86400.0 + static_cast<double>(hours) * 3600.0 +
         minutes * 60.0 + seconds;
}

}  // namespace

double SystemClock::steady_s() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::int64_t SystemClock::wall_s() const {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string utc_text(std::int64_t wall_s) {
  const auto time = static_cast<std::time_t>(wall_s);
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  return fmt::format("{}T{}:{:02}Z", date(parts), clock_time(parts), parts.tm_sec);
}

std::optional<std::int64_t> parse_utc_text(std::string_view text) {
  std::tm parts{};
  if (!take_date(text, parts) || !take(text, 'T') || !take_clock_time(text, parts) || text != "Z") {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(::timegm(&parts));
}

std::string local_text(std::int64_t wall_s) {
  const std::tm parts = local_parts(wall_s);
  return fmt::format("{} {}:{:02}", date(parts), clock_time(parts), parts.tm_sec);
}

std::string short_local_text(std::int64_t wall_s, std::int64_t now_s) {
  const std::tm parts = local_parts(wall_s);
  if (date(parts) == date(local_parts(now_s))) return clock_time(parts);
  return fmt::format("{} {}", date(parts), clock_time(parts));
}

double parse_duration_s(std::string_view text) {
  const std::string_view clean = trimmed(text);
  auto found = parse_quantity(clean, {{"s", 1.0},
                                      {"min", 60.0},
                                      {"h", 3600.0},
                                      {"d", 86400.0},
                                      {"day", 86400.0},
                                      {"days", 86400.0}});
  if (!found) found = parse_batch_duration(clean);
  if (found && *found > 0.0) return *found;
  throw Failure(ExitCode::command_line,
                fmt::format("'{}' is not a wall time: give a positive number with a unit (90 min, "
                            "12h, 2 d) or hours:minutes:seconds (12:00:00, 1-12:00:00)",
                            text));
}

StopAt parse_stop_at(std::string_view text, std::int64_t now_s) {
  const std::string_view clean = trimmed(text);
  StopAt stop;
  stop.wall_s = parse_wall_time(clean, now_s);
  if (stop.wall_s) return stop;
  stop.simulated_days = parse_quantity(
      clean,
      {{"h", 1.0 / 24.0}, {"d", 1.0}, {"day", 1.0}, {"days", 1.0}, {"wk", 7.0}, {"y", 365.25}});
  if (stop.simulated_days) return stop;
  throw Failure(ExitCode::command_line,
                fmt::format("--stop-at '{}' is neither a wall-clock time (2026-11-22T23:55:00, "
                            "23:55) nor a simulated time (400 d, 2 y)",
                            text));
}

}  // namespace marrow::io
