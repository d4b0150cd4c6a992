// SPDX-License-Identifier: BSD-3-Clause
// What stays the same through a run: the parameters, the lattice, the niches, and the numbers
// derived from them once. Rules read it; nothing writes it after set-up.
#pragma once

#include "core/model/parameters.hpp"
#include "core/random/draws.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <cstdint>
#include <vector>

namespace marrow {

/// The chance that one contact kills, derived from the kill coefficient, with its parts for
/// printing (MODEL.md, "From the kill coefficient to a chance").
struct KillChance {
  double per_contact = 0;            // p: for eps = 1 and every other multiplier at 1
  double coefficient_mm3_per_d = 0;  // kappa
  double accessible_share = 0;       // f_acc: share of the box that T cells may enter
  double contact_voxels = 0;         // mean number of enterable voxels around a niche
  double hops_per_day = 0;
  double depletion = 1;  // q: a missed target is likely missed again soon, so p q counts
  double reference_multiplier =
      1;  // m_ref: product of all kill multipliers in the reference attack
};

/// p from kappa: x·q(x)·m_c = kappa·f_acc / (a^3·n·hops per day) for the chance x = p·phi of a
/// contact in the reference attack (A = 1, no drug, eps = 1), phi being interferon on Fas and m_c
/// the mean factor of cooperativity there; m_ref = phi·m_c. q(x) = 1/(1 + c·x) with
/// c = (26/cap - 1)·n/26, where cap = 3.156 is the lattice capacity of the 26-neighbour contact set
/// (Montroll & Weiss 1965 J Math Phys 6:167). Throws Failure(scenario) when no x <= 1 gives the
/// asked kappa. A kill chance given directly is p, and kappa follows from it. Contact in the
/// niche's own voxel has n = 1 and the capacity of one site, 0.65946 for 1. In kernel motion there
/// are no contacts: m_ref is that of the well-mixed attack.
KillChance kill_chance(const TCellParameters& tcells, const Lattice& lattice,
                       std::int64_t hops_per_hour, double accessible_share, double contact_voxels);

/// Hop sub-steps of one hour: round(6·motility/a^2·1 h), the six faces taken at rate 6 D/a^2.
double hops_per_hour(double motility_um2_per_h, double spacing_um);
/// The same as a count; the scenario reader has seen that it is one.
std::int64_t hops_per_hour(const TCellParameters& tcells, double spacing_um);

struct Model {
  Parameters parameters;
  Lattice lattice;
  NicheTable niches;
  Draws draws;
  std::int64_t hops_per_hour = 0;
  std::uint32_t engagement_substeps = 0;
  KillChance kill;
  std::vector<MutationClass> mutations;    // those that strike, by number
  std::vector<Threshold> mutation_chance;  // of each at one division, scaled to the box

  Model(const Parameters& p, NicheTable niche_table, double accessible_share,
        double contact_voxels);

  /// N_real/K: how many stem cells of the patient one niche of the box stands for.
  [[nodiscard]] double real_cells_per_niche() const {
    return parameters.clones.n_real / static_cast<double>(niche_count());
  }
  [[nodiscard]] std::int64_t niche_count() const {
    return static_cast<std::int64_t>(niches.size());
  }
};

}  // namespace marrow
