// SPDX-License-Identifier: BSD-3-Clause
// Registry entries of `patient`: the person, progenitors and blood.
#include "io/scenario/declare.hpp"

namespace marrow::io {

namespace {

constexpr RestartPolicy warned = RestartPolicy::warned;
constexpr double longest_h = 100.0 * 8766.0;

std::vector<std::string> lifetime_units() { return {"h", "d", "y"}; }

void declare_person(Declarations& d) {
  d.quantity(
       "age", {"y"}, [](auto& p, auto) -> auto& { return p.patient.age_y; })
      .at_least(0.0)
      .at_most(120.0)
      .on_restart(RestartPolicy::fixed)
      .means("Age at the start: sets how many mutant clones stand then (clones.standing).")
      .usual("15 to 25 y and above 60 y")
      .source("two peaks of incidence [S]");
  d.quantity(
       "weight", {"kg"}, [](auto& p, auto) -> auto& { return p.patient.weight_kg; })
      .above(0.0)
      .at_most(500.0)
      .means("Body weight: turns cells per kg into cells.")
      .source("adult of 70 kg [M]");
}

/// A blood lineage: its normal value and how long its cells live.
template <typename Access>
void declare_lineage(Declarations& d, const std::string& name, const std::string& unit,
                     Access access, const std::string& normal_source,
                     const std::string& lifetime_source, const std::string& transit_source) {
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
  d.quantity(
       "transit",
       lifetime_units(), [access](auto& p, auto) -> auto& { return access(p).transit_h; })
      .at_least(0.0)
      .at_most(longest_h)
      .means("Mean time of maturation between progenitor and blood.")
      .source(transit_source);
}

void declare_lineages(Declarations& d) {
  declare_lineage(
      d, "neutrophils", "10^9/L", [](auto& p) -> auto& { return p.patient.neutrophils; },
      "2-7 x 10^9/L [S]", "half-life 19 h: Lahoz-Beneytez 2016 [S]", "post-mitotic 5.8 d [S]");
  declare_lineage(
      d, "platelets", "10^9/L", [](auto& p) -> auto& { return p.patient.platelets; },
      "150-400 x 10^9/L [S]", "8-10 d [S]", "5-7 d [M]");
  declare_lineage(
      d, "reticulocytes", "10^9/L", [](auto& p) -> auto& { return p.patient.reticulocytes; },
      "25-100 x 10^9/L [M]", "1-2 d [M]", "5-7 d [M]");
  declare_lineage(
      d, "hemoglobin", "g/L", [](auto& p) -> auto& { return p.patient.hemoglobin; }, "140 g/L [S]",
      "red cells 115-120 d (70-140) [S]", "5-7 d [M]");
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

}  // namespace

void declare_patient(Declarations& d) {
  d.section("patient", warned, "The person, blood, cellularity and clinical definitions.");
  declare_person(d);
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
  d.share(
       "gpi_negative_red_cell_survival",
       [](auto& p, auto) -> auto& { return p.patient.gpi_negative_red_cell_survival; })
      .above(0.0)
      .means("Lifetime of GPI-negative red cells, which complement attacks, over the normal one.")
      .source("[A]");
  declare_definitions(d);
  declare_progenitors(d);
  declare_lineages(d);
  declare_clinic(d);
}

}  // namespace marrow::io
