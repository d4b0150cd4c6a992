// SPDX-License-Identifier: BSD-3-Clause
#include "tests/verify/culture_law.hpp"

#include <algorithm>
#include <cmath>

namespace marrow::verify {
namespace {

double log_choose(double n, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

/// One generation of `daughters` among `cells` cells.
std::vector<double> after(const std::vector<double>& before, double cells, double daughters,
                          double chance) {
  constexpr double most_new = 6;  // mutations in one generation; chances beyond are below 1e-12
  std::vector<double> next(before.size(), 0.0);
  const std::size_t last = before.size() - 1;
  next[last] = before[last];
  const double all = log_choose(cells, daughters);
  for (std::size_t r = 0; r < last; ++r) {
    if (before[r] < 1e-15) continue;
    const auto mutants = static_cast<double>(r);
    const double fewest = std::max(0.0, daughters - (cells - mutants));
    for (double j = fewest; j <= std::min(mutants, daughters); ++j) {
      const double normal = daughters - j;
      const double mothers =
          std::exp(log_choose(mutants, j) + log_choose(cells - mutants, normal) - all);
      for (double m = 0; m <= std::min(normal, most_new); ++m) {
        const double struck = std::exp(log_choose(normal, m)) * std::pow(chance, m) *
                              std::pow(1.0 - chance, normal - m);
        const auto there = static_cast<std::size_t>(mutants + j + m);
        next[std::min(last, there)] += before[r] * mothers * struck;
      }
    }
  }
  return next;
}

}  // namespace

std::vector<double> law_of_mutants(std::span<const double> cells, double chance, std::size_t size) {
  std::vector<double> law(size, 0.0);
  law[0] = 1.0;
  for (std::size_t t = 0; t + 1 < cells.size(); ++t) {
    const double daughters = cells[t + 1] - cells[t];
    if (daughters > 0) law = after(law, cells[t], daughters, chance);
  }
  return law;
}

std::vector<double> ma_sandri_sarkar(double mean, std::size_t size) {
  std::vector<double> p = {std::exp(-mean)};
  while (p.size() < size) {
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      sum += p[i] / static_cast<double>(p.size() - i + 1);
    }
    p.push_back(mean / static_cast<double>(p.size()) * sum);
  }
  return p;
}

}  // namespace marrow::verify
