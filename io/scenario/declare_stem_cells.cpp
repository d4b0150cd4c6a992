// SPDX-License-Identifier: BSD-3-Clause
// Registry entries of `hspc` and `clones`.
#include "io/scenario/declare.hpp"

namespace marrow::io {

namespace {

constexpr double fastest_per_h = 100.0;  // beyond it every hourly chance is 1

void declare_division(Declarations& d) {
  d.section("hspc", RestartPolicy::warned, "Stem cells: division, loss, placement in niches.");
  d.quantity(
       "homeostatic_rate", {"/h", "/d", "/wk"},
       [](auto& p, auto) -> auto& { return p.hspc.homeostatic_rate_per_h; })
      .at_least(0.0)
      .at_most(fastest_per_h)
      .means("Rate of symmetric division, and of loss by differentiation, in a full marrow.")
      .usual("1/(50 wk) to 1/(25 wk)")
      .source("Catlin 2011 Blood 117:4460 [S]; Shepherd 2007 Blood 110:1806 [S]");
  d.quantity(
       "stress_rate", {"/h", "/d", "/wk"},
       [](auto& p, auto) -> auto& { return p.hspc.stress_rate_per_h; })
      .at_least(0.0)
      .at_most(fastest_per_h)
      .means("Additional division rate when all niches are vacant; proportional to vacancy.")
      .usual("0.04 to 0.12 /wk")
      .source("calibrated to the time of response [A/D]; mouse limit 1/(2.5 wk) [S]");
  d.quantity(
       "relocation_rate", {"/h", "/d"},
       [](auto& p, auto) -> auto& { return p.hspc.relocation_rate_per_h; })
      .at_least(0.0)
      .at_most(fastest_per_h)
      .means("Rate at which a stem cell leaves its niche for a vacant one through the blood.")
      .usual("0.005 to 0.2 /d")
      .source("Ashcroft 2017 PLoS Comput Biol 13:e1005803 [S/M]; human value [A]");
  d.add(
       ParameterType::number, "ifn_inhibition",
       [](auto& p, auto) -> auto& { return p.hspc.ifn_inhibition; })
      .at_least(0.0)
      .at_most(100.0)
      .means("I_h: division slows by the factor 1/(1 + I_h A) under an attack of strength A.")
      .usual("0 to 1.5")
      .source("IFN-g blocks TPO-MPL signalling: Alvarado 2019 Blood 133:2004 [S]; value [A]");
  d.quantity(
       "apoptosis", {"h"}, [](auto& p, auto) -> auto& { return p.hspc.apoptosis_h; })
      .at_least(1.0)
      .at_most(65534.0)
      .whole_hours()
      .means("How long a hit stem cell still holds its niche.")
      .source("[A]");
}

void declare_placement(Declarations& d) {
  d.share(
       "blood_share", [](auto& p, auto) -> auto& { return p.hspc.blood_share; })
      .means("Share of daughters that leave through the blood at once.")
      .source("[A]: local spread alone gives 0.5-1.1 mm per year, too slow for any clone [D]");
  d.quantity(
       "placement_radius", {"um"},
       [](auto& p, auto) -> auto& { return p.hspc.placement_radius_um; })
      .above(0.0)
      .at_most(1e4)
      .means("How far from its mother a daughter looks for a vacant niche.")
      .source("[A]");
  d.quantity(
       "placement_length", {"um"},
       [](auto& p, auto) -> auto& { return p.hspc.placement_length_um; })
      .above(0.0)
      .at_most(1e4)
      .means("Decay length of the preference for near niches, exp(-distance/length).")
      .source("[A]");
  d.add(ParameterType::choice, "vacancy", [](auto& p, auto) -> auto& { return p.hspc.vacancy; },
        {"global", "local"})
      .means("Whose vacancy speeds division up: the whole marrow's or that within 300 um.")
      .source("systemic TPO reads the whole marrow [M]");
}

void declare_founders(Declarations& d) {
  d.list(
      "clones.founders", RestartPolicy::fixed,
      "Clones that the scenario places; normal cells fill the rest.",
      [](auto& p) -> auto& { return p.clones.founders; });
  d.add(
       ParameterType::name, "name",
       [](auto& p, auto i) -> auto& { return p.clones.founders[i].name; })
      .required("hla_lacking")
      .means("Name of the clone, unique; used for columns and arrays.");
  d.add(ParameterType::genotype, "genotype",
        [](auto& p, auto i) -> auto& { return p.clones.founders[i].genotype; },
        {"hla_lost", "gpi_negative", "driver"})
      .means("What the clone has lost or gained.")
      .source("HLA loss in 22 % of patients: Zaimoku 2021 Blood 138:2799 [S]");
  d.share(
       "presentation", [](auto& p, auto i) -> auto& { return p.clones.founders[i].presentation; })
      .means("eps: chance of being killed in a contact, relative to a normal cell; 0 escapes.")
      .usual("0 (HLA lost), 0 to 1 (GPI negative)")
      .source("HLA lost 0 [A]; GPI negative 0.25, calibrated [A]; Sugimori 2006 [S]");
  d.quantity(
       "growth", {"/h", "/d", "/y"},
       [](auto& p, auto i) -> auto& { return p.clones.founders[i].growth_per_h; })
      .at_least(-fastest_per_h)
      .at_most(fastest_per_h)
      .means("Added to the division rate of the clone's cells.")
      .usual("0 (escape clones), 0.03 to 0.5 /y (drivers)")
      .source("Fabre 2022 [S]");
  d.add(
       ParameterType::integer, "cells",
       [](auto& p, auto i) -> auto& { return p.clones.founders[i].cells; })
      .at_least(0)
      .means("Number of cells placed. Give this or share.");
  d.share(
       "share", [](auto& p, auto i) -> auto& { return p.clones.founders[i].share; })
      .means("Share of the niches given to the clone. Give this or cells.");
  d.add(ParameterType::choice, "at",
        [](auto& p, auto i) -> auto& { return p.clones.founders[i].at; }, {"start", "trigger"})
      .means(
          "When the cells are placed: at the start, or at tcells.trigger so that drift cannot "
          "remove them first.");
}

void declare_mutations(Declarations& d) {
  d.list(
      "clones.mutations", RestartPolicy::fixed,
      "Classes of mutation that a daughter may acquire at division.",
      [](auto& p) -> auto& { return p.clones.mutations; });
  d.add(
       ParameterType::name, "name",
       [](auto& p, auto i) -> auto& { return p.clones.mutations[i].name; })
      .required("piga")
      .means("Name of the class, unique.");
  d.add(ParameterType::genotype, "genotype",
        [](auto& p, auto i) -> auto& { return p.clones.mutations[i].genotype; },
        {"hla_lost", "gpi_negative", "driver"})
      .means("What the mutant has lost or gained.");
  d.quantity(
       "rate", {"/division"},
       [](auto& p, auto i) -> auto& { return p.clones.mutations[i].rate_per_division; })
      .at_least(0.0)
      .at_most(1.0)
      .required("1.3e-6 /division")
      .means("Chance per division at patient scale (clones.n_real cells).")
      .usual("2.4e-7 to 3e-6 (PIGA), 2.1e-6 (HLA), 2e-6 (drivers)")
      .source("PIGA: Araten & Luzzatto 2006 Blood 108:734 [S]; HLA: Holt 1999 AJHG 65:1423 [S]");
  d.share(
       "presentation", [](auto& p, auto i) -> auto& { return p.clones.mutations[i].presentation; })
      .means("Factor on the presentation of the mutated cell.");
  d.quantity(
       "growth", {"/h", "/d", "/y"},
       [](auto& p, auto i) -> auto& { return p.clones.mutations[i].growth_per_h; })
      .at_least(-fastest_per_h)
      .at_most(fastest_per_h)
      .means("Added to the division rate of the mutated cell.")
      .usual("0.03 to 0.5 /y (drivers)")
      .source("DNMT3A 0.05 /y, SRSF2 P95H 0.5 /y: Fabre 2022 [S]");
}

}  // namespace

void declare_stem_cells(Declarations& d) {
  declare_division(d);
  declare_placement(d);
  d.section("clones", RestartPolicy::fixed, "Founder clones and mutation.");
  d.add(
       ParameterType::number, "n_real", [](auto& p, auto) -> auto& { return p.clones.n_real; })
      .at_least(1.0)
      .at_most(1e12)
      .means("Clonally active stem cells of the patient; scales the supply of mutations.")
      .usual("2e4 to 2e5")
      .source("Lee-Six 2018 Nature 561:473 [S]; Mitchell 2022 Nature 606:343 [S]");
  declare_founders(d);
  declare_mutations(d);
}

}  // namespace marrow::io
