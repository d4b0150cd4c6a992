// SPDX-License-Identifier: BSD-3-Clause
// Registry entries of `therapy`: the dated treatments.
#include "io/scenario/declare.hpp"
#include "io/scenario/dose_text.hpp"

namespace marrow::io {

namespace {

constexpr double longest_h = 1000.0 * 8766.0;

/// "horse_atg 40 mg/kg, rabbit_atg 3.5 mg/kg, …".
std::string standard_doses() {
  std::string list;
  for (std::size_t i = 0; i < drug_count; ++i) {
    const Drug drug{static_cast<int>(i)};
    const DrugUse use = use_of(drug);
    if (use.unit == DoseUnit::none) continue;
    if (!list.empty()) list += ", ";
    list += std::string(drug_name(drug)) + " " + dose_text({use.standard_dose, use.unit});
  }
  return list;
}

/// "horse_atg 4 d, …": drugs that are given over a course.
std::string usual_courses() {
  std::string list;
  for (std::size_t i = 0; i < drug_count; ++i) {
    const Drug drug{static_cast<int>(i)};
    const double course_h = use_of(drug).course_h;
    if (course_h <= 0.0) continue;
    if (!list.empty()) list += ", ";
    list += std::string(drug_name(drug)) + " " + format_quantity(course_h, {"h", "d", "y"});
  }
  return list;
}

void declare_date(Declarations& d) {
  d.quantity(
       "at", {"h", "d", "y"}, [](auto& p, auto i) -> auto& { return p.therapy[i].at_h; })
      .at_least(0.0)
      .at_most(longest_h)
      .whole_hours()
      .required("28 d")
      .means("When it begins, counted from 'from'.");
  d.add(ParameterType::choice, "from", [](auto& p, auto i) -> auto& { return p.therapy[i].from; },
        {"start", "trigger", "diagnosis", "response", "relapse", "severe"})
      .means(
          "What its date is counted from. diagnosis: of moderate or severe disease, whichever "
          "comes "
          "first; severe: of severe disease; response, relapse: the first one. All are those of "
          "the "
          "simulated patient, and without them it does not begin.");
  d.add(ParameterType::choice, "if",
        [](auto& p, auto i) -> auto& { return p.therapy[i].condition; },
        {"always", "severe", "no_response", "response", "partial_response", "complete_response",
         "relapse"})
      .means(
          "What must be true of the patient on that date; it is judged once, and else the "
          "treatment "
          "is skipped for good (to wait for severe disease: 'from: severe').");
}

void declare_amount(Declarations& d) {
  d.add(
       ParameterType::dose, "dose", [](auto& p, auto i) -> auto& { return p.therapy[i].dose; })
      .means(
          "How much, in the unit of the drug; per day for drugs that are given over a course. More "
          "than the standard dose kills more, but does not act more strongly otherwise. At most 10 "
          "times the standard dose; of cells 1000 times.")
      .usual(standard_doses())
      .source(
          "ATG: Scheinberg 2011 [S]; RACE, Peffault de Latour 2022 [S]; transplant: Islam 2010 "
          "[S]; others [M/A]");
  d.quantity(
       "duration", {"h", "d", "y"},
       [](auto& p, auto i) -> auto& { return p.therapy[i].duration_h; })
      .at_least(0.0)
      .at_most(longest_h)
      .means("How long it is given; 0 h: the drug's usual course (antigen_removal: for good).")
      .usual(usual_courses())
      .source("[M]");
  d.quantity(
       "taper", {"h", "d", "y"}, [](auto& p, auto i) -> auto& { return p.therapy[i].taper_h; })
      .at_least(0.0)
      .at_most(longest_h)
      .means("Further time over which its effect fades linearly.")
      .usual("cyclosporine: 18 months")
      .source("full dose for 6 months, taper to 24 months [M]");
}

void declare_events(Declarations& d) {
  d.list(
      "therapy", RestartPolicy::warned,
      "Dated treatments. When a run continues, those that have begun are fixed.",
      [](auto& p) -> auto& { return p.therapy; });
  d.add(
       ParameterType::choice, "drug", [](auto& p, auto i) -> auto& { return p.therapy[i].drug; },
       drug_names())
      .required("horse_atg")
      .means("What is given.");
  declare_date(d);
  declare_amount(d);
  d.name_or_none(
       "clone", [](auto& p, auto i) -> auto& { return p.therapy[i].clone; })
      .means(
          "The founder with 'at: infusion' that transplant and clone_infusion bring; none for "
          "other "
          "drugs.");
  d.add(
       ParameterType::flag, "given", [](auto& p, auto i) -> auto& { return p.therapy[i].given; })
      .means("false: planned, but left out; for the arms of a trial that share one file.");
}

}  // namespace

void declare_therapy(Declarations& d) {
  declare_drugs(d);
  declare_events(d);
}

}  // namespace marrow::io
