// SPDX-License-Identifier: BSD-3-Clause
// The tabulated classes of mutation (MODEL.md, "Mutation"). Rates are per division and for the
// patient's 2e5 clonally active stem cells.
#include "core/model/failure.hpp"
#include "core/model/parameters.hpp"

#include <utility>

namespace marrow {
namespace {

constexpr double hours_per_year = 8766.0;
constexpr double per_year(double rate) { return rate / hours_per_year; }

/// All drivers together [M], range 1e-6 to 1e-5.
constexpr double driver_rate = 2.0e-6;
/// Growth of two clones of one gene differs by 0.05 per year: Fabre 2022 [S].
constexpr double scatter_within_gene_per_h = per_year(0.05);

MutationClass loss(std::string name, GenotypeBit lost, double rate, double presentation) {
  MutationClass m;
  m.name = std::move(name);
  m.genotype = lost;
  m.rate_per_division = rate;
  m.presentation = presentation;
  return m;
}

MutationClass gene(std::string name, double share_of_rate, double growth_per_year) {
  MutationClass m;
  m.name = std::move(name);
  m.genotype = driver;
  m.rate_per_division = driver_rate * share_of_rate;
  m.growth_per_h = per_year(growth_per_year);
  m.growth_sd_per_h = scatter_within_gene_per_h;
  return m;
}

}  // namespace

std::vector<MutationClass> tabulated_mutations() {
  std::vector<MutationClass> classes;
  // Rate: only n_real × rate = 0.26 is identified; 2.4e-7 to 3e-6 per division (Araten & Luzzatto
  // 2006 [S]). Presentation 0.25 ± 0.25: [A], fits the cohorts; Sugimori 2006 [S] saw GPI-negative
  // and normal cells rise together in most patients, so clones must differ.
  classes.push_back(loss("piga", gpi_negative, 1.3e-6, 0.25));
  classes.back().presentation_sd = 0.25;
  // Together 2.1e-6 [A]; about equally frequent in aplastic anemia (found in 10 % and 9 % of
  // patients [S]). Rates of loss differ more than 100-fold between people (Holt 1999 [S]). Residual
  // killing 0 [A].
  classes.push_back(loss("hla_loh", hla_lost, 1.1e-6, 0.0));
  classes.push_back(loss("hla_mutation", hla_lost, 1.0e-6, 0.0));
  // Shares of the driver rate [A]: so that the clones that are large enough to be seen in healthy
  // people come in the order of clonal hematopoiesis, DNMT3A > TET2 > ASXL1 and the
  // splicing factors rare (Jaiswal 2014, Genovese 2014 [M]); with this law a driver holds more than
  // 2 % of the stem cells in about 1 of 5 at 65 and 1 of 3 at 80 years [D]. Fast genes need the
  // smallest shares: only a codon or two of them make a driver.
  // Growth: Fabre 2022 [S] DNMT3A, TP53, SRSF2; [M] TET2, ASXL1, U2AF1, SF3B1.
  classes.push_back(gene("dnmt3a", 0.600, 0.05));
  classes.push_back(gene("tet2", 0.100, 0.10));
  classes.push_back(gene("asxl1", 0.040, 0.13));
  classes.push_back(gene("tp53", 0.060, 0.05));
  classes.push_back(gene("srsf2", 0.002, 0.50));
  classes.push_back(gene("u2af1", 0.002, 0.30));
  classes.push_back(gene("sf3b1", 0.006, 0.20));
  // Stable or shrinking in aplastic anemia: Yoshizato 2015, Ogawa 2016 [S qualitative].
  classes.push_back(gene("bcor", 0.170, 0.0));
  // Growth [A]. Not standing: a clone that doubles in 1.4 years and is older than the disease would
  // have been leukemia first [A].
  classes.push_back(gene("runx1", 0.020, 0.50));
  classes.back().standing = false;
  // Rate and growth [A]: together they give 10 % of patients a malignant clone at 10 years. Not
  // standing: the same reason, doubling in 5 months.
  classes.push_back(loss("monosomy_7", monosomy_7, 4.0e-7, 1.0));
  classes.back().genotype = driver | monosomy_7;
  classes.back().growth_per_h = per_year(1.8);
  classes.back().standing = false;
  return classes;
}

std::vector<MutationClass> CloneParameters::active_mutations() const {
  std::vector<MutationClass> active;
  if (tabulated) active = catalogue;
  active.insert(active.end(), mutations.begin(), mutations.end());
  if (active.size() > most_mutation_classes) {
    throw Failure(ExitCode::scenario, "clones.mutations: at most " +
                                          std::to_string(most_mutation_classes) +
                                          " classes of mutation, the tabulated ones included");
  }
  return active;
}

}  // namespace marrow
