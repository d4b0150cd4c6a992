// SPDX-License-Identifier: BSD-3-Clause
// Registry entries of `drugs`: of each drug the effects that it has.
#include "io/scenario/declare.hpp"

#include <string_view>

namespace marrow::io {

namespace {

struct EffectEntry {
  std::string_view name;
  double DrugEffect::*member;
  double highest;
  std::string_view sentence;
};

constexpr double deepest_kill = 6.0;
constexpr double largest_factor = 100.0;

constexpr EffectEntry effects[] = {
    {"tcell_log10_kill", &DrugEffect::tcell_log10_kill, deepest_kill,
     "T cells of the attack that one course removes, in powers of ten."},
    {"treg_log10_kill", &DrugEffect::treg_log10_kill, deepest_kill,
     "Regulatory T cells that one course removes, in powers of ten."},
    {"host_stem_log10_kill", &DrugEffect::host_stem_log10_kill, deepest_kill,
     "The patient's own stem cells that conditioning removes, in powers of ten."},
    {"tolerance", &DrugEffect::tolerance, 1.0,
     "Chance that T cells do not grow back after the course."},
    {"tcell_kill", &DrugEffect::tcell_kill, largest_factor,
     "Factor of a T cell's chance of a kill while the drug is given."},
    {"tcell_division", &DrugEffect::tcell_division, largest_factor,
     "Factor of the division of T cells while the drug is given."},
    {"stem_division", &DrugEffect::stem_division, largest_factor,
     "Factor of the vacancy-driven division of stem cells while the drug is given."},
    {"ifn_effect", &DrugEffect::ifn_effect, largest_factor,
     "Factor of every effect of interferon while the drug is given."},
    {"ifn_on_division", &DrugEffect::ifn_on_division, largest_factor,
     "Factor of interferon's block of stem-cell division while the drug is given; 0 evades it."},
    {"tnf_effect", &DrugEffect::tnf_effect, largest_factor,
     "Factor of the damage to bystanders by TNF while the drug is given."},
    {"progenitor_output", &DrugEffect::progenitor_output, largest_factor,
     "Factor of the output of progenitors while the drug is given."},
    {"neutrophil_output", &DrugEffect::neutrophil_output, largest_factor,
     "Factor of the output of neutrophils while the drug is given."},
    {"neutrophil_transit", &DrugEffect::neutrophil_transit, largest_factor,
     "Factor of the maturation time of neutrophils while the drug is given."},
    {"monosomy_7_growth", &DrugEffect::monosomy_7_growth, largest_factor,
     "Factor of the growth of clones with monosomy 7 while the drug is given."},
    {"red_cell_survival", &DrugEffect::red_cell_survival, 1.0,
     "1: GPI-negative red cells live as long as normal ones while the drug is given; 0: no "
     "effect."},
    {"seeding_share", &DrugEffect::seeding_share, 1.0,
     "Share of the infused CD34+ cells that become stem cells of a niche."},
    {"homing_share", &DrugEffect::homing_share, 1.0,
     "Share of the infused regulatory T cells that reach the active marrow."},
};

/// What the literature says of an effect; the numbers themselves are the model's.
struct Evidence {
  Drug drug;
  std::string_view effect;
  std::string_view usual;
  std::string_view source;
};

constexpr std::string_view tolerance_source =
    "regulation returns in responders: Kordasti 2016 [S]; chance [A]";
constexpr std::string_view treg_source =
    "fewer regulatory T cells after rabbit than after horse ATG: Scheinberg 2011 [S]; value [A]";
constexpr std::string_view seeding_source =
    "5,000-30,000 stem cells engraft: Spencer Chapman 2024 Nature 635:926 [S], of 2.1e8 CD34+ [D]";

constexpr Evidence evidence[] = {
    {Drug::horse_atg, "tcell_log10_kill", "0 to 2.5, SD 0.5 between patients",
     "calibrated [A]; blood T cells after ATG: Scheinberg 2011 [S]"},
    {Drug::horse_atg, "treg_log10_kill", "", treg_source},
    {Drug::horse_atg, "tolerance", "0.2 to 0.7", tolerance_source},
    {Drug::rabbit_atg, "tcell_log10_kill", "0 to 2, SD 0.5 between patients",
     "net kill, calibrated to 37-50 % response [A]"},
    {Drug::rabbit_atg, "treg_log10_kill", "", treg_source},
    {Drug::rabbit_atg, "tolerance", "0.2 to 0.7", tolerance_source},
    {Drug::alemtuzumab, "tcell_log10_kill", "",
     "about as often effective as rabbit ATG [M]; value [A]"},
    {Drug::cyclophosphamide, "progenitor_output", "",
     "spares stem cells, not progenitors [M]; value [A]"},
    {Drug::cyclosporine, "tolerance", "", "response to cyclosporine alone, calibrated [A]"},
    {Drug::cyclosporine, "tcell_kill", "0.3 to 0.9", "calibrated [A]"},
    {Drug::cyclosporine, "tcell_division", "0.05 to 0.4", "calibrated [A]"},
    {Drug::cyclosporine, "ifn_effect", "0.3 to 0.9", "calibrated [A]"},
    {Drug::eltrombopag, "stem_division", "1.2 to 2.5",
     "TPO agonists drive self-renewing divisions: Kovtonyuk 2016 [S]; value, calibrated [A]"},
    {Drug::eltrombopag, "ifn_on_division", "0 to 1",
     "evades the block of TPO by interferon: Alvarado 2019 Blood 133:2004 [S]"},
    {Drug::g_csf, "neutrophil_output", "",
     "no gain in response or survival: Tichelli 2020 [S]; value [A]"},
    {Drug::g_csf, "monosomy_7_growth", "1.5 to 3",
     "monosomy 7 under cyclosporine and G-CSF: Ohara 1997 [S]; value [A]"},
    {Drug::androgen, "stem_division", "", "danazol, response 46 %, median 3 months [S]; value [A]"},
    {Drug::anti_ifn, "ifn_effect", "", "rescues mice: Bloom 2004 [S]; value [A]"},
    {Drug::anti_tnf, "tnf_effect", "", "prolongs survival of mice: Bloom 2004 [S]; value [A]"},
    {Drug::complement_inhibitor, "red_cell_survival", "0 to 1",
     "no effect on stem cells [M]; value [A]"},
    {Drug::transplant, "host_stem_log10_kill", "", "Cy and ATG are not fully myeloablative [A]"},
    {Drug::transplant, "seeding_share", "2.4e-5 to 1.4e-4", seeding_source},
    {Drug::clone_infusion, "seeding_share", "2.4e-5 to 1.4e-4", seeding_source},
    {Drug::treg_infusion, "homing_share", "",
     "1e6 cells per kg then make 12 per mm^3 of active marrow [D]; value [A]"},
};

Evidence evidence_for(Drug drug, std::string_view effect) {
  for (const Evidence& known : evidence) {
    if (known.drug == drug && known.effect == effect) return known;
  }
  return {drug, effect, "", "[A]"};
}

/// An effect that the drug has, or that every drug has which depletes T cells.
bool concerns(const DrugEffect& standard, const EffectEntry& effect) {
  const bool depletes = standard.tcell_log10_kill > 0.0;
  if (depletes && (effect.name == "treg_log10_kill" || effect.name == "tolerance")) return true;
  return standard.*effect.member != DrugEffect{}.*effect.member;
}

void declare_effect(Declarations& d, Drug drug, const EffectEntry& effect) {
  const auto number = static_cast<std::size_t>(drug);
  const auto member = effect.member;
  const Evidence known = evidence_for(drug, effect.name);
  const auto access = [ number, member ](auto& p, auto) -> auto& {
    return p.drugs[number].*member;
  };
  const std::string name(effect.name);
  Entry entry =
      effect.highest == 1.0
          ? d.share(name, access)
          : d.add(ParameterType::number, name, access).at_least(0.0).at_most(effect.highest);
  entry.means(std::string(effect.sentence))
      .usual(std::string(known.usual))
      .source(std::string(known.source));
}

}  // namespace

void declare_drugs(Declarations& d) {
  d.section("drugs", RestartPolicy::warned,
            "What the drugs of 'therapy' do at their standard dose; smaller doses do less.");
  const std::array<DrugEffect, drug_count> standard = standard_effects();
  for (std::size_t i = 0; i < drug_count; ++i) {
    const Drug drug{static_cast<int>(i)};
    bool first = true;
    for (const EffectEntry& effect : effects) {
      if (!concerns(standard[i], effect)) continue;
      if (first) {
        d.section("drugs." + std::string(drug_name(drug)), RestartPolicy::warned,
                  "Effects of " + std::string(drug_name(drug)) + ".");
      }
      first = false;
      declare_effect(d, drug, effect);
    }
  }
}

}  // namespace marrow::io
