// SPDX-License-Identifier: BSD-3-Clause
#include "core/model/model.hpp"

#include "core/math/elementary.hpp"
#include "core/model/failure.hpp"

#include <algorithm>
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

namespace {

/// Chance per contact of `p` and what repeated contacts leave of it: p·q(p).
double effective_chance(double p, double c) { return p / (1.0 + c * p); }

/// Hazard of the reference attack per hour.
double reference_hazard_per_h(const TCellParameters& tcells) {
  return tcells.kill_coefficient_mm3_per_h * tcells.reference_density_per_mm3;
}

/// Chance that a stem cell which has been under an attack for long is killed within an hour, when
/// it is hit with `hazard` or, while it remembers a wound, with `wounded`. Wounds come as kills do
/// without one, and count from the next hour on. The share that remembers one is the
/// quasi-stationary one among the living: those wounded j + 1 hours ago have escaped death and
/// another wound for j hours, while the living as a whole became fewer.
double hourly_loss(double hazard, double wounded, double window_h) {
  const double unhurt_loss = one_minus_exp(hazard);
  const double wounded_loss = one_minus_exp(wounded);
  const double again = std::min(unhurt_loss, 1.0 - wounded_loss);
  double share = 0.0;
  double loss = unhurt_loss;
  for (int i = 0; i < 200 && loss < 1.0; ++i) {
    const double fresh = (unhurt_loss + share * (again - unhurt_loss)) / (1.0 - loss);
    const double stays = (1.0 - wounded_loss - again) / (1.0 - loss);
    double remember = 0.0;
    for (double hour = 0.0; hour < window_h; ++hour) remember = fresh + stays * remember;
    share = 0.5 * (share + std::min(1.0, remember));
    loss = unhurt_loss + share * (wounded_loss - unhurt_loss);
  }
  return loss;
}

/// The largest x up to `most` for which hazards `unhurt(x)` and `wounded(x)` do not kill more than
/// the reference attack.
template <typename Hazard, typename Wounded>
double with_wounds(const TCellParameters& tcells, double most, const Hazard& unhurt,
                   const Wounded& wounded) {
  const double wanted = one_minus_exp(reference_hazard_per_h(tcells));
  double low = 0.0;
  double high = most;
  for (int i = 0; i < 60; ++i) {
    const double x = 0.5 * (low + high);
    const double loss = hourly_loss(unhurt(x), wounded(x), tcells.cooperativity->window_h);
    (loss < wanted ? low : high) = x;
  }
  return high;
}

/// m_c where hazards are in proportion to their factors.
double well_mixed_cooperativity(const TCellParameters& tcells) {
  const double reference = reference_hazard_per_h(tcells);
  if (!tcells.cooperativity || reference == 0.0) return 1.0;
  const double factor = tcells.cooperativity->factor;
  return reference / with_wounds(
                         tcells, reference, [](double h) { return h; },
                         [factor](double h) { return factor * h; });
}

/// The chance of a contact without a wound that gives the reference attack its kappa; `alone` is
/// the one without cooperativity, `c` that of p·q(p).
double contact_with_wounds(const TCellParameters& tcells, double alone, double c) {
  const double per_chance = reference_hazard_per_h(tcells) / effective_chance(alone, c);
  const double factor = tcells.cooperativity->factor;
  const auto hazard = [&](double x) { return per_chance * effective_chance(x, c); };
  return with_wounds(tcells, alone, hazard,
                     [&](double x) { return hazard(std::min(1.0, factor * x)); });
}

}  // namespace

KillChance kill_chance(const TCellParameters& tcells, const Lattice& lattice,
                       std::int64_t hops_per_hour, double accessible_share, double contact_voxels) {
  const ContactSet set = contact_set(tcells.contact);
  const double fas = tcells.fas_multiplier;
  KillChance k;
  k.coefficient_mm3_per_d = tcells.kill_coefficient_mm3_per_h * 24.0;
  k.accessible_share = accessible_share;
  k.contact_voxels = contact_voxels;
  k.hops_per_day = static_cast<double>(hops_per_hour) * 24.0;
  k.reference_multiplier = fas * well_mixed_cooperativity(tcells);
  if (tcells.motion == Motion::kernel) return k;  // meets cells by density, not by contacts
  if (!(contact_voxels > 0.0)) return k;
  // kappa of a contact chance of 1 that depletes nothing.
  const double kappa_per_chance =
      lattice.voxel_mm3() * contact_voxels * k.hops_per_day / accessible_share;
  const double c = (set.voxels / set.capacity - 1.0) * contact_voxels / set.voxels;
  if (tcells.kill_chance) {
    k.per_contact = *tcells.kill_chance;
    const double x = std::min(1.0, fas * k.per_contact);
    k.reference_multiplier = k.per_contact > 0.0 ? x / k.per_contact : fas;
    k.depletion = 1.0 / (1.0 + c * x);
    k.coefficient_mm3_per_d = x * k.depletion * kappa_per_chance;
    return k;
  }
  if (k.coefficient_mm3_per_d == 0.0) return k;
  const double effective = k.coefficient_mm3_per_d * accessible_share /
                           (lattice.voxel_mm3() * contact_voxels * k.hops_per_day);
  double x = effective / (1.0 - c * effective);
  if (!(x > 0.0 && x <= 1.0)) {
    throw Failure(ExitCode::scenario,
                  "tcells.kill_coefficient is out of reach: even if every contact killed, " +
                      std::to_string(hops_per_hour) +
                      " hops per hour would not give it. Raise tcells.motility or lower "
                      "tcells.kill_coefficient.");
  }
  if (tcells.cooperativity) x = contact_with_wounds(tcells, x, c);
  k.per_contact = x / fas;
  k.reference_multiplier = fas * effective / effective_chance(x, c);
  k.depletion = 1.0 / (1.0 + c * x);
  return k;
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
      kill(kill_chance(p.tcells, lattice, hops_per_hour, accessible_share, contact_voxels)),
      mutations(p.clones.active_mutations()) {
  const double supply = p.clones.n_real / static_cast<double>(niche_count());
  for (const MutationClass& m : mutations) {
    mutation_chance.push_back(Threshold::of(m.rate_per_division * supply));
  }
}

}  // namespace marrow
