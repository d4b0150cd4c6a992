// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/chronicle.hpp"

#include "core/patient/therapy.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace marrow {
namespace {

std::string text(double value, int decimals) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, decimals)
                       .ptr;
  return {buffer.data(), end};
}

std::string share_then(std::int64_t fixed) {
  return "HLA-lacking share of progenitors " +
         text(static_cast<double>(fixed) / static_cast<double>(fixed_one), 3);
}

class Teller {
 public:
  Teller(const ModelState& state, const Parameters& parameters)
      : state_(state), patient_(state.patient), parameters_(parameters) {}

  std::vector<ChronicleEntry> tell() {
    tell_disease();
    tell_therapy();
    std::ranges::stable_sort(entries_, {}, &ChronicleEntry::hour);
    return std::move(entries_);
  }

 private:
  void add(std::int64_t hour, std::string event, std::string detail = "") {
    if (hour >= 0) entries_.push_back({hour, std::move(event), std::move(detail)});
  }

  void tell_disease() {
    if (parameters_.tcells.trigger && state_.events_done > 0) {
      add(static_cast<std::int64_t>(std::ceil(parameters_.tcells.trigger->at_h)),
          "trigger of the attack");
    }
    const bool moderate_first = patient_.moderate_h != never;
    const std::string at_diagnosis = share_then(patient_.hla_lacking_at_diagnosis);
    const bool severe = patient_.diagnosis_h != never;
    add(patient_.moderate_h, "moderate aplastic anemia", severe ? "" : at_diagnosis);
    add(patient_.diagnosis_h,
        moderate_first && patient_.moderate_h < patient_.diagnosis_h
            ? "severe aplastic anemia, from moderate"
            : "severe aplastic anemia",
        at_diagnosis);
    add(patient_.very_severe_h, "very severe aplastic anemia");
    add(patient_.partial_response_h, "partial response",
        share_then(patient_.hla_lacking_at_pr_window));
    add(patient_.complete_response_h, "complete response",
        share_then(patient_.hla_lacking_at_cr_window));
    add(patient_.relapse_h, "relapse");
    add(patient_.pnh_h, "PNH");
    add(patient_.evolution_h, "clonal evolution with monosomy 7");
    add(patient_.death_h, "death");
  }

  void tell_therapy() {
    for (std::size_t i = 0; i < patient_.therapy_began_h.size(); ++i) {
      const TherapyEvent& event = parameters_.therapy[i];
      const std::int64_t began = patient_.therapy_began_h[i];
      const std::string drug(drug_name(event.drug));
      const std::string where = "therapy[" + std::to_string(i) + "]";
      if (began == skipped && event.given) {
        add(due_hour(event, parameters_, patient_), drug + " skipped",
            where + ": due on this day; when that was known, its condition did not hold");
        continue;
      }
      const double full_h = course_h(event);
      add(began, drug + (full_h > 0 ? " begins" : " given"), where);
      if (began < 0 || full_h <= 0) continue;
      const std::int64_t over = event.drug == Drug::antigen_removal ? antigen_back(i) : never;
      if (event.taper_h > 0) tell_end(began, full_h, over, drug + " begins to taper", where);
      tell_end(began, full_h + event.taper_h, over, drug + " ends", where);
    }
  }

  /// Hour at which the antigen that event i removed came back by a challenge or the trigger.
  [[nodiscard]] std::int64_t antigen_back(std::size_t i) const {
    const std::int64_t began = patient_.therapy_began_h[i];
    std::int64_t back = never;
    const auto consider = [&back](std::int64_t hour) {
      back = back == never ? hour : std::min(back, hour);
    };
    for (std::size_t k = 0; k < patient_.therapy_began_h.size(); ++k) {
      const std::int64_t at = patient_.therapy_began_h[k];
      const bool challenge = parameters_.therapy[k].drug == Drug::antigen_challenge;
      if (challenge && (at > began || (at == began && k > i))) consider(at);
    }
    const auto& trigger = parameters_.tcells.trigger;
    if (trigger && trigger->at_h > static_cast<double>(began)) {
      consider(static_cast<std::int64_t>(std::ceil(trigger->at_h)));
    }
    return back;
  }

  /// `over`: when it ended of another cause, or never.
  void tell_end(std::int64_t began, double after_h, std::int64_t over, const std::string& event,
                const std::string& where) {
    const auto end = began + static_cast<std::int64_t>(std::ceil(after_h));
    const bool alive = patient_.death_h == never || end <= patient_.death_h;
    const bool in_force = over == never || end < over;
    if (alive && in_force && end <= state_.step) add(end, event, where);
  }

  const ModelState& state_;
  const PatientState& patient_;
  const Parameters& parameters_;
  std::vector<ChronicleEntry> entries_;
};

}  // namespace

std::vector<ChronicleEntry> chronicle(const ModelState& state, const Parameters& parameters) {
  return Teller(state, parameters).tell();
}

std::string chronicle_csv(const ModelState& state, const Parameters& parameters) {
  std::string csv = "hour,day,event,detail\n";
  for (const ChronicleEntry& entry : chronicle(state, parameters)) {
    csv += std::to_string(entry.hour) + ',' + text(static_cast<double>(entry.hour) / 24.0, 2) +
           ",\"" + entry.event + "\",\"" + entry.detail + "\"\n";
  }
  return csv;
}

}  // namespace marrow
