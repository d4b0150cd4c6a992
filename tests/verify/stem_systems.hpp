// SPDX-License-Identifier: BSD-3-Clause
// Stem cells alone, on a grid of niches, by single events: the scenarios of the rows on fixation
// and clone growth. Test code.
#pragma once

#include "core/cells/replicas.hpp"
#include "parallel/simulation.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace marrow::verify {

inline constexpr std::int64_t grid_pitch_voxels = 3;
inline constexpr double grid_pitch_um = 30.0;

struct GridSystem {
  std::int64_t edge = 4;    // niches along the edge of one system
  std::int64_t tiles = 1;   // systems along each edge of the lattice
  bool well_mixed = false;  // all niches of a system neighbours, or the six nearest
  StemCellUpdate update = StemCellUpdate::moran_birth_death;
  FitnessActsOn fitness_acts_on = FitnessActsOn::birth;
  std::int64_t events_per_hour = 64;
  double fitness = 1.0;      // of the mutants
  std::int64_t mutants = 0;  // in each system at the start
  bool barcodes = false;

  [[nodiscard]] std::int64_t niches() const { return edge * edge * edge; }
  [[nodiscard]] std::int64_t systems() const { return tiles * tiles * tiles; }
};

inline Parameters parameters_of(const GridSystem& system, std::uint64_t seed) {
  Parameters p;
  p.scenario.name = "verification";
  p.scenario.seed = seed;
  const std::int64_t voxels = system.edge * system.tiles * grid_pitch_voxels;
  p.domain = {{voxels, voxels, voxels}, 10.0, Boundary::periodic};
  p.tissue.source = TissueSource::open;
  p.niches.arrangement = NicheArrangement::grid;
  p.niches.grid_spacing_um = grid_pitch_um;
  p.niches.replica_edge = system.edge;
  const double across = std::sqrt(3.0) * static_cast<double>(system.edge);
  p.hspc.placement_radius_um = grid_pitch_um * (system.well_mixed ? across : 1.0);
  p.hspc.update = system.update;
  p.hspc.fitness_acts_on = system.fitness_acts_on;
  p.hspc.events_per_hour = system.events_per_hour;
  p.clones.barcodes = system.barcodes;
  if (system.mutants > 0) {
    FounderClone mutant;
    mutant.name = "mutant";
    mutant.at = FounderTime::start;
    mutant.cells = system.mutants;
    mutant.growth_per_h = (system.fitness - 1.0) * p.hspc.homeostatic_rate_per_h;
    p.clones.founders.push_back(mutant);
  }
  return p;
}

/// Mutants in each system.
inline std::vector<std::int64_t> mutants_by_system(const parallel::Simulation& simulation) {
  const Model& model = simulation.model();
  const Replicas replicas(model.parameters.niches, model.lattice, model.niche_count());
  std::vector<std::int64_t> mutants;
  for (std::int64_t r = 0; r < replicas.count(); ++r) {
    std::int64_t n = 0;
    for (const std::uint32_t offset : replicas.offsets()) {
      n += simulation.state().niches[replicas.first(r) + offset].clone() == 1 ? 1 : 0;
    }
    mutants.push_back(n);
  }
  return mutants;
}

/// Six significant digits.
inline std::string short_text(double value) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%g", value);
  return buffer;
}

/// Cells of each clone.
inline std::vector<std::int64_t> clone_sizes(const ModelState& state) {
  std::vector<std::int64_t> cells(state.clones.size());
  for (const CellRecord cell : state.niches) ++cells[cell.clone()];
  return cells;
}

}  // namespace marrow::verify
