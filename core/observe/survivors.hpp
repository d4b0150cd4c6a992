// SPDX-License-Identifier: BSD-3-Clause
// Where stem cells are left: scattered at random over the niches, or in groups.
#pragma once

#include "core/cells/record.hpp"
#include "core/lattice/geometry.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <optional>
#include <span>

namespace marrow {

inline constexpr double survivor_distance_um = 300.0;

/// Pairs of live stem cells nearer than survivor_distance_um, over what the same number of cells at
/// random niches would have on average: Ripley's K over that of the niches (random labelling,
/// Diggle 2003), which needs no correction for the edges of the box. 1: at random; above: in
/// groups. Nothing with fewer than 2 cells, or when no two niches are that near.
std::optional<double> survivor_clustering(const NicheTable& niches, const Lattice& lattice,
                                          std::span<const CellRecord> records);

}  // namespace marrow
