// SPDX-License-Identifier: BSD-3-Clause
// What a run will need, from its scenario, the number of ranks and a calibration: memory, files,
// messages, time. Arithmetic only. tests/batch compares it with real runs.
#pragma once

#include "core/model/parameters.hpp"
#include "parallel/memory_need.hpp"
#include "parallel/shares.hpp"
#include "tools/marrow/calibration.hpp"
#include "tools/marrow/file_sizes.hpp"

#include <cstdint>

namespace marrow::tool {

struct RunEstimate {
  parallel::Shares shares;
  std::int64_t niches = 0;
  double most_tcells = 0.0;  // in the whole lattice

  parallel::MemoryNeed memory;

  std::int64_t steps = 0;
  std::int64_t series_rows = 0;
  std::int64_t checkpoints = 0;
  double checkpoint_bytes = 0.0;  // the largest
  std::int64_t frames = 0;
  FrameSizes frame_bytes;

  double messages_per_step = 0.0;  // that one rank sends while there are T cells
  double setup_s = 0.0;
  double steps_s = 0.0;   // all of them, on the busiest rank
  double output_s = 0.0;  // checkpoints and frames
  double messages_s = 0.0;
  double processor_s = 0.0;  // of all ranks together, messages and waiting not counted
  [[nodiscard]] double run_s() const { return setup_s + steps_s + output_s + messages_s; }
};

/// Throws Failure(command_line) when there are more ranks than blocks.
[[nodiscard]] RunEstimate estimate(const Parameters& parameters, int ranks, int ranks_per_node,
                                   const Calibration& calibration);

/// What the nodes are like that a run is planned for.
struct Nodes {
  int ranks_per_node = 1;
  double bytes = 0.0;  // memory of each
};

/// Whether the ranks of each node fit into its memory.
[[nodiscard]] bool fits(const RunEstimate& run, int ranks, const Nodes& nodes);

/// The most ranks on one node with which a run on `ranks` ranks fits into memory; 0: not even one.
[[nodiscard]] int most_ranks_per_node(const RunEstimate& run, int ranks, const Nodes& nodes);

/// The largest number of ranks that fit into the memory of their nodes and of which each still does
/// more work than waiting and repeating: parallel efficiency of at least a half. 0 if none fits.
struct SensibleRanks {
  int ranks = 0;
  bool bound_by_memory = false;  // without that it would be more
};
[[nodiscard]] SensibleRanks largest_sensible_ranks(const Parameters& parameters,
                                                   const Calibration& calibration,
                                                   const Nodes& nodes);

}  // namespace marrow::tool
