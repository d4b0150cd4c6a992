// SPDX-License-Identifier: BSD-3-Clause
// Narrowing to the int in which MPI and VTK count. Sites, bytes and entries are 64-bit everywhere
// else, so a count that does not fit is refused in words and never wraps.
#pragma once

#include "core/model/failure.hpp"

#include <concepts>
#include <string>
#include <utility>

namespace marrow {

/// `count` as an int. Throws Failure(internal_error) naming `what` when it does not fit.
template <std::integral Count>
constexpr int checked_int(Count count, const char* what) {
  if (std::in_range<int>(count)) return static_cast<int>(count);
  throw Failure(ExitCode::internal_error,
                std::to_string(count) + " " + what +
                    " at once, but one message or file part takes at most 2147483647: use more "
                    "ranks, or more pieces to a frame");
}

}  // namespace marrow
