// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/run_estimate.hpp"

#include "core/lattice/geometry.hpp"

#include <algorithm>
#include <cmath>

namespace marrow::tool {
namespace {

// Times that no calibration measures: of writing, measured, and of a network and disks of the usual
// kind.
constexpr double message_s = 4e-6;
constexpr double ghosts_s = 2.5e-6;             // gathering and placing ghost cells, an exchange,
constexpr double ghosts_s_per_voxel = 6.2e-11;  // and for each voxel of the ghost layers
constexpr double collective_s = 6e-6;           // per doubling of the ranks, between nodes
constexpr double collective_in_node_s = 1e-6;   // and within one
constexpr double collectives_per_quiet_step = 3.5;
constexpr double collectives_per_step_with_tcells = 6.0;
constexpr double frame_s = 0.0045;
constexpr double tissue_frame_s_per_voxel = 9e-8;
constexpr double signal_frame_s_per_byte = 5e-8;  // compressed ones
constexpr double checkpoint_s = 0.022;
constexpr double disk_bytes_per_s = 2e8;

double voxels(const Parameters& p) { return static_cast<double>(p.lattice().box().volume()); }

std::int64_t times_due(double every_h, double duration_h) {
  return every_h > 0.0 ? static_cast<std::int64_t>(std::ceil(duration_h / every_h - 1e-9)) : 0;
}

void estimate_files(const Parameters& p, double most_cells, RunEstimate& run) {
  const double duration_h = p.run.duration_h;
  run.steps = std::llround(duration_h);
  run.series_rows = 1 + times_due(p.output.series_every_h, duration_h);
  run.checkpoints = times_due(p.checkpoint.every_h, duration_h);
  run.checkpoint_bytes = checkpoint_size(p, run.most_tcells);
  if (p.output.frames.every_h <= 0.0) return;
  run.frames = 1 + times_due(p.output.frames.every_h, duration_h);
  run.frame_bytes = frame_sizes(p, most_cells);
}

void estimate_time(const Parameters& p, int ranks, int ranks_per_node, const Calibration& c,
                   RunEstimate& run) {
  const double volume_mm3 = p.lattice().volume_mm3();
  const auto n = static_cast<double>(ranks);
  const double busiest = static_cast<double>(run.shares.most_own) / voxels(p);
  // T cells in ghost layers are moved as well.
  const double with_ghosts = static_cast<double>(run.shares.most_held) /
                             static_cast<double>(std::max<std::int64_t>(1, run.shares.most_own));
  const double hours = p.run.duration_h;
  // With several ranks the tissue is laid twice: once to weigh the blocks.
  run.setup_s =
      c.setup_s_per_voxel * static_cast<double>(run.shares.most_held) * (ranks == 1 ? 1.0 : 2.0);
  // Every rank keeps the table of all niches and the patient; T cells are shared out.
  run.steps_s = hours * (c.step_s + c.step_s_per_mm3 * volume_mm3) +
                c.tcell_hours_per_mm3 * volume_mm3 * c.tcell_hour_s * busiest * with_ghosts;
  const double bytes =
      2.0 * static_cast<double>(run.checkpoints) * run.checkpoint_bytes +  // written and read back
      static_cast<double>(run.frames) * run.frame_bytes.each_time() + run.frame_bytes.once();
  run.output_s = static_cast<double>(run.checkpoints) * checkpoint_s +
                 static_cast<double>(run.frames) *
                     (frame_s + run.frame_bytes.signals * signal_frame_s_per_byte) +
                 parallel::frame_piece_voxels(p, ranks) * tissue_frame_s_per_voxel +
                 bytes / disk_bytes_per_s;
  // Hours without T cells exchange no ghosts.
  const double tcell_hours = hours * c.hours_with_tcells_share;
  run.messages_per_step = tcell_hours > 0.0 ? static_cast<double>(run.shares.exchanges_per_hour) *
                                                  static_cast<double>(run.shares.most_neighbours)
                                            : 0.0;
  if (ranks > 1 && p.tcells.motion == Motion::hops) {
    const auto ghosts = static_cast<double>(run.shares.most_held - run.shares.most_own);
    run.steps_s += tcell_hours * static_cast<double>(run.shares.exchanges_per_hour) *
                   (ghosts_s + ghosts_s_per_voxel * ghosts);
  }
  if (ranks > 1) {
    const double collectives = tcell_hours * collectives_per_step_with_tcells +
                               (hours - tcell_hours) * collectives_per_quiet_step;
    const double each_s = ranks <= ranks_per_node ? collective_in_node_s : collective_s;
    run.messages_s = tcell_hours * run.messages_per_step * message_s +
                     collectives * each_s * std::ceil(std::log2(n));
  }
  // The others wait while rank 0 writes.
  run.processor_s = n * (c.start_s + run.setup_s + run.steps_s) + run.output_s;
}

}  // namespace

RunEstimate estimate(const Parameters& parameters, int ranks, int ranks_per_node,
                     const Calibration& calibration) {
  RunEstimate run;
  const double volume_mm3 = parameters.lattice().volume_mm3();
  run.shares = parallel::shares_of(parameters, ranks);
  run.niches = std::llround(parallel::expected_niches(parameters));
  run.most_tcells = calibration.most_tcells_per_mm3 * volume_mm3;
  run.memory = parallel::memory_need(
      parameters, run.shares, ranks,
      calibration.done ? calibration.process_bytes : parallel::usual_process_bytes,
      run.most_tcells);
  const double most_cells = calibration.done ? calibration.most_cells_per_mm3 * volume_mm3
                                             : static_cast<double>(run.niches);
  estimate_files(parameters, most_cells, run);
  estimate_time(parameters, ranks, ranks_per_node, calibration, run);
  return run;
}

bool fits(const RunEstimate& run, int ranks, const Nodes& nodes) {
  return run.memory.on_node(std::min(ranks, nodes.ranks_per_node)) <= nodes.bytes;
}

int most_ranks_per_node(const RunEstimate& run, int ranks, const Nodes& nodes) {
  if (run.memory.most_bytes > nodes.bytes) return 0;
  const double beside_it = (nodes.bytes - run.memory.most_bytes) / run.memory.usual_bytes;
  return static_cast<int>(std::min(1.0 + std::floor(beside_it), static_cast<double>(ranks)));
}

SensibleRanks largest_sensible_ranks(const Parameters& parameters, const Calibration& calibration,
                                     const Nodes& nodes) {
  constexpr double least_efficiency = 0.5;
  constexpr int most_tried = 4096;
  // Beyond one rank for eight blocks boxes are mostly ghost layers.
  const std::int64_t blocks = BlockGrid(parameters.lattice().extent).count();
  const int most = static_cast<int>(std::min<std::int64_t>(blocks / 8, most_tried));
  const double alone_s = estimate(parameters, 1, nodes.ranks_per_node, calibration).run_s();
  SensibleRanks best;
  for (int ranks = 1; ranks <= std::max(1, most); ranks += std::max(1, ranks / 8)) {
    const RunEstimate run = estimate(parameters, ranks, nodes.ranks_per_node, calibration);
    const double efficiency = alone_s / (run.run_s() * static_cast<double>(ranks));
    if (efficiency < least_efficiency) continue;
    best.bound_by_memory = !fits(run, ranks, nodes);
    if (!best.bound_by_memory) best.ranks = ranks;
  }
  return best;
}

}  // namespace marrow::tool
