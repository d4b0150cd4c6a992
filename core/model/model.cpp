// SPDX-License-Identifier: BSD-3-Clause
#include "core/model/model.hpp"

#include "core/math/elementary.hpp"
#include "core/model/failure.hpp"

#include <cmath>
#include <string>
#include <utility>

namespace marrow {
namespace {

/// The voxels in contact with a niche in an open box, and their lattice capacity.
struct ContactSet {
  double voxels;
  double capacity;
};

ContactSet contact_set(ContactRule rule) {
  return rule == ContactRule::adjacent ? ContactSet{26.0, 3.156} : ContactSet{1.0, 0.6594626704};
}

}  // namespace

double hops_per_hour(double motility_um2_per_h, double spacing_um) {
  return std::floor(6.0 * motility_um2_per_h / (spacing_um * spacing_um) + 0.5);
}

std::int64_t hops_per_hour(const TCellParameters& tcells, double spacing_um) {
  return static_cast<std::int64_t>(hops_per_hour(tcells.motility_um2_per_h, spacing_um));
}

KillChance kill_chance(const TCellParameters& tcells, const Lattice& lattice,
                       std::int64_t hops_per_hour, double accessible_share, double contact_voxels,
                       double reference_multiplier) {
  const ContactSet set = contact_set(tcells.contact);
  KillChance k;
  k.coefficient_mm3_per_d = tcells.kill_coefficient_mm3_per_h * 24.0;
  k.accessible_share = accessible_share;
  k.contact_voxels = contact_voxels;
  k.hops_per_day = static_cast<double>(hops_per_hour) * 24.0;
  k.reference_multiplier = reference_multiplier;
  if (tcells.motion == Motion::kernel) return k;  // meets cells by density, not by contacts
  if (!(contact_voxels > 0.0)) return k;
  // kappa of a contact chance of 1 that depletes nothing, in the reference attack.
  const double kappa_per_chance = lattice.voxel_mm3() * contact_voxels * k.hops_per_day *
                                  k.reference_multiplier / accessible_share;
  const double c = (set.voxels / set.capacity - 1.0) * contact_voxels / set.voxels;
  if (tcells.kill_chance) {
    k.per_contact = *tcells.kill_chance;
    k.depletion = 1.0 / (1.0 + c * k.per_contact);
    k.coefficient_mm3_per_d = k.per_contact * k.depletion * kappa_per_chance;
    return k;
  }
  if (k.coefficient_mm3_per_d == 0.0) return k;
  const double effective =
      k.coefficient_mm3_per_d * accessible_share /
      (lattice.voxel_mm3() * contact_voxels * k.hops_per_day * k.reference_multiplier);
  const double p = effective / (1.0 - c * effective);
  if (!(p > 0.0 && p <= 1.0)) {
    throw Failure(ExitCode::scenario,
                  "tcells.kill_coefficient is out of reach: even if every contact killed, " +
                      std::to_string(hops_per_hour) +
                      " hops per hour would not give it. Raise tcells.motility or lower "
                      "tcells.kill_coefficient.");
  }
  k.per_contact = p;
  k.depletion = 1.0 / (1.0 + c * p);
  return k;
}

double reference_multiplier(const TCellParameters& tcells) {
  if (!tcells.cooperativity) return tcells.fas_multiplier;
  // A sublethal hit is as likely as a kill without this factor: hazard kappa·density over the
  // factor itself, found by iteration (a contraction: the slope is below (factor-1)·0.04 at the
  // defaults).
  const CooperativityParameters& c = *tcells.cooperativity;
  const double hazard_per_h = tcells.kill_coefficient_mm3_per_h * tcells.reference_density_per_mm3;
  double factor = 1.0;
  for (int i = 0; i < 200; ++i) {
    factor =
        0.5 * (factor + 1.0 + (c.factor - 1.0) * one_minus_exp(hazard_per_h * c.window_h / factor));
  }
  return factor * tcells.fas_multiplier;
}

Model::Model(const Parameters& p, NicheTable niche_table, double accessible_share,
             double contact_voxels)
    : parameters(p),
      lattice(p.lattice()),
      niches(std::move(niche_table)),
      draws(p.scenario.seed),
      hops_per_hour(marrow::hops_per_hour(p.tcells, p.domain.spacing_um)),
      engagement_substeps(static_cast<std::uint32_t>(
          std::floor(p.tcells.engagement_h * static_cast<double>(hops_per_hour) + 0.5))),
      kill(kill_chance(p.tcells, lattice, hops_per_hour, accessible_share, contact_voxels,
                       reference_multiplier(p.tcells))),
      mutations(p.clones.active_mutations()) {
  const double supply = p.clones.n_real / static_cast<double>(niche_count());
  for (const MutationClass& m : mutations) {
    mutation_chance.push_back(Threshold::of(m.rate_per_division * supply));
  }
}

}  // namespace marrow
