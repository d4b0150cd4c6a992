// SPDX-License-Identifier: BSD-3-Clause
// A few seconds of measuring: what a step of this scenario costs on this machine, and how many T
// cells it will have. Measured in a process of its own, so that a login node without a working MPI
// costs the measurement and nothing else. Costs are CPU time: other work on the machine counts
// little.
#pragma once

#include "core/model/parameters.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace marrow::tool {

struct Calibration {
  bool done = false;
  std::string why_not;               // when it could not be done
  double process_bytes = 0.0;        // memory of a process that has started MPI and holds no marrow
  double start_s = 0.0;              // starting the process and MPI
  double setup_s_per_voxel = 0.0;    // laying the tissue
  double step_s = 0.0;               // one hour without T cells: whatever the size of the marrow,
  double step_s_per_mm3 = 0.0;       // and in proportion to it
  double tcell_hour_s = 0.0;         // one T cell for one hour, further to that
  double tcell_hours_per_mm3 = 0.0;  // of the whole run
  double hours_with_tcells_share = 0.0;
  double most_tcells_per_mm3 = 0.0;
  double most_cells_per_mm3 = 0.0;  // stem cells and T cells together
  double seconds = 0.0;             // what the calibration took
};

[[nodiscard]] Calibration calibrate(const Parameters& parameters);

}  // namespace marrow::tool
