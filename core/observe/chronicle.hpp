// SPDX-License-Identifier: BSD-3-Clause
// What has happened to the patient, with dates: the attack's begin, diagnoses, responses, relapse,
// late effects, death, and every treatment. A pure function of the state, so a run that was
// interrupted tells the same story.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/parameters.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace marrow {

/// One dated event. A response has the date of the first day of its window, so it can become known
/// later than events that follow it here.
struct ChronicleEntry {
  std::int64_t hour = 0;
  std::string event;   // "severe aplastic anemia", "horse_atg begins", "horse_atg skipped", …
  std::string detail;  // "" or what else is known: "HLA-lacking share of progenitors 0.390"

  friend bool operator==(const ChronicleEntry&, const ChronicleEntry&) = default;
};

/// All events so far, by date; those of one hour in the order of the disease, then of the therapy.
std::vector<ChronicleEntry> chronicle(const ModelState& state, const Parameters& parameters);

/// The same as CSV: hour, day, event, detail.
std::string chronicle_csv(const ModelState& state, const Parameters& parameters);

}  // namespace marrow
