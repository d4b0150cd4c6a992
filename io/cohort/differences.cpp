// SPDX-License-Identifier: BSD-3-Clause
// What two cohorts have in common: whether the results of one hold for the other.
#include "io/cohort/cohort_file.hpp"
#include "io/scenario/restart.hpp"
#include "io/scenario/value_text.hpp"
#include "io/text/number.hpp"

#include <algorithm>
#include <map>

namespace marrow::io {
namespace {

using Facts = std::map<std::string, std::string>;

std::string text_of(const YamlNode& node) {
  std::string text = node.text;
  for (const YamlNode& item : node.items) text += "[" + text_of(item) + "]";
  for (const YamlEntry& entry : node.entries) {
    text += (text.empty() ? "" : ", ") + entry.key.text + ": " + text_of(entry.value);
  }
  return text;
}

std::string text_of(const Distribution& d, const CohortDraw* draw) {
  static constexpr const char* names[] = {"fixed",     "uniform", "normal",
                                          "lognormal", "mixture", "categories"};
  std::string text = std::string(names[static_cast<int>(d.kind)]) + " " + format_number(d.a) + " " +
                     format_number(d.b) + ", " + format_number(d.lowest) + " to " +
                     format_number(d.highest);
  for (std::size_t i = 0; i < d.weights.size(); ++i) {
    text += "; " + format_number(d.weights[i]);
    if (i < d.parts.size()) text += " x (" + text_of(d.parts[i], nullptr) + ")";
    if (draw != nullptr && i < draw->values.size()) {
      text += " x " + format_value(*draw->spec, draw->values[i]);
    }
  }
  return text;
}

std::string text_of(const CorrelatedSet& set) {
  std::string text;
  for (const std::string& name : set.names) text += name + " ";
  for (const double value : set.factor) text += " " + format_number(value);
  return text;
}

/// What all arms share, by name.
Facts facts_of(const CohortPlan& plan) {
  Facts facts;
  facts["cohort.seed"] = std::to_string(plan.seed);
  for (const CohortDraw& draw : plan.draws) {
    facts["draws." + draw.path] = text_of(draw.distribution, &draw);
  }
  for (const CohortTrait& trait : plan.traits) {
    std::string text = text_of(trait.distribution, nullptr);
    for (std::size_t i = 0; i < trait.kinds.size(); ++i) {
      text += "; " + trait.kinds[i] + " {" + text_of(trait.settings[i].node) + "}";
    }
    facts["traits." + trait.name] = text;
  }
  for (const CorrelatedSet& set : plan.correlated) {
    facts["correlated (" + set.names.front() + " …)"] = text_of(set);
  }
  std::string order;  // of the columns
  for (const CohortDraw& draw : plan.draws) order += draw.path + " ";
  for (const CohortTrait& trait : plan.traits) order += trait.name + " ";
  for (const CohortEndpoint& endpoint : plan.endpoints) {
    facts["endpoints." + endpoint.name] =
        std::to_string(endpoint.from.treatment ? -1 : static_cast<int>(endpoint.from.anchor)) +
        " " + std::to_string(endpoint.after_h) + " h";
    order += endpoint.name + " ";
  }
  facts["order of draws, traits and endpoints"] = order;
  facts["output.series.every"] =
      plan.series_every_h ? std::to_string(*plan.series_every_h) + " h" : "none";
  facts["output.biopsy"] = plan.biopsy ? format_number(plan.biopsy->width_um) + " x " +
                                             format_number(plan.biopsy->length_um) + " um"
                                       : "none";
  return facts;
}

bool matters(const std::string& path) {
  return !path.starts_with("output.") && !path.starts_with("checkpoint.") &&
         path != "scenario.name" && path != "scenario.text" && path != "scenario.seed";
}

void compare_arms(const Cohort& earlier, const Cohort& now, std::vector<std::string>& found) {
  for (std::size_t a = 0; a < earlier.plan().arms.size(); ++a) {
    const std::string& name = earlier.plan().arms[a].name;
    const auto same = std::ranges::find(now.plan().arms, name, &CohortArm::name);
    if (same == now.plan().arms.end()) continue;
    Origins origins;
    std::vector<Diagnostic> errors;
    const std::vector<std::size_t> none;
    const Parameters before = earlier.arm_parameters(a, none, origins, errors);
    const Parameters after = now.arm_parameters(
        static_cast<std::size_t>(same - now.plan().arms.begin()), none, origins, errors);
    for (const ParameterChange& change : compare_for_restart(before, after)) {
      if (!matters(change.path)) continue;
      found.push_back("arm '" + name + "': " + change.path + " was " + change.old_value +
                      ", is now " + change.new_value);
    }
  }
}

}  // namespace

std::vector<std::string> differences(const Cohort& earlier, const Cohort& now) {
  std::vector<std::string> found;
  const Facts before = facts_of(earlier.plan());
  const Facts after = facts_of(now.plan());
  for (const auto& [name, text] : before) {
    const auto same = after.find(name);
    if (same == after.end()) {
      found.push_back(name + " is gone (was " + text + ")");
    } else if (same->second != text) {
      found.push_back(name + " was " + text + ", is now " + same->second);
    }
  }
  for (const auto& [name, text] : after) {
    if (!before.contains(name)) found.push_back(name + " is new (" + text + ")");
  }
  compare_arms(earlier, now, found);
  return found;
}

}  // namespace marrow::io
