// SPDX-License-Identifier: BSD-3-Clause
// The book that the verification suite keeps: each row holds what theory says, what the program
// does, and the rule by which the two agree. Samples are spread over ranks by seed and gathered in
// the order of seeds, so that the table does not depend on the number of ranks. Test code.
#pragma once

#include "parallel/communicator.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace marrow::verify {

enum class Effort { quick, full };

/// The decision bound of all rows with chance. A normal deviate is beyond it with chance 4.2e-6, so
/// up to 236 rows give a false alarm in fewer than one of a thousand suites of other seeds.
inline constexpr double z_bound = 4.6;
inline constexpr std::int64_t most_rows_with_chance = 236;

/// Mean of a random quantity and its uncertainty.
struct Measurement {
  double mean = 0;
  double standard_error = 0;
  std::int64_t samples = 0;
  double skewness = 0;       // of the mean; of one sample, over sqrt(n)
  std::int64_t freedom = 0;  // n - 1 where error and skewness come from the samples; 0: from theory
};
/// Mean, standard deviation over sqrt(n), n; at least three samples.
Measurement mean_of(std::span<const double> samples);

/// The normal deviate with the same chance beyond it as the measurement's distance from theory:
/// three moments by theory: of the Pearson III law (Wilson & Hilferty 1931); by the samples:
/// Student's t with Johnson's correction for skewness (1978), as a normal deviate by Wallace
/// (1959). Where the samples are too few for their skewness +-1000, which no row passes.
double z_of(const Measurement& measured, double theory);

/// A row's curve, for where a curve says more than a number.
struct Curve {
  std::string name;  // also of its file: letters, digits, _
  std::string x_label;
  std::string y_label;
  struct Line {
    std::string name;
    std::vector<double> x;
    std::vector<double> y;
    bool theory = false;
  };
  std::vector<Line> lines;
  bool log_x = false;
  bool log_y = false;
};

/// One line of the table. Numbers: NaN where the row has none.
struct Row {
  std::string section;  // of the theory targets
  std::string check;
  std::string conditions;
  double theory = 0;
  double measured = 0;
  double standard_error = 0;
  std::int64_t samples = 0;
  double deviation = 0;  // z, or the difference relative to theory
  std::string rule;
  bool passed = false;
  bool chance = false;      // a right program may fail it: counts against most_rows_with_chance
  std::int64_t source = 0;  // rows of different sources share no samples

  [[nodiscard]] bool has_z() const { return samples > 0; }
};

/// Whether a row without a z depends on chance all the same. `rare`: a right program fails it with
/// a chance below that of a row with z, for reasons given at the call.
enum class Chance { none, rare };

class Verifier {
 public:
  Verifier(const parallel::Communicator& world, Effort effort) : world_(world), effort_(effort) {}

  [[nodiscard]] const parallel::Communicator& world() const { return world_; }
  /// The number of samples at the effort of this run.
  [[nodiscard]] std::int64_t effort(std::int64_t quick, std::int64_t full) const {
    return effort_ == Effort::quick ? quick : full;
  }

  /// Calls one(seed) for `count` seeds from `first` on, spread over the ranks; every rank gets all
  /// results in the order of seeds. Collective; `one` must not be.
  [[nodiscard]] std::vector<std::vector<double>> over_seeds(
      std::uint64_t first, std::int64_t count,
      const std::function<std::vector<double>(std::uint64_t)>& one);
  /// What follows shares no samples with the rows before.
  void fresh_samples() { source_ = ++sources_; }
  /// The same, although seeds come again: over_seeds calls of one subject that begin with the same
  /// seed count as one source, others as different ones.
  void fresh_subject() {
    source_of_seed_.clear();
    fresh_samples();
  }

  /// A random quantity: passes if |z_of(measured, theory)| <= z_bound. Where the theory gives the
  /// variance, give its standard error and skewness.
  void random(std::string section, std::string check, std::string conditions, double theory,
              const Measurement& measured);
  /// A quantity without chance: passes if |measured - theory| <= rounding·|theory| (rounding itself
  /// where theory is 0). `rounding` is numerical error (1e-12; 1e-4 for a converged solver), never
  /// an error of the model.
  void exact(std::string section, std::string check, std::string conditions, double theory,
             double measured, double rounding, Chance chance = Chance::none);
  /// A bound that theory gives: passes if low <= measured <= high.
  void within(std::string section, std::string check, std::string conditions, double low,
              double high, double measured, Chance chance = Chance::none);
  void curve(Curve curve) { curves_.push_back(std::move(curve)); }

  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  [[nodiscard]] const std::vector<Curve>& curves() const { return curves_; }
  /// Calls this for each row as it is made; on every rank.
  void on_row(std::function<void(const Row&)> told) { told_ = std::move(told); }

 private:
  void add(Row row);

  const parallel::Communicator& world_;
  Effort effort_;
  std::int64_t sources_ = 0;
  std::int64_t source_ = 0;
  std::map<std::uint64_t, std::int64_t> source_of_seed_;  // by the first seed
  std::vector<Row> rows_;
  std::vector<Curve> curves_;
  std::function<void(const Row&)> told_;
};

}  // namespace marrow::verify
