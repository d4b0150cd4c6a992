// SPDX-License-Identifier: BSD-3-Clause
// `marrow compare`: the first difference between two checkpoints or two runs. One process, no MPI;
// changes nothing.
#pragma once

#include <filesystem>
#include <string>

namespace marrow::io {

struct Comparison {
  std::string text;
  bool equal = false;  // same lattice, tissue, steps, states and series
};

/// Each path: a run directory, a checkpoint's directory, or a state.h5. Of two runs all checkpoints
/// of the same step are compared, and series.csv; of a run and a checkpoint the one of that step.
/// Throws Failure(files) for other paths, Failure(no_usable_checkpoint) for a file that cannot be
/// read at all.
Comparison compare(const std::filesystem::path& a, const std::filesystem::path& b);

}  // namespace marrow::io
