// SPDX-License-Identifier: BSD-3-Clause
// The T cells that are counted by block, over all ranks: cytotoxic ones in motion `kernel`,
// regulatory ones in both motions. Owns the ways between blocks and the exchange of ghost counts;
// the counts themselves are state. core/rules/block_walk.hpp has the rules.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/model.hpp"
#include "core/rules/block_walk.hpp"
#include "core/rules/suppression.hpp"
#include "parallel/communicator.hpp"
#include "parallel/decomposition.hpp"
#include "parallel/grid_exchange.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace marrow::parallel {

class BlockMotion {
 public:
  /// Collective. `tissue` holds a voxel around the rank's box.
  BlockMotion(const Communicator& comm, const Decomposition& decomposition, const Model& model,
              const TissueBox& tissue, std::span<const std::uint32_t> own_niches);

  /// Adds a T cell at a voxel of the own box.
  void add_tcell(ModelState& state, const Index3& voxel) const;

  /// Looks at the T cells of this rank's blocks and of those around, for the functions below. To be
  /// called once an hour, when all T cells of the hour have come. Collective.
  void begin_hour(const ModelState& state);
  /// Hazard per hour of a fully presenting stem cell in each own niche, from the effectors'
  /// smoothed density.
  [[nodiscard]] std::vector<double> hazards() const;
  /// What regulatory T cells leave of the others' powers. Collective.
  [[nodiscard]] Suppression suppression() const;
  /// One hour of the cytotoxic T cells. Collective.
  TCellTurnover step_tcells(ModelState& state, const Levels& levels,
                            const Suppression& suppression);
  /// One hour of the regulatory ones: motion, death, supply. Returns this rank's arrivals.
  /// Collective.
  std::int64_t step_tregs(ModelState& state, const Modifiers& drugs);

  /// Hour 0: no cytotoxic T cells, and the regulatory ones that the body keeps.
  void start(ModelState& state) const;
  /// Brings `density_per_mm3` regulatory T cells more to every place. Returns this rank's number.
  std::int64_t infuse_tregs(ModelState& state, double density_per_mm3) const;

  /// Counts know no crowding, so nothing else keeps them within the room that there is: throws
  /// Failure(model_health) on every rank when a block holds more T cells of a kind than voxels.
  /// Collective.
  void check_room(const ModelState& state) const;

 private:
  /// Part of the key of the draws, so that no two arrivals of an hour share them.
  enum class TregArrival : std::uint32_t { supply = 0, at_start = 1, infusion = 2 };

  [[nodiscard]] BlockArray covered(std::span<const std::int64_t> own) const;
  void see_tcells(const ModelState& state);
  void see_tregs(const ModelState& state);
  [[nodiscard]] std::int64_t arrivals_in(std::size_t own_block, double density_per_mm3,
                                         std::uint64_t step, TregArrival how) const;
  std::int64_t add_tregs(ModelState& state, double density_per_mm3, TregArrival how) const;

  const Communicator& comm_;
  const Model& model_;
  GridExchange exchange_;
  BlockSpace space_;
  BlockWays ways_;
  std::vector<std::int64_t> smoothed_room_;  // enterable voxels, by own block
  std::vector<std::uint32_t> niche_block_;   // own block of each own niche
  std::vector<std::uint64_t> own_index_;     // global index of each own block
  BlockPopulation tcells_;                   // of own blocks and those around
  BlockArray tregs_;
};

}  // namespace marrow::parallel
