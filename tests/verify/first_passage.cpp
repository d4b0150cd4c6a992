// SPDX-License-Identifier: BSD-3-Clause
// How long a T cell takes to find a stem cell on the periodic lattice, and how far it gets.
#include "tests/verify/checks.hpp"
#include "tests/verify/lattice_walk.hpp"
#include "tests/verify/walkers.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <utility>

namespace marrow::verify {
namespace {

constexpr const char* section = "4.8";
constexpr std::int64_t most_hours = 1 << 18;

std::string cube(std::int64_t edge) {
  return std::to_string(edge) + "^3 periodic, one T cell, one marker";
}

Parameters one_marker(std::int64_t edge, std::uint64_t seed, double kill_chance,
                      std::int64_t hops) {
  Parameters p = walkers_only({edge, edge, edge}, 1, hops);
  p.scenario.seed = seed;
  p.tcells.contact = ContactRule::same_voxel;
  p.tcells.kill_chance = kill_chance;
  return p;
}

enum class From { everywhere, neighbours };

/// The i-th start: all sites but the marker, or its neighbours, in turn; far from one another, so
/// that a part of them is an even sample.
SiteIndex start_site(const Lattice& lattice, SiteIndex marker, From from, std::int64_t i) {
  if (from == From::neighbours) {
    const Index3 step = face_offsets[static_cast<std::size_t>(i % 6)];
    return lattice.site(wrapped(lattice, lattice.position(marker) + step));
  }
  constexpr SiteIndex stride = 1597;  // prime to the numbers of sites in use
  const auto sites = static_cast<SiteIndex>(volume(lattice.extent));
  return (marker + 1 + static_cast<SiteIndex>(i) * stride % (sites - 1)) % sites;
}

/// The exact law of the hops to the kill. Starts used in turn vary a little less than its random
/// ones.
Law law_of_hops(std::int64_t edge, double kill_chance, From from) {
  const Lattice lattice{{edge, edge, edge}, true, 10.0};
  const auto sites = static_cast<std::size_t>(volume(lattice.extent));
  constexpr SiteIndex marker = 0;
  std::vector<double> kill(sites, 0.0);
  kill[marker] = kill_chance;
  std::vector<double> start(sites, 1.0 / static_cast<double>(sites - 1));
  start[marker] = 0.0;
  if (from == From::neighbours) {
    std::ranges::fill(start, 0.0);
    for (std::int64_t i = 0; i < 6; ++i) start[start_site(lattice, marker, from, i)] += 1.0 / 6.0;
  }
  WalkerLaw law(lattice, std::move(kill));
  law.start(std::move(start));
  return law.time();
}

/// Hops to the kill, over `count` trials from starts that are all used equally often when their
/// number divides `count`.
Measurement hops_to_kill(Verifier& verify, std::int64_t edge, double kill_chance, From from,
                         std::uint64_t first_seed, std::int64_t count) {
  constexpr std::int64_t per_box = 21;
  const std::int64_t boxes = count / per_box;
  const auto hops = static_cast<std::int64_t>(std::min(4000.0, mean_first_passage(edge)));
  const auto results = verify.over_seeds(first_seed, boxes, [&](std::uint64_t seed) {
    WalkerBox box(one_marker(edge, seed, kill_chance, hops), edge / 4);
    std::vector<double> times;
    for (std::int64_t i = 0; i < per_box; ++i) {
      const auto trial = static_cast<std::int64_t>(seed - first_seed) * per_box + i;
      const SiteIndex start = start_site(box.lattice(), box.niches()[0].site, from, trial);
      box.begin(i, std::span(&start, 1));
      times.push_back(static_cast<double>(box.substeps_to_kill(most_hours).value()));
    }
    return times;
  });
  std::vector<double> all;
  for (const auto& times : results) all.insert(all.end(), times.begin(), times.end());
  return mean_by_law(all, law_of_hops(edge, kill_chance, from));
}

/// The sum behind K(L) against values of another program; lattices too large for walks.
void large_lattices(Verifier& verify) {
  for (const auto& [edge, k] :
       {std::pair{32, 48301.975376}, std::pair{64, 391962.873918}, std::pair{100, 1502839.219}}) {
    verify.exact(section, "theory alone: K(L), the sum over modes and an earlier program's value",
                 std::to_string(edge) + "^3 periodic", k, mean_first_passage(edge), 1e-9);
  }
}

void passage_times(Verifier& verify) {
  struct Case {
    std::int64_t edge, quick, full;
  };
  std::uint64_t seed = 48'000'000;
  for (const Case& c :
       {Case{4, 63 * 30, 63 * 300}, Case{5, 124 * 21, 124 * 168}, Case{8, 511 * 3, 511 * 21}}) {
    const auto sites = static_cast<double>(c.edge * c.edge * c.edge);
    const double k = mean_first_passage(c.edge);
    const std::int64_t count = verify.effort(c.quick, c.full);
    verify.random(section, "mean first passage, all starts but the marker: K N/(N-1) hops",
                  cube(c.edge), k * sites / (sites - 1.0),
                  hops_to_kill(verify, c.edge, 1.0, From::everywhere, seed, count));
    verify.random(section, "mean first passage from a neighbour: N-1 hops (Kac)", cube(c.edge),
                  sites - 1.0,
                  hops_to_kill(verify, c.edge, 1.0, From::neighbours, seed + 100'000, count));
    seed += 1'000'000;
  }
}

/// Each further visit of the marker takes N hops in the mean, and 1/p visits are needed.
void imperfect_passage_times(Verifier& verify) {
  constexpr std::int64_t edge = 4;
  constexpr double sites = edge * edge * edge;
  const double escape = escape_chance();
  std::uint64_t seed = 51'000'000;
  for (const double p : {0.5, 0.2, 0.1, 0.05, 0.02}) {
    const double theory = mean_first_passage(edge) * sites / (sites - 1.0) + (1.0 - p) / p * sites;
    const auto trials = [p](double most) {
      return 63 * static_cast<std::int64_t>(std::ceil(most * std::min(1.0, 5.0 * p)));
    };
    verify.random("4.10", "mean time to an imperfect kill: K N/(N-1) + N (1-p)/p hops",
                  cube(edge) + ", p = " + std::to_string(p).substr(0, 4) +
                      "; long-time rate in an endless lattice " +
                      std::to_string(p * escape / (1.0 - (1.0 - p) * (1.0 - escape))).substr(0, 7) +
                      " rho per hop",
                  theory,
                  hops_to_kill(verify, edge, p, From::everywhere, seed,
                               verify.effort(trials(15), trials(150))));
    seed += 1'000'000;
  }
}

/// Shortest displacement between two sites of a periodic lattice.
Index3 displacement(const Lattice& lattice, SiteIndex from, SiteIndex to) {
  const auto shortest = [](std::int64_t d, std::int64_t n) {
    return ((d + n / 2) % n + n) % n - n / 2;
  };
  const Index3 d = lattice.position(to) - lattice.position(from);
  return {shortest(d.x, lattice.extent.x), shortest(d.y, lattice.extent.y),
          shortest(d.z, lattice.extent.z)};
}

double squared(const Index3& d) { return static_cast<double>(d.x * d.x + d.y * d.y + d.z * d.z); }

/// Of r^2 after n hops, in voxels squared: n, 2/3 n (n - 1) (each axis takes its hops with chance
/// 1/3), and the third moment of the normal limit.
Law square_displacement(double n) { return {n, 2.0 / 3.0 * n * (n - 1.0), 8.0 / 9.0 * n * n * n}; }

/// A lone walker: <r^2> is the number of hops.
void lone_walker(Verifier& verify) {
  constexpr std::int64_t hops = 30;  // fewer than to the far side of the box
  constexpr std::int64_t hours = 8;
  const std::int64_t walks = verify.effort(1500, 15000);
  constexpr std::int64_t per_box = 50;
  const auto results = verify.over_seeds(58'000'000, walks / per_box, [&](std::uint64_t seed) {
    Parameters p = walkers_only({64, 64, 64}, 1, hops);
    p.scenario.seed = seed;
    p.tcells.contact = ContactRule::same_voxel;
    p.tcells.kill_chance = 0.0;
    WalkerBox box(p);
    std::vector<double> out;
    for (std::int64_t i = 0; i < per_box; ++i) {
      SiteIndex at = (seed * 977 + static_cast<SiteIndex>(i) * 8191) %
                     static_cast<SiteIndex>(volume(box.lattice().extent));
      box.begin(i, std::span(&at, 1));
      Index3 far;
      for (std::int64_t hour = 0; hour < hours; ++hour) {
        box.hour();
        const SiteIndex now = box.tcells().front().site;
        far = far + displacement(box.lattice(), at, now);
        at = now;
        if (hour == 0) out.push_back(squared(far));
      }
      out.push_back(squared(far));
      out.push_back(std::fabs(static_cast<double>((far.x + far.y + far.z) % 2)));
    }
    return out;
  });
  std::vector<double> after_one, after_all;
  double odd = 0.0;
  for (const auto& walk : results) {
    for (std::size_t i = 0; i < walk.size(); i += 3) {
      after_one.push_back(walk[i]);
      after_all.push_back(walk[i + 1]);
      odd += walk[i + 2];
    }
  }
  const auto row = [&](const std::vector<double>& squares, std::int64_t n) {
    const auto steps = static_cast<double>(n);
    const Measurement m = mean_by_law(squares, square_displacement(steps));
    verify.random(section, "mean square displacement: 6 D t = one voxel^2 per hop",
                  "64^3 periodic, lone T cell, " + std::to_string(n) + " hops", steps, m);
  };
  row(after_one, hops);
  row(after_all, hops * hours);
  verify.exact(section, "walks of an even number of hops that end on an odd site", "the same walks",
               0.0, odd, 0.0);
}

/// Many walkers on all ranks, told apart by their clonotypes. They shut one another out of a voxel
/// so rarely (density 4.5e-5) that it does not count.
void walkers_by_clonotype(Verifier& verify) {
  constexpr std::int64_t edge = 96;
  constexpr std::int64_t hops = 40;
  constexpr std::int64_t walkers = 40;
  const std::int64_t hours = verify.effort(60, 1200);
  verify.fresh_samples();
  Parameters p = walkers_only({edge, edge, edge}, 1, hops);
  p.scenario.seed = 58'500'000;
  p.tcells.kill_coefficient_mm3_per_h = 0.0;
  p.tcells.trigger = TriggerParameters{0.0, static_cast<double>(walkers) / p.lattice().volume_mm3(),
                                       CellRecord::max_clone};
  parallel::Simulation simulation(verify.world(), p);
  simulation.start();
  std::map<std::uint32_t, SiteIndex> at;
  std::vector<double> squares;
  for (std::int64_t hour = 0; hour <= hours; ++hour) {
    simulation.step();
    const std::vector<TCell> mine = simulation.snapshot().tcells;
    for (const TCell& cell : verify.world().all_gather(std::span<const TCell>(mine))) {
      const auto [known, is_new] = at.try_emplace(cell.record.clone(), cell.site);
      if (!is_new) {
        squares.push_back(
            squared(displacement(simulation.model().lattice, known->second, cell.site)));
      }
      known->second = cell.site;
    }
  }
  verify.exact(section, "T cells told apart by clonotype", "96^3 periodic, 40 T cells",
               static_cast<double>(walkers), static_cast<double>(at.size()), 0.0);
  constexpr auto n = static_cast<double>(hops);
  const Measurement m = mean_by_law(squares, square_displacement(n));
  verify.random(section, "mean square displacement: 6 D t = one voxel^2 per hop",
                "96^3 periodic on all ranks, 40 T cells, 40 hops", n, m);
}

}  // namespace

/// T cells as counts per block: one hour's move between blocks has <r^2> = 6 D t.
void kernel_motion(Verifier& verify) {
  constexpr std::int64_t edge = 7;  // blocks
  constexpr std::int64_t cells = 4000;
  constexpr std::int64_t hours = 3;
  verify.fresh_samples();
  Parameters p = walkers_only({edge * block_edge, edge * block_edge, edge * block_edge}, 1, 180);
  p.scenario.seed = 59'000'000;
  p.tcells.motion = Motion::kernel;
  p.tcells.kill_coefficient_mm3_per_h = 0.0;
  p.niches.density_per_mm3 = 1.0;
  parallel::Simulation simulation(verify.world(), p);
  simulation.start();
  ModelState state = simulation.snapshot();
  const std::uint64_t centre = edge / 2 * (1 + edge + edge * edge);
  for (std::size_t b = 0; b < state.block_index.size(); ++b) {
    if (state.block_index[b] == centre) state.blocks.effector[b] = cells;
  }
  state.census.effector = cells;
  simulation.restore(export_fields(state));
  for (std::int64_t hour = 0; hour < hours; ++hour) simulation.step();
  // Squares are whole numbers of block edges, so sums over ranks are exact.
  std::vector<std::int64_t> sums(3, 0);
  const ModelState& after = simulation.state();
  for (std::size_t b = 0; b < after.block_index.size(); ++b) {
    const auto block = static_cast<std::int64_t>(after.block_index[b]);
    const Index3 d{block % edge - edge / 2, block / edge % edge - edge / 2,
                   block / (edge * edge) - edge / 2};
    const std::int64_t square = d.x * d.x + d.y * d.y + d.z * d.z;
    sums[0] += after.blocks.effector[b] * square;
    sums[1] += after.blocks.effector[b] * square * square;
    sums[2] += after.blocks.effector[b] * square * square * square;
  }
  verify.world().sum(std::span(sums));
  const auto n = static_cast<double>(cells);
  const double mean = static_cast<double>(sums[0]) / n;
  const double square = static_cast<double>(sums[1]) / n;
  const double deviation = std::sqrt(square - mean * mean);
  const double third =
      static_cast<double>(sums[2]) / n - 3.0 * mean * square + 2.0 * mean * mean * mean;
  constexpr double block_um2 = 160.0 * 160.0;
  verify.random(section, "mean square displacement of kernel motion, um^2: 6 D t",
                "7^3 blocks, 4000 T cells from one block, 3 h at 50 um^2/min",
                6.0 * p.tcells.motility_um2_per_h * static_cast<double>(hours),
                {mean * block_um2, deviation * block_um2 / std::sqrt(n), cells,
                 third / std::pow(deviation, 3.0) / std::sqrt(n), cells - 1});
}

void first_passage(Verifier& verify) {
  large_lattices(verify);
  passage_times(verify);
  imperfect_passage_times(verify);
  lone_walker(verify);
  walkers_by_clonotype(verify);
  kernel_motion(verify);
}

}  // namespace marrow::verify
