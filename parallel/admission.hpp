// SPDX-License-Identifier: BSD-3-Clause
// Where T cells that come with the blood enter the marrow, over all ranks: each arrival tries keyed
// random sites, every site is judged by its owner, and all ranks agree (core/rules/recruitment.hpp
// has the rule).
#pragma once

#include "core/cells/swarm.hpp"
#include "core/model/model.hpp"
#include "core/rules/recruitment.hpp"
#include "parallel/communicator.hpp"

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <vector>

namespace marrow::parallel {

class Admission {
 public:
  /// A further condition on a door of the own box; empty: none.
  using OpenDoor = std::function<bool(SiteIndex, const Index3&)>;

  Admission(const Communicator& comm, const Model& model, const TissueBox& tissue, const Box& own)
      : comm_(comm),
        model_(model),
        tissue_(tissue),
        own_(own),
        where_(doors_of(model.parameters.tissue.source)) {}

  /// T cells of the trigger.
  [[nodiscard]] std::int64_t trigger_count() const;
  /// Arrivals of the steady influx in this step.
  [[nodiscard]] std::int64_t steady_count(std::uint64_t step) const;

  /// Throws Failure(scenario) on every rank when the influx of one hour does not fit through the
  /// doors. Collective.
  void check_doors(const VoxelBits& bits) const;

  /// `count` new T cells of this step; returns those that enter in the own box. Collective. Throws
  /// Failure(model_health) when hardly a door is left.
  [[nodiscard]] std::vector<TCell> admit(std::int64_t count, std::uint64_t step,
                                         const VoxelBits& bits, const OpenDoor& open) const;

 private:
  [[nodiscard]] std::uint64_t doors_among(std::span<const SiteIndex> sites, const VoxelBits& bits,
                                          const OpenDoor& open) const;

  const Communicator& comm_;
  const Model& model_;
  const TissueBox& tissue_;
  Box own_;
  Doors where_;
};

}  // namespace marrow::parallel
