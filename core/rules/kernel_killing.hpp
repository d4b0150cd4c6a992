// SPDX-License-Identifier: BSD-3-Clause
// Killing by density (MODEL.md, "Kernel motion"): where T cells are counted by block, a stem cell's
// hazard is kappa times the smoothed density of effectors around it, times all that changes the
// chance of a kill on contact.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/model.hpp"
#include "core/rules/levels.hpp"
#include "core/rules/suppression.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace marrow {

struct KernelHits {
  std::vector<std::uint32_t> killed;   // niches, ascending
  std::vector<std::uint32_t> wounded;  // with cooperativity
};

/// `hazard_per_h`: of a fully presenting stem cell in each niche of `niches_of_rank`, 0 where no T
/// cell is near.
KernelHits choose_kernel_hits(const ModelState& state, const Model& model, const Levels& levels,
                              const Suppression& suppression,
                              std::span<const std::uint32_t> niches_of_rank,
                              std::span<const double> hazard_per_h);

}  // namespace marrow
