// SPDX-License-Identifier: BSD-3-Clause
// Whether the numbers of a state can be those of a marrow: every floating-point value finite and,
// like every count, not negative; the census equal to a new count. A sick state must never become a
// checkpoint.
#pragma once

#include "core/cells/state.hpp"
#include "core/lattice/geometry.hpp"
#include "core/signals/signal_fields.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace marrow {

/// A value that cannot be: "patient/neutrophils[2] is nan", "IFN-gamma at voxel (12, 4, 8) is nan".
struct Offence {
  std::string text;
  std::optional<Index3> voxel;  // where it stands, if it has a place in the lattice
};

/// Not more than this many are named: when all is sick, the first ones tell.
inline constexpr std::size_t most_offences = 5;

/// The first offences of this rank's state; its T cells may live elsewhere. `niches`: the niche
/// table, for the places of niches.
std::vector<Offence> find_sickness(const ModelState& state, const Lattice& lattice,
                                   std::span<const Niche> niches);

/// The first cytokine levels in the own box that are not finite. (A solution to a tolerance may
/// undershoot zero a little where nothing is.)
std::vector<Offence> find_sickness(const SignalFields& fields);

}  // namespace marrow
