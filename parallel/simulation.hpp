// SPDX-License-Identifier: BSD-3-Clause
// One simulated marrow on any number of ranks: owns the tissue, the cells and the patient, and
// advances them hour by hour (core/MODEL.md, "Process overview and scheduling"). Results are a
// function of parameters and seed alone. Knows nothing of files or terminals.
#pragma once

#include "core/cells/niche_index.hpp"
#include "core/cells/niche_sites.hpp"
#include "core/cells/state.hpp"
#include "core/cells/swarm.hpp"
#include "core/model/model.hpp"
#include "core/patient/hematopoiesis.hpp"
#include "core/rules/levels.hpp"
#include "core/rules/standing_variation.hpp"
#include "core/rules/stem_cells.hpp"
#include "core/rules/suppression.hpp"
#include "core/rules/tcell_fate.hpp"
#include "core/tissue/imported_tissue.hpp"
#include "parallel/admission.hpp"
#include "parallel/block_motion.hpp"
#include "parallel/communicator.hpp"
#include "parallel/decomposition.hpp"
#include "parallel/ghost_exchange.hpp"
#include "parallel/ground.hpp"
#include "parallel/replacement.hpp"
#include "parallel/signals.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace marrow::parallel {

/// Choices that change speed and nothing else.
struct Tuning {
  std::int64_t slab_voxels = 16;
  std::int64_t hops_per_exchange = 0;  // 0: from the parameters, or from the boxes
};

/// See Simulation::spoil.
enum class Spoiling { patient, signals, lost_tcell };

class Simulation {
 public:
  /// Collective: divides the lattice, builds the tissue, derives the model. The state is empty
  /// until start() or restore(). `imported`: non-null on every rank for tissue from an image
  /// (content on the root), null for procedural tissue.
  Simulation(const Communicator& comm, const Parameters& parameters,
             const ImportedTissue* imported = nullptr, const Tuning& tuning = {});
  /// The same on a ground that is there: prepare_ground(comm, p) with same_ground(p, parameters).
  Simulation(const Communicator& comm, const Parameters& parameters,
             std::shared_ptr<const Ground> ground, const Tuning& tuning = {});

  /// The marrow at hour 0: every niche filled, no T cells, a healthy patient.
  void start();
  /// The state of a checkpoint; `columns` hold this rank's share (see owner_of_site, own_blocks).
  void restore(std::span<const FieldColumn> columns);

  /// One hour. Collective.
  void step();

  [[nodiscard]] const Model& model() const { return model_; }
  /// The clones that arose before the start, as placed at hour 0.
  [[nodiscard]] const StandingCensus& standing() const { return standing_; }
  [[nodiscard]] const Tissue& tissue() const { return ground_->tissue; }
  [[nodiscard]] const Decomposition& decomposition() const { return ground_->decomposition; }
  [[nodiscard]] const Box& own() const { return own_; }
  [[nodiscard]] std::int64_t hops_per_exchange() const { return ground_->window; }

  /// The state between steps without the T cells, which live in the swarm; see snapshot().
  [[nodiscard]] const ModelState& state() const { return state_; }
  /// The whole state of this rank, T cells in ascending site order.
  [[nodiscard]] ModelState snapshot() const;
  /// What could not happen as the scenario asked, in words.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
  /// Throws SickState on every rank when the state of any is sick (core/observe/health.hpp).
  /// Collective.
  void check_health() const;
  /// For tests of that check and of the balance of T cells, on this rank alone: a blood count or
  /// a cytokine level that is no number, a T cell that vanishes.
  void spoil(Spoiling how);
  /// Digest of the whole lattice. Collective.
  [[nodiscard]] std::uint64_t digest() const;
  /// The cytokine fields of the present period, if the scenario has any.
  [[nodiscard]] const SignalFields* signals() const {
    return signals_ ? &signals_->fields() : nullptr;
  }
  /// Hematopoietic level averaged over the marrow, 1 = healthy. Collective.
  [[nodiscard]] double hematopoiesis() const;
  [[nodiscard]] int owner_of_site(SiteIndex site) const;
  [[nodiscard]] int owner_of_block(std::uint64_t block) const;

 private:
  void place_founders_now(FounderTime when);
  void apply_due_events();
  void treat(std::size_t event);
  void admit_tcells(std::int64_t count);
  void attack_stem_cells(const Levels& levels);
  void walk_tcells(const Levels& levels);
  void turn_over(const Levels& levels);
  void settle_stem_cells(const Levels& levels);
  void advance_signals();
  void advance_patient(const Levels& levels);
  void close_step(const Levels& levels);

  [[nodiscard]] bool tcells_present() const { return state_.census.tcells() + admitted_ > 0; }
  [[nodiscard]] bool kernel() const { return model_.parameters.tcells.motion == Motion::kernel; }
  [[nodiscard]] NicheSites::Contact contact_at(const NicheSite& site, const Levels& levels) const;
  std::int64_t& count(Counter which) { return state_.counters[static_cast<std::size_t>(which)]; }
  void census_of_tcells();
  void check_tcell_balance(const Census& before) const;

  const Communicator& comm_;
  std::shared_ptr<const Ground> ground_;
  Box own_;
  Model model_;
  GhostExchange ghosts_;
  NicheIndex neighbourhoods_;
  NicheSites niche_sites_;
  HematopoiesisMap hematopoiesis_map_;
  TCellSwarm swarm_;
  std::vector<std::uint32_t> own_niches_;
  Admission admission_;
  std::optional<BlockMotion> blocks_;  // motion kernel, or regulatory T cells
  std::optional<Signals> signals_;
  std::optional<Replacement> replacement_;  // unless stem cells act all at once

  ModelState state_;
  StandingCensus standing_;
  std::vector<std::string> notes_;
  Suppression suppression_;  // of the present step
  // Of the present step, own niches, ascending:
  std::vector<std::uint32_t> hits_;
  std::vector<std::uint32_t> wounds_;
  std::int64_t admitted_ = 0;  // T cells that entered in the present step, all ranks
  TCellTurnover turnover_;     // of the present step, this rank's until close_step
};

}  // namespace marrow::parallel
