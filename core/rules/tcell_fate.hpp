// SPDX-License-Identifier: BSD-3-Clause
// Once an hour each T cell dies, divides on antigen, or neither (MODEL.md, "T-cell fate"). A
// daughter takes a random free face voxel; if another daughter takes it first there is no division
// this hour.
#pragma once

#include "core/cells/swarm.hpp"
#include "core/model/model.hpp"
#include "core/rules/levels.hpp"

namespace marrow {

struct TCellTurnover {
  std::int64_t deaths = 0;     // of T cells inside `own`
  std::int64_t divisions = 0;  // daughters placed inside `own`
};

/// Needs ghost T cells two voxels beyond `own`; leaves only the T cells of `own` in the swarm.
TCellTurnover turn_over_tcells(TCellSwarm& swarm, const Box& own, const Model& model,
                               const Levels& levels, std::uint64_t step);

}  // namespace marrow
