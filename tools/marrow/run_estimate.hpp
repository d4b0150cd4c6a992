// SPDX-License-Identifier: BSD-3-Clause
// What a run will need, from its scenario, the number of ranks and a calibration: memory, files,
// messages, time. Arithmetic only. tests/batch compares it with real runs.
#pragma once

#include "core/model/parameters.hpp"
#include "parallel/memory_need.hpp"
#include "parallel/shares.hpp"
#include "tools/marrow/calibration.hpp"

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
  double static_frame_bytes = 0.0;  // tissue and niches, once
  double frame_bytes = 0.0;         // the largest of the others

  double messages_per_step = 0.0;  // that one rank sends while there are T cells
  double setup_s = 0.0;
  double steps_s = 0.0;   // all of them, on the busiest rank
  double output_s = 0.0;  // checkpoints and frames
  double messages_s = 0.0;
  [[nodiscard]] double run_s() const { return setup_s + steps_s + output_s + messages_s; }
};

/// Throws Failure(command_line) when there are more ranks than blocks.
[[nodiscard]] RunEstimate estimate(const Parameters& parameters, int ranks,
                                   const Calibration& calibration);

/// The largest number of ranks of which each still does more work than waiting and repeating:
/// parallel efficiency of at least a half.
[[nodiscard]] int largest_sensible_ranks(const Parameters& parameters,
                                         const Calibration& calibration);

}  // namespace marrow::tool
