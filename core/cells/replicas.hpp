// SPDX-License-Identifier: BSD-3-Clause
// How the niches are shared out over replicas: closed systems that do not see each other. A grid of
// niches may be tiled by cubes of replica_edge niches; otherwise all niches are one replica.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/model/parameters.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace marrow {

class Replicas {
 public:
  Replicas(const NicheParameters& niches, const Lattice& lattice, std::int64_t niche_count);

  [[nodiscard]] std::int64_t count() const { return volume(tiles_.extent); }
  /// Niches of one replica.
  [[nodiscard]] std::int64_t size() const { return volume(cube_.extent); }
  /// Niches of a replica along each axis; of an undivided marrow {all, 1, 1}.
  [[nodiscard]] const Index3& extent() const { return cube_.extent; }

  /// The niche at a place (x fastest, 0 to size() - 1) of a replica.
  [[nodiscard]] std::uint32_t niche(std::int64_t replica, std::int64_t place) const {
    return first(replica) + offsets_[static_cast<std::size_t>(place)];
  }
  /// The niche at place 0; that at each other place is offsets()[place] further on.
  [[nodiscard]] std::uint32_t first(std::int64_t replica) const {
    const Index3 tile = tiles_.position(static_cast<SiteIndex>(replica));
    const Index3& e = cube_.extent;
    return static_cast<std::uint32_t>(grid_.site({tile.x * e.x, tile.y * e.y, tile.z * e.z}));
  }
  [[nodiscard]] std::span<const std::uint32_t> offsets() const { return offsets_; }

 private:
  Lattice grid_;   // all niches
  Lattice cube_;   // those of one replica
  Lattice tiles_;  // the replicas
  std::vector<std::uint32_t> offsets_;
};

}  // namespace marrow
