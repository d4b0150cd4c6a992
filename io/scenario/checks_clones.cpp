// SPDX-License-Identifier: BSD-3-Clause
// Checks of `clones.founders`.
#include "io/scenario/checker.hpp"
#include "io/text/number.hpp"
#include "io/text/utf8.hpp"

#include <algorithm>
#include <map>

namespace marrow::io {

namespace {

constexpr const char* list = "clones.founders";

/// Names are unique, and two words are taken.
void check_names(Checker& check) {
  const auto& founders = check.parameters().clones.founders;
  std::map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < founders.size(); ++i) {
    const std::string where = element(list, i) + ".name";
    const std::string& name = founders[i].name;
    if (name == "normal") {
      check.contradiction({where}, "the name 'normal' is taken: it is the clone of all other cells",
                          {"choose another name"});
    }
    if (name == "none") {
      check.contradiction({where}, "the name 'none' is taken: 'clone: none' means no clone",
                          {"choose another name"});
    }
    const auto [known, is_new] = first.emplace(name, i);
    if (is_new) continue;
    check.contradiction({where}, "the name " + in_quotes(name) + " is used twice",
                        {"it is also the name of '" + element(list, known->second) + "'"});
  }
}

std::string the_founder(const FounderClone& founder) {
  return "the founder " + in_quotes(founder.name);
}

/// A genotype that lost what T cells see, and cells that they see all the same; or the reverse.
void check_presentation(Checker& check, const FounderClone& founder, const std::string& path) {
  const bool lost = (founder.genotype & hla_lost) != 0;
  if (lost && founder.presentation > seen_although_lost) {
    check.contradiction(
        {path + ".presentation", path + ".genotype", path},
        the_founder(founder) + " lost the HLA allele, and T cells still see it",
        {check.states(path + ".presentation") + "; write 'presentation: 0' for an escape clone",
         "a clone that does not escape needs no 'hla_lost'"});
  }
  const bool escapes = (founder.genotype & (hla_lost | gpi_negative)) != 0;
  if (founder.presentation == 1.0 || escapes || founder.at == FounderTime::infusion) return;
  check.contradiction(
      {path + ".presentation"},
      the_founder(founder) + " is seen less than normal cells, and lost nothing",
      {"write 'genotype: [hla_lost]' or 'genotype: [gpi_negative]', or leave 'presentation' out",
       "cells that are shielded in the laboratory come with 'at: infusion'"});
}

void check_growth(Checker& check, const FounderClone& founder, const std::string& path) {
  if (founder.growth_per_h + check.parameters().hspc.homeostatic_rate_per_h >= 0.0) return;
  check.contradiction(
      {path + ".growth", path}, the_founder(founder) + " would divide at a negative rate",
      {check.states("hspc.homeostatic_rate") + "; 'growth' may take away at most that"});
}

void check_mutation_growth(Checker& check, const MutationClass& mutation, const std::string& path) {
  if (mutation.growth_per_h + check.parameters().hspc.homeostatic_rate_per_h >= 0.0) return;
  check.contradiction(
      {path + ".growth", path},
      "cells of the mutation class '" + mutation.name + "' would divide at a negative rate",
      {check.states("hspc.homeostatic_rate") + "; 'growth' may take away at most that"});
}

void check_infused(Checker& check, const FounderClone& founder, const std::string& path) {
  const auto& therapy = check.parameters().therapy;
  if (founder.cells > 0 || founder.share > 0.0) {
    const std::string key = founder.cells > 0 ? "cells" : "share";
    check.contradiction({path + "." + key},
                        the_founder(founder) + " is infused, and has '" + key + "'",
                        {"remove it: how many cells come follows from the dose of the infusion"});
  }
  const bool used = std::any_of(therapy.begin(), therapy.end(), [&](const TherapyEvent& event) {
    return event.clone == founder.name;
  });
  if (used) return;
  check.contradiction({path + ".at", path}, "no treatment infuses " + the_founder(founder),
                      {"write one below 'therapy', for example",
                       "'- {drug: clone_infusion, at: 200 d, clone: " + founder.name + "}'"});
}

/// True if the number of cells that the founder places is known.
bool check_placed(Checker& check, const FounderClone& founder, const std::string& path) {
  if (founder.at == FounderTime::trigger && !check.parameters().tcells.trigger) {
    check.contradiction(
        {path + ".at", path},
        the_founder(founder) + " is placed at the trigger, and there is no trigger",
        {"write 'at: start' (the default is trigger), or a section 'tcells.trigger'"});
  }
  const bool cells = founder.cells > 0;
  const bool share = founder.share > 0.0;
  if (cells != share) return true;
  check.contradiction(
      {path + (cells ? ".share" : ".cells"), path + ".share", path},
      the_founder(founder) + (cells ? " has both 'cells' and 'share'" : " has no cells"),
      {"give exactly one of them, above 0: e.g. 'cells: 8' or 'share: 1 %'"});
  return false;
}

/// The parameter that sets how many niches founders can take.
const char* what_makes_niches(const Checker& check) {
  const NicheParameters& niches = check.parameters().niches;
  if (niches.replica_edge > 0) return "niches.replica_edge";
  const bool grid = niches.arrangement == NicheArrangement::grid;
  return grid ? "niches.grid_spacing" : "niches.density";
}

}  // namespace

void check_clones(Checker& check) {
  check_names(check);
  const auto& founders = check.parameters().clones.founders;
  const double edge = static_cast<double>(check.parameters().niches.replica_edge);
  const double niches = edge > 0.0 ? edge * edge * edge : check.whole_niches();
  double cells = 0.0;
  const CloneParameters& clones = check.parameters().clones;
  for (std::size_t i = 0; i < clones.mutations.size(); ++i) {
    check_mutation_growth(check, clones.mutations[i], element("clones.mutations", i));
  }
  for (const MutationClass& mutation : clones.catalogue) {
    check_mutation_growth(check, mutation, "clones.catalogue." + mutation.name);
  }
  bool countable = true;
  for (std::size_t i = 0; i < founders.size(); ++i) {
    const FounderClone& founder = founders[i];
    const std::string path = element(list, i);
    check_presentation(check, founder, path);
    check_growth(check, founder, path);
    if (founder.at == FounderTime::infusion) {
      check_infused(check, founder, path);
      continue;
    }
    countable = check_placed(check, founder, path) && countable;
    cells += static_cast<double>(founder.cells) + founder.share * niches;
  }
  if (!countable || cells <= niches * slack) return;
  const std::string last = element(list, founders.size() - 1);
  check.contradiction(
      {last + ".cells", last + ".share", list},
      "the founders need " + format_rounded(cells, 6) + " niches, and the " +
          (edge > 0.0 ? "replica" : "box") + " has " + format_number(niches),
      {check.states(what_makes_niches(check)) + ", " + check.states("domain.size")});
}

}  // namespace marrow::io
