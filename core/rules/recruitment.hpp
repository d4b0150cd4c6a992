// SPDX-License-Identifier: BSD-3-Clause
// T cells that enter from the blood: at free voxels that face a sinusoid. Each arrival tries keyed
// random sites of the whole lattice, so no rank needs a list of all doors.
#pragma once

#include "core/cells/swarm.hpp"
#include "core/model/model.hpp"

#include <array>
#include <cstdint>

namespace marrow {

/// Sites that one arrival tries in one round: as many as a word has bits.
inline constexpr int tries_per_round = 64;
/// Rounds after which an arrival is given up; with one door in 10^4 voxels the chance is below
/// 1e-11.
inline constexpr std::uint32_t entry_rounds = 4096;

/// How many T cells arrive in this step at an expected number of `mean` (>= 0): its whole part, and
/// one more with the chance of the rest.
std::int64_t arrivals(const Model& model, double mean, std::uint64_t step);

/// The sites that an arrival tries in one round.
std::array<SiteIndex, tries_per_round> entry_sites(const Model& model, std::uint64_t step,
                                                   std::uint64_t arrival, std::uint32_t round);

/// The clonotype of an arrival: one of those of the trigger, each as likely.
std::uint32_t clonotype_of(const Model& model, std::uint64_t step, std::uint64_t arrival);

/// Where T cells come out of the blood: at sinusoids, or, in open tissue, anywhere.
enum class Doors { beside_sinusoids, everywhere };

constexpr Doors doors_of(TissueSource source) {
  return source == TissueSource::open ? Doors::everywhere : Doors::beside_sinusoids;
}

/// A T cell may enter here: free marrow, beside a sinusoid with a sinusoid on a face. p lies inside
/// the tissue box.
bool is_door(const TissueBox& tissue, const VoxelBits& bits, const Lattice& lattice, Doors doors,
             const Index3& p);

/// How many voxels of `own` a T cell may enter by now.
std::int64_t count_doors(const TissueBox& tissue, const VoxelBits& bits, const Lattice& lattice,
                         Doors doors, const Box& own);

}  // namespace marrow
