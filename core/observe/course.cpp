// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/course.hpp"

#include <algorithm>

namespace marrow {
namespace {

/// From when a state that is new at `hour` counts.
std::int64_t since(const PatientState& patient, std::int64_t hour) {
  std::int64_t from = hour;
  if (patient.clinical == ClinicalState::partial_response) from = patient.pr_since_h;
  if (patient.clinical == ClinicalState::complete_response) from = patient.cr_since_h;
  return from == never ? hour : from;
}

}  // namespace

void Course::follow(const PatientState& patient, std::int64_t hour) {
  if (!changes_.empty() && changes_.back().state == patient.clinical) return;
  const std::int64_t earliest = changes_.empty() ? hour : changes_.back().hour;
  changes_.push_back({std::max(earliest, since(patient, hour)), patient.clinical});
}

ClinicalState Course::at(std::int64_t hour) const {
  ClinicalState state = ClinicalState::well;
  for (const Change& change : changes_) {
    if (change.hour <= hour) state = change.state;
  }
  return state;
}

}  // namespace marrow
