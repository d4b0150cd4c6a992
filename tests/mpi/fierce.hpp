// SPDX-License-Identifier: BSD-3-Clause
// A small, fierce disease: everything that can happen happens within a few days. Test code.
#pragma once

#include "parallel/simulation.hpp"

#include <algorithm>
#include <vector>

namespace marrow::parallel::test {

inline Parameters fierce(const Index3& extent, Boundary boundary) {
  Parameters p;
  p.scenario.name = "fierce";
  p.scenario.seed = 42;
  p.domain = {extent, 10.0, boundary};
  p.niches.density_per_mm3 = 400;
  p.hspc.homeostatic_rate_per_h = 0.01;
  p.hspc.stress_rate_per_h = 0.05;
  p.hspc.relocation_rate_per_h = 0.01;
  p.tcells.motility_um2_per_h = 20 * 60;
  p.tcells.kill_coefficient_mm3_per_h = 4e-6;
  p.tcells.reference_density_per_mm3 = 4000;
  p.tcells.division_rate_per_h = 0.03;
  p.tcells.death_rate_per_h = 0.003;
  p.tcells.recruitment_per_mm3_h = 2.0;
  p.tcells.trigger = TriggerParameters{5.0, 800.0, 3};
  FounderClone escape;
  escape.name = "escape";
  escape.genotype = hla_lost;
  escape.presentation = 0.0;
  escape.share = 0.05;
  p.clones.founders.push_back(escape);
  MutationClass gpi;
  gpi.name = "piga";
  gpi.genotype = gpi_negative;
  gpi.rate_per_division = 1e-4;
  gpi.presentation = 0.25;
  gpi.growth_per_h = 0.002;
  p.clones.mutations.push_back(gpi);
  return p;
}

inline TherapyEvent event(Drug drug, double at_h, double duration_h = 0.0) {
  TherapyEvent e;
  e.drug = drug;
  e.at_h = at_h;
  e.duration_h = duration_h;
  return e;
}

/// Every switch of the immune system that both motions have, and a treatment that moves cells.
inline Parameters whole_disease(const Index3& extent, Boundary boundary, Motion motion) {
  Parameters p = fierce(extent, boundary);
  p.tcells.motion = motion;
  p.tcells.trigger->clonotypes = motion == Motion::kernel ? 1 : 3;
  p.tcells.exhaustion = ExhaustionParameters{40.0};
  p.tcells.memory = MemoryParameters{0.2, 0.3, 0.001, 0.5};
  p.tcells.cooperativity = CooperativityParameters{3.0, 5.0};
  p.tcells.fas_multiplier = 2.0;
  p.hspc.bystander_rate_per_h = 1e-3;
  p.niches.loss = NicheLossParameters{0.2, 0.05};
  p.tregs = TregParameters{400.0, 0.2, 30.0};
  p.clones.tabulated = true;
  p.clones.standing = true;
  p.clones.n_real = 2e6;
  p.patient.death = DeathParameters{};
  p.patient.transfusion = TransfusionParameters{};
  FounderClone donor;
  donor.name = "donor";
  donor.at = FounderTime::infusion;
  p.clones.founders.push_back(donor);
  p.therapy = {event(Drug::horse_atg, 12.0, 10.0),      event(Drug::cyclosporine, 12.0, 8.0),
               event(Drug::treg_infusion, 14.0),        event(Drug::transplant, 17.0, 2.0),
               event(Drug::antigen_removal, 20.0, 3.0), event(Drug::antigen_challenge, 23.0)};
  p.therapy[1].taper_h = 6.0;
  p.therapy[3].clone = "donor";
  p.therapy[3].dose.value = 3e8;
  return p;
}

inline std::vector<std::uint64_t> digests(const Communicator& comm, const Parameters& parameters,
                                          const Tuning& tuning, int steps) {
  Simulation simulation(comm, parameters, nullptr, tuning);
  simulation.start();
  std::vector<std::uint64_t> all = {simulation.digest()};
  for (int s = 0; s < steps; ++s) {
    simulation.step();
    all.push_back(simulation.digest());
  }
  return all;
}

/// Sends every distributed entry to the rank that owns it, as a checkpoint would.
inline std::vector<FieldColumn> redistributed(const Communicator& world, const Simulation& target,
                                              std::vector<FieldColumn> columns) {
  for (FieldColumn& column : columns) {
    if (column.spec->owner == FieldOwner::replicated) continue;
    const auto index = world.all_gather(std::span<const std::uint64_t>(column.index));
    const auto value = world.all_gather(std::span<const std::uint64_t>(column.value));
    std::vector<std::pair<std::uint64_t, std::uint64_t>> mine;
    for (std::size_t i = 0; i < index.size(); ++i) {
      const int owner = column.spec->index == "block" ? target.owner_of_block(index[i])
                                                      : target.owner_of_site(index[i]);
      if (owner == world.rank()) mine.emplace_back(index[i], value[i]);
    }
    std::ranges::sort(mine);
    column.index.clear();
    column.value.clear();
    for (const auto& [i, v] : mine) {
      column.index.push_back(i);
      column.value.push_back(v);
    }
  }
  return columns;
}

}  // namespace marrow::parallel::test
