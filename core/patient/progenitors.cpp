// SPDX-License-Identifier: BSD-3-Clause
#include "core/patient/progenitors.hpp"

#include "core/math/elementary.hpp"

#include <numeric>

namespace marrow {
namespace {

/// a*b/c to the nearest integer; c > 0, result within 63 bits.
std::int64_t scaled(std::int64_t a, std::int64_t b, std::int64_t c) {
  const __int128 product = static_cast<__int128>(a) * b;
  return static_cast<std::int64_t>((product + c / 2) / c);
}

std::int64_t rounded_up(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) < value ? whole + 1 : whole;
}

}  // namespace

std::int64_t StemCensus::total() const {
  return std::accumulate(cells.begin(), cells.end(), std::int64_t{0});
}

StemCensus count_stem_cells(std::span<const CellRecord> niches, std::span<const Clone> clones) {
  StemCensus census;
  census.niches = static_cast<std::int64_t>(niches.size());
  for (const CellRecord record : niches) {
    if (record.state() != CellState::stem) continue;
    const Clone& clone = clones[record.clone()];
    ++census.cells[clone.genotype];
    census.presentation[clone.genotype] += clone.presentation;
  }
  return census;
}

std::array<std::int64_t, genotype_classes> progenitor_targets(
    const ProgenitorParameters& parameters, const StemCensus& stem) {
  std::array<std::int64_t, genotype_classes> targets{};
  const std::int64_t total = stem.total();
  if (total == 0) return targets;
  const auto niches = static_cast<double>(stem.niches);
  // While the stem cells can make up for those that are missing, the total is exactly normal.
  const bool compensated = parameters.gain * static_cast<double>(total) >= niches;
  for (std::size_t g = 0; g < targets.size(); ++g) {
    if (compensated) {
      targets[g] = scaled(fixed_one, stem.cells[g], total);
    } else {
      const double level = parameters.gain * static_cast<double>(stem.cells[g]) / niches;
      targets[g] = rounded_up(level * static_cast<double>(fixed_one));
    }
  }
  return targets;
}

void update_presentation(PatientState& state, const StemCensus& stem) {
  for (std::size_t g = 0; g < stem.cells.size(); ++g) {
    if (stem.cells[g] == 0) continue;
    state.presentation[g] =
        static_cast<std::uint32_t>(scaled(stem.presentation[g], 1, stem.cells[g]));
  }
}

ProgenitorFlows advance_progenitors(PatientState& state, const ProgenitorParameters& parameters,
                                    const StemCensus& stem, double attack) {
  ProgenitorFlows flows;
  update_presentation(state, stem);
  const auto targets = progenitor_targets(parameters, stem);
  const double maturation_per_h = 1.0 / parameters.transit_h;
  for (std::size_t g = 0; g < targets.size(); ++g) {
    std::int64_t& pool = state.progenitors[g];
    if (pool == 0 && targets[g] == 0) continue;
    const double presented =
        static_cast<double>(state.presentation[g]) / static_cast<double>(full_presentation);
    const double loss_per_h = maturation_per_h + parameters.kill_rate_per_h * presented * attack;
    const double leaving = one_minus_exp(loss_per_h);
    const double maturing_share = maturation_per_h / loss_per_h;

    const std::int64_t lost = rounded_up(leaving * static_cast<double>(pool));
    flows.produced[g] = rounded_up(leaving * maturing_share * static_cast<double>(targets[g]));
    flows.matured[g] = rounded_up(maturing_share * static_cast<double>(lost));
    flows.killed[g] = lost - flows.matured[g];
    pool += flows.produced[g] - lost;
  }
  return flows;
}

std::int64_t progenitor_total(const PatientState& state) {
  std::int64_t sum = 0;
  for (const std::int64_t pool : state.progenitors) sum += pool;
  return sum;
}

std::int64_t progenitor_share(const PatientState& state, GenotypeBit bit) {
  const std::int64_t total = progenitor_total(state);
  if (total == 0) return 0;
  std::int64_t with = 0;
  for (std::size_t g = 0; g < state.progenitors.size(); ++g) {
    if ((g & bit) != 0) with += state.progenitors[g];
  }
  return scaled(fixed_one, with, total);
}

std::int64_t hla_lacking_share(const PatientState& state) {
  return progenitor_share(state, GenotypeBit::hla_lost);
}

}  // namespace marrow
