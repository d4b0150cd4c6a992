// SPDX-License-Identifier: BSD-3-Clause
// The cytokine fields of a run, over all ranks: gathers the T cells' hours, solves once a period,
// and tells niches, walkers and doors what they feel. The fields are a function of the gathered
// hours alone, so only these are state (core/signals has the equations).
#pragma once

#include "core/cells/state.hpp"
#include "core/cells/swarm.hpp"
#include "core/model/model.hpp"
#include "core/rules/chemotaxis.hpp"
#include "core/rules/niche_clocks.hpp"
#include "core/signals/signal_fields.hpp"
#include "core/signals/signal_sources.hpp"
#include "parallel/communicator.hpp"
#include "parallel/decomposition.hpp"
#include "parallel/grid_exchange.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace marrow::parallel {

class Signals {
 public:
  /// `parameters.signals` must be there. `reach_voxels`: how far around the own box T cells walk.
  Signals(const Communicator& comm, const Decomposition& decomposition, const Model& model,
          const TissueBox& tissue, std::int64_t reach_voxels);

  /// An hour of the T cells that secrete: effectors and engaged ones in the own box.
  void gather(const TCellSwarm& swarm);
  /// The fields of the period that ends now. Collective.
  void solve();

  /// What the own niches feel.
  [[nodiscard]] std::vector<NicheSignal> ifn_at(std::span<const std::uint32_t> own_niches) const;
  [[nodiscard]] double tnf_at(std::uint32_t niche) const;
  /// The walkers' bias; null without chemotaxis or before the first fields.
  [[nodiscard]] const ChemotaxisMap* chemotaxis() const;
  /// Whether the chemokine lets an arrival of this step in.
  [[nodiscard]] bool admits(SiteIndex site, const Index3& voxel, std::uint64_t step) const;

  [[nodiscard]] const SignalFields& fields() const { return fields_; }

  /// A level that is no number, for tests of the health check.
  void spoil() { fields_.spoil(); }

  void save(ModelState& state) const;
  /// Takes the gathered hours from a state and solves for its fields. Collective.
  void restore(const ModelState& state);

 private:
  void solve_for(std::vector<SignalSource> source);
  void map_chemotaxis(double mean_level);

  const Communicator& comm_;
  const Model& model_;
  SignalGrid grid_;
  GridExchange exchange_;  // of the fields
  SignalFields fields_;
  SignalSources gathering_;
  std::vector<SignalSource> source_;  // of the present fields
  double mean_level_ = 0;             // of each present field over the open cells
  std::optional<GridExchange> wide_;  // of the bias, as far as T cells walk
  ChemotaxisMap chemotaxis_;
};

}  // namespace marrow::parallel
