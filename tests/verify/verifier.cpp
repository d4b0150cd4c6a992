// SPDX-License-Identifier: BSD-3-Clause
#include "tests/verify/verifier.hpp"

#include "tests/verify/table.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace marrow::verify {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

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
  for (const double x : samples) squares += (x - mean) * (x - mean);
  return {mean, std::sqrt(squares / (n - 1) / n), static_cast<std::int64_t>(samples.size())};
}

std::vector<std::vector<double>> Verifier::over_seeds(
    std::uint64_t first, std::int64_t count,
    const std::function<std::vector<double>(std::uint64_t)>& one) const {
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
  const double difference = measured.mean - theory;
  const double deviation = difference == 0.0 ? 0.0 : difference / measured.standard_error;
  add({std::move(section), std::move(check), std::move(conditions), theory, measured.mean,
       measured.standard_error, measured.samples, deviation, "|z| <= " + number_text(z_bound),
       measured.samples > 1 && std::abs(difference) <= z_bound * measured.standard_error});
}

void Verifier::exact(std::string section, std::string check, std::string conditions, double theory,
                     double measured, double rounding) {
  const double scale = theory == 0.0 ? 1.0 : std::abs(theory);
  const double deviation = (measured - theory) / scale;
  const std::string rule = rounding == 0.0 ? "equal" : "relative <= " + number_text(rounding);
  add({std::move(section), std::move(check), std::move(conditions), theory, measured, none, 0,
       deviation, rule, std::abs(measured - theory) <= rounding * scale});
}

void Verifier::within(std::string section, std::string check, std::string conditions, double low,
                      double high, double measured) {
  add({std::move(section), std::move(check), std::move(conditions), none, measured, none, 0, none,
       number_text(low) + " to " + number_text(high), low <= measured && measured <= high});
}

void Verifier::add(Row row) {
  rows_.push_back(std::move(row));
  if (told_) told_(rows_.back());
}

}  // namespace marrow::verify
