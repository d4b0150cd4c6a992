// SPDX-License-Identifier: BSD-3-Clause
// Whether the numbers of a state can be those of a marrow: every floating-point value finite and,
// like every count, not negative; the census equal to a new count. A sick state must never become a
// checkpoint.
#pragma once

#include "core/cells/state.hpp"
#include "core/signals/signal_fields.hpp"

#include <optional>
#include <string>

namespace marrow {

/// The first offence in words, "patient/neutrophils[2] is nan"; nothing when there is none.
/// `state`: this rank's; its T cells may live elsewhere.
std::optional<std::string> find_sickness(const ModelState& state);

/// A cytokine level in the own box that is not finite, with its place: "IFN-gamma at voxel (12, 4,
/// 8) is nan". (A solution to a tolerance may undershoot zero a little where nothing is.)
std::optional<std::string> find_sickness(const SignalFields& fields);

}  // namespace marrow
