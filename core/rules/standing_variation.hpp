// SPDX-License-Identifier: BSD-3-Clause
// Clones that arose in the patient's life before the start (MODEL.md, "Standing variation"). Drawn
// at the scale of the patient (n_real stem cells, unscaled rates), then placed as shares of the
// box: the same law run on a small box would keep the number of clones and blow up their share.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/model.hpp"
#include "core/rules/mutation.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace marrow {

/// Share of the stem cells that all standing clones may have together [A]: 30 to 60 % at more than
/// 75 years (Mitchell 2022 [S]). Where they would have more, all are reduced in proportion: a
/// patient whose marrow a fast driver had taken over would have another disease.
inline constexpr double most_standing_share = 0.60;

/// One clone in the patient's marrow at the start.
struct StandingClone {
  std::size_t mutation = 0;  // number of its class
  double age_h = 0.0;
  MutantTraits traits;
  std::int64_t patient_cells = 0;  // without competition among clones; at most 2^53
  double share = 0.0;              // of the stem cells
  std::int64_t box_cells = 0;      // share·K, rounded at random: often 0
};

/// Birth and death of the cells of a clone: each divides at b = lambda + s and is lost at lambda
/// (Kendall 1948; Bailey 1964).
struct CloneGrowth {
  double division_per_h = 0.0;
  double loss_per_h = 0.0;

  /// Chance that a clone of one cell has cells after a time: (b-d)E/(bE-d), E = e^((b-d)t).
  [[nodiscard]] double survival(double time_h) const;
  /// Mean size of one that has: (bE-d)/(b-d). Sizes are geometric.
  [[nodiscard]] double mean_size(double time_h) const;
};

/// The surviving clones of all active classes with `standing`, by class: mutants arise at
/// n_real·rate·lambda over patient.age_y (lambda = hspc.homeostatic_rate), each with its own
/// growth; those that survive have a geometric size n, and share n/(n_real + sum of all n), which
/// is n/n_real for small clones and logistic growth for large ones. Second hits before the start
/// are left out. Throws Failure(scenario) when more than 10^7 mutants would have to be followed.
std::vector<StandingClone> draw_standing_clones(const Model& model);

struct StandingCensus {
  std::int64_t clones = 0;         // in the patient
  std::int64_t placed_clones = 0;  // with at least one cell in the box
  std::int64_t placed_cells = 0;
};

/// Draws them and puts them in place of live normal cells in keyed order. Each with cells in the
/// box enters the clone table: child of the normal clone, born at minus its age at its first niche,
/// founder 0.
StandingCensus place_standing_clones(ModelState& state, const Model& model);

}  // namespace marrow
