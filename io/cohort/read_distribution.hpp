// SPDX-License-Identifier: BSD-3-Clause
// A distribution of a cohort file, in the units and limits of the parameter that is drawn.
#pragma once

#include "io/cohort/cohort_plan.hpp"
#include "io/cohort/entries.hpp"

namespace marrow::io {

/// Fills distribution and values of `draw`, whose path, spec and index are set.
void read_distribution(const SourceText& source, const YamlNode& node, CohortDraw& draw,
                       std::vector<Diagnostic>& errors);

/// `weight` of each entry of a list. Together they must be 1; then they are made exactly so.
/// Reports it otherwise.
class Weights {
 public:
  /// Reads the weight of an entry.
  void add(Entries& entry);
  /// `what`: "mixture". Empty if one was wrong.
  std::vector<double> sum_up(const SourceText& source, std::vector<Diagnostic>& errors,
                             const Place& place, const std::string& what);

 private:
  std::vector<double> weights_;
  bool complete_ = true;
};

}  // namespace marrow::io
