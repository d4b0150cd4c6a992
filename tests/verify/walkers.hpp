// SPDX-License-Identifier: BSD-3-Clause
// A small open box with T cells that neither die nor divide, put where a row wants them and
// followed through whole simulated hours: the way of a run that continues from a checkpoint. Test
// code.
#pragma once

#include "parallel/simulation.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace marrow::verify {

/// Open tissue with resting stem cells in `niches` niches at random places, and T cells that only
/// walk, `hops` times an hour, and kill.
Parameters walkers_only(const Index3& extent, std::int64_t niches, std::int64_t hops);

class WalkerBox {
 public:
  /// On this rank alone.
  explicit WalkerBox(const Parameters& parameters, std::int64_t hops_per_exchange = 0);

  /// A new trial: the marrow of hour 0, with a T cell of clonotype i on the i-th site. Trials of
  /// different numbers draw independently.
  void begin(std::int64_t trial, std::span<const SiteIndex> sites);
  /// The same with `cells` T cells scattered over the box (kernel motion: in its first block).
  void begin_scattered(std::int64_t trial, std::int64_t cells);
  void hour() { simulation_.step(); }
  /// Sub-steps from the start of the trial until the first kill, at most those of `most_hours`
  /// hours. Exact: what is left of the killer's engagement tells the sub-step.
  std::optional<std::int64_t> substeps_to_kill(std::int64_t most_hours);

  [[nodiscard]] std::vector<TCell> tcells() const { return simulation_.snapshot().tcells; }
  [[nodiscard]] const Census& census() const { return simulation_.state().census; }
  /// Effectors of each block, in kernel motion.
  [[nodiscard]] const std::vector<std::int64_t>& blocks() const {
    return simulation_.state().blocks.effector;
  }
  [[nodiscard]] const Lattice& lattice() const { return simulation_.model().lattice; }
  [[nodiscard]] const NicheTable& niches() const { return simulation_.model().niches; }

 private:
  void take(ModelState&& state, std::int64_t trial, std::int64_t cells);
  static constexpr std::int64_t hours_per_trial = 1 << 20;

  parallel::Communicator alone_{MPI_COMM_SELF};
  parallel::Simulation simulation_;
  ModelState beginning_;
};

}  // namespace marrow::verify
