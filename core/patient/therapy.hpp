// SPDX-License-Identifier: BSD-3-Clause
// Treatment in time: which events of the scenario begin in an hour, and what the drugs given so far
// do to the rules (MODEL.md, "Therapy"). A pure function of the scenario, the dates held in the
// patient's state and keyed draws; the same on every rank. Never touches cells: acts that move
// cells are returned to the caller.
#pragma once

#include "core/model/modifiers.hpp"
#include "core/model/parameters.hpp"
#include "core/patient/patient_state.hpp"
#include "core/random/draws.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace marrow {

/// How long an event's drug is given at full dose: as the scenario says, or for its standard
/// course; 0 for what is given at once.
double course_h(const TherapyEvent& event);

/// Dose over the standard dose; 1 when the scenario gives none or the drug has none. The dose is in
/// the unit of use_of(drug).
double relative_dose(const TherapyEvent& event);

/// First whole hour at or after the event's date; `never` while its anchor has not happened.
/// Diagnosis: of moderate or severe disease, whichever came first; severe: of severe disease;
/// response: the first day of the window of the first one. A response is known only when its window
/// is over, so an event may be due in the past; it then begins at once.
std::int64_t due_hour(const TherapyEvent& event, const Parameters& parameters,
                      const PatientState& patient);

/// Whether a condition holds for the patient as judged at the last daily sample. `severe`: the
/// state is severe disease; `no_response`: disease of either degree, so not in a response (a
/// response whose window is still open is none yet); `relapse`: disease after a response.
bool condition_holds(Condition condition, const PatientState& patient);

/// Dates the events that are due by `hour` (0 before the first step): begun now, or skipped when
/// their condition fails or the scenario leaves them out. Each event is judged once, when it is
/// due. Returns the numbers of those that begin now, ascending. Sizes state.therapy_began_h at the
/// first call. Nothing begins once the patient is dead.
std::vector<std::size_t> begin_due_events(PatientState& patient, const Parameters& parameters,
                                          std::int64_t hour);

/// What the therapy so far does in the hour that begins at `hour`.
/// - A drug acts fully for its duration, then fades linearly over its taper. A factor f acts as
///   1 + (f - 1)·min(1, relative dose)·(what is left of the taper). Factors of different drugs
///   multiply; of events of one drug that overlap, the one that leaves most acts.
/// - A log10 kill is that of the standard dose for the standard course, and goes evenly with dose
///   and time: the rates of the hours of a standard course sum to ln(10)·log10 kill. Doses of cells
///   (transplant) do not scale effects.
/// - Tolerance: one draw per course of a drug with a chance, times min(1, dose·time over those of
///   the standard course). Events of one drug that follow each other within a day are one course.
///   From the end of the full dose on, T cells do not divide until an antigen challenge begins.
///   Courses that began before the trigger do not count: there was no attack to treat. The chance
///   of a drug that kills no T cells (cyclosporine) is left only as far as no depleting drug with a
///   chance of its own was given before that end: not at all after a whole course of one.
/// - Antigen is gone from an antigen removal (for its duration, for good without one) until a later
///   antigen challenge, or the trigger.
Modifiers modifiers_at(const PatientState& patient, const Parameters& parameters,
                       const Draws& draws, std::int64_t hour);

/// The drugs that act in the hour that begins at `hour`, in the order of the scenario, each once:
/// "horse_atg+cyclosporine", or "none". What is given at once (infusions) is not among
/// them; a dead patient has none.
std::string acting_drugs(const PatientState& patient, const Parameters& parameters,
                         std::int64_t hour);

/// Stem cells, at patient scale (of clones.n_real), that a transplant or an infused clone sets into
/// niches: cells per kg × weight × seeding share. Of regulatory T cells: those that reach the
/// active marrow.
double infused_cells(const TherapyEvent& event, const Parameters& parameters);

/// Active marrow of an adult per kg of weight: 1.14e6 mm3 at 70 kg (ICRP 89 [M]).
inline constexpr double active_marrow_mm3_per_kg = 1.14e6 / 70.0;

/// Regulatory T cells of an infusion per mm3 of active marrow; the patient's weight cancels.
double infused_tregs_per_mm3(const TherapyEvent& event, const Parameters& parameters);

/// Conditioning: what the event takes of the host's stem cells at once, in powers of ten.
double host_stem_log10_kill(const TherapyEvent& event, const Parameters& parameters);

}  // namespace marrow
