// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/block_motion.hpp"

#include "core/math/elementary.hpp"
#include "core/model/failure.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace marrow::parallel {
namespace {

BlockSpace space_with_ghosts(const TissueBox& tissue, const Lattice& lattice, const Box& own,
                             GridExchange& exchange) {
  BlockSpace space = count_block_space(tissue, lattice, own);
  exchange.refresh(std::span(space.enterable));
  return space;
}

double supply_share(const TregParameters& tregs) {
  constexpr double ln2 = 0x1.62e42fefa39efp-1;
  return one_minus_exp(ln2 / tregs.half_life_h);
}

}  // namespace

BlockMotion::BlockMotion(const Communicator& comm, const Decomposition& decomposition,
                         const Model& model, const TissueBox& tissue,
                         std::span<const std::uint32_t> own_niches)
    : comm_(comm),
      model_(model),
      exchange_(comm, decomposition, model.lattice, block_edge),
      space_(space_with_ghosts(tissue, model.lattice, decomposition.box(comm.rank()), exchange_)),
      ways_(space_, model.lattice, model.parameters.tcells.motility_um2_per_h),
      smoothed_room_(smoothed_blocks(ways_, space_.enterable)),
      own_index_(blocks_of(model.lattice, decomposition.box(comm.rank()))) {
  for (std::size_t face = 0; face < 6; ++face) {
    std::vector<std::uint64_t> ends = ways_.ends(face);
    exchange_.refresh(std::span(ends));
    ways_.set_ends(face, ends);
  }
  for (const std::uint32_t n : own_niches) {
    const Index3 block = BlockGrid::block_of(model.lattice.position(model.niches[n].site));
    niche_block_.push_back(static_cast<std::uint32_t>(offset_in(ways_.own(), block)));
  }
}

void BlockMotion::add_tcell(ModelState& state, const Index3& voxel) const {
  const Index3 block = BlockGrid::block_of(voxel);
  ++state.blocks.effector[static_cast<std::size_t>(offset_in(ways_.own(), block))];
}

/// The counts of own blocks in an array with ghosts.
BlockArray BlockMotion::covered(std::span<const std::int64_t> own) const {
  if (own.size() != own_index_.size()) return {};  // a kind that the scenario does not have
  BlockArray counts(ways_.blocks(), 0);
  auto from = own.begin();
  ways_.for_each_own_row([&](std::size_t row, std::size_t length) {
    std::copy_n(from, length, counts.begin() + static_cast<std::ptrdiff_t>(row));
    from += static_cast<std::ptrdiff_t>(length);
  });
  return counts;
}

void BlockMotion::see_tcells(const ModelState& state) {
  const BlockCounts& counts = state.blocks;
  tcells_ = {covered(counts.effector), covered(counts.exhausted), covered(counts.memory)};
  std::vector<std::span<std::int64_t>> kinds;
  for (BlockArray* kind : {&tcells_.effector, &tcells_.exhausted, &tcells_.memory}) {
    if (!kind->empty()) kinds.emplace_back(*kind);
  }
  exchange_.refresh(std::span<const std::span<std::int64_t>>(kinds));
}

void BlockMotion::see_tregs(const ModelState& state) {
  tregs_ = covered(state.blocks.tregs);
  exchange_.refresh(std::span(tregs_));
}

void BlockMotion::begin_hour(const ModelState& state) {
  if (model_.parameters.tcells.motion == Motion::kernel) see_tcells(state);
  if (model_.parameters.tregs) see_tregs(state);
}

std::vector<double> BlockMotion::hazards() const {
  const std::vector<std::int64_t> near = smoothed_blocks(ways_, tcells_.effector);
  const KillChance& kill = model_.kill;
  const double per_density = kill.coefficient_mm3_per_d / 24.0 * kill.accessible_share /
                             (model_.lattice.voxel_mm3() * kill.reference_multiplier);
  std::vector<double> hazard(niche_block_.size(), 0.0);
  for (std::size_t i = 0; i < hazard.size(); ++i) {
    const std::uint32_t block = niche_block_[i];
    if (near[block] == 0) continue;
    hazard[i] =
        per_density * static_cast<double>(near[block]) / static_cast<double>(smoothed_room_[block]);
  }
  return hazard;
}

TCellTurnover BlockMotion::step_tcells(ModelState& state, const Levels& levels,
                                       const Suppression& suppression) {
  TCellTurnover turnover;
  BlockCounts& counts = state.blocks;
  for (std::uint32_t round = 0; round < ways_.rounds_per_hour(); ++round) {
    if (round > 0) see_tcells(state);
    BlockPopulation after;
    walk_blocks(ways_, model_, levels, suppression, static_cast<std::uint64_t>(state.step), round,
                tcells_, after, turnover);
    counts.effector = ways_.own_part(after.effector);
    if (!after.exhausted.empty()) counts.exhausted = ways_.own_part(after.exhausted);
    if (!after.memory.empty()) counts.memory = ways_.own_part(after.memory);
  }
  return turnover;
}

std::int64_t BlockMotion::arrivals_in(std::size_t own_block, double density_per_mm3,
                                      std::uint64_t step, TregArrival how) const {
  const Index3 blocks = ways_.own().extent();
  const auto i = static_cast<std::int64_t>(own_block);
  const Index3 block =
      ways_.own().lo + Index3{i % blocks.x, i / blocks.x % blocks.y, i / (blocks.x * blocks.y)};
  const auto room = static_cast<double>(space_.enterable[space_.offset(block)]);
  // The density is of the whole box: what bone and vessels take up makes the marrow denser.
  const double mean =
      density_per_mm3 * room * model_.lattice.voxel_mm3() / model_.kill.accessible_share;
  const double whole = std::floor(mean);
  const std::uint64_t u = model_
                              .draws(Purpose::block_influx, Entity::block, own_index_[own_block],
                                     step, static_cast<std::uint32_t>(how))
                              .first;
  return static_cast<std::int64_t>(whole) + (Threshold::of(mean - whole).happens(u) ? 1 : 0);
}

void BlockMotion::start(ModelState& state) const {
  const TCellParameters& tcells = model_.parameters.tcells;
  const std::size_t blocks = own_index_.size();
  if (tcells.motion == Motion::kernel) {
    state.blocks.effector.assign(blocks, 0);
    if (tcells.exhaustion) state.blocks.exhausted.assign(blocks, 0);
    if (tcells.memory) state.blocks.memory.assign(blocks, 0);
  }
  if (!model_.parameters.tregs) return;
  state.blocks.tregs.assign(blocks, 0);
  add_tregs(state, model_.parameters.tregs->density_per_mm3, TregArrival::at_start);
}

std::int64_t BlockMotion::infuse_tregs(ModelState& state, double density_per_mm3) const {
  return add_tregs(state, density_per_mm3, TregArrival::infusion);
}

std::int64_t BlockMotion::add_tregs(ModelState& state, double density_per_mm3,
                                    TregArrival how) const {
  std::int64_t added = 0;
  for (std::size_t b = 0; b < own_index_.size(); ++b) {
    const std::int64_t n =
        arrivals_in(b, density_per_mm3, static_cast<std::uint64_t>(state.step), how);
    state.blocks.tregs[b] += n;
    added += n;
  }
  return added;
}

std::int64_t BlockMotion::step_tregs(ModelState& state, const Modifiers& drugs) {
  const TregParameters& tregs = *model_.parameters.tregs;
  const double supply = supply_share(tregs);
  const double survival = (1.0 - supply) * (1.0 - one_minus_exp(drugs.treg_loss_per_h));
  const auto step = static_cast<std::uint64_t>(state.step);
  for (std::uint32_t round = 0; round < ways_.rounds_per_hour(); ++round) {
    if (round > 0) see_tregs(state);
    BlockArray after;
    walk_tregs(ways_, model_.draws, 1.0 - survival, step, round, tregs_, after);
    state.blocks.tregs = ways_.own_part(after);
  }
  return add_tregs(state, tregs.density_per_mm3 * supply, TregArrival::supply);
}

Suppression BlockMotion::suppression() const {
  struct BlockFreedom {
    std::uint64_t block;
    double freedom;
  };
  const std::vector<std::int64_t> near = smoothed_blocks(ways_, tregs_);
  const TregParameters& tregs = *model_.parameters.tregs;
  const double per_voxel = model_.kill.accessible_share / model_.lattice.voxel_mm3();
  std::vector<BlockFreedom> mine;
  for (std::size_t b = 0; b < own_index_.size(); ++b) {
    const double density = smoothed_room_[b] == 0 ? tregs.density_per_mm3
                                                  : per_voxel * static_cast<double>(near[b]) /
                                                        static_cast<double>(smoothed_room_[b]);
    mine.push_back({own_index_[b], freedom_at(density, tregs,
                                              model_.parameters.tcells.reference_density_per_mm3)});
  }
  Suppression all{BlockGrid(model_.lattice.extent), {}};
  all.freedom.assign(static_cast<std::size_t>(all.grid.count()), 1.0);
  for (const BlockFreedom& one : comm_.all_gather(std::span<const BlockFreedom>(mine))) {
    all.freedom[one.block] = one.freedom;
  }
  return all;
}

void BlockMotion::check_room(const ModelState& state) const {
  constexpr std::int64_t room = block_edge * block_edge * block_edge;
  const BlockCounts& blocks = state.blocks;
  std::int64_t most = 0;
  for (const auto* kind : {&blocks.effector, &blocks.exhausted, &blocks.memory, &blocks.tregs}) {
    if (!kind->empty()) most = std::max(most, *std::ranges::max_element(*kind));
  }
  if (comm_.max(most) <= room) return;
  throw Failure(ExitCode::model_health,
                "at hour " + std::to_string(state.step) +
                    " a block of 16^3 voxels holds more T cells than voxels: fewer of them have to "
                    "come (tcells.trigger.influx, recruitment, division_rate, reference_density; "
                    "tregs.density and the dose of treg_infusion)");
}

}  // namespace marrow::parallel
