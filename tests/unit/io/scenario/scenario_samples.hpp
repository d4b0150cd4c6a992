// SPDX-License-Identifier: BSD-3-Clause
// Scenarios and changed values that several tests of io/scenario share.
#pragma once

#include "io/scenario/registry.hpp"

#include <cmath>
#include <cstdint>
#include <string>

namespace marrow::io {

inline std::string sample_scenario() {
  return R"(# a comment
scenario:
  name: sample
  text: "Protective clone: a sample"
  seed: 7
domain:
  size: [200, 200, 200]
  spacing: 10 um
niches:
  density: 100 /mm^3
tcells:
  motility: 20 um^2/min
  trigger: {at: 30 d, influx: 0.3 /mm^3, clonotypes: 1}
clones:
  founders:
    - name: hla_lacking
      genotype: [hla_lost]
      presentation: 0
      cells: 8
      at: trigger
    - {name: piga, genotype: [gpi_negative, driver], share: 1 %, at: start}
  mutations:
    - name: new_piga
      genotype: [gpi_negative]
      rate: 1.3e-6 /division
patient:
  neutrophils: {normal: 4 x 10^9/L}
run:
  duration: 3 y
output:
  frames:
    every: 30 d
    crop: {from: [0, 0, 0], to: [100, 100, 100]}
)";
}

/// Another value of the same parameter, as near as the type has one.
inline Value changed(const ParameterSpec& spec, const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return !*flag;
  if (const auto* extent = std::get_if<Index3>(&value)) {
    return Index3{extent->x + 16, extent->y + 17, extent->z + 18};
  }
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    if (spec.type == ParameterType::genotype) return *integer ^ 5;
    return *integer + 1;
  }
  if (const double* number = std::get_if<double>(&value)) {
    if (spec.whole_hours) return *number + 1.0;
    const bool at_top = *number >= spec.limits.highest;
    return std::nextafter(*number, at_top ? -1e300 : 1e300);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (spec.type == ParameterType::choice) {
      return spec.choices[spec.choices.front() == *text ? 1 : 0];
    }
    return *text + "x";
  }
  return 12.5;  // an absent optional number
}

}  // namespace marrow::io
