// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/health.hpp"

#include "core/observe/census.hpp"
#include "core/patient/blood.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace marrow {
namespace {

ModelState healthy() {
  ModelState state;
  state.clones.assign(1, Clone{});
  state.niches.assign(10, CellRecord::make(CellState::stem, 0));
  state.niches[3] = CellRecord();
  state.patient = healthy_patient(PatientParameters());
  state.census = census_of_niches(state);
  return state;
}

TEST(Health, OfAHealthyStateFindsNothing) { EXPECT_EQ(find_sickness(healthy()), std::nullopt); }

TEST(Health, NamesTheFieldThatIsNoNumber) {
  ModelState state = healthy();
  state.patient.neutrophils_1e9_per_l[2] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(find_sickness(state), "patient/neutrophils[2] is nan");
  state.patient.neutrophils_1e9_per_l[2] = 0;
  state.patient.transfused_hemoglobin_g_per_l = std::numeric_limits<double>::infinity();
  EXPECT_EQ(find_sickness(state), "patient/transfused_hemoglobin[0] is inf");
}

TEST(Health, NamesCountsBelowZeroButNotDatesAndGrowth) {
  ModelState state = healthy();
  state.patient.progenitors[1] = -5;
  EXPECT_EQ(find_sickness(state), "patient/progenitors[1] is -5");
  state.patient.progenitors[1] = 0;
  state.counters[0] = -1;
  EXPECT_EQ(find_sickness(state), "counters/stem_divisions[0] is -1");
  state.counters[0] = 0;
  state.clones[0].birth_step = -800;
  state.clones[0].growth_per_h = -1e-5;
  EXPECT_EQ(find_sickness(state), std::nullopt);
}

TEST(Health, ComparesTheCensusWithTheNiches) {
  ModelState state = healthy();
  state.niches[5] = CellRecord();
  EXPECT_EQ(find_sickness(state),
            "the census has 9 stem cells and 1 vacant niches, the niches hold 8 and 2");
}

}  // namespace
}  // namespace marrow
