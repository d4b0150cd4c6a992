// SPDX-License-Identifier: BSD-3-Clause
// Numbers of T cells that divide, die and arrive at constant rates. The program acts once an hour,
// with chances 1 - exp(-rate): the exact law is a branching process in discrete time, and the
// continuous one is stated beside it.
#include "core/rules/recruitment.hpp"
#include "tests/verify/checks.hpp"
#include "tests/verify/statistics.hpp"
#include "tests/verify/walkers.hpp"

#include <cmath>
#include <complex>
#include <cstdio>
#include <numbers>
#include <numeric>
#include <string>

namespace marrow::verify {
namespace {

constexpr const char* section = "4.7";

struct Rates {
  double birth_per_h = 0;
  double death_per_h = 0;
  double arrivals_per_h = 0;
};

/// The offspring of one T cell in one hour, by number: chances of 0, 1 and 2.
struct Offspring {
  double none, two;

  template <class Number>
  [[nodiscard]] Number generating(Number s) const {
    return none + (1.0 - none - two) * s + two * s * s;
  }
  [[nodiscard]] double mean() const { return 1.0 + two - none; }
  [[nodiscard]] double variance() const { return two + none - (two - none) * (two - none); }
};

/// Kernel motion decides death and division by one draw, the walk by two.
Offspring offspring_of(const Rates& rates, Motion motion) {
  const double death = -std::expm1(-rates.death_per_h);
  const double birth = -std::expm1(-rates.birth_per_h);
  return {death, motion == Motion::kernel ? birth : (1.0 - death) * birth};
}

struct Moments {
  double mean = 0;
  double variance = 0;
};

/// The generating function at s of the number after t hours, from `founders` at the start and
/// arrivals at the beginning of each hour.
template <class Number>
Number generating(const Offspring& offspring, int founders, double arrival, int t, Number s) {
  Number one = s;  // of the offspring of one
  Number all = 1.0;
  for (int hour = 1; hour <= t; ++hour) {
    one = offspring.generating(one);
    all *= 1.0 - arrival + arrival * one;
  }
  for (int i = 0; i < founders; ++i) all *= one;
  return all;
}

/// Chances of 0, 1, 2 .. T cells, from the generating function on the unit circle; numbers from
/// 2048 on, of chance below 1e-15 in all rows, would be taken for smaller ones.
std::vector<double> chances(const Offspring& offspring, int founders, double arrival, int t) {
  constexpr std::size_t most = 2048;
  std::vector<std::complex<double>> root(most), value(most);
  for (std::size_t i = 0; i < most; ++i) {
    root[i] = std::polar(1.0, 2.0 * std::numbers::pi * static_cast<double>(i) / most);
    value[i] = generating(offspring, founders, arrival, t, root[i]);
  }
  std::vector<double> chance(most);
  for (std::size_t k = 0; k < most; ++k) {
    std::complex<double> sum = 0.0;
    for (std::size_t i = 0; i < most; ++i) sum += value[i] * std::conj(root[i * k % most]);
    // What the rounding of the sum leaves where there is no chance would weigh in high moments.
    constexpr double rounding = 1e-13;
    chance[k] = sum.real() / most > rounding ? sum.real() / most : 0.0;
  }
  return chance;
}

/// The law of f(number).
template <class F>
Law law_of(const std::vector<double>& chance, const F& f) {
  Law law;
  for (std::size_t k = 0; k < chance.size(); ++k) law.mean += chance[k] * f(k);
  for (std::size_t k = 0; k < chance.size(); ++k) {
    const double off = f(k) - law.mean;
    law.variance += chance[k] * off * off;
    law.third += chance[k] * off * off * off;
  }
  return law;
}

/// After t hours, from `founders` at the start and arrivals at the beginning of each hour: one, or
/// none, with chance `arrival`.
Moments moments(const Offspring& offspring, double founders, double arrival, int t) {
  const double m = offspring.mean();
  double mean = 1.0, variance = 0.0;  // of the offspring of one
  Moments sum;
  for (int hour = 1; hour <= t; ++hour) {
    variance = m * m * variance + offspring.variance() * std::pow(m, hour - 1);
    mean *= m;
    sum.mean += arrival * mean;
    sum.variance += arrival * variance + arrival * (1.0 - arrival) * mean * mean;
  }
  sum.mean += founders * mean;
  sum.variance += founders * variance;
  return sum;
}

/// T cells after some hours, by run; a run ends early where none or so many are left that
/// extinction is decided.
std::vector<double> runs(Verifier& verify, Motion motion, const Rates& rates, std::int64_t founders,
                         int hours, std::uint64_t first_seed, std::int64_t count,
                         std::int64_t decided = 0) {
  constexpr std::int64_t per_box = 20;
  const auto boxes = verify.over_seeds(first_seed, count / per_box, [&](std::uint64_t seed) {
    const std::int64_t edge = motion == Motion::kernel ? 16 : 40;
    Parameters p = walkers_only({edge, edge, edge}, 1, motion == Motion::kernel ? 180 : 6);
    p.domain.boundary = Boundary::reflecting;
    p.scenario.seed = seed;
    p.tcells.motion = motion;
    p.tcells.kill_coefficient_mm3_per_h = 0.0;
    p.tcells.division_rate_per_h = rates.birth_per_h;
    p.tcells.death_rate_per_h = rates.death_per_h;
    p.tcells.antigen_half = 1e-300;             // antigen is always plenty,
    p.tcells.reference_density_per_mm3 = 1e18;  // and room
    p.tcells.recruitment_per_mm3_h = rates.arrivals_per_h / p.lattice().volume_mm3();
    WalkerBox box(p);
    std::vector<double> out;
    for (std::int64_t i = 0; i < per_box; ++i) {
      box.begin_scattered(i, founders);
      const auto open = [&] {
        const std::int64_t cells = box.census().tcells();
        return decided == 0 || (cells > 0 && cells < decided);
      };
      for (int hour = 0; hour < hours && open(); ++hour) box.hour();
      out.push_back(static_cast<double>(box.census().tcells()));
    }
    return out;
  });
  std::vector<double> all;
  for (const auto& box : boxes) all.insert(all.end(), box.begin(), box.end());
  return all;
}

std::string text(double value) {
  char out[32];
  std::snprintf(out, sizeof out, "%.4g", value);
  return out;
}

/// The continuous process: extinction and mean of Kendall (1948), for the reader.
std::string continuous(const Rates& r, double founders, double t) {
  const double growth = std::exp((r.birth_per_h - r.death_per_h) * t);
  const double lost = r.birth_per_h == r.death_per_h ? r.birth_per_h * t / (1.0 + r.birth_per_h * t)
                                                     : r.death_per_h * (growth - 1.0) /
                                                           (r.birth_per_h * growth - r.death_per_h);
  return "continuous time: extinct " + text(std::pow(lost, founders)) + ", mean " +
         text(founders * growth);
}

/// Mean, variance and extinction against the law of the hour.
void compare(Verifier& verify, const std::string& what, const std::string& conditions,
             const std::vector<double>& numbers, const Moments& law,
             const std::vector<double>& chance) {
  std::vector<double> squares;
  double none = 0.0;
  for (const double number : numbers) {
    squares.push_back((number - law.mean) * (number - law.mean));
    none += number == 0.0 ? 1.0 : 0.0;
  }
  const Law of_number = law_of(chance, [](std::size_t k) { return static_cast<double>(k); });
  const Law of_square = law_of(chance, [&](std::size_t k) {
    return (static_cast<double>(k) - law.mean) * (static_cast<double>(k) - law.mean);
  });
  verify.random(section, what + ": mean", conditions, law.mean, mean_by_law(numbers, of_number));
  verify.random(section, what + ": variance", conditions, law.variance,
                mean_by_law(squares, of_square));
  verify.random(section, what + ": chance that none is left", conditions, chance[0],
                share(none, static_cast<double>(numbers.size()), chance[0]));
}

void birth_and_death(Verifier& verify) {
  struct Case {
    const char* name;
    Motion motion;
    Rates rates;
    std::int64_t founders;
  };
  constexpr int hours = 120;
  std::uint64_t seed = 47'000'000;
  for (const Case& c : {Case{"growth", Motion::kernel, {0.02, 0.01}, 3},
                        Case{"critical", Motion::kernel, {0.02, 0.02}, 4},
                        Case{"growth in the walk", Motion::hops, {0.02, 0.01}, 3}}) {
    const std::int64_t count = verify.effort(3000, 30000);
    const auto numbers = runs(verify, c.motion, c.rates, c.founders, hours, seed, count);
    const Offspring law = offspring_of(c.rates, c.motion);
    const auto founders = static_cast<double>(c.founders);
    compare(verify, std::string("birth and death, ") + c.name,
            std::to_string(c.founders) + " T cells, b = " + text(c.rates.birth_per_h) +
                ", d = " + text(c.rates.death_per_h) + " /h, " + std::to_string(hours) + " h; " +
                continuous(c.rates, founders, hours),
            numbers, moments(law, founders, 0.0, hours),
            chances(law, static_cast<int>(c.founders), 0.0, hours));
    seed += 1'000'000;
  }
}

/// Whether the offspring of some T cells die out at last: those of one with the chance s < 1 at
/// which the generating function of an hour is s, that is none/two; d/b in continuous time.
void ultimate_extinction(Verifier& verify) {
  constexpr Rates rates{0.04, 0.02, 0.0};
  constexpr std::int64_t founders = 3;
  constexpr std::int64_t beyond_return = 40;  // of 40 T cells all die out with chance 1e-12
  constexpr int longest_h = 100'000;
  const Offspring law = offspring_of(rates, Motion::kernel);
  const double theory = std::pow(law.none / law.two, static_cast<double>(founders));
  const std::string conditions = "3 T cells, b = 0.04, d = 0.02 /h";
  verify.exact(section, "theory alone: ultimate extinction by the law of 3000 hours", conditions,
               theory, generating(law, founders, 0.0, 3000, 0.0), 1e-12);
  double extinct = 0;
  const std::int64_t count = verify.effort(2000, 20000);
  for (const double number :
       runs(verify, Motion::kernel, rates, founders, longest_h, 47'700'000, count, beyond_return)) {
    extinct += number == 0.0 ? 1.0 : 0.0;
  }
  verify.random(section, "birth and death: chance of ultimate extinction",
                conditions + ", to none or 40; continuous time: (d/b)^3 = 0.125", theory,
                share(extinct, static_cast<double>(count), theory));
}

/// Arrivals and deaths: a sum of independent chances, one per hour, that tends to
/// Poisson(nu/d); with births to a negative binomial.
void immigration(Verifier& verify) {
  constexpr int hours = 300;
  std::uint64_t seed = 47'500'000;
  for (const Rates& rates : {Rates{0.0, 0.02, 0.05}, Rates{0.01, 0.02, 0.02}}) {
    const std::int64_t count = verify.effort(2000, 20000);
    const auto numbers = runs(verify, Motion::kernel, rates, 0, hours, seed, count);
    const Offspring law = offspring_of(rates, Motion::kernel);
    const double b = rates.birth_per_h, d = rates.death_per_h, nu = rates.arrivals_per_h;
    const double none = b > 0.0 ? std::pow(1.0 - b / d, nu / b) : std::exp(-nu / d);
    compare(verify, b > 0.0 ? "arrival, birth and death" : "arrival and death",
            "nu = " + text(nu) + ", b = " + text(b) + ", d = " + text(d) +
                " /h, 300 h; continuous time, for ever: none " + text(none) + ", mean " +
                text(nu / (d - b)),
            numbers, moments(law, 0.0, nu, hours), chances(law, 0, nu, hours));
    seed += 100'000;
  }
}

}  // namespace

void tcell_numbers(Verifier& verify) {
  birth_and_death(verify);
  ultimate_extinction(verify);
  immigration(verify);
}

}  // namespace marrow::verify
