// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/levels.hpp"

#include <gtest/gtest.h>

namespace marrow {
namespace {

/// 200^3 voxels of 10 um: 8 mm3, so 2400 T cells at the reference density of 300 per mm3.
Model box_with(std::size_t niches) {
  Parameters p;
  p.domain.size_voxels = {200, 200, 200};
  return Model(p, NicheTable(niches), 0.8, 20.0);
}

TEST(Levels, AttackCountsFreeAndEngagedTCellsOverTheReferenceDensity) {
  const Model model = box_with(800);
  Census census;
  census.effector = 2100;
  census.engaged = 300;
  EXPECT_DOUBLE_EQ(levels_of(census, model).attack, 1.0);
  census.effector = 0;
  EXPECT_DOUBLE_EQ(levels_of(census, model).attack, 0.125);
  census.engaged = 0;
  EXPECT_EQ(levels_of(census, model).attack, 0.0);
}

TEST(Levels, AntigenIsSummedPresentationPerNiche) {
  const Model model = box_with(800);
  Census census;
  census.stem = 600;
  census.antigen = 500 * std::int64_t{full_presentation} + 100 * (full_presentation / 4);
  EXPECT_DOUBLE_EQ(levels_of(census, model).antigen, (500 + 25) / 800.0);
  census.antigen = 800 * std::int64_t{full_presentation};
  EXPECT_DOUBLE_EQ(levels_of(census, model).antigen, 1.0);
}

TEST(Levels, VacancyIsTheVacantShareAndDoesNotCountApoptoticCells) {
  const Model model = box_with(800);
  Census census;
  census.stem = 500;
  census.apoptotic = 100;
  census.vacant = 200;
  EXPECT_DOUBLE_EQ(levels_of(census, model).vacancy, 0.25);
}

TEST(Levels, AreZeroInAMarrowWithoutNiches) {
  const Levels levels = levels_of(Census{}, box_with(0));
  EXPECT_EQ(levels.attack, 0.0);
  EXPECT_EQ(levels.antigen, 0.0);
  EXPECT_EQ(levels.vacancy, 0.0);
}

}  // namespace
}  // namespace marrow
