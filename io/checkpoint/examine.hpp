// SPDX-License-Identifier: BSD-3-Clause
// Looks at checkpoints from one process, without MPI: what is there, what does it hold, is it
// whole. Shared by the tools of a login node.
#pragma once

#include "core/cells/state.hpp"
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

/// The result of reading one checkpoint completely.
struct Examination {
  std::string problem;                 // empty: every digest was recomputed and is right
  std::optional<Manifest> manifest;    // absent when not even that could be read
  bool has_manifest = false;           // false: a lone state.h5 was judged by its own header
  std::vector<std::uint64_t> digests;  // recomputed, one per registered field; empty when unread
  std::string provenance_json;
};

/// Never throws for a damaged checkpoint: the problem is in the result.
Examination examine(const std::filesystem::path& directory);
/// A lone state.h5, or one with its manifest beside it.
Examination examine_state_file(const std::filesystem::path& state_h5);

/// "12000 h = 500.0 days (1.37 years)".
std::string describe_step(std::int64_t step);

/// A value as its field means it: "stem, clone 3, clock 0 …", an integer, a floating-point number.
std::string describe_value(const FieldSpec& spec, std::uint64_t word);

/// "site 123456 (x 56, y 34, z 12)"; blocks with the voxels they cover; niches with their site when
/// `niche_sites` has it.
std::string describe_index(const FieldSpec& spec, std::uint64_t index, const Lattice& lattice,
                           const std::vector<SiteIndex>& niche_sites);

}  // namespace marrow::io
