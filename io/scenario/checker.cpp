// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/checker.hpp"

#include "core/tissue/niche_grid.hpp"
#include "io/scenario/registry.hpp"
#include "io/scenario/value_text.hpp"
#include "io/text/number.hpp"

#include <cmath>
#include <utility>

namespace marrow::io {

void Checker::contradiction(std::initializer_list<std::string> paths, std::string message,
                            std::vector<std::string> advice) {
  Diagnostic error;
  error.source = *source_;
  error.message = std::move(message);
  error.advice = std::move(advice);
  error.parameter = *paths.begin();
  if (const Origin* origin = origin_to_blame(paths)) {
    error.source = origin->source;
    error.place = origin->place;
    error.source_line = origin->source_line;
    error.source_order = origin->kind == OriginKind::file ? 0 : 1;
  }
  errors_->push_back(std::move(error));
}

/// A `--set` argument before a line of the file: the file alone may have been right.
const Origin* Checker::origin_to_blame(std::initializer_list<std::string> paths) const {
  const Origin* in_file = nullptr;
  for (const std::string& path : paths) {
    const auto written = origins_->find(path);
    if (written == origins_->end()) continue;
    if (written->second.kind == OriginKind::command_line) return &written->second;
    if (in_file == nullptr) in_file = &written->second;
  }
  return in_file;
}

std::string Checker::states(const std::string& path) const {
  const std::string mark = origins_->contains(path) ? "" : " (default)";
  return "'" + path + "' is " + value(path) + mark;
}

std::string Checker::value(const std::string& path) const {
  const ParameterSpec* spec = registry().parameter(without_indices(path));
  return format_value(*spec, spec->get(*parameters_, index_in(path)));
}

double Checker::niche_count() const {
  if (parameters_->niches.arrangement == NicheArrangement::grid) {
    return static_cast<double>(
        volume(niche_grid_extent(parameters_->niches, parameters_->lattice())));
  }
  return parameters_->niches.density_per_mm3 * parameters_->lattice().volume_mm3();
}

double Checker::whole_niches() const { return std::floor(niche_count() + 0.5); }

std::string element(std::string_view list, std::size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

std::string um(double value) { return format_rounded(value, 6) + " um"; }

}  // namespace marrow::io
