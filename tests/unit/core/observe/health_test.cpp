// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/health.hpp"

#include "core/observe/census.hpp"
#include "core/patient/blood.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

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

constexpr Lattice lattice{{40, 32, 16}, false, 10.0};

/// Ten niches along x.
NicheTable niche_table() {
  NicheTable niches(10);
  for (std::size_t n = 0; n < niches.size(); ++n) niches[n].site = 3 * n;
  return niches;
}

std::vector<Offence> offences(const ModelState& state) {
  return find_sickness(state, lattice, niche_table());
}

/// The first offence in words.
std::string said(const ModelState& state) {
  const auto found = offences(state);
  return found.empty() ? "nothing" : found.front().text;
}

TEST(Health, OfAHealthyStateFindsNothing) { EXPECT_EQ(said(healthy()), "nothing"); }

TEST(Health, NamesVoxelsOfBlocksAndOnlyTheFirstOffences) {
  ModelState state = healthy();
  for (std::uint64_t b = 0; b < 6; ++b) state.block_index.push_back(b);
  state.block_hematopoiesis.assign(6, fixed_one);
  state.block_hematopoiesis[5] = -7;
  EXPECT_EQ(said(state), "blocks/hematopoiesis[5] at voxel (32, 16, 0) is -7");
  EXPECT_EQ(offences(state)[0].voxel, (Index3{32, 16, 0}));
  state.block_hematopoiesis.assign(6, -1);
  state.patient.progenitors.fill(-1);
  EXPECT_EQ(offences(state).size(), most_offences);
}

TEST(Health, NamesTheFieldThatIsNoNumber) {
  ModelState state = healthy();
  state.patient.neutrophils_1e9_per_l[2] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(said(state), "patient/neutrophils[2] is nan");
  state.patient.neutrophils_1e9_per_l[2] = 0;
  state.patient.transfused_hemoglobin_g_per_l = std::numeric_limits<double>::infinity();
  EXPECT_EQ(said(state), "patient/transfused_hemoglobin[0] is inf");
}

TEST(Health, NamesCountsBelowZeroButNotDatesAndGrowth) {
  ModelState state = healthy();
  state.patient.progenitors[1] = -5;
  EXPECT_EQ(said(state), "patient/progenitors[1] is -5");
  state.patient.progenitors[1] = 0;
  state.counters[0] = -1;
  EXPECT_EQ(said(state), "counters/stem_divisions[0] is -1");
  state.counters[0] = 0;
  state.clones[0].birth_step = -800;
  state.clones[0].growth_per_h = -1e-5;
  EXPECT_EQ(said(state), "nothing");
}

TEST(Health, ComparesTheCensusWithTheNiches) {
  ModelState state = healthy();
  state.niches[5] = CellRecord();
  EXPECT_EQ(said(state),
            "the census has 9 stem cells and 1 vacant niches, the niches hold 8 and 2");
}

}  // namespace
}  // namespace marrow
