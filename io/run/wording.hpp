// SPDX-License-Identifier: BSD-3-Clause
// Numbers as people read them in progress lines and status reports; the same in every locale.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace marrow::io {

/// 84000 -> "84,000".
[[nodiscard]] std::string with_thousands(std::int64_t value);

/// "12 s", "4 min 12 s", "3 h 05 min", "2 d 04 h".
[[nodiscard]] std::string duration_text(double seconds);

/// "day 412 (1.13 y)"; one decimal below 10 days.
[[nodiscard]] std::string simulated_date_text(double days);

/// "1 row", "3 rows".
[[nodiscard]] std::string counted(std::int64_t count, const std::string& noun);

/// "a, b, c".
[[nodiscard]] std::string joined(std::span<const std::string> texts);

}  // namespace marrow::io
