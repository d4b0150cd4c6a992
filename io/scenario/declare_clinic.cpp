// SPDX-License-Identifier: BSD-3-Clause
// Registry entries of `patient`: clinical definitions, tests, transfusion and death.
#include "io/scenario/declare.hpp"

namespace marrow::io {

namespace {

constexpr RestartPolicy warned = RestartPolicy::warned;
constexpr double longest_h = 100.0 * 8766.0;

template <typename Access>
Entry declare_count(Declarations& d, const std::string& lineage, const std::string& unit,
                    Access access) {
  return d.quantity(lineage, {unit}, access).at_least(0.0).at_most(1e5);
}

template <typename Access>
void declare_window(Declarations& d, Access access, const std::string& sentence) {
  d.quantity("window", {"h", "d", "y"}, access)
      .at_least(0.0)
      .at_most(longest_h)
      .whole_hours()
      .means(sentence)
      .source("definition of this program [A]");
}

void declare_saa(Declarations& d) {
  const std::string camitta = "Camitta-type criteria [S]";
  d.section("patient.saa", warned,
            "Severe aplastic anemia: at least two counts below, and cellularity below.");
  declare_count(
      d, "neutrophils", "10^9/L",
      [](auto& p, auto) -> auto& { return p.patient.saa.neutrophils_1e9_per_l; })
      .means("Neutrophils below this count as low.")
      .source(camitta);
  declare_count(
      d, "platelets", "10^9/L",
      [](auto& p, auto) -> auto& { return p.patient.saa.platelets_1e9_per_l; })
      .means("Platelets below this count as low.")
      .source(camitta);
  declare_count(
      d, "reticulocytes", "10^9/L",
      [](auto& p, auto) -> auto& { return p.patient.saa.reticulocytes_1e9_per_l; })
      .means("Reticulocytes below this count as low.")
      .source("<60 automated, <20 manual count [S]");
  d.share(
       "cellularity", [](auto& p, auto) -> auto& { return p.patient.saa.cellularity; })
      .means("Marrow cellularity below this counts as low.")
      .source(camitta);
  declare_window(
      d, [](auto& p, auto) -> auto& { return p.patient.saa.window_h; },
      "How far apart the two samples are that must both meet the criteria.");
}

void declare_moderate(Declarations& d) {
  const std::string camitta = "diagnosis of aplastic anemia, Camitta-type criteria [S]";
  d.section(
      "patient.moderate", warned,
      "Moderate aplastic anemia: not severe; at least two counts below, and cellularity below.");
  declare_count(
      d, "neutrophils", "10^9/L",
      [](auto& p, auto) -> auto& { return p.patient.moderate.neutrophils_1e9_per_l; })
      .means("Neutrophils below this count as low.")
      .source(camitta);
  declare_count(
      d, "platelets", "10^9/L",
      [](auto& p, auto) -> auto& { return p.patient.moderate.platelets_1e9_per_l; })
      .means("Platelets below this count as low.")
      .source(camitta);
  declare_count(
      d, "hemoglobin", "g/L",
      [](auto& p, auto) -> auto& { return p.patient.moderate.hemoglobin_g_per_l; })
      .means("Hemoglobin below this counts as low.")
      .source(camitta);
  d.share(
       "cellularity", [](auto& p, auto) -> auto& { return p.patient.moderate.cellularity; })
      .means("Marrow cellularity below this counts as low.")
      .source("hypocellular marrow [S]; value [A]");
  declare_window(
      d, [](auto& p, auto) -> auto& { return p.patient.moderate.window_h; },
      "How far apart the two samples are that must both meet the criteria.");
}

template <typename Access>
void declare_response(Declarations& d, const std::string& name, const std::string& sentence,
                      Access access, const std::string& source) {
  d.section("patient." + name, warned, sentence);
  declare_count(
      d, "neutrophils",
      "10^9/L", [access](auto& p, auto) -> auto& { return access(p).neutrophils_1e9_per_l; })
      .means("Neutrophils above this.")
      .source(source);
  declare_count(
      d, "platelets",
      "10^9/L", [access](auto& p, auto) -> auto& { return access(p).platelets_1e9_per_l; })
      .means("Platelets above this.")
      .source(source);
  declare_count(
      d, "hemoglobin",
      "g/L", [access](auto& p, auto) -> auto& { return access(p).hemoglobin_g_per_l; })
      .means("Hemoglobin above this.")
      .source(source);
  declare_window(
      d, [access](auto& p, auto) -> auto& { return access(p).window_h; }, "How long it must hold.");
}

void declare_detection(Declarations& d) {
  d.section("patient.detection", warned,
            "The least share of blood cells that each test can see; smaller clones count as none.");
  d.share(
       "gpi_negative", [](auto& p, auto) -> auto& { return p.patient.detection.gpi_negative; })
      .means("Flow cytometry of GPI-negative neutrophils.")
      .usual("3e-5 (high resolution) to 0.01")
      .source("Sugimori 2006 [S]");
  d.share(
       "hla_lacking", [](auto& p, auto) -> auto& { return p.patient.detection.hla_lacking; })
      .means("Flow cytometry or SNP typing of leukocytes that lack the allele.")
      .usual("0.005 to 0.05")
      .source("smallest clone at diagnosis 0.8 %: Zaimoku 2013 [S]; value [A]");
  d.share(
       "driver", [](auto& p, auto) -> auto& { return p.patient.detection.driver; })
      .means("Sequencing of myeloid drivers in blood leukocytes.")
      .usual("0.01 to 0.02")
      .source("[M]");
}

void declare_red_cell_transfusion(Declarations& d) {
  d.quantity(
       "hemoglobin_below", {"g/L"},
       [](auto& p, auto) -> auto& { return p.patient.transfusion->hemoglobin_below_g_per_l; })
      .above(0.0)
      .at_most(1e3)
      .means("Red cells are given when hemoglobin falls below this.")
      .usual("70 to 80 g/L")
      .source("[M]");
  d.quantity(
       "hemoglobin_rise", {"g/L"},
       [](auto& p, auto) -> auto& { return p.patient.transfusion->hemoglobin_rise_g_per_l; })
      .above(0.0)
      .at_most(1e3)
      .means("What one transfusion adds.")
      .source("two units of 10 g/L each [M]");
  d.quantity(
       "red_cell_lifetime", {"h", "d"},
       [](auto& p, auto) -> auto& { return p.patient.transfusion->red_cell_lifetime_h; })
      .above(0.0)
      .at_most(longest_h)
      .means("Mean time that transfused red cells stay in the blood.")
      .source("half of a red cell's life: donor cells are of all ages [D]");
}

void declare_platelet_transfusion(Declarations& d) {
  d.quantity(
       "platelets_below", {"10^9/L"},
       [](auto& p, auto) -> auto& { return p.patient.transfusion->platelets_below_1e9_per_l; })
      .above(0.0)
      .at_most(1e5)
      .means("Platelets are given when their count falls below this.")
      .usual("10 to 20 x 10^9/L")
      .source("[M]");
  d.quantity(
       "platelet_rise", {"10^9/L"},
       [](auto& p, auto) -> auto& { return p.patient.transfusion->platelet_rise_1e9_per_l; })
      .above(0.0)
      .at_most(1e5)
      .means("What one transfusion adds.")
      .usual("20 to 40 x 10^9/L")
      .source("[M]");
  d.quantity(
       "platelet_lifetime", {"h", "d"},
       [](auto& p, auto) -> auto& { return p.patient.transfusion->platelet_lifetime_h; })
      .above(0.0)
      .at_most(longest_h)
      .means("Mean time that transfused platelets stay in the blood.")
      .source("half of a platelet's life [M]");
}

template <typename Access>
void declare_weekly_chance(Declarations& d, const std::string& name, const std::string& when,
                           Access access) {
  d.share(name, access)
      .means("Chance to die in a week with " + when + ", with the care of 1976.")
      .source("calibrated to the survival of untreated patients: Camitta 1976 [S]; value [A]");
}

void declare_death(Declarations& d) {
  d.optional(
      "patient.death", warned, "Death by infection or bleeding, with a chance that counts set.",
      [](auto& p) -> auto& { return p.patient.death; });
  d.add(
       ParameterType::number, "care_factor",
       [](auto& p, auto) -> auto& { return p.patient.death->care_factor; })
      .at_least(0.0)
      .at_most(10.0)
      .means("Factor of all chances: supportive care of today over that of 1976.")
      .usual("0.05 to 0.3; 1 for 1976")
      .source("[A]");
  declare_weekly_chance(
      d, "per_week_very_severe", "very severe neutropenia (below 0.2 x 10^9/L)",
      [](auto& p, auto) -> auto& { return p.patient.death->per_week_very_severe; });
  declare_weekly_chance(
      d, "per_week_severe", "severe neutropenia (below 0.5 x 10^9/L)",
      [](auto& p, auto) -> auto& { return p.patient.death->per_week_severe; });
  declare_weekly_chance(
      d, "per_week_thrombopenia", "platelets below 20 x 10^9/L",
      [](auto& p, auto) -> auto& { return p.patient.death->per_week_thrombopenia; });
}

}  // namespace

void declare_definitions(Declarations& d) {
  declare_count(
      d, "very_severe_neutrophils", "10^9/L",
      [](auto& p, auto) -> auto& { return p.patient.very_severe_neutrophils_1e9_per_l; })
      .means("Neutrophils below this make severe aplastic anemia very severe.")
      .source("[S]");
  d.share(
       "pnh_share", [](auto& p, auto) -> auto& { return p.patient.pnh_share; })
      .above(0.0)
      .means("GPI-negative share of the neutrophils from which the patient has PNH.")
      .source("definition of this program [A]");
  d.share(
       "evolution_share", [](auto& p, auto) -> auto& { return p.patient.evolution_share; })
      .above(0.0)
      .means("Share of the neutrophils with monosomy 7 from which the disease has evolved.")
      .source("definition of this program [A]");
}

void declare_clinic(Declarations& d) {
  declare_saa(d);
  declare_moderate(d);
  declare_response(
      d, "partial_response", "Partial response: no longer SAA, and all counts above.",
      [](auto& p) -> auto& { return p.patient.partial_response; },
      "no longer SAA, transfusion-independent [M]");
  declare_response(
      d, "complete_response", "Complete response: all counts above.",
      [](auto& p) -> auto& { return p.patient.complete_response; },
      "neutrophils >1, platelets >100, hemoglobin >100 [M]");
  declare_detection(d);
  d.optional(
      "patient.transfusion", warned, "Packed red cells and platelets, given by the day's counts.",
      [](auto& p) -> auto& { return p.patient.transfusion; });
  declare_red_cell_transfusion(d);
  declare_platelet_transfusion(d);
  declare_death(d);
}

}  // namespace marrow::io
