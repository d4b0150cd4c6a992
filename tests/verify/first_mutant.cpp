// SPDX-License-Identifier: BSD-3-Clause
// TARGETS 4.13: whether any mutant arises in the small pool that makes blood (Dingli 2008).
#include "parallel/simulation.hpp"
#include "tests/verify/checks.hpp"
#include "tests/verify/marrows.hpp"
#include "tests/verify/statistics.hpp"

#include <cmath>

namespace marrow::verify {
namespace {

constexpr double cells = 400;
constexpr double mutation_rate = 5e-7;
constexpr double divisions = 60;  // of a cell: one a year

/// The pool as a whole marrow. A cell divides six times a day instead of once a year,
/// which leaves the chance as it is and shortens the way.
Parameters pool_of(std::uint64_t seed) {
  Parameters p = dense_marrow(seed, 32);
  p.niches.density_per_mm3 = cells / p.lattice().volume_mm3();
  p.clones.n_real = cells;
  p.hspc.homeostatic_rate_per_h = 0.25;
  p.hspc.stress_rate_per_h = 2.5;
  p.hspc.relocation_rate_per_h = 0.0;
  p.hspc.blood_share = 1.0;  // any vacant niche, without a search of those nearby
  MutationClass m;
  m.name = "piga";
  m.genotype = gpi_negative;
  m.rate_per_division = mutation_rate;
  p.clones.mutations = {m};
  return p;
}

/// Whether a mutant arose while the pool divided so often, and the chance of that: types do not
/// influence who divides, so each birth is another chance.
std::vector<double> follow(std::uint64_t seed) {
  const parallel::Communicator alone(MPI_COMM_SELF);
  parallel::Simulation marrow(alone, pool_of(seed));
  marrow.start();
  const auto count = [&](Counter c) {
    return static_cast<double>(marrow.state().counters[static_cast<std::size_t>(c)]);
  };
  double births = 0;
  while (births < cells * divisions) {
    marrow.step();
    births = count(Counter::stem_divisions) - count(Counter::stem_daughters_lost);
  }
  const double chance = static_cast<double>(marrow.model().mutation_chance[0].value()) * 0x1p-64;
  return {count(Counter::mutations) > 0 ? 1.0 : 0.0, -std::expm1(births * std::log1p(-chance))};
}

}  // namespace

void first_mutant(Verifier& verify) {
  const std::int64_t pools = verify.effort(600, 20'000);
  const auto n = static_cast<double>(pools);
  double with = 0;
  double theory = 0;
  for (const auto& pool : verify.over_seeds(510'000'000, pools, follow)) {
    with += pool[0];
    theory += pool[1] / n;
  }
  verify.random("4.13", "small neutral pool (Dingli 2008): share in which a mutant arises",
                "N 400, mu 5e-07, 1 /y, 60 y (vector: 0.012)", theory, share(with, n, theory));
}

}  // namespace marrow::verify
