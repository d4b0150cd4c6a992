// SPDX-License-Identifier: BSD-3-Clause
// Registry entries of `tcells`.
#include "io/scenario/declare.hpp"

namespace marrow::io {

namespace {

constexpr double fastest_per_h = 100.0;
constexpr double longest_h = 100.0 * 8766.0;

void declare_contact(Declarations& d) {
  d.section("tcells", RestartPolicy::warned,
            "Cytotoxic T cells: motion, killing, growth of the attack.");
  d.add(ParameterType::choice, "motion", [](auto& p, auto) -> auto& { return p.tcells.motion; },
        {"hops", "kernel"})
      .on_restart(RestartPolicy::fixed)
      .means(
          "hops: each T cell walks voxel by voxel; kernel: T cells are counts per block and kill "
          "as "
          "if well mixed, some 100 times faster.");
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
  d.share(
       "kill_chance", [](auto& p, auto) -> auto& { return p.tcells.kill_chance; })
      .means("Chance that one contact kills, given directly instead of 'kill_coefficient'.")
      .source("to verify the program against theory; no value in patients is known [A]");
  d.add(ParameterType::choice, "contact", [](auto& p, auto) -> auto& { return p.tcells.contact; },
        {"adjacent", "same_voxel"})
      .on_restart(RestartPolicy::fixed)
      .means(
          "Which T cells touch a stem cell: those on the 26 voxels around its niche, or, to verify "
          "the program against theory, those in its own voxel, which is then open to them.");
  d.quantity(
       "engagement", {"h", "d", "y"}, [](auto& p, auto) -> auto& { return p.tcells.engagement_h; })
      .at_least(1.0)
      .at_most(65535.0)
      .whole_hours()
      .means("How long a T cell handles the stem cell that it hit.")
      .usual("0.5 to 1 h")
      .source("2-16 kills per day: Halle 2016 Immunity 44:233 [S]");
  d.add(
       ParameterType::number, "fas_multiplier",
       [](auto& p, auto) -> auto& { return p.tcells.fas_multiplier; })
      .at_least(1.0)
      .at_most(100.0)
      .means(
          "Interferon makes stem cells easier to kill: factor of the chance of a kill at the mean "
          "level of the full attack; 1 is off.")
      .usual("1 to 4")
      .source("Fas rises under IFN-g: Chen 2015 Blood 126:2621 [S]; factor [A]");
}

void declare_fate(Declarations& d) {
  d.quantity(
       "reference_density", {"/mm^3"},
       [](auto& p, auto) -> auto& { return p.tcells.reference_density_per_mm3; })
      .above(0.0)
      .at_most(1e18)
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

void declare_exhaustion(Declarations& d) {
  d.optional(
      "tcells.exhaustion", RestartPolicy::fixed,
      "Effectors tire under lasting antigen: they walk on, but neither kill nor divide.",
      [](auto& p) -> auto& { return p.tcells.exhaustion; });
  d.entries_on_restart(RestartPolicy::warned);
  d.quantity(
       "half_time", {"h", "d"},
       [](auto& p, auto) -> auto& { return p.tcells.exhaustion->half_time_h; })
      .above(0.0)
      .at_most(longest_h)
      .means("Time in which half of the effectors tire with plenty of antigen.")
      .usual("20 to 200 d")
      .source("[A]");
}

void declare_memory(Declarations& d) {
  d.optional(
      "tcells.memory", RestartPolicy::fixed,
      "Contraction of the attack when its antigen is gone, and the memory that it leaves.",
      [](auto& p) -> auto& { return p.tcells.memory; });
  d.entries_on_restart(RestartPolicy::warned);
  d.quantity(
       "contraction_rate", {"/h", "/d"},
       [](auto& p, auto) -> auto& { return p.tcells.memory->contraction_rate_per_h; })
      .at_least(0.0)
      .at_most(fastest_per_h)
      .means("Rate at which effectors leave the attack without any antigen.")
      .usual("0.19 to 0.83 /d (half-lives of 88 to 20 h)")
      .source("De Boer 2001 J Virol [S]");
  d.share(
       "share", [](auto& p, auto) -> auto& { return p.tcells.memory->share; })
      .means("Share of the contracting effectors that become memory; the others die.")
      .usual("0.01 to 0.10")
      .source("5 % of the peak: De Boer 2001 J Virol [S]");
  d.quantity(
       "death_rate", {"/h", "/d"},
       [](auto& p, auto) -> auto& { return p.tcells.memory->death_rate_per_h; })
      .at_least(0.0)
      .at_most(fastest_per_h)
      .means("Death rate of a memory cell.")
      .source(
          "memory lasts [A]; memory stem cells after therapy: Hosokawa 2016 J Immunol 196:1568 "
          "[S]");
  d.quantity(
       "activation_rate", {"/h", "/d"},
       [](auto& p, auto) -> auto& { return p.tcells.memory->activation_rate_per_h; })
      .at_least(0.0)
      .at_most(fastest_per_h)
      .means("Rate at which memory cells become effectors again with plenty of antigen.")
      .source("as fast as effectors divide [A]");
}

void declare_cooperativity(Declarations& d) {
  d.optional(
      "tcells.cooperativity", RestartPolicy::fixed,
      "A stem cell that took a sublethal hit is easier to kill for a while.",
      [](auto& p) -> auto& { return p.tcells.cooperativity; });
  d.entries_on_restart(RestartPolicy::warned);
  d.add(
       ParameterType::number, "factor",
       [](auto& p, auto) -> auto& { return p.tcells.cooperativity->factor; })
      .at_least(1.0)
      .at_most(1000.0)
      .means("Factor of the chance of a kill within the window after a hit.")
      .usual("1 to 3")
      .source(
          "two to three T cells kill better than one: Halle 2016 Immunity 44:233 [S]; value [A]");
  d.quantity(
       "window", {"h", "d"},
       [](auto& p, auto) -> auto& { return p.tcells.cooperativity->window_h; })
      .at_least(1.0)
      .at_most(255.0)
      .whole_hours()
      .means("How long the stem cell remembers the hit.")
      .source("[A]");
}

void declare_chemotaxis(Declarations& d) {
  d.optional(
      "tcells.chemotaxis", RestartPolicy::fixed,
      "T cells walk, and enter, rather up the CXCL9/10 field than down; needs 'signals'.",
      [](auto& p) -> auto& { return p.tcells.chemotaxis; });
  d.entries_on_restart(RestartPolicy::warned);
  d.share(
       "directed_share", [](auto& p, auto) -> auto& { return p.tcells.chemotaxis->directed_share; })
      .means("Largest share of directed hops.")
      .usual("0 to 0.3")
      .source("CXCR3 recruits effectors [S, title only]; value [A]");
  d.quantity(
       "half_gradient", {"/mm"},
       [](auto& p, auto) -> auto& { return p.tcells.chemotaxis->half_gradient_per_mm; })
      .above(0.0)
      .at_most(1e6)
      .means("Gradient of the level, relative to its mean, at which half that share is reached.")
      .source("[A]");
}

}  // namespace

void declare_tcells(Declarations& d) {
  declare_contact(d);
  declare_fate(d);
  declare_exhaustion(d);
  declare_memory(d);
  declare_cooperativity(d);
  declare_chemotaxis(d);
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
