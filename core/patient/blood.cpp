// SPDX-License-Identifier: BSD-3-Clause
#include "core/patient/blood.hpp"

#include "core/math/elementary.hpp"

#include <algorithm>
#include <numeric>

namespace marrow {
namespace {

/// Below this share of normal (less than one cell per litre) a line without supply is gone: without
/// it, counts would fall through every power of two down to the smallest double.
constexpr double absent_share = 1e-14;

double in_units_of_one(std::int64_t fixed) {
  return static_cast<double>(fixed) / static_cast<double>(fixed_one);
}

double total(const PerClass<double>& cells) {
  return std::accumulate(cells.begin(), cells.end(), 0.0);
}

/// Maturing cells: relax to their supply.
struct Maturation {
  double rate_per_h;
  double relaxed;  // 1 - e^-rate

  explicit Maturation(double transit_h)
      : rate_per_h(1.0 / transit_h), relaxed(one_minus_exp(rate_per_h)) {}

  void advance(double& maturing, double supply) const {
    maturing += (supply - maturing) * relaxed;
    if (supply == 0 && maturing < absent_share) maturing = 0;
  }
};

/// One hour of cells in the blood, fed by maturing ones that relax themselves:
/// C(1) = C + (N u - C)(1 - e^-b) + N (M - u) b (e^-a - e^-b)/(b - a), with supply u, a and b the
/// rates of maturation and of death.
struct Circulation {
  double normal;
  double relaxed;
  double lag;  // the last factor above

  Circulation(double full_count, double lifetime_h, const Maturation& maturation)
      : normal(full_count), relaxed(one_minus_exp(1.0 / lifetime_h)) {
    const double death_per_h = 1.0 / lifetime_h;
    const double slow = std::min(death_per_h, maturation.rate_per_h);
    const double apart = std::max(death_per_h, maturation.rate_per_h) - slow;
    const double mean = apart > 0 ? one_minus_exp(apart) / apart : 1.0;
    lag = death_per_h * (1.0 - one_minus_exp(slow)) * mean;
  }

  /// `maturing`: at the beginning of the hour.
  void advance(double& count, double maturing, double supply) const {
    count += (normal * supply - count) * relaxed + normal * (maturing - supply) * lag;
    if (supply == 0 && maturing == 0 && count < absent_share * normal) count = 0;
  }
};

PerClass<double> supply_of(const PatientState& state, double output) {
  PerClass<double> supply{};
  for (std::size_t g = 0; g < supply.size(); ++g) {
    supply[g] = in_units_of_one(state.progenitors[g]) * output;
  }
  return supply;
}

/// One line of cells, from its maturing pool to its count. `survival`: lifetime of the cells of
/// GPI-negative classes over that of the others.
void advance_line(PerClass<double>& maturing, PerClass<double>& counts, const BloodLineage& lineage,
                  const PerClass<double>& supply, double transit_factor = 1.0,
                  double survival = 1.0) {
  const Maturation maturation(lineage.transit_h * transit_factor);
  const Circulation normal_cells(lineage.normal, lineage.lifetime_h, maturation);
  const Circulation gpi_negative_cells(lineage.normal * survival, lineage.lifetime_h * survival,
                                       maturation);
  for (std::size_t g = 0; g < supply.size(); ++g) {
    const bool negative = (g & GenotypeBit::gpi_negative) != 0;
    const Circulation& circulation = negative ? gpi_negative_cells : normal_cells;
    circulation.advance(counts[g], maturing[g], supply[g]);
    maturation.advance(maturing[g], supply[g]);
  }
}

void decay(double& transfused, double lifetime_h, double normal) {
  transfused -= transfused * one_minus_exp(1.0 / lifetime_h);
  if (transfused < absent_share * normal) transfused = 0;
}

}  // namespace

PatientState healthy_patient(const PatientParameters& parameters, const StemCensus& stem) {
  PatientState state;
  state.progenitors = progenitor_targets(parameters.progenitors, stem);
  update_presentation(state, stem);
  for (std::size_t g = 0; g < state.progenitors.size(); ++g) {
    const double supply = in_units_of_one(state.progenitors[g]);
    const bool negative = (g & GenotypeBit::gpi_negative) != 0;
    const double survival = negative ? parameters.gpi_negative_red_cell_survival : 1.0;
    state.maturing_neutrophils[g] = supply;
    state.maturing_platelets[g] = supply;
    state.maturing_reticulocytes[g] = supply;
    state.maturing_red_cells[g] = supply;
    state.neutrophils_1e9_per_l[g] = parameters.neutrophils.normal * supply;
    state.platelets_1e9_per_l[g] = parameters.platelets.normal * supply;
    state.reticulocytes_1e9_per_l[g] = parameters.reticulocytes.normal * supply;
    state.hemoglobin_g_per_l[g] = parameters.hemoglobin.normal * survival * supply;
  }
  return state;
}

PatientState healthy_patient(const PatientParameters& parameters) {
  StemCensus full;
  full.niches = 1;
  full.cells[0] = 1;
  full.presentation[0] = full_presentation;
  return healthy_patient(parameters, full);
}

void advance_blood(PatientState& state, const PatientParameters& parameters,
                   const Modifiers& modifiers) {
  const PerClass<double> supply = supply_of(state, modifiers.progenitor_output);
  const PerClass<double> neutrophil_supply =
      supply_of(state, modifiers.progenitor_output * modifiers.neutrophil_output);
  const double survival = parameters.gpi_negative_red_cell_survival;
  advance_line(state.maturing_neutrophils, state.neutrophils_1e9_per_l, parameters.neutrophils,
               neutrophil_supply, modifiers.neutrophil_transit);
  advance_line(state.maturing_platelets, state.platelets_1e9_per_l, parameters.platelets, supply);
  advance_line(state.maturing_reticulocytes, state.reticulocytes_1e9_per_l,
               parameters.reticulocytes, supply);
  advance_line(state.maturing_red_cells, state.hemoglobin_g_per_l, parameters.hemoglobin, supply,
               1.0, survival + (1.0 - survival) * modifiers.red_cell_rescue);
  if (!parameters.transfusion) return;
  decay(state.transfused_hemoglobin_g_per_l, parameters.transfusion->red_cell_lifetime_h,
        parameters.hemoglobin.normal);
  decay(state.transfused_platelets_1e9_per_l, parameters.transfusion->platelet_lifetime_h,
        parameters.platelets.normal);
}

BloodCounts blood_counts(const PatientState& state) {
  return {total(state.neutrophils_1e9_per_l), total(state.platelets_1e9_per_l),
          total(state.reticulocytes_1e9_per_l), total(state.hemoglobin_g_per_l)};
}

BloodCounts blood_counts_with_transfusion(const PatientState& state) {
  BloodCounts counts = blood_counts(state);
  counts.platelets_1e9_per_l += state.transfused_platelets_1e9_per_l;
  counts.hemoglobin_g_per_l += state.transfused_hemoglobin_g_per_l;
  return counts;
}

double share_with(const PerClass<double>& cells, GenotypeBit bit) {
  const double all = total(cells);
  if (all <= 0) return 0.0;
  double with = 0;
  for (std::size_t g = 0; g < cells.size(); ++g) {
    if ((g & bit) != 0) with += cells[g];
  }
  return with / all;
}

bool detected(double share, double limit) { return share > 0 && share >= limit; }

void transfuse(PatientState& state, const PatientParameters& parameters, std::int64_t hour) {
  if (!parameters.transfusion) return;
  const TransfusionParameters& rules = *parameters.transfusion;
  const BloodCounts counts = blood_counts_with_transfusion(state);
  const auto give = [&](bool needed, double& transfused, double rise) {
    if (!needed) return;
    transfused += rise;
    ++state.transfusions;
    state.last_transfusion_h = hour;
  };
  give(counts.hemoglobin_g_per_l < rules.hemoglobin_below_g_per_l,
       state.transfused_hemoglobin_g_per_l, rules.hemoglobin_rise_g_per_l);
  give(counts.platelets_1e9_per_l < rules.platelets_below_1e9_per_l,
       state.transfused_platelets_1e9_per_l, rules.platelet_rise_1e9_per_l);
}

}  // namespace marrow
