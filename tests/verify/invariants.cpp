// SPDX-License-Identifier: BSD-3-Clause
// TARGETS 4.14: what must hold for the parallel program whatever it simulates. The disease is that
// of the MPI tests, in which everything happens within a day or two.
#include "parallel/simulation.hpp"
#include "tests/mpi/fierce.hpp"
#include "tests/verify/checks.hpp"
#include "tests/verify/table.hpp"

#include <algorithm>
#include <utility>

namespace marrow::verify {
namespace {

using parallel::Simulation;
using parallel::test::fierce;
using parallel::test::whole_disease;

constexpr Index3 extent{64, 48, 64};

void must_be_zero(Verifier& verify, const char* check, const std::string& conditions,
                  std::int64_t found) {
  verify.exact("4.14", check, conditions, 0.0, static_cast<double>(found), 0.0);
}

struct Disease {
  std::string name;
  Parameters parameters;
};

std::vector<Disease> diseases() {
  return {{"fierce disease, reflecting box", fierce(extent, Boundary::reflecting)},
          {"fierce disease, periodic box", fierce(extent, Boundary::periodic)},
          {"all switches, hops", whole_disease(extent, Boundary::reflecting, Motion::hops)},
          {"all switches, kernel", whole_disease(extent, Boundary::periodic, Motion::kernel)}};
}

/// Hours whose digest is not that of one rank, one halo exchange per hour and thin slabs.
void same_digests(Verifier& verify, const Disease& disease) {
  constexpr int hours = 16;
  const parallel::Communicator alone(MPI_COMM_SELF);
  const auto expected = parallel::test::digests(alone, disease.parameters, {16, 0}, hours);
  for (const parallel::Tuning& tuning : {parallel::Tuning{16, 1}, parallel::Tuning{40, 3}}) {
    const auto found = parallel::test::digests(verify.world(), disease.parameters, tuning, hours);
    std::int64_t different = 0;
    for (std::size_t h = 0; h < expected.size(); ++h) different += found[h] != expected[h] ? 1 : 0;
    must_be_zero(verify, "hours with another digest than one rank alone",
                 disease.name + ", all ranks, halo of " + std::to_string(tuning.hops_per_exchange) +
                     " sub-steps, slabs of " + std::to_string(tuning.slab_voxels),
                 different);
  }
}

/// A run that is stopped and restored on all ranks with another halo.
void restart(Verifier& verify, const Disease& disease) {
  constexpr int stop = 9;
  constexpr int end = 16;
  const parallel::Communicator alone(MPI_COMM_SELF);
  const auto expected = parallel::test::digests(alone, disease.parameters, {}, end);
  Simulation first(verify.world(), disease.parameters);
  first.start();
  for (int h = 0; h < stop; ++h) first.step();
  Simulation second(verify.world(), disease.parameters, nullptr, {16, 2});
  second.restore(
      parallel::test::redistributed(verify.world(), second, export_fields(first.snapshot())));
  std::int64_t different = second.digest() != expected[stop] ? 1 : 0;
  for (int h = stop; h < end; ++h) {
    second.step();
    different += second.digest() != expected[static_cast<std::size_t>(h) + 1] ? 1 : 0;
  }
  must_be_zero(verify, "hours with another digest after a restart", disease.name, different);
}

/// The T cells of all ranks.
std::vector<TCell> all_tcells(const Verifier& verify, const Simulation& marrow) {
  const ModelState mine = marrow.snapshot();
  return verify.world().all_gather(std::span<const TCell>(mine.tcells));
}

struct Violations {
  std::int64_t niches = 0;    // that are neither occupied nor vacant nor lost, or counted wrongly
  std::int64_t stem = 0;      // hours in which births, losses and kills do not add up
  std::int64_t kills = 0;     // hours in which kills are not the cells that became apoptotic
  std::int64_t tcells = 0;    // hours in which influx, divisions and deaths do not add up
  std::int64_t shared = 0;    // voxels with two T cells
  std::int64_t enclosed = 0;  // T cells in closed voxels
  std::int64_t clones = 0;    // not younger than their parent, or with a later one
};

class Accountant {
 public:
  Accountant(const Verifier& verify, const Simulation& marrow)
      : verify_(verify), marrow_(marrow), before_(marrow.state()) {}

  void after_an_hour() {
    const ModelState& now = marrow_.state();
    const auto change = [&](Counter c) {
      const auto i = static_cast<std::size_t>(c);
      return now.counters[i] - before_.counters[i];
    };
    const Census& a = before_.census;
    const Census& b = now.census;
    const std::int64_t niches = marrow_.model().niche_count();
    found.niches += b.stem + b.apoptotic + b.vacant + b.lost != niches ? 1 : 0;
    const std::int64_t born =
        change(Counter::stem_divisions) - change(Counter::stem_daughters_lost);
    const std::int64_t gone = change(Counter::stem_differentiations) + change(Counter::stem_killed);
    found.stem += b.stem - a.stem != born - gone ? 1 : 0;
    found.kills += fresh_apoptotic(now) != change(Counter::stem_killed) ? 1 : 0;
    found.tcells += b.tcells() - a.tcells() != change(Counter::tcell_influx) +
                                                   change(Counter::tcell_divisions) -
                                                   change(Counter::tcell_deaths)
                        ? 1
                        : 0;
    look_at_tcells(b);
    before_ = now;
  }

  void look_at_clones() {
    const CloneTable& clones = marrow_.state().clones;
    for (std::size_t c = 1; c < clones.size(); ++c) {
      const std::uint32_t parent = clones[c].parent;
      if (parent >= c || clones[parent].birth_step > clones[c].birth_step) ++found.clones;
    }
  }

  Violations found;

 private:
  /// Cells that were live an hour ago and are apoptotic with their full time now.
  [[nodiscard]] std::int64_t fresh_apoptotic(const ModelState& now) const {
    std::int64_t fresh = 0;
    for (std::size_t n = 0; n < now.niches.size(); ++n) {
      fresh += now.niches[n].state() == CellState::apoptotic &&
                       before_.niches[n].state() == CellState::stem
                   ? 1
                   : 0;
    }
    return fresh;
  }

  void look_at_tcells(const Census& census) {
    std::vector<TCell> cells = all_tcells(verify_, marrow_);
    std::ranges::sort(cells, {}, &TCell::site);
    const auto same = [](const TCell& a, const TCell& b) { return a.site == b.site; };
    for (auto at = cells.begin();; ++at) {
      at = std::adjacent_find(at, cells.end(), same);
      if (at == cells.end()) break;
      ++found.shared;
    }
    if (std::ssize(cells) != census.tcells()) ++found.tcells;
    std::int64_t closed = 0;
    for (const TCell& cell : marrow_.snapshot().tcells) {
      const Index3 p = marrow_.model().lattice.position(cell.site);
      closed += enterable(marrow_.tissue().box.at(p)) ? 0 : 1;
    }
    found.enclosed += verify_.world().sum(closed);
  }

  const Verifier& verify_;
  const Simulation& marrow_;
  ModelState before_;
};

void accounts(Verifier& verify, const Disease& disease) {
  Simulation marrow(verify.world(), disease.parameters);
  marrow.start();
  // The founders of the trigger replace cells; from then on counters tell all.
  while (marrow.state().events_done == 0) marrow.step();
  Accountant accountant(verify, marrow);
  for (std::int64_t h = 0; h < verify.effort(40, 400); ++h) {
    marrow.step();
    accountant.after_an_hour();
  }
  accountant.look_at_clones();
  const Violations& v = accountant.found;
  must_be_zero(verify, "hours in which the niches do not add up", disease.name, v.niches);
  must_be_zero(verify, "hours in which stem cells do not add up", disease.name, v.stem);
  must_be_zero(verify, "hours in which kills are not new apoptotic cells", disease.name, v.kills);
  must_be_zero(verify, "hours in which T cells do not add up", disease.name, v.tcells);
  must_be_zero(verify, "voxels with two T cells", disease.name, v.shared);
  must_be_zero(verify, "T cells in closed voxels", disease.name, v.enclosed);
  must_be_zero(verify, "clones not younger than their parent", disease.name, v.clones);
}

/// T-cell-hours of the sources, all ranks.
std::int64_t gathered_hours(const Verifier& verify, const Simulation& marrow) {
  std::int64_t hours = 0;
  for (const SignalSource& s : marrow.snapshot().signal_gathering) hours += s.hours;
  return verify.world().sum(hours);
}

struct Level {
  SiteIndex cell;
  double ifn;
};

/// Mean level of IFN-gamma over the open cells of the grid, summed in the order of cells.
double mean_ifn(const Verifier& verify, const Simulation& marrow) {
  const SignalFields& fields = *marrow.signals();
  const SignalGrid& grid = fields.grid();
  std::vector<Level> mine;
  const Box& own = grid.own();
  for (std::int64_t i = 0; i < own.volume(); ++i) {
    const Index3 cell = own.lo + Lattice{own.extent()}.position(static_cast<SiteIndex>(i));
    if (fields.open(cell)) mine.push_back({grid.id(cell), fields.ifn(grid.first_voxel(cell))});
  }
  std::vector<Level> all = verify.world().all_gather(std::span<const Level>(mine));
  std::ranges::sort(all, {}, &Level::cell);
  double sum = 0;
  for (const Level& level : all) sum += level.ifn;
  return sum / static_cast<double>(all.size());
}

/// Every T cell that secretes is a source, and what is released stays in the box: the mean level is
/// the mean attack of the period.
void field_balance(Verifier& verify) {
  Parameters p = fierce(extent, Boundary::reflecting);
  p.signals = SignalParameters{};
  p.signals->tolerance = 1e-6;
  Simulation marrow(verify.world(), p);
  marrow.start();
  const auto period = static_cast<int>(p.signals->period_h);
  double attack = 0;
  std::int64_t hours = 0;
  std::int64_t missing = 0;
  for (int h = 1; h <= period; ++h) {
    marrow.step();
    // Gathered before the hour's deaths and births are counted, so an hour is compared with itself.
    const Census& census = marrow.state().census;
    hours += census.effector + census.engaged;
    attack += levels_of(census, marrow.model()).attack / period;
    if (h < period) missing += gathered_hours(verify, marrow) != hours ? 1 : 0;
  }
  must_be_zero(verify, "hours whose sources are not the T cells that secrete", "fierce disease",
               missing);
  verify.exact("4.14", "mean level of IFN-gamma: the mean attack of its period",
               "fierce disease, solver tolerance 1e-6", attack, mean_ifn(verify, marrow), 1e-4);
}

}  // namespace

void invariants(Verifier& verify) {
  const std::vector<Disease> all = diseases();
  for (const Disease& disease : all) same_digests(verify, disease);
  for (const Disease& disease : all) restart(verify, disease);
  accounts(verify, all[0]);
  accounts(verify, all[1]);
  field_balance(verify);
}

}  // namespace marrow::verify
