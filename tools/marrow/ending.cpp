// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/ending.hpp"

#include "io/run/wording.hpp"

#include <utility>

namespace marrow::tool {

Ending ending_of(const std::optional<std::string>& stopped, bool saved, std::int64_t frames_lost,
                 std::vector<std::string> stale_files) {
  std::vector<std::string> missing;
  if (frames_lost > 0) missing.push_back(io::counted(frames_lost, "frame"));
  missing.insert(missing.end(), stale_files.begin(), stale_files.end());
  // What is lost is counted in the checkpoint, and what is stale is written by the next start: a
  // run that is to go on goes on, and says it at its end.
  Ending ending{!saved             ? ExitCode::files
                : stopped          ? ExitCode::stopped_early
                : !missing.empty() ? ExitCode::files
                                   : ExitCode::finished,
                stopped ? "stopped by " + *stopped : "finished", std::move(stale_files)};
  if (!saved) ending.reason += ", but the last checkpoint could not be written";
  if (!missing.empty()) ending.reason += ", but " + io::joined(missing) + " could not be written";
  return ending;
}

}  // namespace marrow::tool
