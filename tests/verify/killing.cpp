// SPDX-License-Identifier: BSD-3-Clause
// Stem cells among walking T cells: survival under perfect and imperfect killing, in contact by
// voxel and by neighbourhood, and under the hazard of kernel motion.
#include "core/random/draws.hpp"
#include "tests/verify/checks.hpp"
#include "tests/verify/lattice_walk.hpp"
#include "tests/verify/statistics.hpp"
#include "tests/verify/walkers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <string>

namespace marrow::verify {
namespace {

constexpr const char* section = "4.10";

std::string text(const char* format, double value) {
  char out[64];
  std::snprintf(out, sizeof out, format, value);
  return out;
}

bool touches(const Lattice& lattice, const Index3& niche, const Index3& p, ContactRule rule) {
  const std::int64_t reach = contact_reach(rule);
  for (std::int64_t i = 0; i < 27; ++i) {
    const Index3 d{i % 3 - 1, i / 3 % 3 - 1, i / 9 - 1};
    if (std::max({std::abs(d.x), std::abs(d.y), std::abs(d.z)}) > reach) continue;
    if (wrapped(lattice, niche + d) == p) return true;
  }
  return false;
}

/// The law of one walker among stem cells on `targets`, begun evenly on all sites but those.
WalkerLaw walker_among(const Lattice& lattice, const std::vector<SiteIndex>& targets, double p,
                       ContactRule rule) {
  const auto sites = static_cast<std::size_t>(volume(lattice.extent));
  std::vector<double> kill(sites, 0.0);
  std::vector<double> start(sites, 1.0 / static_cast<double>(sites - targets.size()));
  std::vector<std::uint8_t> closed;
  if (rule == ContactRule::adjacent) closed.assign(sites, 0);
  for (const SiteIndex target : targets) {
    start[target] = 0.0;
    if (!closed.empty()) closed[target] = 1;
    const Index3 at = lattice.position(target);
    for (SiteIndex s = 0; s < sites; ++s) {
      if (touches(lattice, at, lattice.position(s), rule)) kill[s] = p;
    }
  }
  WalkerLaw law(lattice, std::move(kill), closed);
  law.start(std::move(start));
  return law;
}

struct Attack {
  ContactRule rule;
  double chance;
  std::int64_t walkers;
  const char* name;
  const char* curve = "";
};

Parameters scene(const Attack& attack, std::int64_t edge, std::int64_t niches, std::int64_t hops,
                 std::uint64_t seed) {
  Parameters p = walkers_only({edge, edge, edge}, niches, hops);
  p.scenario.seed = seed;
  p.tcells.contact = attack.rule;
  p.tcells.kill_chance = attack.chance;
  const double per_mm3 = static_cast<double>(attack.walkers) / p.lattice().volume_mm3();
  p.tcells.trigger = TriggerParameters{0.0, per_mm3, CellRecord::max_clone};
  return p;
}

/// One stem cell among T cells that enter anywhere but on it: with M independent walkers on a torus
/// S(n) = (1 - q_n)^M, q_n the chance that one of them has killed by hop n.
void target_among_walkers(Verifier& verify, const Attack& attack, std::uint64_t first_seed,
                          std::int64_t trials) {
  constexpr std::int64_t edge = 32;
  constexpr std::int64_t hops = 250;
  constexpr std::array<std::int64_t, 2> hours = {4, 16};
  constexpr std::int64_t per_box = 25;
  const auto results = verify.over_seeds(first_seed, trials / per_box, [&](std::uint64_t seed) {
    WalkerBox box(scene(attack, edge, 1, hops, seed), 2);
    std::vector<double> times;
    for (std::int64_t i = 0; i < per_box; ++i) {
      box.begin(i, {});
      const auto time = box.substeps_to_kill(hours.back());
      times.push_back(static_cast<double>(time.value_or(hops * hours.back() + 1)));
    }
    return times;
  });
  const Lattice lattice{{edge, edge, edge}, true, 10.0};
  WalkerLaw law = walker_among(lattice, {lattice.site({16, 16, 16})}, attack.chance, attack.rule);
  const std::vector<double> distinct = distinct_sites(hops * hours.back());
  const auto density =
      static_cast<double>(attack.walkers) / static_cast<double>(edge * edge * edge);
  std::int64_t n = 0;
  Curve curve{attack.curve, "hops", "surviving", {}, false, false};
  curve.lines = {{"exact", {}, {}, true}, {"simulated", {}, {}, false}};
  for (const std::int64_t hour : hours) {
    for (; n < hour * hops; ++n) law.hop();
    const double theory = std::pow(law.surviving(), static_cast<double>(attack.walkers));
    double alive = 0.0;
    for (const auto& times : results) {
      for (const double t : times) alive += t > static_cast<double>(n) ? 1.0 : 0.0;
    }
    std::string conditions = "32^3 periodic, " + std::to_string(attack.walkers) +
                             " T cells, p = " + text("%g", attack.chance) + ", " +
                             std::to_string(n) + " hops";
    if (attack.rule == ContactRule::same_voxel && attack.chance == 1.0) {
      conditions += "; exp(-rho (<R_n> - 1)) = " +
                    text("%.4f", std::exp(-density * (distinct[static_cast<std::size_t>(n)] - 1)));
    }
    const Measurement m = share(alive, static_cast<double>(trials), theory);
    verify.random(section, std::string("survival of a stem cell, contact in ") + attack.name,
                  conditions, theory, m);
    curve.lines[0].x.push_back(static_cast<double>(n));
    curve.lines[0].y.push_back(theory);
    curve.lines[1].x.push_back(static_cast<double>(n));
    curve.lines[1].y.push_back(m.mean);
  }
  verify.curve(std::move(curve));
}

/// Mean time until one T cell on a small torus kills by its 26-neighbour contacts.
void adjacent_kill_times(Verifier& verify) {
  constexpr std::int64_t edge = 8;
  constexpr std::int64_t hops = 200;
  constexpr std::int64_t per_box = 25;
  const Lattice lattice{{edge, edge, edge}, true, 10.0};
  std::uint64_t first_seed = 61'000'000;
  for (const double p : {1.0, 0.1, 0.01}) {
    const Attack attack{ContactRule::adjacent, p, 1, "the 26 neighbours"};
    const std::int64_t trials = verify.effort(p < 0.05 ? 750 : 3000, p < 0.05 ? 7500 : 30000);
    const auto results = verify.over_seeds(first_seed, trials / per_box, [&](std::uint64_t seed) {
      WalkerBox box(scene(attack, edge, 1, hops, seed), 2);
      std::vector<double> times;
      for (std::int64_t i = 0; i < per_box; ++i) {
        box.begin(i, {});
        times.push_back(static_cast<double>(box.substeps_to_kill(1 << 18).value()));
      }
      return times;
    });
    std::vector<double> all;
    for (const auto& times : results) all.insert(all.end(), times.begin(), times.end());
    const Law law = walker_among(lattice, {0}, p, attack.rule).time();
    verify.random(section, "mean time to a kill by 26-neighbour contact, hops",
                  "8^3 periodic, one T cell, one stem cell, p = " + text("%g", p), law.mean,
                  mean_by_law(all, law));
    first_seed += 1'000'000;
  }
}

/// The constants behind "from the kill coefficient to a chance".
void contact_constants(Verifier& verify) {
  const Lattice open{{64, 64, 64}, true, 10.0};
  TCellParameters marker;
  marker.contact = ContactRule::same_voxel;
  const double escape = escape_chance();
  for (const double p : {1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01}) {
    marker.kill_chance = p;
    const KillChance k = kill_chance(marker, open, 180, 1.0, 1.0);
    verify.exact(section, "long-time rate per T cell density and hop: p (1-F)/(1-(1-p) F)",
                 "the program's p q, same voxel, p = " + text("%g", p),
                 p * escape / (1.0 - (1.0 - p) * (1.0 - escape)), k.per_contact * k.depletion,
                 1e-7);
  }
  TCellParameters adjacent;
  adjacent.kill_chance = 1.0;
  const KillChance k = kill_chance(adjacent, open, 180, 1.0, 26.0);
  verify.exact(section, "capacity of the 26-neighbour contact", "the program's n p q at p = 1",
               capacity_of_26_neighbours(), 26.0 * k.depletion, 1.6e-4);  // 3.156: four digits
}

/// What the calibrated chance gives in an endless lattice: the exact mean time per site of a torus,
/// and what the torus saves on the way there, 1/(1-F) - K(L)/N hops for any small target.
void calibration(Verifier& verify) {
  constexpr std::int64_t edge = 20;
  const Lattice lattice{{edge, edge, edge}, true, 10.0};
  const auto sites = static_cast<double>(volume(lattice.extent));
  const double way = 1.0 / escape_chance() - mean_first_passage(edge) / sites;
  // The depletion q is of first order in the chance: what it leaves out grows with kappa.
  for (const auto& [kappa, left_out] : {std::pair{1.1e-4, 5e-4}, std::pair{1.1e-3, 2.5e-3}}) {
    TCellParameters t;
    t.kill_coefficient_mm3_per_h = kappa / 24.0;
    const KillChance k = kill_chance(t, lattice, 180, 1.0, 26.0);
    const double hops =
        walker_among(lattice, {0}, k.per_contact, t.contact).time().mean / sites + way;
    verify.within(section, "theory alone: hazard of the resolved walk over kappa times density",
                  "exact law, 26-neighbour contact, kappa = " + text("%g", kappa) +
                      " mm3/d, p = " + text("%.4g", k.per_contact),
                  1.0 - left_out, 1.0 + left_out,
                  lattice.voxel_mm3() * k.hops_per_day / hops / kappa);
  }
}

/// A T cell among stem cells as static traps: each marrow's own exact law, averaged.
void walker_among_traps(Verifier& verify) {
  constexpr std::int64_t edge = 24;
  constexpr std::int64_t traps = 14;
  constexpr std::int64_t hops = 100;
  constexpr std::array<std::int64_t, 2> hours = {1, 4};
  constexpr std::int64_t per_box = 60;
  const Attack attack{ContactRule::same_voxel, 1.0, 1, "traps"};
  const std::int64_t boxes = verify.effort(60, 200);
  const auto results = verify.over_seeds(66'000'000, boxes, [&](std::uint64_t seed) {
    WalkerBox box(scene(attack, edge, traps, hops, seed), 2);
    std::vector<SiteIndex> targets;
    for (const Niche& niche : box.niches()) targets.push_back(niche.site);
    WalkerLaw law = walker_among(box.lattice(), targets, 1.0, attack.rule);
    std::vector<double> out;
    std::vector<double> times;
    for (std::int64_t i = 0; i < per_box; ++i) {
      box.begin(i, {});
      times.push_back(static_cast<double>(
          box.substeps_to_kill(hours.back()).value_or(hops * hours.back() + 1)));
    }
    std::int64_t n = 0;
    for (const std::int64_t hour : hours) {
      for (; n < hour * hops; ++n) law.hop();
      out.push_back(law.surviving());
      double alive = 0.0;
      for (const double t : times) alive += t > static_cast<double>(n) ? 1.0 : 0.0;
      out.push_back(alive);
    }
    return out;
  });
  const double q = static_cast<double>(traps) / static_cast<double>(edge * edge * edge);
  for (std::size_t h = 0; h < hours.size(); ++h) {
    double theory = 0.0, alive = 0.0;
    for (const auto& box : results) {
      theory += box[2 * h] / static_cast<double>(boxes);
      alive += box[2 * h + 1];
    }
    const std::int64_t n = hops * hours[h];
    verify.random(section, "survival of a walker among traps, exact for each set of traps",
                  "24^3 periodic, 14 markers, " + std::to_string(n) +
                      " hops; Rosenstock (1-q)^(<R_n>-1) = " +
                      text("%.4f", std::pow(1.0 - q, distinct_sites(n).back() - 1.0)),
                  theory, share(alive, static_cast<double>(boxes * per_box), theory));
  }
}

/// A marrow of many stem cells on all ranks, with ten times the default kappa: the hazard is kappa
/// times density. What the formula leaves out of the hazard: the hour that a T cell stays with each
/// stem cell that it kills (-0.2 %), the chance of a contact (-0.2 %, `calibration`), and the first
/// hops, before depletion (+0.5 %): together a tenth of the standard error at full effort.
void resolved_hazard(Verifier& verify) {
  constexpr std::int64_t edge = 64;
  constexpr double kappa_per_h = 1.1e-3 / 24.0;
  constexpr double density_per_mm3 = 300.0;
  constexpr std::int64_t hours = 24;
  const std::int64_t boxes = verify.effort(12, 48);
  verify.fresh_samples();
  double alive = 0.0, all = 0.0, present = 0.0;
  for (std::int64_t i = 0; i < boxes; ++i) {
    Parameters p = walkers_only({edge, edge, edge}, 60, 180);
    p.scenario.seed = static_cast<std::uint64_t>(68'000'000 + i);
    p.tcells.kill_coefficient_mm3_per_h = kappa_per_h;
    p.tcells.trigger = TriggerParameters{0.0, density_per_mm3, 1};
    parallel::Simulation simulation(verify.world(), p, nullptr, {16, 6});  // few messages
    simulation.start();
    for (std::int64_t hour = 0; hour < hours; ++hour) simulation.step();
    const Census& census = simulation.state().census;
    alive += static_cast<double>(census.stem);
    all += static_cast<double>(census.stem + census.apoptotic + census.vacant);
    present = static_cast<double>(census.tcells());
  }
  const double found = present / (volume(Index3{edge, edge, edge}) * 1e-6);
  const double theory = std::exp(-kappa_per_h * found * hours);
  verify.random(section, "survival in the resolved walk: exp(-kappa density t)",
                "64^3 periodic on all ranks, 79 T cells, 60 stem cells, 26-neighbour contact, "
                "kappa = 1.1e-3 mm3/d, 24 h",
                theory, share(alive, all, theory));
}

/// Kernel motion: every stem cell has the hazard kappa times density.
void kernel_hazard(Verifier& verify) {
  constexpr std::int64_t niches = 40;
  constexpr std::int64_t cells = 300;
  constexpr std::int64_t hours = 60;
  constexpr double kappa_per_h = 2e-7;
  const std::int64_t boxes = verify.effort(60, 600);
  const auto results = verify.over_seeds(67'000'000, boxes, [&](std::uint64_t seed) {
    Parameters p = walkers_only({16, 16, 16}, niches, 180);
    p.scenario.seed = seed;
    p.tcells.motion = Motion::kernel;
    p.tcells.kill_coefficient_mm3_per_h = kappa_per_h;
    p.tcells.trigger = TriggerParameters{0.0, cells / p.lattice().volume_mm3(), 1};
    const parallel::Communicator alone(MPI_COMM_SELF);
    parallel::Simulation simulation(alone, p);
    simulation.start();
    for (std::int64_t hour = 0; hour < hours; ++hour) simulation.step();
    return std::vector<double>{static_cast<double>(simulation.state().census.stem)};
  });
  const double density = cells / (volume(Index3{16, 16, 16}) * 1e-6);
  double alive = 0.0;
  for (const auto& box : results) alive += box[0];
  const double theory = std::exp(-kappa_per_h * density * hours);
  verify.random(section, "survival in kernel motion: exp(-kappa density t)",
                "16^3 periodic, 300 T cells, 40 stem cells, 60 h", theory,
                share(alive, static_cast<double>(boxes * niches), theory));
}

}  // namespace

void killing(Verifier& verify) {
  contact_constants(verify);
  calibration(verify);
  target_among_walkers(verify,
                       {ContactRule::same_voxel, 1.0, 10, "its own voxel", "survival_same_voxel"},
                       60'000'000, verify.effort(500, 5000));
  target_among_walkers(verify,
                       {ContactRule::same_voxel, 0.1, 10, "its own voxel", "survival_imperfect"},
                       60'100'000, verify.effort(300, 3000));
  target_among_walkers(verify,
                       {ContactRule::adjacent, 1.0, 4, "the 26 neighbours", "survival_adjacent"},
                       60'200'000, verify.effort(500, 5000));
  adjacent_kill_times(verify);
  walker_among_traps(verify);
  resolved_hazard(verify);
  kernel_hazard(verify);
}

}  // namespace marrow::verify
