// SPDX-License-Identifier: BSD-3-Clause
// The clinical course of a patient with hindsight: which state held on a date, where a response
// counts from the first day of its window once that is over, as trials date it.
#pragma once

#include "core/patient/patient_state.hpp"

#include <cstdint>
#include <vector>

namespace marrow {

class Course {
 public:
  /// Once a day, in ascending hours, the first at the start.
  void follow(const PatientState& patient, std::int64_t hour);

  /// The state that held at an hour, as known by the last call of follow.
  [[nodiscard]] ClinicalState at(std::int64_t hour) const;

 private:
  struct Change {
    std::int64_t hour;
    ClinicalState state;
  };
  std::vector<Change> changes_;
};

}  // namespace marrow
