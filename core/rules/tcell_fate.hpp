// SPDX-License-Identifier: BSD-3-Clause
// Once an hour each T cell dies, divides on antigen, changes its kind, or none of these (MODEL.md,
// "T-cell fate"). A daughter takes a random free face voxel; if another daughter takes it first
// there is no division this hour.
#pragma once

#include "core/cells/swarm.hpp"
#include "core/model/model.hpp"
#include "core/rules/levels.hpp"
#include "core/rules/suppression.hpp"

namespace marrow {

/// Chances of one hour for a T cell of one kind. Death comes first; the others exclude each other.
struct FateChances {
  double death = 0;
  double division = 0;
  double exhaustion = 0;  // effector to exhausted
  double memory = 0;      // effector to memory
  double activation = 0;  // memory to effector
};

/// The same as ends of intervals of a 64-bit draw, one after the other.
struct FateEnds {
  std::uint64_t division = 0;
  std::uint64_t exhaustion = 0;
  std::uint64_t memory = 0;
  std::uint64_t activation = 0;
};

/// All but death, from `begin` on.
FateEnds ends_after(std::uint64_t begin, const FateChances& chances);

/// `freedom`: what regulatory T cells leave of proliferation.
FateChances fate_chances(CellState kind, const Model& model, const Levels& levels, double freedom);

struct TCellTurnover {  // of T cells inside `own`
  std::int64_t deaths = 0;
  std::int64_t divisions = 0;  // daughters placed
  std::int64_t exhausted = 0;
  std::int64_t memory = 0;
  std::int64_t reactivated = 0;
};

/// Needs ghost T cells two voxels beyond `own`; leaves only the T cells of `own` in the swarm.
TCellTurnover turn_over_tcells(TCellSwarm& swarm, const Box& own, const Model& model,
                               const Levels& levels, const Suppression& suppression,
                               std::uint64_t step);

}  // namespace marrow
