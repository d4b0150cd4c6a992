// SPDX-License-Identifier: BSD-3-Clause
#include "tests/verify/verifier.hpp"

#include "core/model/failure.hpp"
#include "tests/verify/table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace marrow::verify {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
/// The z of a row whose samples are too few for their skewness.
constexpr double no_agreement = 1e3;

/// Above it Johnson's correction, which turns at a t of -1.5/skewness, would leave the z_bound.
constexpr double most_skewed = 0.1;
/// And that of a known law, which ends at a z of -6/skewness.
constexpr double most_skewed_law = 1.0;

/// Results of some seeds as one list: number of the seed, number of values, values.
std::vector<double> flat(std::size_t number, const std::vector<double>& values) {
  std::vector<double> list = {static_cast<double>(number), static_cast<double>(values.size())};
  list.insert(list.end(), values.begin(), values.end());
  return list;
}

}  // namespace

Measurement mean_of(std::span<const double> samples) {
  const auto n = static_cast<double>(samples.size());
  double sum = 0;
  for (const double x : samples) sum += x;
  const double mean = sum / n;
  double squares = 0;
  double cubes = 0;
  for (const double x : samples) {
    squares += (x - mean) * (x - mean);
    cubes += (x - mean) * (x - mean) * (x - mean);
  }
  const double sd = std::sqrt(squares / (n - 1));
  const double skewness = sd > 0.0 ? cubes / n / (sd * sd * sd) : 0.0;
  const auto count = static_cast<std::int64_t>(samples.size());
  return {mean, sd / std::sqrt(n), count, skewness / std::sqrt(n), count - 1};
}

double z_of(const Measurement& measured, double theory) {
  const double difference = measured.mean - theory;
  if (difference == 0.0) return 0.0;
  const double z = difference / measured.standard_error;
  const double skewness = measured.skewness;
  const double most = measured.freedom == 0 ? most_skewed_law : most_skewed;
  // Too few samples to judge by: no agreement is claimed, and the row fails.
  if (!(std::abs(skewness) <= most)) return std::copysign(no_agreement, difference);
  if (measured.freedom == 0) {
    if (std::abs(skewness) < 1e-6) return z;
    return 6.0 / skewness * (std::cbrt(std::max(0.0, 1.0 + 0.5 * skewness * z)) - 1.0) +
           skewness / 6.0;
  }
  const double t = z + skewness / 6.0 * (1.0 + 2.0 * z * z);
  const auto f = static_cast<double>(measured.freedom);
  return std::copysign((8.0 * f + 1.0) / (8.0 * f + 3.0) * std::sqrt(f * std::log1p(t * t / f)), t);
}

std::vector<std::vector<double>> Verifier::over_seeds(
    std::uint64_t first, std::int64_t count,
    const std::function<std::vector<double>(std::uint64_t)>& one) {
  fresh_samples();
  source_ = source_of_seed_.try_emplace(first, source_).first->second;
  const auto seeds = static_cast<std::size_t>(count);
  std::vector<double> mine;
  world_.agree([&] {
    for (auto i = static_cast<std::size_t>(world_.rank()); i < seeds;
         i += static_cast<std::size_t>(world_.size())) {
      const std::vector<double> list = flat(i, one(first + i));
      mine.insert(mine.end(), list.begin(), list.end());
    }
  });
  const std::vector<double> all = world_.all_gather(std::span<const double>(mine));
  std::vector<std::vector<double>> results(seeds);
  for (auto at = all.begin(); at != all.end();) {
    const auto number = static_cast<std::size_t>(*at++);
    const auto values = static_cast<std::ptrdiff_t>(*at++);
    results[number].assign(at, at + values);
    at += values;
  }
  return results;
}

void Verifier::random(std::string section, std::string check, std::string conditions, double theory,
                      const Measurement& measured) {
  const double z = z_of(measured, theory);
  add({std::move(section), std::move(check), std::move(conditions), theory, measured.mean,
       measured.standard_error, measured.samples, z, "|z| <= " + number_text(z_bound),
       measured.samples > 1 && std::abs(z) <= z_bound, true, source_});
}

void Verifier::exact(std::string section, std::string check, std::string conditions, double theory,
                     double measured, double rounding, Chance chance) {
  const double scale = theory == 0.0 ? 1.0 : std::abs(theory);
  const double deviation = (measured - theory) / scale;
  const std::string rule = rounding == 0.0 ? "equal" : "relative <= " + number_text(rounding);
  add({std::move(section), std::move(check), std::move(conditions), theory, measured, none, 0,
       deviation, rule, std::abs(measured - theory) <= rounding * scale, chance == Chance::rare,
       source_});
}

void Verifier::within(std::string section, std::string check, std::string conditions, double low,
                      double high, double measured, Chance chance) {
  add({std::move(section), std::move(check), std::move(conditions), none, measured, none, 0, none,
       number_text(low) + " to " + number_text(high), low <= measured && measured <= high,
       chance == Chance::rare, source_});
}

void Verifier::add(Row row) {
  rows_.push_back(std::move(row));
  if (told_) told_(rows_.back());
}

}  // namespace marrow::verify
