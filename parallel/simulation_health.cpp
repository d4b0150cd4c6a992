// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/health.hpp"
#include "parallel/sick_state.hpp"
#include "parallel/simulation.hpp"

#include <array>
#include <limits>
#include <string>
#include <vector>

namespace marrow::parallel {
namespace {

std::string joined(const std::vector<Offence>& offences) {
  std::string text;
  for (const Offence& offence : offences) text += (text.empty() ? "" : "; ") + offence.text;
  return text;
}

}  // namespace

void Simulation::check_health() const {
  std::vector<Offence> found = find_sickness(state_, model_.lattice, model_.niches);
  if (signals_) {
    for (Offence& offence : find_sickness(signals_->fields())) found.push_back(std::move(offence));
  }
  const std::int64_t first = comm_.min(found.empty() ? comm_.size() : comm_.rank());
  if (first == comm_.size()) return;
  std::optional<Index3> voxel;
  try {
    comm_.agree([&] {
      if (comm_.rank() == first) throw Failure(ExitCode::model_health, joined(found));
    });
  } catch (const Failure& failure) {
    if (comm_.rank() == first) {
      for (const Offence& offence : found) {
        if (!voxel && offence.voxel && own_.contains(*offence.voxel)) voxel = offence.voxel;
      }
    }
    throw SickState("the state at hour " + std::to_string(state_.step) +
                        " is sick: " + failure.what() +
                        ". It was not saved; the last checkpoint is good. Please report this with "
                        "the scenario and the log",
                    voxel);
  }
}

void Simulation::check_tcell_balance(const Census& before) const {
  const std::int64_t expected =
      before.tcells() + admitted_ + turnover_.divisions - turnover_.deaths;
  const std::int64_t found = state_.census.tcells();
  if (expected == found) return;
  throw Failure(ExitCode::model_health,
                "broken invariant at hour " + std::to_string(state_.step) + ": " +
                    std::to_string(found) + " T cells are there, but by their balance it should " +
                    "be " + std::to_string(before.tcells()) + " before + " +
                    std::to_string(admitted_) + " entered + " +
                    std::to_string(turnover_.divisions) + " born - " +
                    std::to_string(turnover_.deaths) + " died = " + std::to_string(expected) +
                    ". Nothing was saved; the last checkpoint is good. Please report this with "
                    "the scenario and the log");
}

void Simulation::spoil(Spoiling how) {
  if (how == Spoiling::patient) {
    state_.patient.neutrophils_1e9_per_l[0] = std::numeric_limits<double>::quiet_NaN();
  } else if (how == Spoiling::signals && signals_) {
    signals_->spoil();
  } else if (how == Spoiling::lost_tcell) {
    bool lost = false;
    BrickIndex where = 0;
    swarm_.for_each_voxel([&](BrickIndex voxel, CellRecord) {
      if (!lost) where = voxel;
      lost = true;
    });
    if (lost) swarm_.remove(std::array{where});
  }
}

}  // namespace marrow::parallel
