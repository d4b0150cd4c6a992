// SPDX-License-Identifier: BSD-3-Clause
// Who neighbours whom among the niches of one replica: all within hspc.placement_radius of each
// other. Replicas are alike, so one graph serves all; each is closed on itself (periodic).
#pragma once

#include "core/cells/niche_index.hpp"
#include "core/cells/replicas.hpp"
#include "core/model/model.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace marrow {

class NicheGraph {
 public:
  /// `whole` finds the neighbours where all niches are one replica.
  NicheGraph(const Model& model, const Replicas& replicas, const NicheIndex& whole);

  /// Places of the replica that neighbour `place`, ascending.
  [[nodiscard]] std::span<const std::uint32_t> neighbours(std::size_t place) const {
    return {neighbours_.data() + first_[place], neighbours_.data() + first_[place + 1]};
  }
  [[nodiscard]] std::size_t size() const { return first_.size() - 1; }
  /// True if some niche has no neighbour.
  [[nodiscard]] bool has_hermits() const { return has_hermits_; }

 private:
  void close();

  std::vector<std::size_t> first_{0};  // CSR over places
  std::vector<std::uint32_t> neighbours_;
  bool has_hermits_ = false;
};

}  // namespace marrow
