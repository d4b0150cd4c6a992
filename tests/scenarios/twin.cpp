// SPDX-License-Identifier: BSD-3-Clause
#include "tests/scenarios/twin.hpp"

#include "core/patient/blood.hpp"
#include "core/patient/clinic.hpp"
#include "core/patient/hematopoiesis.hpp"
#include "core/patient/progenitors.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <random>

namespace marrow::testing {
namespace {

constexpr double hours_per_year = 365.25 * 24;
constexpr std::size_t normal = 0;

/// One kind of stem cell: founders 1.. of the scenario, 0 the normal ones.
struct Clan {
  std::uint8_t genotype = 0;
  double presentation = 1;
  double growth_per_h = 0;
  std::int64_t cells = 0;
};

struct Claims {
  std::vector<std::size_t> daughters;  // clan of each daughter that looks for a niche
  std::int64_t relocators = 0;
};

class Twin {
 public:
  Twin(const Parameters& parameters, std::uint64_t seed);
  TwinCourse run();

 private:
  std::int64_t binomial(std::int64_t n, double p);
  void trigger();
  void place_founders(FounderTime when);
  void attack();
  void tcell_fates();
  void stem_acts();
  void place(const Claims& claims, std::int64_t vacant);
  void advance_patient();
  void observe();
  void observe_day();
  void finish();
  [[nodiscard]] std::int64_t live() const;
  [[nodiscard]] std::int64_t dying() const;
  [[nodiscard]] double days() const;
  [[nodiscard]] double hla_lacking_stem() const;

  const Parameters& p_;
  std::mt19937_64 random_;
  double volume_mm3_;
  std::int64_t niches_;
  std::vector<Clan> clans_;
  std::vector<std::int64_t> apoptotic_;  // by hours left
  std::int64_t effectors_ = 0;
  std::int64_t engaged_ = 0;
  double attack_ = 0;  // A, Ag and V of the tick before
  double antigen_ = 0;
  double vacancy_ = 0;
  std::int64_t hour_ = 0;
  std::int64_t trigger_h_;
  std::int64_t divisions_ = 0;

  PatientState patient_;
  HematopoiesisMap marrow_;
  std::vector<std::int64_t> level_{fixed_one};
  std::vector<CellRecord> one_niche_{CellRecord::make(CellState::stem, 0)};

  TwinCourse course_;
  std::vector<double> occupancy_;  // daily
  std::vector<double> tcells_;     // daily, per mm3
};

HematopoiesisMap one_block() {
  const std::array<std::uint64_t, 1> own{0};
  return {Lattice{{block_edge, block_edge, block_edge}}, NicheTable{Niche{}}, own, 300.0};
}

double chance(double rate_per_h) { return -std::expm1(-rate_per_h); }

Twin::Twin(const Parameters& parameters, std::uint64_t seed)
    : p_(parameters),
      random_(seed),
      volume_mm3_(parameters.lattice().volume_mm3()),
      niches_(std::llround(parameters.niches.density_per_mm3 * volume_mm3_)),
      apoptotic_(static_cast<std::size_t>(std::llround(parameters.hspc.apoptosis_h))),
      trigger_h_(p_.tcells.trigger ? std::llround(p_.tcells.trigger->at_h) : 0),
      patient_(healthy_patient(parameters.patient)),
      marrow_(one_block()) {
  clans_.push_back({0, 1.0, 0.0, niches_});
  for (const FounderClone& founder : p_.clones.founders) {
    clans_.push_back({founder.genotype, founder.presentation, founder.growth_per_h, 0});
  }
  place_founders(FounderTime::start);
}

std::int64_t Twin::binomial(std::int64_t n, double p) {
  if (n <= 0 || p <= 0) return 0;
  return std::binomial_distribution<std::int64_t>(n, std::min(p, 1.0))(random_);
}

std::int64_t Twin::live() const {
  std::int64_t sum = 0;
  for (const Clan& clan : clans_) sum += clan.cells;
  return sum;
}

std::int64_t Twin::dying() const {
  std::int64_t sum = 0;
  for (const std::int64_t n : apoptotic_) sum += n;
  return sum;
}

double Twin::days() const { return static_cast<double>(hour_ - trigger_h_) / 24.0; }

double Twin::hla_lacking_stem() const {
  std::int64_t lacking = 0;
  for (const Clan& clan : clans_) {
    if ((clan.genotype & GenotypeBit::hla_lost) != 0) lacking += clan.cells;
  }
  return live() == 0 ? 0.0 : static_cast<double>(lacking) / static_cast<double>(live());
}

void Twin::place_founders(FounderTime when) {
  for (std::size_t i = 0; i < p_.clones.founders.size(); ++i) {
    const FounderClone& founder = p_.clones.founders[i];
    if (founder.at != when) continue;
    const std::int64_t wanted = founder.cells > 0
                                    ? founder.cells
                                    : std::llround(founder.share * static_cast<double>(niches_));
    const std::int64_t placed = std::min(wanted, clans_[normal].cells);
    clans_[normal].cells -= placed;
    clans_[i + 1].cells += placed;
  }
}

void Twin::trigger() {
  if (!p_.tcells.trigger || hour_ != trigger_h_) return;
  effectors_ +=
      std::max<std::int64_t>(1, std::llround(p_.tcells.trigger->influx_per_mm3 * volume_mm3_));
  place_founders(FounderTime::trigger);
}

/// Item 2, well mixed: hazard kappa * density * eps; a killer handles its target for an hour.
void Twin::attack() {
  const std::int64_t released = engaged_;
  const double hazard =
      p_.tcells.kill_coefficient_mm3_per_h * static_cast<double>(effectors_) / volume_mm3_;
  std::int64_t killed = 0;
  for (Clan& clan : clans_) {
    const std::int64_t hit = binomial(clan.cells, chance(hazard * clan.presentation));
    clan.cells -= hit;
    killed += hit;
  }
  std::rotate(apoptotic_.begin(), apoptotic_.begin() + 1, apoptotic_.end());
  apoptotic_.back() = killed;
  const std::int64_t busy = std::min(killed, effectors_);
  effectors_ += released - busy;
  engaged_ = busy;
}

/// Item 3.
void Twin::tcell_fates() {
  const double dying_chance = chance(p_.tcells.death_rate_per_h);
  const double division = p_.tcells.division_rate_per_h * antigen_ /
                          (antigen_ + p_.tcells.antigen_half) * std::max(0.0, 1.0 - attack_);
  effectors_ -= binomial(effectors_, dying_chance);
  engaged_ -= binomial(engaged_, dying_chance);
  effectors_ += binomial(effectors_, chance(division));
}

/// Item 4. The acts of one draw exclude each other, so the chances of the later ones are
/// conditional.
void Twin::stem_acts() {
  const std::int64_t vacant = niches_ - live() - dying();
  const double leave = chance(p_.hspc.homeostatic_rate_per_h);
  const double relocate = chance(p_.hspc.relocation_rate_per_h);
  Claims claims;
  for (std::size_t c = 0; c < clans_.size(); ++c) {
    Clan& clan = clans_[c];
    const double rate =
        p_.hspc.homeostatic_rate_per_h +
        p_.hspc.stress_rate_per_h * vacancy_ / (1.0 + p_.hspc.ifn_inhibition * attack_) +
        clan.growth_per_h;
    const double divide = chance(rate);
    const std::int64_t left = binomial(clan.cells, leave);
    const std::int64_t born = binomial(clan.cells - left, divide / (1.0 - leave));
    claims.relocators += binomial(clan.cells - left - born, relocate / (1.0 - leave - divide));
    claims.daughters.insert(claims.daughters.end(), static_cast<std::size_t>(born), c);
    divisions_ += born;
    clan.cells -= left;
  }
  place(claims, vacant);
}

/// Item 5. Local search succeeds when any of the niches within the radius is vacant; losers of one
/// niche and all others compete in the blood. A relocation moves a cell, so it only takes vacancies
/// from daughters.
void Twin::place(const Claims& claims, std::int64_t vacant) {
  const double radius_mm = p_.hspc.placement_radius_um * 1e-3;
  const double near =
      p_.niches.density_per_mm3 * 4.0 / 3.0 * std::numbers::pi * radius_mm * radius_mm * radius_mm;
  const double finds =
      (1.0 - p_.hspc.blood_share) * (1.0 - std::pow(1.0 - std::clamp(vacancy_, 0.0, 1.0), near));
  std::vector<std::int64_t> in_blood;  // clan, or -1 for a relocator
  std::vector<std::int64_t> taken;
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  for (const std::size_t clan : claims.daughters) {
    bool placed = false;
    if (vacant > 0 && unit(random_) < finds) {
      const auto niche = std::uniform_int_distribution<std::int64_t>(0, vacant - 1)(random_);
      placed = std::find(taken.begin(), taken.end(), niche) == taken.end();
      if (placed) taken.push_back(niche);
    }
    if (placed) {
      ++clans_[clan].cells;
    } else {
      in_blood.push_back(static_cast<std::int64_t>(clan));
    }
  }
  in_blood.insert(in_blood.end(), static_cast<std::size_t>(claims.relocators), -1);
  std::shuffle(in_blood.begin(), in_blood.end(), random_);
  std::int64_t remaining = vacant - static_cast<std::int64_t>(taken.size());
  for (const std::int64_t clan : in_blood) {
    if (remaining-- <= 0) break;
    if (clan >= 0) ++clans_[static_cast<std::size_t>(clan)].cells;
  }
}

/// Item 6, by the program's own code: the twin is an oracle for the cells, not for the blood.
void Twin::advance_patient() {
  StemCensus census;
  census.niches = niches_;
  for (const Clan& clan : clans_) {
    census.cells[clan.genotype] += clan.cells;
    census.presentation[clan.genotype] +=
        std::llround(clan.presentation * full_presentation) * clan.cells;
  }
  advance_progenitors(patient_, p_.patient.progenitors, census, attack_);
  advance_blood(patient_, p_.patient);
  if (hour_ % hours_per_day != 0) return;
  advance_hematopoiesis(marrow_, one_niche_, progenitor_total(patient_), p_.patient, level_);
  observe_day();
}

void first_time(std::optional<double>& date, bool happened, double day) {
  if (happened && !date) date = day;
}

void Twin::observe_day() {
  const double cellularity =
      p_.patient.cellularity * mean_hematopoiesis(marrow_, hematopoiesis_sum(marrow_, level_));
  const bool diagnosed = patient_.diagnosis_h != never;
  advance_clinic(patient_, p_.patient, Draws(p_.scenario.seed), cellularity, hour_);
  if (!diagnosed && patient_.diagnosis_h != never) {
    course_.hla_lacking_stem_at_diagnosis = hla_lacking_stem();
  }
  first_time(course_.low_counts_d, meets_saa(blood_counts(patient_), p_.patient.saa, 0.0), days());
  first_time(course_.low_marrow_d, cellularity < p_.patient.saa.cellularity, days());
  first_time(course_.below_15_percent_d, cellularity < 0.15, days());
  occupancy_.push_back(static_cast<double>(live()) / static_cast<double>(niches_));
  tcells_.push_back(static_cast<double>(effectors_ + engaged_) / volume_mm3_);
}

/// The census that the next tick reads (lag one), and the dates that hang on it.
void Twin::observe() {
  double antigen = 0;
  for (const Clan& clan : clans_) antigen += clan.presentation * static_cast<double>(clan.cells);
  const auto niches = static_cast<double>(niches_);
  const double density = static_cast<double>(effectors_ + engaged_) / volume_mm3_;
  attack_ = density / p_.tcells.reference_density_per_mm3;
  antigen_ = antigen / niches;
  vacancy_ = static_cast<double>(niches_ - live() - dying()) / niches;
  const double occupied = static_cast<double>(live()) / niches;
  first_time(course_.half_attack_d, attack_ >= 0.5, days());
  first_time(course_.niches_below_10_d, occupied < 0.10, days());
  first_time(course_.normals_extinct_d, clans_[normal].cells == 0, days());
  course_.lowest_occupancy = std::min(course_.lowest_occupancy, occupied);
  course_.tcell_plateau_per_mm3 = std::max(course_.tcell_plateau_per_mm3, density);
}

TwinCourse Twin::run() {
  const std::int64_t end = std::llround(p_.run.duration_h);
  while (hour_ < end) {
    trigger();
    attack();
    tcell_fates();
    stem_acts();
    ++hour_;
    advance_patient();
    observe();
  }
  finish();
  return course_;
}

void Twin::finish() {
  const auto date = [&](std::int64_t hour) -> std::optional<double> {
    if (hour == never) return std::nullopt;
    return static_cast<double>(hour - trigger_h_) / 24.0;
  };
  const auto share = [](std::int64_t fixed) {
    return static_cast<double>(fixed) / static_cast<double>(fixed_one);
  };
  course_.attack_took_hold = course_.half_attack_d.has_value();
  course_.diagnosis_d = date(patient_.diagnosis_h);
  course_.partial_response_d = date(patient_.partial_response_h);
  course_.complete_response_d = date(patient_.complete_response_h);
  course_.relapse_d = date(patient_.relapse_h);
  course_.hla_lacking_progenitors_at_diagnosis = share(patient_.hla_lacking_at_diagnosis);
  course_.hla_lacking_at_pr = share(patient_.hla_lacking_at_pr_window);
  course_.hla_lacking_at_cr = share(patient_.hla_lacking_at_cr_window);
  course_.final_neutrophils = blood_counts(patient_).neutrophils_1e9_per_l;
  course_.final_occupancy = occupancy_.empty() ? 1.0 : occupancy_.back();
  course_.divisions_per_y =
      static_cast<double>(divisions_) / (static_cast<double>(hour_) / hours_per_year);

  if (course_.normals_extinct_d) {
    const auto from = static_cast<std::size_t>(
        std::max(0.0, *course_.normals_extinct_d + static_cast<double>(trigger_h_) / 24.0 + 30.0));
    if (from + 200 < tcells_.size() && tcells_[from + 200] > 0) {
      course_.tcell_half_life_d = 200.0 / std::log2(tcells_[from] / tcells_[from + 200]);
    }
  }
  const std::size_t begin = std::min<std::size_t>(365, occupancy_.size());
  const auto n = static_cast<double>(occupancy_.size() - begin);
  if (n < 2) return;
  double sum = 0, squares = 0, moment = 0, time_squares = 0;
  for (std::size_t i = begin; i < occupancy_.size(); ++i) sum += occupancy_[i];
  const double mean = sum / n;
  const double middle = static_cast<double>(begin) + (n - 1) / 2;
  for (std::size_t i = begin; i < occupancy_.size(); ++i) {
    const double t = static_cast<double>(i) - middle;
    squares += (occupancy_[i] - mean) * (occupancy_[i] - mean);
    moment += t * (occupancy_[i] - mean);
    time_squares += t * t;
  }
  course_.mean_occupancy = mean;
  course_.sd_occupancy = std::sqrt(squares / (n - 1));
  course_.occupancy_slope_per_y = moment / time_squares * 365.25;
}

}  // namespace

TwinCourse run_twin(const Parameters& parameters, std::uint64_t seed) {
  return Twin(parameters, seed).run();
}

Parameters healthy_adult() {
  Parameters p;
  p.scenario.name = "healthy_adult";
  p.domain.size_voxels = {200, 200, 200};
  p.run.duration_h = 10 * hours_per_year;
  return p;
}

Parameters saa_untreated() {
  Parameters p = healthy_adult();
  p.scenario.name = "saa_untreated";
  p.run.duration_h = 3 * hours_per_year;
  p.tcells.trigger = TriggerParameters{30.0 * 24, 0.3, 1};
  return p;
}

Parameters protective_clone_remission(std::int64_t escape_cells) {
  Parameters p = saa_untreated();
  p.scenario.name = "protective_clone_remission";
  FounderClone escape;
  escape.name = "hla_lacking";
  escape.genotype = GenotypeBit::hla_lost;
  escape.presentation = 0.0;
  escape.cells = escape_cells;
  escape.at = FounderTime::trigger;
  p.clones.founders.push_back(escape);
  return p;
}

}  // namespace marrow::testing
