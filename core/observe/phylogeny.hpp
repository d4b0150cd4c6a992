// SPDX-License-Identifier: BSD-3-Clause
// The family tree of the clones that are alive, as Newick text for the usual tree viewers. Branch
// lengths are days; every living clone is a leaf at the present hour, so all leaves are equally far
// from the root. An inner node is the birth of a clone that parts from its parent's line. Clones
// without living cells or living descendants are left out; lines through extinct clones stay.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/parameters.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace marrow {

/// "normal", a founder's name, or the names of the mutations that hit the clone joined by "+"
/// (after the founder's name where it descends from one), then "_c" and its id. `mutations`: the
/// active classes.
std::string clone_name(const Clone& clone, std::uint32_t id, std::span<const FounderClone> founders,
                       std::span<const MutationClass> mutations);

/// The tree with a closing ";" and line end, and below it one for each living donor line, after a
/// comment that states hour, seed and the scale
/// (stem cells of the patient per niche). Leaves carry
/// [&&NHX:clone=:parent=:birth_d=:cells=:genotype=] (no parent and birth for the normal clone),
/// inner nodes [&&NHX:born=:parent=], the ids of the clone that is born there and of its parent.
/// Only the comment and ";" when no stem cell is alive. Needs no recursion.
std::string newick(const ModelState& state, const Parameters& parameters);

}  // namespace marrow
