// SPDX-License-Identifier: BSD-3-Clause
// Reads frames of a run back, on one process without MPI: the cells of a moment, and one quantity
// of the block grid. Knows nothing of the simulation.
#pragma once

#include "core/lattice/geometry.hpp"
#include "io/vtk/frame_writer.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace marrow::io {

/// The cells of a frame; `main_file` as list_frames names it (.vtp, or the .pvtp of several
/// pieces). Throws Failure(files) when it cannot be read or lacks an array.
std::vector<CellPoint> read_cell_frame(const std::filesystem::path& main_file);

/// A quantity of the block grid of a frame, which may show a part of the lattice.
struct BlockFrame {
  Box blocks;                 // in blocks of the lattice
  std::vector<float> values;  // x-fastest over `blocks`
};
/// `name`: "fat". Throws Failure(files).
BlockFrame read_block_frame(const std::filesystem::path& main_file, const std::string& name);

}  // namespace marrow::io
