// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/sample.hpp"

#include "core/observe/census.hpp"
#include "core/patient/blood.hpp"
#include "core/patient/progenitors.hpp"
#include "core/patient/therapy.hpp"
#include "core/rules/levels.hpp"

#include <array>
#include <charconv>
#include <initializer_list>
#include <utility>

namespace marrow {
namespace {

std::string text(std::int64_t value) { return std::to_string(value); }

std::string text(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

std::string hex(std::uint64_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; value >>= 4) out[i] = digits[value & 15];
  return out;
}

constexpr std::string_view counter_group = "counters/";

double in_units_of_one(std::int64_t fixed) {
  return static_cast<double>(fixed) / static_cast<double>(fixed_one);
}

/// The blood's part of a row: own counts, transfusions, clones by line, and what tests see of them.
std::vector<std::string> blood_values(const PatientState& patient,
                                      const DetectionParameters& detection) {
  const BloodCounts own = blood_counts(patient);
  const BloodCounts measured = blood_counts_with_transfusion(patient);
  const PerClass<double>& neutrophils = patient.neutrophils_1e9_per_l;
  const double gpi_negative = share_with(neutrophils, GenotypeBit::gpi_negative);
  const double hla_lacking = share_with(neutrophils, GenotypeBit::hla_lost);
  const double driver = share_with(neutrophils, GenotypeBit::driver);
  const double monosomy_7 = share_with(neutrophils, GenotypeBit::monosomy_7);
  const auto seen = [](double share, double limit) -> std::string {
    return detected(share, limit) ? "1" : "0";
  };
  return {text(own.neutrophils_1e9_per_l),
          text(own.platelets_1e9_per_l),
          text(own.reticulocytes_1e9_per_l),
          text(own.hemoglobin_g_per_l),
          text(measured.platelets_1e9_per_l),
          text(measured.hemoglobin_g_per_l),
          text(patient.transfusions),
          text(gpi_negative),
          text(hla_lacking),
          text(driver),
          text(monosomy_7),
          text(share_with(patient.platelets_1e9_per_l, GenotypeBit::gpi_negative)),
          text(share_with(patient.platelets_1e9_per_l, GenotypeBit::hla_lost)),
          text(share_with(patient.hemoglobin_g_per_l, GenotypeBit::gpi_negative)),
          text(share_with(patient.hemoglobin_g_per_l, GenotypeBit::hla_lost)),
          seen(gpi_negative, detection.gpi_negative),
          seen(hla_lacking, detection.hla_lacking),
          seen(driver, detection.driver)};
}

constexpr auto blood_columns = std::to_array<std::string_view>(
    {"neutrophils_1e9_per_l", "platelets_1e9_per_l", "reticulocytes_1e9_per_l",
     "hemoglobin_g_per_l", "platelets_with_transfusion_1e9_per_l",
     "hemoglobin_with_transfusion_g_per_l", "transfusions", "neutrophils_gpi_negative_share",
     "neutrophils_hla_lacking_share", "neutrophils_driver_share", "neutrophils_monosomy_7_share",
     "platelets_gpi_negative_share", "platelets_hla_lacking_share", "red_cells_gpi_negative_share",
     "red_cells_hla_lacking_share", "gpi_negative_detected", "hla_lacking_detected",
     "driver_detected"});

}  // namespace

std::string_view clinical_state_name(ClinicalState state) {
  switch (state) {
    case ClinicalState::well:
      return "well";
    case ClinicalState::severe_aplastic_anemia:
      return "severe aplastic anemia";
    case ClinicalState::partial_response:
      return "partial response";
    case ClinicalState::complete_response:
      return "complete response";
    case ClinicalState::moderate_aplastic_anemia:
      return "moderate aplastic anemia";
    case ClinicalState::dead:
      return "dead";
  }
  return "unknown";
}

std::vector<std::string> sample_columns(const Parameters& parameters) {
  std::vector<std::string> names;
  const auto add = [&names](std::initializer_list<std::string_view> more) {
    names.insert(names.end(), more.begin(), more.end());
  };
  add({"hour", "day", "stem_cells", "apoptotic_cells", "vacant_niches", "lost_niches",
       "cells_normal"});
  for (const FounderClone& founder : parameters.clones.founders) {
    names.push_back("cells_" + founder.name);
  }
  for (const MutantGroup& group : mutant_groups(parameters.clones)) {
    names.push_back(mutant_group_name(group, parameters.clones));
  }
  add({"clones", "tcells_free", "tcells_engaged", "tcells_exhausted", "tcells_memory", "tregs",
       "tcells_per_mm3", "attack", "antigen", "vacancy"});
  for (const FieldSpec& field : field_specs()) {
    if (!field.path.starts_with(counter_group)) continue;
    names.emplace_back(field.path.substr(counter_group.size()));
  }
  add({"progenitors", "progenitors_hla_lacking_share"});
  names.insert(names.end(), blood_columns.begin(), blood_columns.end());
  add({"cellularity", "real_cells_per_niche", "therapy", "clinical_state", "digest"});
  return names;
}

std::vector<std::string> sample_row(const ModelState& state, const Model& model,
                                    double hematopoiesis, std::uint64_t digest) {
  const Parameters& parameters = model.parameters;
  const Census& census = state.census;
  const PatientState& patient = state.patient;
  const Levels levels =
      levels_of(census, model, modifiers_at(patient, parameters, model.draws, state.step));
  std::vector<std::string> row = {text(state.step),    text(static_cast<double>(state.step) / 24.0),
                                  text(census.stem),   text(census.apoptotic),
                                  text(census.vacant), text(census.lost)};
  const auto add = [&row](std::initializer_list<std::string> more) {
    row.insert(row.end(), more.begin(), more.end());
  };
  for (const std::int64_t cells : census_of_founders(state, parameters.clones.founders.size())) {
    row.push_back(text(cells));
  }
  for (const std::int64_t cells : census_of_mutants(state, mutant_groups(parameters.clones))) {
    row.push_back(text(cells));
  }
  const std::int64_t killers = census.effector + census.engaged;
  add({text(std::ssize(state.clones)), text(census.effector), text(census.engaged),
       text(census.exhausted), text(census.memory), text(census.tregs),
       text(static_cast<double>(killers) / model.lattice.volume_mm3()), text(levels.attack),
       text(levels.antigen), text(levels.vacancy)});
  for (const std::int64_t counter : state.counters) row.push_back(text(counter));
  add({text(in_units_of_one(progenitor_total(patient))),
       text(in_units_of_one(hla_lacking_share(patient)))});
  for (std::string& value : blood_values(patient, parameters.patient.detection)) {
    row.push_back(std::move(value));
  }
  add({text(parameters.patient.cellularity * hematopoiesis),
       text(parameters.clones.n_real / static_cast<double>(model.niche_count())),
       acting_drugs(patient, parameters, state.step),
       std::string(clinical_state_name(patient.clinical)), hex(digest)});
  return row;
}

}  // namespace marrow
