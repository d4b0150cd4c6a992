// SPDX-License-Identifier: BSD-3-Clause
#include "core/patient/therapy.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace marrow {
namespace {

constexpr double ln_10 = 2.302585092994045684;

bool is_diseased(const PatientState& patient) {
  return patient.clinical == ClinicalState::moderate_aplastic_anemia ||
         patient.clinical == ClinicalState::severe_aplastic_anemia;
}

/// The earlier of two dates, of which either may not have come.
std::int64_t first_of(std::int64_t a, std::int64_t b) {
  if (a == never || b == never) return std::max(a, b);
  return std::min(a, b);
}

const DrugEffect& effect_of(const TherapyEvent& event, const Parameters& parameters) {
  return parameters.drugs[static_cast<std::size_t>(event.drug)];
}

/// What scales the effects: cells are counted where they settle.
double effective_dose(const TherapyEvent& event) {
  return use_of(event.drug).unit == DoseUnit::cells_per_kg ? 1.0 : relative_dose(event);
}

/// 1 at full dose, less in the taper, 0 outside.
double intensity(const TherapyEvent& event, double since_begin_h) {
  const double after = since_begin_h - course_h(event);
  if (after < 0) return 1.0;
  if (after < event.taper_h) return 1.0 - after / event.taper_h;
  return 0.0;
}

/// Events of one drug of which each begins before the one before is over, or on the day after: one
/// course, in however many pieces the scenario writes it.
struct Course {
  std::size_t first;  // event
  double begin_h;
  double end_h;  // of the full dose
  double share;  // of the standard course: dose times time
};

/// The events of a patient that have begun by an hour.
class Treatment {
 public:
  Treatment(const PatientState& patient, const Parameters& parameters, std::int64_t hour)
      : began_(patient.therapy_began_h), parameters_(parameters), hour_(hour) {}

  [[nodiscard]] std::size_t size() const {
    return std::min(began_.size(), parameters_.therapy.size());
  }
  [[nodiscard]] const TherapyEvent& event(std::size_t i) const { return parameters_.therapy[i]; }
  [[nodiscard]] bool begun(std::size_t i) const { return began_[i] >= 0 && began_[i] <= hour_; }
  [[nodiscard]] double since_begin_h(std::size_t i) const {
    return static_cast<double>(hour_ - began_[i]);
  }
  [[nodiscard]] double end_h(std::size_t i) const {
    return static_cast<double>(began_[i]) + course_h(event(i));
  }
  /// Share of its full effect that drug i has now.
  [[nodiscard]] double intensity_of(std::size_t i) const;
  [[nodiscard]] double antigen() const;
  [[nodiscard]] bool tolerant(const Draws& draws) const;

 private:
  [[nodiscard]] std::vector<Course> courses_of(Drug drug) const;
  [[nodiscard]] bool triggered_after(double from_h) const;
  [[nodiscard]] bool challenged_since(double from_h, std::size_t after) const;
  [[nodiscard]] bool still_counts(const Course& course) const;
  [[nodiscard]] double not_depleted_before(double until_h) const;

  const std::vector<std::int64_t>& began_;
  const Parameters& parameters_;
  std::int64_t hour_;
};

std::vector<Course> Treatment::courses_of(Drug drug) const {
  std::vector<std::size_t> events;
  for (std::size_t i = 0; i < size(); ++i) {
    if (event(i).drug == drug && begun(i)) events.push_back(i);
  }
  std::ranges::stable_sort(events, {}, [this](std::size_t i) { return began_[i]; });
  constexpr double pause_h = 24.0;
  std::vector<Course> courses;
  for (const std::size_t i : events) {
    if (courses.empty() || static_cast<double>(began_[i]) > courses.back().end_h + pause_h) {
      courses.push_back({i, static_cast<double>(began_[i]), 0.0, 0.0});
    }
    Course& course = courses.back();
    course.end_h = std::max(course.end_h, end_h(i));
    course.share += effective_dose(event(i)) * course_h(event(i)) / use_of(drug).course_h;
  }
  return courses;
}

/// The trigger comes before all events of its hour.
bool Treatment::triggered_after(double from_h) const {
  const auto& trigger = parameters_.tcells.trigger;
  return trigger && trigger->at_h > from_h && trigger->at_h <= static_cast<double>(hour_);
}

/// Whether a challenge began at `from_h` or later; at the same hour the one listed later counts.
bool Treatment::challenged_since(double from_h, std::size_t after) const {
  for (std::size_t i = 0; i < size(); ++i) {
    if (event(i).drug != Drug::antigen_challenge || !begun(i)) continue;
    const auto at_h = static_cast<double>(began_[i]);
    if (at_h > from_h || (at_h == from_h && i > after)) return true;
  }
  return false;
}

/// A course that began before there was an attack has treated nothing; a challenge after its end
/// undoes what it did.
bool Treatment::still_counts(const Course& course) const {
  return !triggered_after(course.begin_h) && !challenged_since(course.end_h, course.first);
}

/// 1 without depleting drugs whose own tolerance comes first, 0 after a whole course of one.
double Treatment::not_depleted_before(double until_h) const {
  double left = 1.0;
  for (std::size_t drug = 0; drug < drug_count; ++drug) {
    const DrugEffect& effect = parameters_.drugs[drug];
    if (effect.tcell_log10_kill <= 0 || effect.tolerance <= 0) continue;
    for (const Course& course : courses_of(static_cast<Drug>(drug))) {
      if (course.begin_h >= until_h || !still_counts(course)) continue;
      left *= 1.0 - std::min(1.0, course.share);
    }
  }
  return left;
}

double Treatment::intensity_of(std::size_t i) const {
  if (!begun(i)) return 0.0;
  if (event(i).drug != Drug::antigen_removal) return intensity(event(i), since_begin_h(i));
  const auto began_h = static_cast<double>(began_[i]);
  if (triggered_after(began_h) || challenged_since(began_h, i)) return 0.0;
  return event(i).duration_h > 0 ? intensity(event(i), since_begin_h(i)) : 1.0;
}

double Treatment::antigen() const {
  double left = 1.0;
  for (std::size_t i = 0; i < size(); ++i) {
    if (event(i).drug == Drug::antigen_removal) left *= 1.0 - intensity_of(i);
  }
  return left;
}

bool Treatment::tolerant(const Draws& draws) const {
  for (std::size_t drug = 0; drug < drug_count; ++drug) {
    const DrugEffect& effect = parameters_.drugs[drug];
    if (effect.tolerance <= 0) continue;
    for (const Course& course : courses_of(static_cast<Drug>(drug))) {
      if (static_cast<double>(hour_) < course.end_h || !still_counts(course)) continue;
      double chance = effect.tolerance * std::min(1.0, course.share);
      if (effect.tcell_log10_kill <= 0) chance *= not_depleted_before(course.end_h);
      const std::uint64_t bits = draws(Purpose::tolerance, Entity::patient, course.first).first;
      if (Threshold::of(chance).happens(bits)) return true;
    }
  }
  return false;
}

/// Adds one acting drug. `share`: dose (at most 1) times what is left of the taper.
void apply_factors(Modifiers& m, const DrugEffect& effect, double share) {
  const auto scale = [share](double& factor, double full) { factor *= 1.0 + (full - 1.0) * share; };
  scale(m.kill, effect.tcell_kill);
  scale(m.tcell_division, effect.tcell_division);
  scale(m.stem_division, effect.stem_division);
  scale(m.ifn_effect, effect.ifn_effect);
  scale(m.ifn_on_division, effect.ifn_on_division);
  scale(m.tnf_effect, effect.tnf_effect);
  scale(m.monosomy_7_growth, effect.monosomy_7_growth);
  scale(m.progenitor_output, effect.progenitor_output);
  scale(m.neutrophil_output, effect.neutrophil_output);
  scale(m.neutrophil_transit, effect.neutrophil_transit);
  m.red_cell_rescue = 1.0 - (1.0 - m.red_cell_rescue) * (1.0 - effect.red_cell_survival * share);
}

/// Adds the deaths of one hour of a course; the last hour may be a part.
void apply_kills(Modifiers& m, const TherapyEvent& event, const DrugEffect& effect,
                 double since_begin_h) {
  const double hours = std::min(1.0, course_h(event) - since_begin_h);
  const double standard_h = use_of(event.drug).course_h;
  if (hours <= 0 || standard_h <= 0) return;
  const double per_log10 = ln_10 * effective_dose(event) * (hours / standard_h);
  m.tcell_loss_per_h += per_log10 * effect.tcell_log10_kill;
  m.treg_loss_per_h += per_log10 * effect.treg_log10_kill;
}

}  // namespace

double course_h(const TherapyEvent& event) {
  return event.duration_h > 0 ? event.duration_h : use_of(event.drug).course_h;
}

double relative_dose(const TherapyEvent& event) {
  const double standard = use_of(event.drug).standard_dose;
  if (event.dose.value < 0 || standard <= 0) return 1.0;
  return event.dose.value / standard;
}

std::int64_t due_hour(const TherapyEvent& event, const Parameters& parameters,
                      const PatientState& patient) {
  double anchor_h = 0;
  const auto since = [&anchor_h](std::int64_t date_h) {
    anchor_h = static_cast<double>(date_h);
    return date_h != never;
  };
  switch (event.from) {
    case Anchor::start:
      break;
    case Anchor::trigger:
      if (!parameters.tcells.trigger) return never;
      anchor_h = parameters.tcells.trigger->at_h;
      break;
    case Anchor::diagnosis:
      if (!since(first_of(patient.moderate_h, patient.diagnosis_h))) return never;
      break;
    case Anchor::response:
      if (!since(first_of(patient.partial_response_h, patient.complete_response_h))) return never;
      break;
    case Anchor::relapse:
      if (!since(patient.relapse_h)) return never;
      break;
    case Anchor::severe:
      if (!since(patient.diagnosis_h)) return never;
      break;
  }
  return static_cast<std::int64_t>(std::ceil(anchor_h + event.at_h));
}

bool condition_holds(Condition condition, const PatientState& patient) {
  const bool partial = patient.clinical == ClinicalState::partial_response;
  const bool complete = patient.clinical == ClinicalState::complete_response;
  switch (condition) {
    case Condition::always:
      return true;
    case Condition::severe:
      return patient.clinical == ClinicalState::severe_aplastic_anemia;
    case Condition::no_response:
      return is_diseased(patient);
    case Condition::response:
      return partial || complete;
    case Condition::partial_response:
      return partial;
    case Condition::complete_response:
      return complete;
    case Condition::relapse:
      return patient.relapse_h != never && is_diseased(patient);
  }
  return false;
}

std::vector<std::size_t> begin_due_events(PatientState& patient, const Parameters& parameters,
                                          std::int64_t hour) {
  std::vector<std::size_t> beginning;
  patient.therapy_began_h.resize(parameters.therapy.size(), never);
  if (patient.clinical == ClinicalState::dead) return beginning;
  for (std::size_t i = 0; i < parameters.therapy.size(); ++i) {
    const TherapyEvent& event = parameters.therapy[i];
    std::int64_t& began = patient.therapy_began_h[i];
    if (began != never) continue;
    const std::int64_t due = due_hour(event, parameters, patient);
    if (due == never || due > hour) continue;
    if (!event.given || !condition_holds(event.condition, patient)) {
      began = skipped;
      continue;
    }
    began = hour;
    beginning.push_back(i);
  }
  return beginning;
}

Modifiers modifiers_at(const PatientState& patient, const Parameters& parameters,
                       const Draws& draws, std::int64_t hour) {
  Modifiers modifiers;
  const Treatment treatment(patient, parameters, hour);
  std::array<double, drug_count> share{};
  for (std::size_t i = 0; i < treatment.size(); ++i) {
    const double acting = treatment.intensity_of(i);
    if (acting <= 0) continue;
    const TherapyEvent& event = treatment.event(i);
    double& of_drug = share[static_cast<std::size_t>(event.drug)];
    of_drug = std::max(of_drug, std::min(1.0, effective_dose(event)) * acting);
    apply_kills(modifiers, event, effect_of(event, parameters), treatment.since_begin_h(i));
  }
  for (std::size_t drug = 0; drug < drug_count; ++drug) {
    if (share[drug] > 0) apply_factors(modifiers, parameters.drugs[drug], share[drug]);
  }
  modifiers.antigen = treatment.antigen();
  if (treatment.tolerant(draws)) modifiers.tcell_division = 0.0;
  return modifiers;
}

std::string acting_drugs(const PatientState& patient, const Parameters& parameters,
                         std::int64_t hour) {
  if (patient.clinical == ClinicalState::dead) return "none";
  const Treatment treatment(patient, parameters, hour);
  std::array<bool, drug_count> named{};
  std::string names;
  for (std::size_t i = 0; i < treatment.size(); ++i) {
    const Drug drug = treatment.event(i).drug;
    bool& already = named[static_cast<std::size_t>(drug)];
    if (already || treatment.intensity_of(i) <= 0) continue;
    already = true;
    if (!names.empty()) names += '+';
    names += drug_name(drug);
  }
  return names.empty() ? "none" : names;
}

double infused_cells(const TherapyEvent& event, const Parameters& parameters) {
  const DrugUse use = use_of(event.drug);
  if (use.unit != DoseUnit::cells_per_kg) return 0.0;
  const DrugEffect& effect = effect_of(event, parameters);
  const double share =
      event.drug == Drug::treg_infusion ? effect.homing_share : effect.seeding_share;
  return relative_dose(event) * use.standard_dose * parameters.patient.weight_kg * share;
}

double infused_tregs_per_mm3(const TherapyEvent& event, const Parameters& parameters) {
  if (event.drug != Drug::treg_infusion) return 0.0;
  return infused_cells(event, parameters) /
         (active_marrow_mm3_per_kg * parameters.patient.weight_kg);
}

double host_stem_log10_kill(const TherapyEvent& event, const Parameters& parameters) {
  return effect_of(event, parameters).host_stem_log10_kill * effective_dose(event);
}

}  // namespace marrow
