// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/sample.hpp"

#include "core/observe/census.hpp"
#include "core/patient/progenitors.hpp"
#include "core/rules/levels.hpp"

#include <array>
#include <charconv>

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

constexpr std::array<std::string_view, counter_count> counter_columns = {
    "stem_divisions",   "stem_differentiations", "stem_daughters_lost",
    "stem_relocations", "stem_killed",           "tcell_influx",
    "tcell_divisions",  "tcell_deaths",          "mutations"};

double in_units_of_one(std::int64_t fixed) {
  return static_cast<double>(fixed) / static_cast<double>(fixed_one);
}

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
  }
  return "unknown";
}

std::vector<std::string> sample_columns(const Parameters& parameters) {
  std::vector<std::string> names = {"hour",          "day",         "stem_cells", "apoptotic_cells",
                                    "vacant_niches", "cells_normal"};
  for (const FounderClone& founder : parameters.clones.founders) {
    names.push_back("cells_" + founder.name);
  }
  for (const std::string_view name : {"clones", "tcells_free", "tcells_engaged", "tcells_per_mm3",
                                      "attack", "antigen", "vacancy"}) {
    names.emplace_back(name);
  }
  names.insert(names.end(), counter_columns.begin(), counter_columns.end());
  for (const std::string_view name :
       {"progenitors", "progenitors_hla_lacking_share", "neutrophils_1e9_per_l",
        "platelets_1e9_per_l", "reticulocytes_1e9_per_l", "hemoglobin_g_per_l", "cellularity",
        "clinical_state", "digest"}) {
    names.emplace_back(name);
  }
  return names;
}

std::vector<std::string> sample_row(const ModelState& state, const Model& model,
                                    double hematopoiesis, std::uint64_t digest) {
  const Census& census = state.census;
  const PatientState& patient = state.patient;
  const Levels levels = levels_of(census, model);
  std::vector<std::string> row = {text(state.step), text(static_cast<double>(state.step) / 24.0),
                                  text(census.stem), text(census.apoptotic), text(census.vacant)};
  for (const std::int64_t cells :
       census_of_founders(state, model.parameters.clones.founders.size())) {
    row.push_back(text(cells));
  }
  const std::int64_t tcells = census.effector + census.engaged;
  row.insert(row.end(),
             {text(std::ssize(state.clones)), text(census.effector), text(census.engaged),
              text(static_cast<double>(tcells) / model.lattice.volume_mm3()), text(levels.attack),
              text(levels.antigen), text(levels.vacancy)});
  for (const std::int64_t counter : state.counters) row.push_back(text(counter));
  row.insert(row.end(), {text(in_units_of_one(progenitor_total(patient))),
                         text(in_units_of_one(hla_lacking_share(patient))),
                         text(patient.neutrophils_1e9_per_l), text(patient.platelets_1e9_per_l),
                         text(patient.reticulocytes_1e9_per_l), text(patient.hemoglobin_g_per_l),
                         text(model.parameters.patient.cellularity * hematopoiesis),
                         std::string(clinical_state_name(patient.clinical)), hex(digest)});
  return row;
}

}  // namespace marrow
