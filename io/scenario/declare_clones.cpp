// SPDX-License-Identifier: BSD-3-Clause
// Registry entries of `clones`: founders, tabulated mutations and those of the scenario.
#include "io/scenario/declare.hpp"

#include <string_view>

namespace marrow::io {

namespace {

constexpr double fastest_per_h = 100.0;  // beyond it every hourly chance is 1

/// Words of the bits of a genotype, in their order.
std::vector<std::string> genotype_marks() {
  return {"hla_lost", "gpi_negative", "driver", "monosomy_7"};
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
  d.add(
       ParameterType::genotype, "genotype",
       [](auto& p, auto i) -> auto& { return p.clones.founders[i].genotype; }, genotype_marks())
      .means("What the clone has lost or gained; monosomy_7 includes driver.")
      .source("HLA loss in 22 % of patients: Zaimoku 2021 Blood 138:2799 [S]");
  d.share(
       "presentation", [](auto& p, auto i) -> auto& { return p.clones.founders[i].presentation; })
      .means("eps: chance of being killed in a contact, relative to a normal cell; 0 escapes.")
      .usual("0 (HLA-lacking), 0 to 1 (GPI-negative)")
      .source("HLA-lacking 0 [A]; GPI-negative 0.25, calibrated [A]; Sugimori 2006 [S]");
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
      .means(
          "Number of cells placed (in each replica, where niches.replica_edge makes some). Give "
          "this or share; neither for an infused clone.")
      .source("the question of the scenario [A]");
  d.share(
       "share", [](auto& p, auto i) -> auto& { return p.clones.founders[i].share; })
      .means("Share of the niches given to the clone. Give this or cells.")
      .usual("0 to 0.01")
      .source("clones at diagnosis, often below the limit of detection: Zaimoku 2017 [S]");
  d.add(ParameterType::choice, "at",
        [](auto& p, auto i) -> auto& { return p.clones.founders[i].at; },
        {"start", "trigger", "infusion"})
      .means(
          "When the cells are placed: at the start; at tcells.trigger, so that drift cannot remove "
          "them first; or by an event of 'therapy' that infuses them.");
}

/// What the literature says of a tabulated class; the numbers themselves are the model's.
struct Evidence {
  std::string_view name;
  std::string_view usual_rate;
  std::string_view rate_source;
  std::string_view usual_growth;
  std::string_view growth_source;
};

constexpr std::string_view driver_rate_usual = "1e-6 to 1e-5 /division, all drivers together";
constexpr std::string_view driver_rate_source =
    "all drivers 2e-6 [M]; share of this gene by its number of sites [A]";
constexpr std::string_view hla_source =
    "rates of loss: Holt 1999 AJHG 65:1423 [S]; loss and mutation are about equally frequent in "
    "aplastic anemia [S]; value [A]";
constexpr std::string_view escape_growth = "0";
constexpr std::string_view escape_growth_source =
    "no intrinsic advantage: Luzzatto 2025 Blood 145:3077 [S]";

constexpr Evidence evidence[] = {
    {"piga", "2.4e-7 to 3e-6 /division",
     "Araten & Luzzatto 2006 Blood 108:734 [S]; only n_real x rate = 0.26 is identified [D]",
     escape_growth, escape_growth_source},
    {"hla_loh", "5e-8 to 5e-6 /division", hla_source, escape_growth, escape_growth_source},
    {"hla_mutation", "1e-7 to 2e-6 /division", hla_source, escape_growth, escape_growth_source},
    {"dnmt3a", driver_rate_usual, driver_rate_source, "0.03 to 0.19 /y", "Fabre 2022 [S]"},
    {"tet2", driver_rate_usual, driver_rate_source, "0.05 to 0.15 /y", "Fabre 2022 [M]"},
    {"asxl1", driver_rate_usual, driver_rate_source, "0.08 to 0.2 /y", "Fabre 2022 [M]"},
    {"tp53", driver_rate_usual, driver_rate_source, "0.03 to 0.1 /y", "Fabre 2022 [S]"},
    {"srsf2", driver_rate_usual, driver_rate_source, "0.4 to 0.6 /y", "P95H: Fabre 2022 [S]"},
    {"u2af1", driver_rate_usual, driver_rate_source, "0.15 to 0.45 /y", "[M]"},
    {"sf3b1", driver_rate_usual, driver_rate_source, "0.15 to 0.45 /y", "[M]"},
    {"bcor", driver_rate_usual, driver_rate_source, "-0.1 to 0.1 /y",
     "stable or shrinking in aplastic anemia: Ogawa 2016 [S], Yoshizato 2015 [M]"},
    {"runx1", driver_rate_usual, driver_rate_source, "0.2 to 1.0 /y",
     "enriched in high-risk evolution [S]; value [A]"},
    {"monosomy_7", "1e-8 to 1e-6 /division", "gives 10 % of patients at 10 y [A]", "0.5 to 3 /y",
     "latency of 1-3 y [A]"},
};

Evidence evidence_for(std::string_view name) {
  for (const Evidence& known : evidence) {
    if (known.name == name) return known;
  }
  return {name, "", "[A]", "", "[A]"};
}

/// Entries that tabulated classes and those of the scenario share: what is the same in both.
template <typename Access>
Entry declare_rate(Declarations& d, Access mutation) {
  return d
      .quantity(
          "rate", {"/division"},
          [mutation](auto& p, auto i) -> auto& { return mutation(p, i).rate_per_division; })
      .at_least(0.0)
      .at_most(1.0)
      .means("Chance per division at patient scale (clones.n_real cells).");
}

template <typename Access>
void declare_presentation(Declarations& d, Access mutation, const std::string& usual,
                          const std::string& source) {
  d.share(
       "presentation", [mutation](auto& p, auto i) -> auto& { return mutation(p, i).presentation; })
      .means("Factor on the presentation of the mutated cell.")
      .usual(usual)
      .source(source);
  d.add(
       ParameterType::number, "presentation_sd",
       [mutation](auto& p, auto i) -> auto& { return mutation(p, i).presentation_sd; })
      .at_least(0.0)
      .at_most(1.0)
      .means("Standard deviation of that factor between clones; results are cut to 0 to 1.")
      .usual("0 to 0.25")
      .source("GPI-negative clones must differ: Sugimori 2006 [S]; value [A]");
}

template <typename Access>
void declare_growth(Declarations& d, Access mutation, const std::string& usual,
                    const std::string& source) {
  d.quantity(
       "growth", {"/h", "/d", "/y"},
       [mutation](auto& p, auto i) -> auto& { return mutation(p, i).growth_per_h; })
      .at_least(-fastest_per_h)
      .at_most(fastest_per_h)
      .means("Added to the division rate of the mutated cell.")
      .usual(usual)
      .source(source);
  d.quantity(
       "growth_sd", {"/h", "/d", "/y"},
       [mutation](auto& p, auto i) -> auto& { return mutation(p, i).growth_sd_per_h; })
      .at_least(0.0)
      .at_most(fastest_per_h)
      .means("Standard deviation of that growth between clones.")
      .usual("0.05 /y within one gene")
      .source("drivers: Fabre 2022 [S]; others 0 [A]");
  d.add(
       ParameterType::flag,
       "standing", [mutation](auto& p, auto i) -> auto& { return mutation(p, i).standing; })
      .means("Clones of this class may have arisen before the start; see clones.standing.");
}

void declare_tabulated(Declarations& d, std::size_t number, const MutationClass& tabulated) {
  const auto mutation = [number](auto& p, auto) -> auto& { return p.clones.catalogue[number]; };
  const Evidence known = evidence_for(tabulated.name);
  d.section("clones.catalogue." + tabulated.name, RestartPolicy::fixed,
            "The tabulated class " + tabulated.name + ".");
  declare_rate(d, mutation)
      .usual(std::string(known.usual_rate))
      .source(std::string(known.rate_source));
  if ((tabulated.genotype & hla_lost) != 0) {
    declare_presentation(d, mutation, "0 to 0.2", "no residual killing [A]");
  } else if ((tabulated.genotype & gpi_negative) != 0) {
    declare_presentation(d, mutation, "0 to 1", "Sugimori 2006 [S]; value, calibrated [A]");
  }
  declare_growth(d, mutation, std::string(known.usual_growth), std::string(known.growth_source));
}

void declare_mutations(Declarations& d) {
  d.list(
      "clones.mutations", RestartPolicy::fixed,
      "Further classes of mutation that a daughter may acquire at division.",
      [](auto& p) -> auto& { return p.clones.mutations; });
  d.add(
       ParameterType::name, "name",
       [](auto& p, auto i) -> auto& { return p.clones.mutations[i].name; })
      .required("new_driver")
      .means("Name of the class, unique.");
  d.add(
       ParameterType::genotype, "genotype",
       [](auto& p, auto i) -> auto& { return p.clones.mutations[i].genotype; }, genotype_marks())
      .means("What the mutant has lost or gained; monosomy_7 includes driver.");
  const auto mutation = [](auto& p, auto i) -> auto& { return p.clones.mutations[i]; };
  declare_rate(d, mutation)
      .required("1.3e-6 /division")
      .usual("2.4e-7 to 3e-6 (PIGA), 2.1e-6 (HLA), 2e-6 (drivers)")
      .source("PIGA: Araten & Luzzatto 2006 Blood 108:734 [S]; HLA: Holt 1999 AJHG 65:1423 [S]");
  declare_presentation(d, mutation, "0 to 0.2 (HLA-lacking), 0 to 1 (GPI-negative)",
                       "Sugimori 2006 [S]; values [A]");
  declare_growth(d, mutation, "0.03 to 0.5 /y (drivers)",
                 "DNMT3A 0.05 /y, SRSF2 P95H 0.5 /y: Fabre 2022 [S]");
}

}  // namespace

void declare_clones(Declarations& d) {
  d.section("clones", RestartPolicy::fixed, "Founder clones and mutation.");
  d.add(
       ParameterType::number, "n_real", [](auto& p, auto) -> auto& { return p.clones.n_real; })
      .at_least(1.0)
      .at_most(1e12)
      .means("Clonally active stem cells of the patient; scales the supply of mutations.")
      .usual("2e4 to 2e5")
      .source("Lee-Six 2018 Nature 561:473 [S]; Mitchell 2022 Nature 606:343 [S]");
  d.add(
       ParameterType::flag, "tabulated", [](auto& p, auto) -> auto& { return p.clones.tabulated; })
      .means("The classes of clones.catalogue strike, besides those of clones.mutations.");
  d.add(
       ParameterType::flag, "standing", [](auto& p, auto) -> auto& { return p.clones.standing; })
      .means(
          "Mutant clones that arose before the start are drawn for the patient's age (patient.age) "
          "and placed.")
      .source("half of the healthy hold a PIGA-mutant stem cell at 20-60 y [D]");
  d.add(
       ParameterType::flag, "barcodes", [](auto& p, auto) -> auto& { return p.clones.barcodes; })
      .means(
          "Lineage barcoding: every stem cell at the start founds a clone of its own; at most "
          "16,777,215 niches and founders.");
  declare_founders(d);
  d.section("clones.catalogue", RestartPolicy::fixed,
            "The tabulated classes of mutation; they strike if clones.tabulated is true.");
  const std::vector<MutationClass> tabulated = tabulated_mutations();
  for (std::size_t i = 0; i < tabulated.size(); ++i) declare_tabulated(d, i, tabulated[i]);
  declare_mutations(d);
}

}  // namespace marrow::io
