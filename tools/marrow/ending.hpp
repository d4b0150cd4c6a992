// SPDX-License-Identifier: BSD-3-Clause
// How a segment of a run ended, as its last words, status.json and provenance.json tell it.
#pragma once

#include "core/model/failure.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace marrow::tool {

struct Ending {
  ExitCode code = ExitCode::finished;
  std::string reason;
  std::vector<std::string> stale_files;  // results that could not be brought up to the end
};

/// `stopped`: why it ended early, or nothing. `saved`: its last state is in a checkpoint.
[[nodiscard]] Ending ending_of(const std::optional<std::string>& stopped, bool saved,
                               std::int64_t frames_lost, std::vector<std::string> stale_files);

}  // namespace marrow::tool
