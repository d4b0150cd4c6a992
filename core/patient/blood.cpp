// SPDX-License-Identifier: BSD-3-Clause
#include "core/patient/blood.hpp"

#include "core/math/elementary.hpp"

namespace marrow {
namespace {

/// Below this share of normal (less than one cell per litre) a lineage is gone: without it, counts
/// would fall through every power of two down to the smallest double.
constexpr double absent_share = 1e-14;

}  // namespace

PatientState healthy_patient(const PatientParameters& parameters, const StemCensus& stem) {
  PatientState state;
  state.progenitors = progenitor_targets(parameters.progenitors, stem);
  update_presentation(state, stem);
  state.neutrophils_1e9_per_l = parameters.neutrophils.normal;
  state.platelets_1e9_per_l = parameters.platelets.normal;
  state.reticulocytes_1e9_per_l = parameters.reticulocytes.normal;
  state.hemoglobin_g_per_l = parameters.hemoglobin.normal;
  return state;
}

PatientState healthy_patient(const PatientParameters& parameters) {
  StemCensus full;
  full.niches = 1;
  full.cells[0] = 1;
  full.presentation[0] = full_presentation;
  return healthy_patient(parameters, full);
}

void advance_blood(PatientState& state, const PatientParameters& parameters) {
  const double supply =
      static_cast<double>(progenitor_total(state)) / static_cast<double>(fixed_one);
  const auto relax = [supply](double& count, const BloodLineage& lineage) {
    count += (lineage.normal * supply - count) * one_minus_exp(1.0 / lineage.lifetime_h);
    if (count < absent_share * lineage.normal) count = 0;
  };
  relax(state.neutrophils_1e9_per_l, parameters.neutrophils);
  relax(state.platelets_1e9_per_l, parameters.platelets);
  relax(state.reticulocytes_1e9_per_l, parameters.reticulocytes);
  relax(state.hemoglobin_g_per_l, parameters.hemoglobin);
}

}  // namespace marrow
