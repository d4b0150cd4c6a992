// SPDX-License-Identifier: BSD-3-Clause
// Exhaustion, contraction, memory and depletion of T cells (MODEL.md, "T-cell fate").
#include "tests/unit/core/rules/statistics.hpp"
#include "tests/unit/core/rules/tcell_world.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace marrow {
namespace {

using namespace test;

TEST(TCellKinds, EffectorsTireUnderAntigenAndExhaustedOnesOnlyDie) {
  TCellWorld w = sparse(0.01, 0.0, effector());
  Parameters p = w.model.parameters;
  p.tcells.exhaustion = ExhaustionParameters{10.0};
  w.model = Model(p, {}, 1.0, 0.0);
  double tired = 0;
  double cells = 0;
  for (std::uint64_t s = 0; s < 60; ++s) {
    Cells after;
    const TCellTurnover t = w.turn_over({0.0, 0.004, 0.0}, s, after);
    std::int64_t found = 0;
    for (const auto& [site, record] : after)
      found += record.state() == CellState::exhausted ? 1 : 0;
    EXPECT_EQ(found, t.exhausted);
    tired += static_cast<double>(t.exhausted);
    cells += static_cast<double>(w.cells.size());
  }
  const double rate = std::log(2.0) / 10.0 * 0.5;
  EXPECT_LT(std::abs(z_score(tired, cells, (1 - chance(0.01)) * chance(rate))), five_sigma);
  TCellWorld spent = sparse(0.2, certainly_per_h, CellRecord::make(CellState::exhausted, 3));
  const Sums sums = add_up(spent, {0.0, 1.0, 0.0}, 60);
  EXPECT_LT(std::abs(z_score(sums.deaths, sums.cells, chance(0.2))), five_sigma);
  EXPECT_EQ(sums.divisions, 0.0);
}

TEST(TCellKinds, ContractionLeavesItsShareAsMemoryThatAntigenWakes) {
  TCellWorld w = sparse(0.0001, 0.0, effector());
  Parameters p = w.model.parameters;
  p.tcells.memory = MemoryParameters{0.1, 0.05, 0.0, 0.3};
  w.model = Model(p, {}, 1.0, 0.0);
  // Without antigen nothing but contraction happens: follow the cells until hardly one is left.
  const auto began = static_cast<double>(w.cells.size());
  std::int64_t remembered = 0;
  for (std::uint64_t s = 0; s < 150; ++s) {
    Cells after;
    remembered += w.turn_over({0.0, 0.0, 0.0}, s, after).memory;
    w.cells = std::move(after);
  }
  EXPECT_LT(std::abs(z_score(static_cast<double>(remembered), began, 0.05)), five_sigma);
  EXPECT_EQ(static_cast<std::int64_t>(w.cells.size()), remembered) << "memory stays";
  TCellWorld asleep = sparse(0.0001, 0.0, CellRecord::make(CellState::memory, 3));
  asleep.model = Model(p, {}, 1.0, 0.0);
  double woken = 0;
  for (std::uint64_t s = 0; s < 20; ++s) {
    Cells after;
    woken += static_cast<double>(asleep.turn_over({0.5, 0.004, 0.0}, s, after).reactivated);
  }
  const double cells = 20.0 * static_cast<double>(asleep.cells.size());
  EXPECT_LT(std::abs(z_score(woken, cells, chance(0.3 * 0.25))), five_sigma);
}

TEST(TCellKinds, DrugsAddToDeathOfEveryKind) {
  const Levels levels{0.0, 0.0, 0.0, Modifiers{.tcell_loss_per_h = 0.3}};
  for (const CellState kind : {CellState::effector, CellState::engaged, CellState::exhausted}) {
    const TCellWorld w =
        sparse(0.1, 0.0, CellRecord::make(kind, 3, kind == CellState::engaged ? 9 : 0));
    const Sums sums = add_up(w, levels, 30);
    EXPECT_LT(std::abs(z_score(sums.deaths, sums.cells, chance(0.4))), five_sigma);
  }
}

}  // namespace
}  // namespace marrow
