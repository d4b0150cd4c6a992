// SPDX-License-Identifier: BSD-3-Clause
// Checks of `patient`: definitions that contain each other, and the thresholds of care.
#include "io/scenario/checker.hpp"

namespace marrow::io {

namespace {

/// One row of two definitions of which `strict` must ask for at least as much as `weak`.
struct Row {
  const char* name;
  double strict;
  double weak;
};

void check_responses(Checker& check) {
  const ClinicalCriteria& partial = check.parameters().patient.partial_response;
  const ClinicalCriteria& complete = check.parameters().patient.complete_response;
  const Row rows[] = {
      {"neutrophils", complete.neutrophils_1e9_per_l, partial.neutrophils_1e9_per_l},
      {"platelets", complete.platelets_1e9_per_l, partial.platelets_1e9_per_l},
      {"hemoglobin", complete.hemoglobin_g_per_l, partial.hemoglobin_g_per_l},
  };
  for (const Row& row : rows) {
    if (row.strict >= row.weak) continue;
    const std::string high = std::string("patient.complete_response.") + row.name;
    const std::string low = std::string("patient.partial_response.") + row.name;
    check.contradiction({high, low}, "a complete response would ask for less than a partial one",
                        {check.states(high) + ", " + check.states(low)});
  }
}

/// Severe disease meets the criteria of moderate disease too.
void check_severity(Checker& check) {
  const ClinicalCriteria& severe = check.parameters().patient.saa;
  const ClinicalCriteria& moderate = check.parameters().patient.moderate;
  const Row rows[] = {
      {"neutrophils", moderate.neutrophils_1e9_per_l, severe.neutrophils_1e9_per_l},
      {"platelets", moderate.platelets_1e9_per_l, severe.platelets_1e9_per_l},
      {"cellularity", moderate.cellularity, severe.cellularity},
  };
  for (const Row& row : rows) {
    if (row.strict >= row.weak) continue;
    const std::string high = std::string("patient.moderate.") + row.name;
    const std::string low = std::string("patient.saa.") + row.name;
    check.contradiction({high, low}, "moderate disease would be more severe than severe disease",
                        {check.states(high) + ", " + check.states(low),
                         "the limit of moderate disease is at least that of severe disease"});
  }
  const std::string very = "patient.very_severe_neutrophils";
  const std::string limit = "patient.saa.neutrophils";
  if (check.parameters().patient.very_severe_neutrophils_1e9_per_l <=
      severe.neutrophils_1e9_per_l) {
    return;
  }
  check.contradiction({very, limit}, "very severe disease would be less severe than severe disease",
                      {check.states(very) + ", " + check.states(limit)});
}

void check_transfusion(Checker& check) {
  const PatientParameters& patient = check.parameters().patient;
  if (!patient.transfusion) return;
  const auto below_health = [&](const std::string& path, double threshold,
                                const std::string& lineage, double normal) {
    if (threshold < normal) return;
    check.contradiction(
        {path, lineage},
        "a healthy patient would be transfused: '" + path + "' is not below the value in health",
        {check.states(path) + ", " + check.states(lineage)});
  };
  below_health("patient.transfusion.hemoglobin_below",
               patient.transfusion->hemoglobin_below_g_per_l, "patient.hemoglobin.normal",
               patient.hemoglobin.normal);
  below_health("patient.transfusion.platelets_below",
               patient.transfusion->platelets_below_1e9_per_l, "patient.platelets.normal",
               patient.platelets.normal);
}

void check_death(Checker& check) {
  const auto& death = check.parameters().patient.death;
  if (!death || death->per_week_very_severe >= death->per_week_severe) return;
  const std::string high = "patient.death.per_week_very_severe";
  const std::string low = "patient.death.per_week_severe";
  check.contradiction({high, low}, "fewer neutrophils would be less dangerous",
                      {check.states(high) + ", " + check.states(low)});
}

/// The stencil that spreads hematopoiesis is at most so many voxels wide to either side.
void check_smoothing(Checker& check) {
  constexpr double most_voxels = 256.0;
  const Parameters& p = check.parameters();
  if (p.patient.smoothing_um <= most_voxels * p.domain.spacing_um) return;
  check.contradiction({"patient.smoothing", "domain.spacing"},
                      "the offspring of a stem cell would spread over more than 256 voxels",
                      {check.states("patient.smoothing") + ", " + check.states("domain.spacing")});
}

}  // namespace

void check_patient(Checker& check) {
  check_responses(check);
  check_severity(check);
  check_transfusion(check);
  check_death(check);
  check_smoothing(check);
}

}  // namespace marrow::io
