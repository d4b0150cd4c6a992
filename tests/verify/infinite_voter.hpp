// SPDX-License-Identifier: BSD-3-Clause
// The voter model on the infinite cubic lattice in continuous time, without any part of the program
// under test: what rows on neutral clones are compared with. Each site takes the state of a random
// one of its six neighbours at rate 1. Test code.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace marrow::verify {

/// The mean of n^2 over all clones, extinct ones included, at time t; to about 1e-6.
double square_mean(double t);

/// The chance that a clone of one cell is alive at each of the times (ascending), as the share of
/// `runs` clones followed one by one.
std::vector<double> survival_on_infinite_lattice(std::span<const double> times, std::int64_t runs);

}  // namespace marrow::verify
