// SPDX-License-Identifier: BSD-3-Clause
// Time as the run directory sees it. Durations come from the steady clock, which never jumps; the
// wall clock only labels lines and files. Tests replace the clock. No result may depend on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace marrow::io {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Seconds since an arbitrary start; never jumps.
  [[nodiscard]] virtual double steady_s() const = 0;
  /// Seconds since 1970-01-01 00:00 UTC.
  [[nodiscard]] virtual std::int64_t wall_s() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] double steady_s() const override;
  [[nodiscard]] std::int64_t wall_s() const override;
};

/// "2026-11-22T21:40:05Z": for files that machines read.
[[nodiscard]] std::string utc_text(std::int64_t wall_s);
/// The reverse of utc_text; nothing if the text is anything else.
[[nodiscard]] std::optional<std::int64_t> parse_utc_text(std::string_view text);
/// "2026-11-22 21:40:05" in the local time zone: for people.
[[nodiscard]] std::string local_text(std::int64_t wall_s);
/// "21:40" if `wall_s` lies on the local day of `now_s`, else "2026-11-23 21:40".
[[nodiscard]] std::string short_local_text(std::int64_t wall_s, std::int64_t now_s);

/// What `--max-walltime` accepts: "12h", "90 min", "1.5 h", "12:00:00", "1-12:00:00" (days first).
/// Failure(command_line) names what is accepted.
[[nodiscard]] double parse_duration_s(std::string_view text);

/// What `--stop-at` accepts: a wall-clock time in the local zone ("2026-11-22T23:55:00",
/// "2026-11-22 23:55", "23:55" for the next such time) or a simulated time ("400 d", "2 y").
struct StopAt {
  std::optional<std::int64_t> wall_s;
  std::optional<double> simulated_days;
};
[[nodiscard]] StopAt parse_stop_at(std::string_view text, std::int64_t now_s);

}  // namespace marrow::io
