// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/directory.hpp"

#include "core/model/failure.hpp"
#include "io/checkpoint/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

namespace marrow::io {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view prefix = "step_";
constexpr std::string_view partial_prefix = ".partial-";

/// Nothing, unless manifest and size of state.h5 are right.
std::optional<Manifest> manifest_of_whole(const fs::path& directory) {
  try {
    return read_manifest(directory);
  } catch (const Failure&) {
    return std::nullopt;
  }
}

bool was_promised_to_stay(const fs::path& directory) {
  const auto manifest = manifest_of_whole(directory);
  return manifest && manifest->stays;
}

}  // namespace

fs::path checkpoints_of(const fs::path& run_directory) { return run_directory / "checkpoints"; }

void require_path_fits(const fs::path& run_directory) {
  const std::string& path = run_directory.native();
  if (path.size() <= longest_run_directory_bytes) return;
  throw Failure(ExitCode::files,
                fmt::format("run directory '{}': its path has {} bytes, and MPI can write "
                            "checkpoints below at most {}. Give a shorter one with -o: a relative "
                            "path, or a symbolic link to the directory",
                            path, path.size(), longest_run_directory_bytes));
}

std::string checkpoint_name(std::int64_t step) { return fmt::format("{}{:09}", prefix, step); }

std::optional<std::int64_t> step_of_name(const std::string& name) {
  if (!name.starts_with(prefix)) return std::nullopt;
  std::int64_t step = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data() + prefix.size(), end, step);
  if (error != std::errc() || stop != end || step < 0) return std::nullopt;
  if (checkpoint_name(step) != name) return std::nullopt;
  return step;
}

std::vector<CheckpointPlace> list_checkpoints(const fs::path& checkpoints) {
  std::vector<CheckpointPlace> found;
  std::error_code error;
  if (fs::symlink_status(checkpoints, error).type() == fs::file_type::not_found) return found;
  error.clear();
  for (fs::directory_iterator at(checkpoints, error), end; !error && at != end;
       at.increment(error)) {
    const auto step = step_of_name(at->path().filename().string());
    if (step) found.push_back({*step, at->path()});
  }
  if (error) {
    throw Failure(
        ExitCode::files,
        fmt::format("the checkpoints in {} cannot be looked at: {}. Mount the file system that "
                    "holds them, or mend the link or the permissions; nothing was changed",
                    checkpoints.string(), error.message()));
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.step > b.step; });
  return found;
}

bool stays_for_ever(std::int64_t step, const Retention& retention) {
  if (retention.keep_every <= 0 || retention.every_steps <= 0) return false;
  return step % (retention.keep_every * retention.every_steps) == 0;
}

std::vector<CheckpointPlace> to_prune(const fs::path& checkpoints, std::int64_t newest_step,
                                      const Retention& retention) {
  std::vector<CheckpointPlace> doomed;
  std::int64_t still_needed = std::max<std::int64_t>(retention.keep_last, 1);
  for (const CheckpointPlace& place : list_checkpoints(checkpoints)) {
    if (place.step > newest_step) continue;
    if (still_needed > 0) {
      const bool distrusted = std::ranges::find(retention.distrusted_steps, place.step) !=
                              retention.distrusted_steps.end();
      if (!distrusted && manifest_of_whole(place.directory)) --still_needed;
    } else if (!stays_for_ever(place.step, retention) && !was_promised_to_stay(place.directory)) {
      doomed.push_back(place);
    }
  }
  return doomed;
}

std::string remove_partials(const fs::path& checkpoints) {
  std::vector<fs::path> partials;
  std::string left;
  std::error_code error;
  for (fs::directory_iterator at(checkpoints, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().filename().string().starts_with(partial_prefix)) partials.push_back(at->path());
  }
  for (const fs::path& partial : partials) {
    fs::remove_all(partial, error);
    if (!error) continue;
    left +=
        fmt::format("{}{}, left by an interrupted write, cannot be removed ({}): remove it by hand",
                    left.empty() ? "" : "; ", partial.string(), error.message());
  }
  return left;
}

}  // namespace marrow::io
