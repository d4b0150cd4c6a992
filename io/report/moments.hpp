// SPDX-License-Identifier: BSD-3-Clause
// The moments of a run of which single cells are known: its frames and its checkpoints. Reads only
// files that are complete, on one process without MPI, while the run may go on.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/parameters.hpp"
#include "io/vtk/frame_writer.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace marrow::io {

struct Moment {
  std::int64_t step = 0;             // hours
  std::filesystem::path checkpoint;  // its directory; empty: there is none
  std::filesystem::path cells;       // main file of the frame of cells; empty: there is none
  std::filesystem::path fields;      // main file of the frame of fields; empty: there is none

  /// Cells and fat are both known: a slice can be drawn.
  [[nodiscard]] bool drawable() const {
    return !checkpoint.empty() || (!cells.empty() && !fields.empty());
  }
};

/// All moments, ascending.
std::vector<Moment> moments_of(const std::filesystem::path& run_directory);

/// The state in a checkpoint, whole. Throws Failure(no_usable_checkpoint).
struct StoredState {
  ModelState state;
  std::vector<SiteIndex> niche_sites;  // of each niche; empty when they were left out
};
StoredState read_state(const std::filesystem::path& checkpoint);

/// Live stem cells by clone at one moment.
struct CloneCount {
  double day = 0.0;
  std::map<std::uint32_t, std::int64_t> cells;
};

/// Everything known of the clones: the table of the newest checkpoint that can be read, entries
/// seen only in frames without their parent, and sizes at the moments (at most `most`, evenly
/// chosen, the last always). Only frames of the whole box are counted. Files that cannot be read
/// are left out, each with a sentence in `trouble`.
struct CloneRecords {
  CloneTable table;
  std::vector<CloneCount> counts;  // ascending days
};
enum class FrameExtent { whole, cropped };
CloneRecords clone_records(const std::vector<Moment>& moments, FrameExtent frames, std::size_t most,
                           std::vector<std::string>& trouble);

}  // namespace marrow::io
