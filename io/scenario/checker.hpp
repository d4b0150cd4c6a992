// SPDX-License-Identifier: BSD-3-Clause
// What the checks between parameters share: the scenario, where each value was written, and how a
// contradiction becomes an error that points there. Only the checks*.cpp files use it.
#pragma once

#include "core/model/parameters.hpp"
#include "io/scenario/origin.hpp"
#include "io/text/diagnostic.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

class Checker {
 public:
  Checker(const Parameters& parameters, const Origins& origins, const std::string& source,
          std::vector<Diagnostic>& errors)
      : parameters_(&parameters), origins_(&origins), source_(&source), errors_(&errors) {}

  [[nodiscard]] const Parameters& parameters() const { return *parameters_; }

  /// Points at one of the paths that is written anywhere, else at the scenario as a whole.
  void contradiction(std::initializer_list<std::string> paths, std::string message,
                     std::vector<std::string> advice);

  /// "'niches.density' is 100 /mm^3 (default)".
  [[nodiscard]] std::string states(const std::string& path) const;
  /// The value alone: "100 /mm^3".
  [[nodiscard]] std::string value(const std::string& path) const;

  /// Niches that the box will hold, not rounded.
  [[nodiscard]] double niche_count() const;
  /// The same as a whole number.
  [[nodiscard]] double whole_niches() const;

 private:
  [[nodiscard]] const Origin* origin_to_blame(std::initializer_list<std::string> paths) const;

  const Parameters* parameters_;
  const Origins* origins_;
  const std::string* source_;
  std::vector<Diagnostic>* errors_;
};

/// Rounding of unit conversions must not turn "exactly three voxels" into "less than three".
inline constexpr double slack = 1.0 + 1e-9;

/// Presentation above which a cell that lost the HLA allele is not what it says.
inline constexpr double seen_although_lost = 0.5;

/// "clones.founders[3]".
std::string element(std::string_view list, std::size_t index);
/// "35 um".
std::string um(double value);

void check_tissue(Checker& check);
void check_clones(Checker& check);
void check_mutations(Checker& check);
void check_verification(Checker& check);
void check_tcells(Checker& check);
void check_signals(Checker& check);
void check_patient(Checker& check);
void check_therapy(Checker& check);

}  // namespace marrow::io
