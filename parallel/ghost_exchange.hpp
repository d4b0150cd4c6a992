// SPDX-License-Identifier: BSD-3-Clause
// Keeps every rank's ghost layers true: the T cells near a box's border travel to the ranks (and,
// on a periodic lattice, the images of its own box) that see them, together with the niches that
// were hit. The plan is built once from intersections of boxes with ghost regions, so any
// decomposition works.
#pragma once

#include "core/cells/niche_sites.hpp"
#include "core/cells/swarm.hpp"
#include "parallel/communicator.hpp"
#include "parallel/decomposition.hpp"

#include <cstdint>
#include <vector>

namespace marrow::parallel {

class GhostExchange {
 public:
  /// `layers`: width of the ghost region around each box.
  GhostExchange(const Communicator& comm, const Decomposition& decomposition,
                const Lattice& lattice, std::int64_t layers);

  /// Some region of this box is a ghost of a rank (or of this one). Without, exchange() does
  /// nothing.
  [[nodiscard]] bool needed() const { return !links_.empty(); }
  [[nodiscard]] const Box& own() const { return own_; }

  /// Drops what the ranks computed in their ghost layers and fills these anew from the owners.
  /// `fresh_hits`: niches of this box hit since the last exchange. Ghost niches get the verdict of
  /// their owner.
  void exchange(TCellSwarm& swarm, NicheSites& niches,
                const std::vector<std::uint32_t>& fresh_hits) const;

 private:
  /// One copy of a part of this box in another rank's ghost region.
  struct Link {
    int rank;
    Box region;    // of this box, lattice coordinates
    Index3 shift;  // to the other rank's unwrapped coordinates
  };

  [[nodiscard]] std::vector<std::vector<std::uint64_t>> pack(
      const TCellSwarm& swarm, const std::vector<std::uint32_t>& fresh_hits) const;
  static void unpack(const std::vector<std::uint64_t>& words, TCellSwarm& swarm,
                     NicheSites& niches);

  const Communicator& comm_;
  Box own_;
  std::vector<Link> links_;      // ascending rank
  std::vector<int> neighbours_;  // ranks of the links, each once, ascending
};

}  // namespace marrow::parallel
