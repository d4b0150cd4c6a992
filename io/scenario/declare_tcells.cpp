// SPDX-License-Identifier: BSD-3-Clause
// Registry entries of `tcells`.
#include "io/scenario/declare.hpp"

namespace marrow::io {

namespace {

constexpr double fastest_per_h = 100.0;

void declare_contact(Declarations& d) {
  d.section("tcells", RestartPolicy::warned,
            "Cytotoxic T cells: motion, killing, growth of the attack.");
  d.quantity(
       "motility", {"um^2/h", "um^2/min"},
       [](auto& p, auto) -> auto& { return p.tcells.motility_um2_per_h; })
      .above(0.0)
      .at_most(1e9)
      .on_restart(RestartPolicy::fixed)
      .means("Motility coefficient of the walk; sets the number of hops per hour.")
      .usual("10 to 80 um^2/min")
      .source("agile motion in marrow: Mazo 2005 [S]; value [M]");
  d.quantity(
       "kill_coefficient", {"mm^3/h", "mm^3/d"},
       [](auto& p, auto) -> auto& { return p.tcells.kill_coefficient_mm3_per_h; })
      .at_least(0.0)
      .at_most(1.0)
      .means(
          "kappa: hazard of a stem cell per density of T cells; the chance per contact follows "
          "from it.")
      .usual("0.3e-4 to 5e-4 mm^3/d")
      .source("0.033 /d at 300 /mm^3, from the tempo of the disease [D]");
  d.quantity(
       "engagement", {"h", "d", "y"}, [](auto& p, auto) -> auto& { return p.tcells.engagement_h; })
      .at_least(1.0)
      .at_most(65535.0)
      .whole_hours()
      .means("How long a T cell handles the stem cell that it hit.")
      .usual("0.5 to 1 h")
      .source("2-16 kills per day: Halle 2016 Immunity 44:233 [S]");
}

void declare_fate(Declarations& d) {
  d.quantity(
       "reference_density", {"/mm^3"},
       [](auto& p, auto) -> auto& { return p.tcells.reference_density_per_mm3; })
      .above(0.0)
      .at_most(1e6)
      .means("Density of the full attack: A = 1, where proliferation stops.")
      .usual("50 to 3000 /mm^3")
      .source("1 % of the CD8+ cells of an aplastic marrow [A]");
  d.quantity(
       "death_rate", {"/h", "/d"}, [](auto& p, auto) -> auto& { return p.tcells.death_rate_per_h; })
      .at_least(0.0)
      .at_most(fastest_per_h)
      .means("Death rate of a T cell.")
      .usual("0.007 to 0.5 /d")
      .source("acute contraction 0.5 /d: De Boer 2001 J Virol [S]; chronic value calibrated [A]");
  d.quantity(
       "division_rate", {"/h", "/d"},
       [](auto& p, auto) -> auto& { return p.tcells.division_rate_per_h; })
      .at_least(0.0)
      .at_most(fastest_per_h)
      .means("Division rate of a T cell with plenty of antigen and room.")
      .usual("0.05 to 3 /d")
      .source("acute 3 /d: De Boer 2001 J Virol [S]; chronic value calibrated [A]");
  d.share(
       "antigen_half", [](auto& p, auto) -> auto& { return p.tcells.antigen_half; })
      .above(0.0)
      .means("Antigen left, relative to a full normal marrow, at which division is half as fast.")
      .usual("0.003 to 0.005")
      .source("calibrated [A]");
  d.quantity(
       "recruitment", {"/mm^3/h", "/mm^3/d"},
       [](auto& p, auto) -> auto& { return p.tcells.recruitment_per_mm3_h; })
      .at_least(0.0)
      .at_most(1e6)
      .means("Steady influx of T cells at sinusoids.")
      .source("off: growth is in situ [A]");
}

}  // namespace

void declare_tcells(Declarations& d) {
  declare_contact(d);
  declare_fate(d);
  d.optional(
      "tcells.trigger", RestartPolicy::fixed, "The event that begins the attack, if any.",
      [](auto& p) -> auto& { return p.tcells.trigger; });
  d.quantity(
       "at", {"h", "d", "y"}, [](auto& p, auto) -> auto& { return p.tcells.trigger->at_h; })
      .at_least(0.0)
      .at_most(1000.0 * 8766.0)
      .whole_hours()
      .required("30 d")
      .means("When the first T cells enter, counted from the start.");
  d.quantity(
       "influx", {"/mm^3"}, [](auto& p, auto) -> auto& { return p.tcells.trigger->influx_per_mm3; })
      .above(0.0)
      .at_most(1e6)
      .means("T cells that enter at sinusoids in that hour, per volume of the box; at least one.")
      .source("onset seed of 0.1 % of the full attack [A]");
  d.add(
       ParameterType::integer, "clonotypes",
       [](auto& p, auto) -> auto& { return p.tcells.trigger->clonotypes; })
      .at_least(1)
      .at_most((1 << 24) - 1)
      .means("Number of T-cell clonotypes among them.")
      .usual("1 to 5")
      .source("1-5 skewed Vb families: Giudice 2018 Haematologica 103:759 [S]");
}

}  // namespace marrow::io
