// SPDX-License-Identifier: BSD-3-Clause
// Exact theory of the walk with six equally likely hops per sub-step: what the rows on walkers are
// held against. Discrete time throughout. Test code; uses the C library's functions.
#pragma once

#include "core/lattice/geometry.hpp"
#include "tests/verify/statistics.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace marrow::verify {

/// K(L) = sum over k != 0 of 1/(1 - lambda_k): mean hops to a given site of the periodic lattice of
/// `edge`^3 sites, averaged over all starts, that site (with 0 hops) included (Montroll 1969).
double mean_first_passage(std::int64_t edge);

/// <R_n>, n = 0 .. hops: mean number of distinct sites of the infinite lattice that a walker has
/// visited, its start included, from the return probabilities by renewal.
std::vector<double> distinct_sites(std::int64_t hops);

/// 1 - F of the infinite lattice: the chance never to return.
double escape_chance();

/// Capacity of the 26 neighbours of a site in the infinite lattice: hits per hop and walker density
/// of a target that is hit at once by whoever touches it.
double capacity_of_26_neighbours();

/// One walker on a small lattice, its distribution followed exactly, sub-step by sub-step.
class WalkerLaw {
 public:
  /// `kill`: the chance to kill on each site, where the walker is after a sub-step. `closed`: sites
  /// that it cannot enter, empty for none.
  WalkerLaw(const Lattice& lattice, std::vector<double> kill,
            const std::vector<std::uint8_t>& closed = {});

  void start(std::vector<double> chance) { chance_ = std::move(chance); }
  /// One sub-step; a walker that kills is gone.
  void hop();
  [[nodiscard]] double surviving() const;
  /// Mean, variance and third central moment of the sub-steps until the kill from the present
  /// distribution, the tail by its decay.
  Law time();

 private:
  std::vector<double> kill_;
  std::vector<std::uint32_t> neighbour_;  // six of each site; the site itself where it has to stay
  std::vector<double> chance_;
};

}  // namespace marrow::verify
