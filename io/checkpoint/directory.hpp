// SPDX-License-Identifier: BSD-3-Clause
// Names and places: which checkpoints a run directory holds, which of them may go. Looks at names
// and manifests only; acts on one process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace marrow::io {

/// <run>/checkpoints
std::filesystem::path checkpoints_of(const std::filesystem::path& run_directory);

/// Below a longer path Open MPI would end the program at the first checkpoint: its part
/// sharedfp/lockedfile (4.1) puts the path of state.h5 and ".lockedfile" into 256 bytes. Room is
/// left for "/checkpoints/.partial-step_000000000000-999/state.h5".
constexpr std::size_t longest_run_directory_bytes = 192;

/// Failure(files) when the path of a run directory is longer.
void require_path_fits(const std::filesystem::path& run_directory);

/// "step_000012000": nine digits, more if the step has more.
std::string checkpoint_name(std::int64_t step);

/// The step that a name stands for; nothing when it is no checkpoint's name.
std::optional<std::int64_t> step_of_name(const std::string& name);

struct CheckpointPlace {
  std::int64_t step = 0;
  std::filesystem::path directory;
};

/// All in `checkpoints` that is named like a checkpoint, newest first; a link or a file of such a
/// name, too, so that whoever reads it says what is wrong with it. What is still being written is
/// not among them. Empty when there is no such directory; Failure(files) when it is there and
/// cannot be read (no permission, a link to a disk that is not mounted): what cannot be seen must
/// not pass for missing.
std::vector<CheckpointPlace> list_checkpoints(const std::filesystem::path& checkpoints);

/// Which checkpoints stay. A checkpoint stays for ever when its step is a multiple of
/// keep_every * every_steps, that is each keep_every-th of the regular ones; 0: none. One that was
/// written with this promise keeps it when the run goes on with other values.
struct Retention {
  std::int64_t keep_last = 2;
  std::int64_t keep_every = 0;
  std::int64_t every_steps = 0;
  std::vector<std::int64_t> distrusted_steps = {};  // rejected when the run was resumed
};

/// Whether a checkpoint that is written now at `step` gets that promise.
bool stays_for_ever(std::int64_t step, const Retention& retention);

/// The checkpoints that `retention` lets go once the one of `newest_step` is complete. The last
/// keep_last whole ones up to that step always stay; so do later ones (of a course the run left).
/// A distrusted one does not count among them: its values may be damaged, which is not looked for
/// here.
std::vector<CheckpointPlace> to_prune(const std::filesystem::path& checkpoints,
                                      std::int64_t newest_step, const Retention& retention);

/// Removes what writes that died have left. What cannot be removed (of another user, a mount point,
/// still open on a network file system) does no harm; one sentence for each.
std::string remove_partials(const std::filesystem::path& checkpoints);

}  // namespace marrow::io
