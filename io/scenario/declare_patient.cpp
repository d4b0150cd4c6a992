// SPDX-License-Identifier: BSD-3-Clause
// Registry entries of `patient`.
#include "io/scenario/declare.hpp"

namespace marrow::io {

namespace {

constexpr RestartPolicy warned = RestartPolicy::warned;
constexpr double longest_h = 100.0 * 8766.0;

std::vector<std::string> lifetime_units() { return {"h", "d", "y"}; }

/// A blood lineage: its normal value and how long its cells live.
template <typename Access>
void declare_lineage(Declarations& d, const std::string& name, const std::string& unit,
                     Access access, const std::string& normal_source,
                     const std::string& lifetime_source) {
  d.section("patient." + name, warned, "Blood " + name + ".");
  d.quantity(
       "normal", {unit}, [access](auto& p, auto) -> auto& { return access(p).normal; })
      .above(0.0)
      .at_most(1e5)
      .means("Value in health.")
      .source(normal_source);
  d.quantity(
       "lifetime",
       lifetime_units(), [access](auto& p, auto) -> auto& { return access(p).lifetime_h; })
      .above(0.0)
      .at_most(longest_h)
      .means("Mean time in the blood.")
      .source(lifetime_source);
}

void declare_lineages(Declarations& d) {
  declare_lineage(
      d, "neutrophils", "10^9/L", [](auto& p) -> auto& { return p.patient.neutrophils; },
      "2-7 x 10^9/L [S]", "half-life 19 h: Lahoz-Beneytez 2016 [S]");
  declare_lineage(
      d, "platelets", "10^9/L", [](auto& p) -> auto& { return p.patient.platelets; },
      "150-400 x 10^9/L [S]", "8-10 d [S]");
  declare_lineage(
      d, "reticulocytes", "10^9/L", [](auto& p) -> auto& { return p.patient.reticulocytes; },
      "25-100 x 10^9/L [M]", "1-2 d [M]");
  declare_lineage(
      d, "hemoglobin", "g/L", [](auto& p) -> auto& { return p.patient.hemoglobin; }, "140 g/L [S]",
      "red cells 115-120 d (70-140) [S]");
}

void declare_progenitors(Declarations& d) {
  d.section("patient.progenitors", warned, "From stem cells to blood.");
  d.add(
       ParameterType::number, "gain",
       [](auto& p, auto) -> auto& { return p.patient.progenitors.gain; })
      .at_least(1.0)
      .at_most(1000.0)
      .means("Largest output per stem cell, relative to normal.")
      .usual("2.5 to 7")
      .source("compensation: Catlin 2011 Blood 117:4460 [S]; value [A]");
  d.quantity(
       "transit", lifetime_units(),
       [](auto& p, auto) -> auto& { return p.patient.progenitors.transit_h; })
      .above(0.0)
      .at_most(longest_h)
      .means("Mean time from stem-cell output to blood.")
      .usual("7 to 28 d")
      .source("[M]");
  d.quantity(
       "kill_rate", {"/h", "/d"},
       [](auto& p, auto) -> auto& { return p.patient.progenitors.kill_rate_per_h; })
      .at_least(0.0)
      .at_most(100.0)
      .means("delta_P: loss of fully presenting progenitors in the full attack.")
      .source("calibrated [A]");
}

template <typename Access>
Entry declare_count(Declarations& d, const std::string& lineage, const std::string& unit,
                    Access access) {
  return d.quantity(lineage, {unit}, access).at_least(0.0).at_most(1e5);
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
  d.quantity(
       "window", lifetime_units(), [](auto& p, auto) -> auto& { return p.patient.saa.window_h; })
      .at_least(0.0)
      .at_most(longest_h)
      .whole_hours()
      .means("How far apart the two samples are that must both meet the criteria.")
      .source("definition of this program [A]");
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
  d.quantity(
       "window", lifetime_units(), [access](auto& p, auto) -> auto& { return access(p).window_h; })
      .at_least(0.0)
      .at_most(longest_h)
      .whole_hours()
      .means("How long it must hold.")
      .source("definition of this program [A]");
}

}  // namespace

void declare_patient(Declarations& d) {
  d.section("patient", warned, "Blood, cellularity and clinical definitions.");
  d.share(
       "cellularity", [](auto& p, auto) -> auto& { return p.patient.cellularity; })
      .above(0.0)
      .means("Cellularity of the healthy marrow at this age.")
      .usual("0.79 (0-9 y), 0.50 (30-69 y), 0.29 (70-79 y)")
      .source("autopsy series [S]");
  d.quantity(
       "cellularity_relaxation", lifetime_units(),
       [](auto& p, auto) -> auto& { return p.patient.cellularity_relaxation_h; })
      .above(0.0)
      .at_most(longest_h)
      .means("How fast fat fills the place of lost hematopoiesis, and gives it back.")
      .source("[A]");
  d.quantity(
       "smoothing", {"um"}, [](auto& p, auto) -> auto& { return p.patient.smoothing_um; })
      .above(0.0)
      .at_most(1e4)
      .means("Distance over which the offspring of a stem cell spread.")
      .source("[A]");
  declare_progenitors(d);
  declare_lineages(d);
  declare_saa(d);
  declare_response(
      d, "partial_response", "Partial response: no longer SAA, and all counts above.",
      [](auto& p) -> auto& { return p.patient.partial_response; },
      "no longer SAA, transfusion-independent [M]");
  declare_response(
      d, "complete_response", "Complete response: all counts above.",
      [](auto& p) -> auto& { return p.patient.complete_response; },
      "neutrophils >1, platelets >100, hemoglobin >100 [M]");
}

}  // namespace marrow::io
