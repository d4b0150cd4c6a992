// SPDX-License-Identifier: BSD-3-Clause
#include "tests/verify/suite_rows.hpp"

#include "tests/verify/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>

namespace marrow::verify {
namespace {

constexpr const char* section = "suite";

struct Sums {
  double rows = 0;
  double z = 0;
  double squares = 0;  // of z
  double shared = 0;   // sum over sources of the square of their number of rows
  double most = 0;     // rows of one source
  std::size_t sources = 0;
};

Sums sums_of(std::span<const Row> rows) {
  Sums sums;
  std::map<std::int64_t, double> by_source;
  for (const Row& row : rows) {
    if (!row.has_z() || row.section == section) continue;
    ++sums.rows;
    sums.z += row.deviation;
    sums.squares += row.deviation * row.deviation;
    ++by_source[row.source];
  }
  for (const auto& [source, n] : by_source) {
    sums.shared += n * n;
    sums.most = std::max(sums.most, n);
  }
  sums.sources = by_source.size();
  return sums;
}

/// The error is the largest that N rows of variance 1 can have if rows of different sources are
/// independent: those of one source all say the same.
Measurement mean_z(const Sums& sums) {
  return {sums.z / sums.rows, std::sqrt(sums.shared) / sums.rows,
          static_cast<std::int64_t>(sums.rows)};
}

}  // namespace

void add_bias_row(Verifier& verify, const std::string& subject, std::size_t first) {
  const Sums sums = sums_of(std::span(verify.rows()).subspan(first));
  if (sums.sources < 2) return;
  verify.fresh_samples();
  verify.random(section, "mean z of a subject", subject, 0.0, mean_z(sums));
}

void add_suite_rows(Verifier& verify) {
  const Sums sums = sums_of(verify.rows());
  if (sums.sources < 10) return;
  const std::string sources = std::to_string(sums.sources) + " independent sources of samples";
  verify.fresh_samples();
  verify.random(section, "mean z of all rows with a z", sources, 0.0, mean_z(sums));
  verify.fresh_samples();
  // As if all sources had as many wholly dependent rows as the largest: no tail is heavier.
  const double freedom = sums.rows / sums.most;
  const ChiSquare all{sums.squares / sums.rows * freedom, freedom,
                      static_cast<std::int64_t>(sums.rows)};
  verify.random(section, "mean z^2 of all rows with a z: (chi^2/f)^(1/3)", sources, all.theory(),
                all.measured());
}

}  // namespace marrow::verify
