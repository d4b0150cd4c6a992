// SPDX-License-Identifier: BSD-3-Clause
// Checks of the classes of mutation: those of the scenario and the tabulated ones.
#include "io/scenario/checker.hpp"
#include "io/scenario/registry.hpp"
#include "io/text/number.hpp"
#include "io/text/utf8.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace marrow::io {

namespace {

constexpr const char* list = "clones.mutations";

std::string catalogue_path(const MutationClass& mutation) {
  return "clones.catalogue." + mutation.name;
}

/// Names are unique among all classes that strike.
void check_names(Checker& check) {
  const CloneParameters& clones = check.parameters().clones;
  std::map<std::string, std::string> first;
  if (clones.tabulated) {
    for (const MutationClass& known : clones.catalogue) first[known.name] = catalogue_path(known);
  }
  for (std::size_t i = 0; i < clones.mutations.size(); ++i) {
    const std::string where = element(list, i);
    const std::string& name = clones.mutations[i].name;
    if (name == "normal") {
      check.contradiction({where + ".name"},
                          "the name 'normal' is taken: it is the clone of all other cells",
                          {"choose another name"});
    }
    const auto [known, is_new] = first.emplace(name, where);
    if (is_new) continue;
    std::vector<std::string> advice = {"it is also the name of '" + known->second + "'"};
    if (known->second.starts_with("clones.catalogue")) {
      advice = {"it is the tabulated class '" + known->second +
                "': change that one, or choose another name"};
    }
    check.contradiction({where + ".name"}, "the name " + in_quotes(name) + " is used twice",
                        advice);
  }
}

void check_genotype(Checker& check, const MutationClass& mutation, const std::string& path) {
  const std::string what = "the mutation " + in_quotes(mutation.name);
  if (mutation.genotype == 0) {
    check.contradiction({path + ".genotype", path}, what + " changes nothing: no genotype",
                        {"give what the mutant has lost or gained: hla_lost, gpi_negative, driver "
                         "or monosomy_7"});
    return;
  }
  const bool lost = (mutation.genotype & hla_lost) != 0;
  if (lost && mutation.presentation > seen_although_lost) {
    check.contradiction(
        {path + ".presentation", path + ".genotype"},
        what + " loses the HLA allele, and T cells still see its cells",
        {check.states(path + ".presentation") + "; write 'presentation: 0' for an escape"});
  }
  const bool escapes = (mutation.genotype & (hla_lost | gpi_negative)) != 0;
  if (escapes || (mutation.presentation == 1.0 && mutation.presentation_sd == 0.0)) return;
  check.contradiction(
      {path + ".presentation", path + ".presentation_sd", path},
      what + " changes what T cells see, and loses nothing that they see",
      {"write hla_lost or gpi_negative into its genotype, or leave 'presentation' out"});
}

void check_chance(Checker& check, const MutationClass& mutation, const std::string& path) {
  const double n_real = check.parameters().clones.n_real;
  const double chance = mutation.rate_per_division * n_real / std::fmax(1.0, check.whole_niches());
  if (chance <= 1.0) return;
  check.contradiction(
      {path + ".rate", "clones.n_real", "clones.tabulated"},
      "scaled from " + format_number(n_real) + " cells to " + format_number(check.whole_niches()) +
          " niches the chance of " + in_quotes(mutation.name) + " per division is " +
          format_rounded(chance, 3) + ", above 1",
      {"rates are for the whole patient ('clones.n_real'); use a larger box or a lower rate"});
}

/// More classes than a clone can remember.
void check_number(Checker& check) {
  const CloneParameters& clones = check.parameters().clones;
  const std::size_t tabulated = clones.tabulated ? clones.catalogue.size() : 0;
  if (tabulated + clones.mutations.size() <= most_mutation_classes) return;
  const std::size_t first_beyond =
      tabulated < most_mutation_classes ? most_mutation_classes - tabulated : 0;
  check.contradiction({element(list, first_beyond), list},
                      "there are " + std::to_string(tabulated + clones.mutations.size()) +
                          " classes of mutation, and at most " +
                          std::to_string(most_mutation_classes) + " are possible",
                      {std::to_string(clones.mutations.size()) + " in 'clones.mutations', " +
                       std::to_string(tabulated) + " tabulated ('clones.tabulated')"});
}

/// A tabulated class that was changed, and does not strike.
void check_unused_catalogue(Checker& check) {
  const Parameters& p = check.parameters();
  if (p.clones.tabulated) return;
  for (const ParameterSpec& spec : registry().parameters()) {
    if (!spec.path.starts_with("clones.catalogue.")) continue;
    if (same_value(spec.get(p, 0), spec.get(registry().prototype(), 0))) continue;
    check.contradiction({spec.path, "clones.catalogue"},
                        "a tabulated class of mutation is changed, and none of them strikes",
                        {"write 'tabulated: true' below 'clones'"});
    return;
  }
}

void check_standing(Checker& check) {
  const CloneParameters& clones = check.parameters().clones;
  if (!clones.standing) return;
  const auto may_stand = [](const MutationClass& mutation) {
    return mutation.standing && mutation.rate_per_division > 0.0;
  };
  const auto any = [&](const std::vector<MutationClass>& classes) {
    return std::any_of(classes.begin(), classes.end(), may_stand);
  };
  if ((clones.tabulated && any(clones.catalogue)) || any(clones.mutations)) return;
  const bool none = !clones.tabulated && clones.mutations.empty();
  check.contradiction(
      {"clones.standing"},
      "no clone can have arisen before the start: " +
          std::string(none ? "there is no class of mutation"
                           : "no class of mutation has both 'standing: true' and a rate"),
      {none ? "write 'tabulated: true' below 'clones', or classes of your own into 'mutations'"
            : "change the classes, or write 'standing: false' below 'clones'"});
}

}  // namespace

void check_mutations(Checker& check) {
  const CloneParameters& clones = check.parameters().clones;
  check_names(check);
  check_number(check);
  check_unused_catalogue(check);
  check_standing(check);
  for (std::size_t i = 0; i < clones.mutations.size(); ++i) {
    check_genotype(check, clones.mutations[i], element(list, i));
    check_chance(check, clones.mutations[i], element(list, i));
  }
  if (!clones.tabulated) return;
  for (const MutationClass& mutation : clones.catalogue) {
    check_chance(check, mutation, catalogue_path(mutation));
  }
}

}  // namespace marrow::io
