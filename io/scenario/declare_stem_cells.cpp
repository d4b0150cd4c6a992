// SPDX-License-Identifier: BSD-3-Clause
// Registry entries of `hspc`.
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
}

void declare_attack(Declarations& d) {
  d.add(
       ParameterType::number, "ifn_inhibition",
       [](auto& p, auto) -> auto& { return p.hspc.ifn_inhibition; })
      .at_least(0.0)
      .at_most(100.0)
      .means("I_h: division slows by the factor 1/(1 + I_h A) under an attack of strength A.")
      .usual("0 to 1.5")
      .source("IFN-g blocks TPO-MPL signalling: Alvarado 2019 Blood 133:2004 [S]; value [A]");
  d.quantity(
       "ifn_memory", {"h", "d"}, [](auto& p, auto) -> auto& { return p.hspc.ifn_memory_h; })
      .at_least(1.0)
      .at_most(8766.0)
      .means(
          "Time over which a stem cell averages the interferon that it meets; acts only with the "
          "section 'signals'.")
      .source("T cells cover 134 um per hour, so receptors see a mean [D]; value [A]");
  d.quantity(
       "bystander_rate", {"/h", "/d", "/wk"},
       [](auto& p, auto) -> auto& { return p.hspc.bystander_rate_per_h; })
      .at_least(0.0)
      .at_most(fastest_per_h)
      .means("Loss of stem cells of any genotype by TNF in the full attack: damage to bystanders.")
      .usual("0 to 10 % of the killing, 0 to 0.0033 /d")
      .source("innocent bystanders in the mouse: Chen 2004 Blood 104:1671 [S]; value [A]");
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

void declare_update(Declarations& d) {
  d.add(ParameterType::choice, "update", [](auto& p, auto) -> auto& { return p.hspc.update; },
        {"synchronous", "moran_birth_death", "moran_death_birth", "voter"})
      .on_restart(RestartPolicy::fixed)
      .means(
          "How stem cells turn over: all at once by the hour, or by single events in a full marrow "
          "(verification): a parent replaces a neighbour, a dead cell is replaced by a neighbour, "
          "or a cell takes the state of a neighbour.")
      .source("no patient has it [A]; core/MODEL.md, \"Verification switches\"");
  d.add(ParameterType::choice, "fitness_acts_on",
        [](auto& p, auto) -> auto& { return p.hspc.fitness_acts_on; }, {"birth", "death"})
      .means("With moran_death_birth: fitness speeds birth up or slows death down.")
      .source("Kaveh 2015 arXiv:1411.4556 [S]");
  d.add(
       ParameterType::integer, "events_per_hour",
       [](auto& p, auto) -> auto& { return p.hspc.events_per_hour; })
      .at_least(1)
      .at_most(65535)
      .means("Single events in each replica in an hour; not used by the synchronous update.")
      .source("no patient has it [A]; core/MODEL.md, \"Verification switches\"");
}

}  // namespace

void declare_stem_cells(Declarations& d) {
  declare_division(d);
  declare_attack(d);
  declare_placement(d);
  declare_update(d);
}

}  // namespace marrow::io
