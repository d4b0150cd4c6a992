// SPDX-License-Identifier: BSD-3-Clause
#include "io/cohort/cohort_file.hpp"

#include "core/math/normal.hpp"
#include "core/random/draws.hpp"
#include "io/scenario/checks.hpp"
#include "io/scenario/reader.hpp"
#include "io/scenario/settle.hpp"
#include "io/scenario/value_text.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace marrow::io {
namespace {

/// The uniform number of a patient for one name; never 0 or 1.
double uniform_of(std::uint64_t seed, std::int64_t patient, std::string_view name) {
  const std::uint64_t step = text_fingerprint(name) >> 24;  // as a draw's step has 40 bits
  const Bits128 bits = Draws(seed)(Purpose::cohort_parameter, Entity::patient,
                                   static_cast<std::uint64_t>(patient), step);
  return uniform_unit(bits.first) + 0x1p-54;
}

/// Replaces the score of a correlated one by its row of the factor.
double correlated_uniform(const CorrelatedSet& set, std::size_t row, std::uint64_t seed,
                          std::int64_t patient) {
  if (row == 0) return uniform_of(seed, patient, set.names[0]);
  const std::size_t n = set.names.size();
  double z = 0.0;
  for (std::size_t k = 0; k <= row; ++k) {
    z += set.factor[row * n + k] * normal_quantile(uniform_of(seed, patient, set.names[k]));
  }
  return std::clamp(normal_cdf(z), 0x1p-54, 1.0 - 0x1p-53);
}

double uniform_for(const CohortPlan& plan, const std::string& name, std::int64_t patient) {
  for (const CorrelatedSet& set : plan.correlated) {
    const auto found = std::ranges::find(set.names, name);
    if (found == set.names.end()) continue;
    return correlated_uniform(set, static_cast<std::size_t>(found - set.names.begin()), plan.seed,
                              patient);
  }
  return uniform_of(plan.seed, patient, name);
}

Value drawn_value(const CohortDraw& draw, double u) {
  const double x = quantile(draw.distribution, u);
  if (draw.distribution.kind == Distribution::Kind::categories) {
    return draw.values[static_cast<std::size_t>(x)];
  }
  if (draw.spec->type == ParameterType::integer) {
    return static_cast<std::int64_t>(std::floor(std::clamp(x, -0x1p62, 0x1p62) + 0.5));
  }
  return draw.spec->whole_hours ? std::floor(x + 0.5) : x;
}

/// Why the parameter may not have this value; empty if it may.
std::string outside(const ParameterSpec& spec, const Value& value) {
  double x = 0.0;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    x = static_cast<double>(*whole);
  } else if (const auto* number = std::get_if<double>(&value)) {
    x = *number;
  } else {
    return {};
  }
  const Limits& limits = spec.limits;
  const bool low = !(x >= limits.lowest) || (limits.above_lowest && x <= limits.lowest);
  if (!low && x <= limits.highest) return {};
  return low ? "too small" : "too large";
}

}  // namespace

VirtualPatient Cohort::patient(std::int64_t number) const {
  VirtualPatient patient;
  patient.number = number;
  patient.seed =
      Draws(plan_.seed)(Purpose::cohort_seed, Entity::patient, static_cast<std::uint64_t>(number))
          .first >>
      11;
  for (const CohortDraw& draw : plan_.draws) {
    patient.values.push_back(drawn_value(draw, uniform_for(plan_, draw.path, number)));
  }
  for (const CohortTrait& trait : plan_.traits) {
    const double u = uniform_for(plan_, trait.name, number);
    patient.kinds.push_back(static_cast<std::size_t>(quantile(trait.distribution, u)));
  }
  return patient;
}

Parameters Cohort::arm_parameters(std::size_t arm, const std::vector<std::size_t>& kinds,
                                  Origins& origins, std::vector<Diagnostic>& errors) const {
  Parameters parameters;
  ScenarioReader reader(parameters, origins, errors);
  reader.read_file(base_, base_root_);
  reader.read_settings(source_, plan_.settings.node);
  reader.read_settings(source_, plan_.arms[arm].settings.node);
  for (std::size_t t = 0; t < kinds.size(); ++t) {
    reader.read_settings(source_, plan_.traits[t].settings[kinds[t]].node);
  }
  reader.check_required(base_);
  return parameters;
}

void Cohort::apply_draws(const VirtualPatient& patient, std::size_t arm, ScenarioFile& scenario,
                         std::vector<Diagnostic>& errors) const {
  const std::string in_arm = plan_.arms.size() > 1 ? " in arm '" + plan_.arms[arm].name + "'" : "";
  for (std::size_t i = 0; i < plan_.draws.size(); ++i) {
    const CohortDraw& draw = plan_.draws[i];
    const auto refuse = [&](std::string message, std::vector<std::string> advice) {
      Diagnostic error = source_.error(draw.place, std::move(message), std::move(advice));
      error.parameter = draw.path;
      errors.push_back(std::move(error));
    };
    const SectionSpec& section = registry().section_of(draw.spec->path);
    const std::size_t count = section.count ? section.count(scenario.parameters) : 1;
    if (draw.index >= count) {
      refuse(
          "'" + draw.path + "' does not exist" + in_arm,
          {section.kind == SectionKind::list
               ? "the list '" + section.path + "' has " + std::to_string(count) + " entries there"
               : "'" + section.path +
                     "' is none there: write it into the base scenario, or "
                     "set it under 'set'"});
      continue;
    }
    const std::string wrong = outside(*draw.spec, patient.values[i]);
    if (!wrong.empty()) {
      refuse("'" + draw.path + "' was drawn as " + format_value(*draw.spec, patient.values[i]) +
                 ", which is " + wrong,
             {"allowed: " + limit_words(*draw.spec) +
              "; 'lowest' and 'highest' keep a distribution within limits"});
      continue;
    }
    draw.spec->set(scenario.parameters, draw.index, patient.values[i]);
    scenario.origins[draw.path] = {OriginKind::file, source_.name(), draw.place,
                                   std::string(source_.line(draw.place.line - 1))};
  }
}

ReadResult Cohort::scenario(const VirtualPatient& patient, std::size_t arm) const {
  ReadResult result;
  ScenarioFile scenario;
  scenario.parameters = arm_parameters(arm, patient.kinds, scenario.origins, result.diagnostics);
  apply_draws(patient, arm, scenario, result.diagnostics);
  scenario.parameters.scenario.seed = patient.seed;
  settle(scenario.parameters);
  if (result.diagnostics.empty()) {
    check_scenario(scenario.parameters, scenario.origins, base_.name(), result.diagnostics);
  }
  sort_by_place(result.diagnostics);
  if (!result.diagnostics.empty()) return result;
  scenario.path = base_.name();
  scenario.text = base_text_;
  scenario.fingerprint = text_fingerprint(base_text_);
  result.scenario = std::move(scenario);
  return result;
}

std::string reason_of(const std::vector<Diagnostic>& diagnostics) {
  std::string reason;
  for (const Diagnostic& diagnostic : diagnostics) {
    reason += (reason.empty() ? "" : "; ") + diagnostic.message;
  }
  std::ranges::replace(reason, '\n', ' ');
  return reason;
}

}  // namespace marrow::io
