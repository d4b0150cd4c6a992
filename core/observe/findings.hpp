// SPDX-License-Identifier: BSD-3-Clause
// What is found when a virtual patient is examined, and the dates of a whole course: the columns of
// a cohort's table (io/cohort/README.md). Text as in core/observe/sample.hpp.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/model.hpp"
#include "core/patient/therapy.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace marrow {

/// From "examined_day" on, without the flags of the course (alive, response, …), which are known
/// later.
std::vector<std::string> finding_columns();
/// The row of those columns; all but the day empty for the dead. `hematopoiesis`: mean level over
/// the marrow.
std::vector<std::string> findings(const ModelState& state, const Model& model,
                                  double hematopoiesis);

/// "trigger_day", …, "transfusions".
std::vector<std::string> event_columns();
/// Empty for what has not happened. The end is the patient's death, or the present hour.
std::vector<std::string> event_days(const ModelState& state, const Parameters& parameters);

/// First hour of a treatment: of any drug, antigen removal and challenge aside; `never`: none yet.
std::int64_t first_treatment_h(const PatientState& patient, const Parameters& parameters);

/// Hour of moderate or severe disease, whichever came first; `never`: neither.
std::int64_t diagnosed_h(const PatientState& patient);

}  // namespace marrow
