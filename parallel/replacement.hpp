// SPDX-License-Identifier: BSD-3-Clause
// The single events of stem cells (core/rules/replacement.hpp) over all ranks: the rank that owns
// a replica's first niche computes its hour, and every rank learns what changed.
#pragma once

#include "core/cells/niche_graph.hpp"
#include "core/cells/replicas.hpp"
#include "core/cells/state.hpp"
#include "core/model/model.hpp"
#include "parallel/communicator.hpp"

#include <cstdint>
#include <vector>

namespace marrow::parallel {

class Replacement {
 public:
  Replacement(const Communicator& comm, const Model& model, const NicheIndex& neighbourhoods,
              const Box& own);

  /// The events of one hour in every replica. Collective.
  void step(ModelState& state) const;

 private:
  const Communicator& comm_;
  const Model& model_;
  Replicas replicas_;
  NicheGraph graph_;
  std::vector<std::int64_t> own_replicas_;  // ascending
};

}  // namespace marrow::parallel
