// SPDX-License-Identifier: BSD-3-Clause
// Looks at checkpoints from one process, without MPI: what is there, what does it hold, is it
// whole, and if not, what is damaged. Shared by the tools of a login node.
#pragma once

#include "io/checkpoint/in_child.hpp"
#include "io/checkpoint/manifest.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace marrow::io {

enum class PathKind { run_directory, checkpoint, state_file };

struct CheckpointPath {
  PathKind kind = PathKind::checkpoint;
  std::filesystem::path path;    // as given
  std::filesystem::path state;   // state.h5; of a run directory: empty
  std::filesystem::path holder;  // of state.h5; of a run directory: its checkpoints
};

/// What a path given by a user means. Throws Failure(files) when it means none of the three.
CheckpointPath resolve(const std::filesystem::path& path);

/// plain: manifest, sizes, format, HDF5's own bytes, header and texts; no values, so that it takes
/// the same moment for any size. deep: also every value, and where the damage lies.
enum class Depth { plain, deep };

/// The result of looking at one checkpoint.
struct Examination {
  std::string problem;                 // empty: all that was looked at is right
  std::optional<Manifest> manifest;    // absent when not even that could be read
  bool has_manifest = false;           // false: a lone state.h5 was judged by its own header
  std::vector<std::uint64_t> digests;  // recomputed, one per registered field; empty when unread
  std::string provenance_json;
};

/// Never throws for a damaged checkpoint: the problem is in the result. `alive` is called before
/// each part that is read.
Examination examine(const std::filesystem::path& directory, Depth depth, const Alive& alive = {});
/// A lone state.h5, or one with its manifest beside it.
Examination examine_state_file(const std::filesystem::path& state_h5, Depth depth,
                               const Alive& alive = {});

}  // namespace marrow::io
