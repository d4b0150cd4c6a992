// SPDX-License-Identifier: BSD-3-Clause
// A patient under therapy, without a marrow: for the tests of core/patient/therapy.hpp.
#pragma once

#include "core/patient/therapy.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace marrow {

inline constexpr std::int64_t day = 24;

inline TherapyEvent event_of(Drug drug, double at_d = 0.0) {
  TherapyEvent event;
  event.drug = drug;
  event.at_h = at_d * 24;
  return event;
}

/// A scenario with a trigger on day 30 and a patient under its therapy.
struct Treated {
  Parameters parameters;
  PatientState patient;
  Draws draws{1};

  explicit Treated(std::vector<TherapyEvent> events) {
    parameters.tcells.trigger.emplace().at_h = 30 * day;
    parameters.therapy = std::move(events);
  }
  std::vector<std::size_t> begin(std::int64_t hour) {
    return begin_due_events(patient, parameters, hour);
  }
  void run_to(std::int64_t hour) {
    for (std::int64_t h = 0; h <= hour; ++h) begin(h);
  }
  [[nodiscard]] Modifiers at(std::int64_t hour) const {
    return modifiers_at(patient, parameters, draws, hour);
  }
  [[nodiscard]] std::string acting(std::int64_t hour) const {
    return acting_drugs(patient, parameters, hour);
  }
  DrugEffect& effect(Drug drug) { return parameters.drugs[static_cast<std::size_t>(drug)]; }
};

}  // namespace marrow
