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

/// A scenario with every section that is off unless written, and all that needs another.
inline std::string full_scenario() {
  return R"(scenario: {name: full}
domain: {size: [200, 200, 200]}
niches:
  loss: {}
hspc: {ifn_memory: 12 h, bystander_rate: 0.0033 /d}
tcells:
  motion: hops
  fas_multiplier: 2
  exhaustion: {}
  memory: {share: 10 %}
  cooperativity: {window: 12 h}
  chemotaxis: {half_gradient: 4 /mm}
  trigger: {at: 30 d}
tregs: {half_ratio: 0.25}
signals: {voxels_per_cell: 4}
clones:
  tabulated: true
  standing: true
  catalogue:
    piga: {rate: 2e-6 /division, presentation_sd: 0.2}
    monosomy_7: {standing: true}
  founders:
    - {name: hla, genotype: [hla_lost], presentation: 0, cells: 8}
    - {name: shielded, presentation: 0, at: infusion}
    - {name: evolved, genotype: [monosomy_7], cells: 2}
  mutations:
    - {name: bcorl1, genotype: [driver], rate: 1e-7 /division, growth_sd: 0.05 /y, standing: false}
patient:
  age: 60 y
  weight: 80 kg
  neutrophils: {transit: 6 d}
  gpi_negative_red_cell_survival: 40 %
  moderate: {cellularity: 0.4}
  detection: {driver: 2 %}
  transfusion: {}
  death: {care_factor: 1}
drugs:
  horse_atg: {tcell_log10_kill: 1.2}
therapy:
  - {drug: horse_atg, from: diagnosis, at: 28 d, dose: 30 mg/kg}
  - {drug: cyclosporine, from: diagnosis, at: 28 d, taper: 540 d}
  - {dose: 0.01 mg/kg, drug: g_csf, at: 100 d, if: severe}
  - {drug: eltrombopag, from: relapse, at: 0 d, dose: 75 mg, duration: 90 d}
  - {drug: clone_infusion, at: 200 d, if: no_response, clone: shielded, dose: 2 x 10^6 /kg}
  - {drug: treg_infusion, from: trigger, at: 1 y, given: false}
run: {duration: 3 y}
)";
}

/// Another value of the same parameter, as near as the type has one.
inline Value changed(const ParameterSpec& spec, const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return !*flag;
  if (const auto* extent = std::get_if<Index3>(&value)) {
    return Index3{extent->x + 16, extent->y + 17, extent->z + 18};
  }
  if (const auto* dose = std::get_if<Dose>(&value)) {
    const double other = dose->value < 0.0 ? 12.5 : std::nextafter(dose->value, 1e300);
    return Dose{other, DoseUnit::mg_per_kg};
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
  if (spec.type == ParameterType::name) return std::string("x");
  // An absent optional number.
  if (spec.type == ParameterType::integer) return std::int64_t{12};
  return spec.type == ParameterType::share ? 0.125 : 12.5;
}

}  // namespace marrow::io
