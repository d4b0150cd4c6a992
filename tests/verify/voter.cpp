// SPDX-License-Identifier: BSD-3-Clause
// Row 4.4: neutral clones under the voter model. Time t is in events per niche. Theory is exact for
// the process as it runs (single events in a closed system of N niches), not its limit of large N.
//
// Two cells are alike if the walks of their ancestors met: with q_m(d) the chance that niches d
// apart carry one barcode after m events, q_m(0) = 1 and
//   q_{m+1}(d) = q_m(d) + (2/N) [mean of q_m over the six neighbours of d - q_m(d)],  d != 0.
// The sum over d of q is the mean of n^2 over all founders, extinct ones included; 1 - sum/N is the
// heterozygosity.
#include "tests/verify/checks.hpp"
#include "tests/verify/infinite_voter.hpp"
#include "tests/verify/statistics.hpp"
#include "tests/verify/stem_systems.hpp"

#include <array>
#include <limits>
#include <numbers>
#include <numeric>

namespace marrow::verify {
namespace {

GridSystem voters(std::int64_t edge, std::int64_t tiles, std::int64_t events_per_hour) {
  GridSystem system;
  system.edge = edge;
  system.tiles = tiles;
  system.update = StemCellUpdate::voter;
  system.events_per_hour = events_per_hour;
  return system;
}

/// q_m of the head of this file, on a closed cube.
class PairIdentity {
 public:
  explicit PairIdentity(std::int64_t edge)
      : cube_{{edge, edge, edge}, true}, q_(static_cast<std::size_t>(edge * edge * edge)) {
    q_[0] = 1.0;
    for (SiteIndex d = 0; d < q_.size(); ++d) {
      for (const Index3& face : face_offsets) {
        around_.push_back(cube_.site(wrapped(cube_, cube_.position(d) + face)));
      }
    }
  }
  void event() {
    next_ = q_;
    const double rate = 2.0 / static_cast<double>(q_.size());
    for (std::size_t d = 1; d < q_.size(); ++d) {
      double sum = 0;
      for (std::size_t f = 0; f < 6; ++f) sum += q_[around_[6 * d + f]];
      next_[d] += rate * (sum / 6.0 - q_[d]);
    }
    q_.swap(next_);
  }
  [[nodiscard]] double sum() const { return std::accumulate(q_.begin(), q_.end(), 0.0); }
  [[nodiscard]] double heterozygosity() const {
    return 1.0 - sum() / static_cast<double>(q_.size());
  }

 private:
  Lattice cube_;
  std::vector<double> q_;
  std::vector<double> next_;
  std::vector<std::size_t> around_;
};

/// Sum of n^2 over the clones of each system: each cell counts the cells of its clone.
std::vector<double> square_sums(const parallel::Simulation& simulation) {
  const Model& model = simulation.model();
  const Replicas replicas(model.parameters.niches, model.lattice, model.niche_count());
  const std::vector<std::int64_t> cells = clone_sizes(simulation.state());
  std::vector<double> sums;
  for (std::int64_t r = 0; r < replicas.count(); ++r) {
    double sum = 0;
    for (const std::uint32_t offset : replicas.offsets()) {
      const CellRecord cell = simulation.state().niches[replicas.first(r) + offset];
      sum += static_cast<double>(cells[cell.clone()]);
    }
    sums.push_back(sum);
  }
  return sums;
}

std::vector<double> joined(const std::vector<std::vector<double>>& parts) {
  std::vector<double> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/// Sizes of one neutral mutant's clone in each system after a time.
std::vector<double> sizes_after(const GridSystem& system, std::int64_t hours, std::uint64_t seed) {
  const parallel::Communicator alone(MPI_COMM_SELF);
  parallel::Simulation simulation(alone, parameters_of(system, seed));
  simulation.start();
  for (std::int64_t h = 0; h < hours; ++h) simulation.step();
  std::vector<double> sizes;
  for (const std::int64_t n : mutants_by_system(simulation)) {
    sizes.push_back(static_cast<double>(n));
  }
  return sizes;
}

/// (a): the mean size of a neutral clone stays 1, by every rule.
void mean_size(Verifier& verify) {
  constexpr std::int64_t t = 3;
  std::uint64_t seed = 44000;
  for (const auto& [update, name] :
       {std::pair{StemCellUpdate::voter, "voter"},
        std::pair{StemCellUpdate::moran_birth_death, "birth-death, r = 1"},
        std::pair{StemCellUpdate::moran_death_birth, "death-birth, r = 1"}}) {
    GridSystem system = voters(5, 12, 125);
    system.update = update;
    system.mutants = 1;
    const auto sizes = joined(verify.over_seeds(
        seed, verify.effort(4, 40), [&](std::uint64_t s) { return sizes_after(system, t, s); }));
    verify.random("4.4a",
                  std::string("mean size of a neutral clone, extinct ones included, ") + name,
                  "N = 5^3, 6 neighbours, t = 3", 1.0, mean_of(sizes));
    seed += 100;
  }
}

/// Barcoded lattice at the times of the vectors.
struct Snapshot {
  double alive = 0;    // clones
  double squares = 0;  // sum of n^2
  double fourths = 0;  // sum of n^4
  double sixths = 0;   // sum of n^6
};
constexpr std::array<double, 5> times = {5, 10, 20, 40, 80};
// Monte Carlo of an earlier program (40,000 runs), for the record; its errors are 0.0019 to 0.0006.
constexpr std::array<double, 5> survival_vectors = {0.1810, 0.1029, 0.0560, 0.0304, 0.0161};
constexpr std::int64_t large_edge = 48;

std::vector<double> barcoded_lattice(std::uint64_t seed) {
  GridSystem system = voters(large_edge, 1, large_edge * large_edge * large_edge / 2);
  system.barcodes = true;
  const parallel::Communicator alone(MPI_COMM_SELF);
  parallel::Simulation simulation(alone, parameters_of(system, seed));
  simulation.start();
  std::vector<double> found;
  for (const double t : times) {
    while (static_cast<double>(simulation.state().step) < 2.0 * t) simulation.step();
    Snapshot shot;
    for (const std::int64_t n : clone_sizes(simulation.state())) {
      const auto square = static_cast<double>(n * n);
      shot.alive += n > 0 ? 1.0 : 0.0;
      shot.squares += square;
      shot.fourths += square * square;
      shot.sixths += square * square * square;
    }
    found.insert(found.end(), {shot.alive, shot.squares, shot.fourths, shot.sixths});
  }
  return found;
}

/// Mean of n^2 over all founders, with the error and skewness of the samples.
Measurement mean_square(const Snapshot& sums, double founders) {
  const double mean = sums.squares / founders;
  const double second = sums.fourths / founders;
  const double variance = second - mean * mean;
  const double third = sums.sixths / founders - 3.0 * mean * second + 2.0 * mean * mean * mean;
  const auto samples = static_cast<std::int64_t>(founders);
  return {mean, std::sqrt(variance / founders), samples,
          third / std::pow(variance, 1.5) / std::sqrt(founders), samples - 1};
}

/// (b), (c): survival against one clone alone on the infinite lattice in continuous time, by its
/// own small program; the second moment against theory.
void survival(Verifier& verify) {
  const std::vector<double> reference =
      survival_on_infinite_lattice(times, verify.effort(200000, 1000000));
  const auto reference_runs = static_cast<double>(verify.effort(200000, 1000000));
  const auto runs = verify.over_seeds(44400, verify.effort(3, 24), barcoded_lattice);
  const double founders =
      static_cast<double>(runs.size()) * static_cast<double>(large_edge * large_edge * large_edge);
  const double gamma = 0.6594626704;  // the walk never returns: Watson 1939
  Curve curve{"survival_of_neutral_clones", "t (events per niche)", "gamma t p(t)", {}, true};
  Curve::Line measured{"measured", {}, {}, false};
  Curve::Line vectors{"infinite lattice", {}, {}, true};
  Curve::Line limit{"limit", {times.front(), times.back()}, {1.0, 1.0}, true};
  Curve moments{"second_moment_of_clone_sizes",
                "t (events per niche)",
                "mean of n^2 given survival, over (mean n)^2",
                {},
                true};
  Curve::Line ratio{"measured", {}, {}, false};
  Curve::Line exponential{
      "limit: exponential sizes", {times.front(), times.back()}, {2.0, 2.0}, true};
  for (std::size_t i = 0; i < times.size(); ++i) {
    Snapshot all;
    for (const auto& run : runs) {
      all.alive += run[4 * i];
      all.squares += run[4 * i + 1];
      all.fourths += run[4 * i + 2];
      all.sixths += run[4 * i + 3];
    }
    const std::string when = "48^3 niches, 6 neighbours, t = " + short_text(times[i]);
    const Measurement p =
        against(share(all.alive, founders, reference[i]), share(0, reference_runs, reference[i]));
    verify.random("4.4b", "survival of a neutral clone",
                  when +
                      "; theory: a clone alone on the infinite lattice, its error included "
                      "(earlier vector: " +
                      short_text(survival_vectors[i]) + ")",
                  reference[i], p);
    const Measurement squares = mean_square(all, founders);
    if (i == 1 || i == 3) {
      verify.random("4.4c", "mean of n^2 over all founders", when + "; theory: infinite lattice",
                    square_mean(times[i]), squares);
    }
    for (auto* line : {&measured, &vectors, &ratio}) line->x.push_back(times[i]);
    measured.y.push_back(gamma * times[i] * p.mean);
    vectors.y.push_back(gamma * times[i] * reference[i]);
    ratio.y.push_back(p.mean * squares.mean);  // the mean given survival is 1/p
  }
  curve.lines = {measured, vectors, limit};
  verify.curve(curve);
  moments.lines = {ratio, exponential};
  verify.curve(moments);
}

/// Sizes of a neutral clone in a well-mixed system of N after m events: a chain that goes up and
/// down with equal chance n (N-n)/(N (N-1)).
std::vector<double> well_mixed_sizes(std::int64_t cells, std::int64_t events) {
  const auto n = static_cast<double>(cells);
  std::vector<double> p(static_cast<std::size_t>(cells) + 1);
  p[1] = 1.0;
  for (std::int64_t m = 0; m < events; ++m) {
    std::vector<double> next = p;
    for (std::size_t i = 1; i < p.size() - 1; ++i) {
      const auto k = static_cast<double>(i);
      const double moves = p[i] * k * (n - k) / (n * (n - 1.0));
      next[i] -= 2.0 * moves;
      next[i - 1] += moves;
      next[i + 1] += moves;
    }
    p = next;
  }
  return p;
}

/// (d): survival and sizes where all niches are neighbours.
void well_mixed(Verifier& verify) {
  constexpr std::int64_t t = 5;
  GridSystem system = voters(5, 12, 125);
  system.well_mixed = true;
  system.mutants = 1;
  const auto sizes = joined(verify.over_seeds(
      44500, verify.effort(4, 40), [&](std::uint64_t s) { return sizes_after(system, t, s); }));
  const std::vector<double> p = well_mixed_sizes(125, 125 * t);
  const std::string where = "N = 5^3, all neighbours, t = 5";
  std::vector<std::int64_t> whole(sizes.begin(), sizes.end());
  const auto alive =
      static_cast<double>(std::ranges::count_if(whole, [](auto n) { return n > 0; }));
  const double all = static_cast<double>(sizes.size());
  verify.random("4.4d", "survival of a neutral clone, well mixed",
                where + "; infinite N: 1/(1 + t) = 0.166667", 1.0 - p[0],
                share(alive, all, 1.0 - p[0]));
  std::erase(whole, 0);
  const double lived = 1.0 - p[0];
  const ChiSquare c = chi_square_of_integers(
      whole,
      [&](std::int64_t k) { return k <= 125 ? p[static_cast<std::size_t>(k)] / lived : 0.0; }, 1);
  verify.random("4.4d", "sizes of surviving clones, well mixed: (chi^2/f)^(1/3)",
                where + ", against the exact chain; infinite N: geometric, mean 1 + t", c.theory(),
                c.measured());
}

/// K(L), the mean over all starts of the first passage to a point of the L-torus, in steps.
double mean_first_passage(std::int64_t edge) {
  std::vector<double> cosine;
  for (std::int64_t k = 0; k < edge; ++k) {
    cosine.push_back(
        std::cos(2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(edge)));
  }
  double sum = 0;
  for (std::int64_t i = 1; i < edge * edge * edge; ++i) {
    const auto at = [&](std::int64_t k) { return cosine[static_cast<std::size_t>(k % edge)]; };
    sum += 1.0 / (1.0 - (at(i) + at(i / edge) + at(i / (edge * edge))) / 3.0);
  }
  return sum;
}

/// Of each system: the heterozygosity at the end of each hour, from the start, summed over the
/// hours before `last`, times the events of an hour; and that at `hour`.
std::vector<double> coalescence(const GridSystem& system, std::int64_t hour, std::int64_t last,
                                std::uint64_t seed) {
  const parallel::Communicator alone(MPI_COMM_SELF);
  parallel::Simulation simulation(alone, parameters_of(system, seed));
  simulation.start();
  const double pairs = static_cast<double>(system.niches() * system.niches());
  std::vector<double> out(2 * static_cast<std::size_t>(system.systems()));
  for (bool mixed = true; mixed && simulation.state().step < last; simulation.step()) {
    const std::vector<double> squares = square_sums(simulation);
    mixed = false;
    for (std::size_t r = 0; r < squares.size(); ++r) {
      const double h = 1.0 - squares[r] / pairs;
      out[2 * r] += h * static_cast<double>(system.events_per_hour);
      if (simulation.state().step == hour) out[2 * r + 1] = h;
      mixed = mixed || h > 0.0;
    }
  }
  return out;
}

std::vector<double> every_other(const std::vector<double>& values, std::size_t from) {
  std::vector<double> some;
  for (std::size_t i = from; i < values.size(); i += 2) some.push_back(values[i]);
  return some;
}

/// (e): on the torus. The time of coalescence is K(L)/2 in events per niche, exactly; summed by the
/// hour it is a little more, which the same recursion gives.
void coalescence_on_torus(Verifier& verify) {
  constexpr std::int64_t edge = 4;
  constexpr std::int64_t hour_events = 16;
  constexpr std::int64_t hour = 64;
  constexpr std::int64_t to_the_end = std::numeric_limits<std::int64_t>::max();
  PairIdentity pairs(edge);
  double events = 0;
  double by_the_hour = 0;
  double then = 0;
  for (std::int64_t m = 0; pairs.heterozygosity() > 1e-12; ++m, pairs.event()) {
    events += pairs.heterozygosity();
    if (m % hour_events == 0) by_the_hour += pairs.heterozygosity() * hour_events;
    if (m == hour * hour_events) then = pairs.heterozygosity();
  }
  const double n = edge * edge * edge;
  verify.exact("4.4e", "theory alone: coalescence of two random cells, K(L)/2 and the recursion",
               "4^3, 6 neighbours, events per niche", mean_first_passage(edge) / 2.0, events / n,
               1e-9);
  GridSystem system = voters(edge, 8, hour_events);
  system.barcodes = true;
  const auto all = joined(verify.over_seeds(44600, verify.effort(3, 24), [&](std::uint64_t s) {
    return coalescence(system, hour, to_the_end, s);
  }));
  Measurement time = mean_of(every_other(all, 0));
  time.mean /= n;
  time.standard_error /= n;
  verify.random("4.4e", "coalescence of two random cells on the torus",
                "4^3, 6 neighbours, events per niche, summed by the hour (K(L)/2 = " +
                    short_text(mean_first_passage(edge) / 2.0) + ")",
                by_the_hour / n, time);
  verify.random("4.4e", "heterozygosity on the torus", "4^3, 6 neighbours, t = 16", then,
                mean_of(every_other(all, 1)));
}

/// (f): well mixed, heterozygosity falls by the factor 1 - 2/(N (N-1)) at each event.
void heterozygosity_well_mixed(Verifier& verify) {
  constexpr std::int64_t hour = 32;
  GridSystem system = voters(4, 8, 64);
  system.well_mixed = true;
  system.barcodes = true;
  const double n = 64.0;
  const double theory = (1.0 - 1.0 / n) * std::pow(1.0 - 2.0 / (n * (n - 1.0)), 64.0 * hour);
  const auto all = joined(verify.over_seeds(44700, verify.effort(3, 24), [&](std::uint64_t s) {
    return coalescence(system, hour, hour + 1, s);
  }));
  verify.random(
      "4.4f", "heterozygosity, well mixed",
      "N = 4^3, t = 32; large N: H0 exp(-2t/N) = " + short_text((1.0 - 1.0 / n) * std::exp(-1.0)),
      theory, mean_of(every_other(all, 1)));
}

}  // namespace

void voter(Verifier& verify) {
  mean_size(verify);
  survival(verify);
  well_mixed(verify);
  coalescence_on_torus(verify);
  heterozygosity_well_mixed(verify);
}

}  // namespace marrow::verify
