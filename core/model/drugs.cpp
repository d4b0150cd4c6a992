// SPDX-License-Identifier: BSD-3-Clause
// The drugs: names, doses, and what a standard dose does. Tags as in core/MODEL.md: [S] read in the
// source, [M] general knowledge, [D] derived, [A] assumption or calibration.
#include "core/model/therapy_parameters.hpp"

#include <string_view>

namespace marrow {
namespace {

constexpr double day_h = 24.0;
constexpr double year_h = 8766.0;

struct DrugEntry {
  std::string_view name;
  DrugUse use;
};

// By Drug.
constexpr std::array<DrugEntry, drug_count> drugs = {{
    {"horse_atg", {DoseUnit::mg_per_kg, 40.0, 4 * day_h}},      // Scheinberg 2011 [S]
    {"rabbit_atg", {DoseUnit::mg_per_kg, 3.5, 5 * day_h}},      // Scheinberg 2011 [S]
    {"alemtuzumab", {DoseUnit::mg, 10.0, 10 * day_h}},          // Scheinberg 2012 [M]
    {"cyclosporine", {DoseUnit::mg_per_kg, 5.0, 180 * day_h}},  // full dose 6 months [M]
    {"eltrombopag", {DoseUnit::mg, 150.0, 180 * day_h}},        // RACE, Peffault de Latour 2022 [S]
    {"g_csf", {DoseUnit::ug_per_kg, 5.0, 90 * day_h}},          // [A]
    {"androgen", {DoseUnit::mg, 400.0, 180 * day_h}},           // danazol [M]
    {"cyclophosphamide", {DoseUnit::mg_per_kg, 50.0, 4 * day_h}},   // Brodsky 1996 [M]
    {"anti_ifn", {DoseUnit::none, 0.0, 90 * day_h}},                // [A]; also JAK inhibitors
    {"anti_tnf", {DoseUnit::none, 0.0, 90 * day_h}},                // [A]
    {"complement_inhibitor", {DoseUnit::none, 0.0, 100 * year_h}},  // for life [M]
    {"treg_infusion", {DoseUnit::cells_per_kg, 1e6, 0.0}},          // [A]
    {"transplant",
     {DoseUnit::cells_per_kg, 3e6, 4 * day_h}},              // CD34+, Islam 2010 [S]; conditioning
    {"clone_infusion", {DoseUnit::cells_per_kg, 3e6, 0.0}},  // as for a transplant [A]
    {"antigen_removal", {DoseUnit::none, 0.0, 0.0}},
    {"antigen_challenge", {DoseUnit::none, 0.0, 0.0}},
}};

// 5,000 to 30,000 stem cells engraft from a graft of a young donor (Spencer Chapman 2024 [S]): with
// 3e6 CD34+ cells per kg and 70 kg, 5e-5 of them gives 10,500 [D].
constexpr double seeding_share = 5e-5;

// Log kills are net kills of the T cells that attack the marrow, calibrated to the trials [A]:
// rabbit ATG takes more lymphocytes than horse ATG, but also far more regulatory T cells
// (Scheinberg 2011 [S]), and fewer patients respond. `tolerance`: regulation returns (Treg B of
// responders: Kordasti 2016 [S]); chances [A].
DrugEffect depleting(Drug drug) {
  switch (drug) {
    case Drug::horse_atg:  // 0 to 2.5 log10, SD 0.5 between patients
      return {.tcell_log10_kill = 0.92, .treg_log10_kill = 0.5, .tolerance = 0.51};
    case Drug::rabbit_atg:  // 0 to 2 log10, SD 0.5 between patients
      return {.tcell_log10_kill = 0.18, .treg_log10_kill = 1.0, .tolerance = 0.23};
    case Drug::alemtuzumab:  // all [A]; about as often effective as rabbit ATG [M]
      return {.tcell_log10_kill = 0.3, .treg_log10_kill = 1.0, .tolerance = 0.23};
    case Drug::cyclophosphamide:  // deep; spares stem cells, which hold ALDH; all values [A]
      return {.tcell_log10_kill = 1.5,
              .treg_log10_kill = 1.5,
              .tolerance = 0.51,
              .progenitor_output = 0.1};
    default:  // transplant: Cy and ATG are not fully myeloablative; 1.5 and 3 log10 [A]
      return {.tcell_log10_kill = 3.0,
              .treg_log10_kill = 3.0,
              .host_stem_log10_kill = 1.5,
              .seeding_share = seeding_share};
  }
}

DrugEffect continuous(Drug drug) {
  switch (drug) {
    case Drug::cyclosporine:  // division 0.05 to 0.4, kill and interferon 0.3 to 0.9; alone, a
                              // quarter of the patients become tolerant; all [A]
      return {.tolerance = 0.25, .tcell_kill = 0.53, .tcell_division = 0.10, .ifn_effect = 0.53};
    case Drug::eltrombopag:  // 1.2 to 2.5 (calibrated [A]; TPO agonists drive divisions: Kovtonyuk
                             // 2016 [S]); evades the block by interferon (Alvarado 2019 [S])
      return {.stem_division = 1.4, .ifn_on_division = 0.0};
    case Drug::g_csf:  // no gain in response or survival: Tichelli 2020 [S]; values [A]. Growth of
                       // monosomy 7: 1.5 to 3 (Ohara 1997 [S], value [A])
      return {.neutrophil_output = 2.0, .neutrophil_transit = 0.5, .monosomy_7_growth = 2.0};
    case Drug::androgen:  // danazol; response 46 %, median 3 months [S]; value [A]
      return {.stem_division = 1.3};
    case Drug::anti_ifn:  // antibody or JAK inhibitor; rescues mice (Bloom 2004 [S]); value [A]
      return {.ifn_effect = 0.2};
    case Drug::anti_tnf:  // prolongs survival of mice (Bloom 2004 [S]); value [A]
      return {.tnf_effect = 0.2};
    default:  // complement inhibitor: no effect on stem cells
      return {.red_cell_survival = 1.0};
  }
}

}  // namespace

std::array<DrugEffect, drug_count> standard_effects() {
  std::array<DrugEffect, drug_count> effects{};
  const auto at = [&effects](Drug drug) -> DrugEffect& {
    return effects[static_cast<std::size_t>(drug)];
  };
  for (const Drug drug : {Drug::horse_atg, Drug::rabbit_atg, Drug::alemtuzumab,
                          Drug::cyclophosphamide, Drug::transplant}) {
    at(drug) = depleting(drug);
  }
  for (const Drug drug : {Drug::cyclosporine, Drug::eltrombopag, Drug::g_csf, Drug::androgen,
                          Drug::anti_ifn, Drug::anti_tnf, Drug::complement_inhibitor}) {
    at(drug) = continuous(drug);
  }
  at(Drug::clone_infusion).seeding_share = seeding_share;  // without conditioning
  // A fifth of 1e6 cells per kg makes 12 per mm3 of active marrow, as many as in health [A].
  at(Drug::treg_infusion).homing_share = 0.2;
  return effects;
}

DrugUse use_of(Drug drug) { return drugs[static_cast<std::size_t>(drug)].use; }

std::string_view drug_name(Drug drug) { return drugs[static_cast<std::size_t>(drug)].name; }

std::vector<std::string> drug_names() {
  std::vector<std::string> names;
  for (const DrugEntry& drug : drugs) names.emplace_back(drug.name);
  return names;
}

}  // namespace marrow
