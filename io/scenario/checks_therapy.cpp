// SPDX-License-Identifier: BSD-3-Clause
// Checks of `therapy`: dates, doses, and what an infusion brings.
#include "io/scenario/checker.hpp"
#include "io/scenario/dose_text.hpp"
#include "io/text/suggestion.hpp"
#include "io/text/utf8.hpp"

#include <algorithm>
#include <optional>

namespace marrow::io {

namespace {

/// The checks of one event of the list.
class EventChecker {
 public:
  EventChecker(Checker& check, std::size_t index)
      : check_(&check),
        event_(&check.parameters().therapy[index]),
        path_(element("therapy", index)),
        drug_(drug_name(event_->drug)) {}

  void check_all() {
    check_date();
    check_dose();
    check_course();
    check_clone();
    check_tregs();
    check_antigen();
  }

 private:
  [[nodiscard]] const Parameters& parameters() const { return check_->parameters(); }

  /// The hour at which it begins, where that is known before the run.
  [[nodiscard]] std::optional<double> known_hour() const {
    if (event_->from == Anchor::start) return event_->at_h;
    if (event_->from != Anchor::trigger || !parameters().tcells.trigger) return std::nullopt;
    return parameters().tcells.trigger->at_h + event_->at_h;
  }

  void check_date() {
    if (event_->from == Anchor::trigger && !parameters().tcells.trigger) {
      check_->contradiction(
          {path_ + ".from", path_},
          "the date of " + drug_ + " is counted from the trigger, and there is no trigger",
          {"write a section 'tcells.trigger', or 'from: start'"});
      return;
    }
    const auto hour = known_hour();
    if (!event_->given || !hour || *hour < parameters().run.duration_h) return;
    std::string dates = check_->states(path_ + ".at");
    if (event_->from == Anchor::trigger) dates += ", " + check_->states("tcells.trigger.at");
    check_->contradiction({path_ + ".at", "run.duration"},
                          drug_ + " would be given after the end of the run",
                          {dates + ", " + check_->states("run.duration"),
                           "write an earlier date or a longer run; to leave a treatment out, "
                           "'given: false'"});
  }

  void check_dose() {
    if (event_->dose.value < 0.0) return;
    const DrugUse use = use_of(event_->drug);
    if (use.unit == DoseUnit::none) {
      check_->contradiction({path_ + ".dose"}, drug_ + " has no dose",
                            {"remove 'dose'; it acts in full, or not at all"});
    } else if (event_->dose.unit != use.unit) {
      check_->contradiction({path_ + ".dose"},
                            drug_ + " is given in " + std::string(dose_unit_word(use.unit)) +
                                ", and the dose is " + dose_text(event_->dose),
                            {"the standard dose is " + dose_text({use.standard_dose, use.unit})});
    } else if (const Dose most = largest_dose(use); event_->dose.value > most.value) {
      check_->contradiction({path_ + ".dose"},
                            "the dose of " + drug_ + " is more than " + dose_text(most) +
                                ", the largest that the model is meant for",
                            {"the standard dose is " + dose_text({use.standard_dose, use.unit})});
    }
  }

  /// Cells home and seed in proportion over orders of magnitude; effects of drugs do not.
  [[nodiscard]] static Dose largest_dose(const DrugUse& use) {
    const double times = use.unit == DoseUnit::cells_per_kg ? 1000.0 : 10.0;
    return {times * use.standard_dose, use.unit};
  }

  /// True if something of the drug's effect can fade.
  [[nodiscard]] bool fades() const {
    if (event_->drug == Drug::antigen_removal) return event_->duration_h > 0.0;
    if (use_of(event_->drug).course_h == 0.0) return false;
    const DrugEffect& effect = parameters().drugs[static_cast<std::size_t>(event_->drug)];
    constexpr double DrugEffect::*while_given[] = {
        &DrugEffect::tcell_kill,         &DrugEffect::tcell_division,
        &DrugEffect::stem_division,      &DrugEffect::ifn_effect,
        &DrugEffect::ifn_on_division,    &DrugEffect::tnf_effect,
        &DrugEffect::progenitor_output,  &DrugEffect::neutrophil_output,
        &DrugEffect::neutrophil_transit, &DrugEffect::monosomy_7_growth,
        &DrugEffect::red_cell_survival};
    return std::any_of(std::begin(while_given), std::end(while_given),
                       [&](auto member) { return effect.*member != DrugEffect{}.*member; });
  }

  void check_course() {
    const bool once = use_of(event_->drug).course_h == 0.0 && event_->drug != Drug::antigen_removal;
    if (once && event_->duration_h > 0.0) {
      check_->contradiction({path_ + ".duration"}, drug_ + " is given once and has no duration",
                            {"remove 'duration'; to give it again, write it again with another "
                             "date"});
    }
    if (event_->taper_h == 0.0 || fades()) return;
    std::string why = "its kills belong to the course";
    if (once) why = "it is given once";
    if (event_->drug == Drug::antigen_removal) why = "without 'duration' it is for good";
    check_->contradiction({path_ + ".taper"}, "nothing of " + drug_ + " can be tapered: " + why,
                          {"remove 'taper'"});
  }

  void check_clone() {
    const bool infuses = event_->drug == Drug::transplant || event_->drug == Drug::clone_infusion;
    if (!infuses) {
      if (event_->clone.empty()) return;
      check_->contradiction({path_ + ".clone"}, drug_ + " brings no clone",
                            {"remove 'clone', or give transplant or clone_infusion"});
      return;
    }
    if (event_->clone.empty()) {
      check_->contradiction({path_ + ".clone", path_ + ".drug", path_},
                            drug_ + " needs 'clone', the founder whose cells it brings",
                            {clone_advice()});
      return;
    }
    const auto& founders = parameters().clones.founders;
    const auto founder =
        std::find_if(founders.begin(), founders.end(),
                     [&](const FounderClone& known) { return known.name == event_->clone; });
    if (founder == founders.end()) return refuse_unknown_clone();
    if (founder->at == FounderTime::infusion) return;
    check_->contradiction(
        {path_ + ".clone"},
        "the founder " + in_quotes(event_->clone) + " is placed in the marrow and not infused",
        {"write 'at: infusion' for it below 'clones.founders', without 'cells' and 'share'"});
  }

  void refuse_unknown_clone() {
    std::vector<std::string> names;
    for (const FounderClone& known : parameters().clones.founders) names.push_back(known.name);
    std::vector<std::string> advice;
    if (const auto match = closest(event_->clone, names)) {
      advice.push_back("did you mean '" + *match + "'?");
    } else {
      advice.push_back(clone_advice());
    }
    check_->contradiction({path_ + ".clone"}, "there is no founder " + in_quotes(event_->clone),
                          advice);
  }

  [[nodiscard]] std::string clone_advice() const {
    const auto& founders = parameters().clones.founders;
    std::vector<std::string> infused;
    for (const FounderClone& known : founders) {
      if (known.at == FounderTime::infusion) infused.push_back(known.name);
    }
    if (!infused.empty()) return "infused founders: " + listed(infused, "and");
    return "write one below 'clones.founders', for example '- {name: donor, at: infusion}'";
  }

  void check_tregs() {
    if (event_->drug != Drug::treg_infusion || parameters().tregs) return;
    check_->contradiction({path_ + ".drug", path_},
                          "treg_infusion brings regulatory T cells, which are not simulated",
                          {"write a section 'tregs: {}', or remove the treatment"});
  }

  /// Without a trigger there is no attack that antigen could feed; before it, none yet.
  void check_antigen() {
    const bool challenge = event_->drug == Drug::antigen_challenge;
    if (!challenge && event_->drug != Drug::antigen_removal) return;
    const auto& trigger = parameters().tcells.trigger;
    if (!trigger) {
      check_->contradiction({path_ + ".drug", path_},
                            drug_ + " is about the antigen of an attack, and there is no trigger",
                            {"write a section 'tcells.trigger', or remove the treatment"});
      return;
    }
    const auto hour = known_hour();
    if (!challenge || !event_->given || !hour || *hour >= trigger->at_h) return;
    check_->contradiction(
        {path_ + ".at", "tcells.trigger.at"}, "antigen_challenge comes before the trigger",
        {check_->states(path_ + ".at") + ", " + check_->states("tcells.trigger.at"),
         "it brings the T cells of the trigger once more: write a later date"});
  }

  Checker* check_;
  const TherapyEvent* event_;
  std::string path_;
  std::string drug_;
};

}  // namespace

void check_therapy(Checker& check) {
  for (std::size_t i = 0; i < check.parameters().therapy.size(); ++i) {
    EventChecker(check, i).check_all();
  }
}

}  // namespace marrow::io
