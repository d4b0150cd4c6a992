// SPDX-License-Identifier: BSD-3-Clause
// What each live stem cell does in an hour (MODEL.md, "Stem cells"): differentiate, divide,
// relocate or nothing, from one uniform draw cut into intervals. The rank that owns a niche
// decides; the acts of all ranks together go to rules/placement.hpp.
#pragma once

#include "core/cells/niche_index.hpp"
#include "core/cells/state.hpp"
#include "core/model/model.hpp"
#include "core/rules/levels.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace marrow {

enum class StemAct : std::uint32_t { hit = 1, differentiate = 2, divide = 3, relocate = 4 };

/// One stem cell's act (or the hit it took) in this step; ordered by niche.
struct StemEvent {
  std::uint32_t niche = 0;
  StemAct act = StemAct::hit;

  friend constexpr auto operator<=>(const StemEvent&, const StemEvent&) = default;
};

/// TNF at a niche, 1 = mean of the full attack; empty without cytokine fields.
using TnfLevel = std::function<double(std::uint32_t)>;

/// The acts of the stem cells in `niches_of_rank`. `hits` lists the niches hit in this step,
/// ascending; a hit cell does nothing else.
std::vector<StemEvent> choose_stem_acts(const ModelState& state, const Model& model,
                                        const NicheIndex& neighbourhoods, const Levels& levels,
                                        const TnfLevel& tnf,
                                        std::span<const std::uint32_t> niches_of_rank,
                                        std::span<const std::uint32_t> hits);

}  // namespace marrow
