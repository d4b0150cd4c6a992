// SPDX-License-Identifier: BSD-3-Clause
// What Simulation::check_health throws: a Failure that remembers where the sickness was found.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/model/failure.hpp"

#include <optional>
#include <string>

namespace marrow::parallel {

/// Thrown on every rank alike.
class SickState : public Failure {
 public:
  /// `voxel`: the first sick voxel, on the rank that owns it; none elsewhere, and none anywhere if
  /// what is sick has no place in the lattice.
  SickState(const std::string& message, std::optional<Index3> voxel)
      : Failure(ExitCode::model_health, message), voxel_(voxel) {}
  [[nodiscard]] const std::optional<Index3>& voxel() const { return voxel_; }

 private:
  std::optional<Index3> voxel_;
};

}  // namespace marrow::parallel
