// SPDX-License-Identifier: BSD-3-Clause
// `marrow compare`: the first difference between two checkpoints or two runs. One process, no MPI;
// changes nothing.
#pragma once

#include "io/checkpoint/in_child.hpp"

#include <filesystem>
#include <string>

namespace marrow::io {

struct Comparison {
  std::string text;
  bool equal = false;  // no difference was found in lattice, tissue, states and series
};

/// Each path: a run directory, a checkpoint's directory, or a state.h5. Of two runs series.csv
/// tells the first hour that differs, and the nearest checkpoints on both sides of it the first
/// field and site; of a run and a checkpoint the one of that step is compared. Throws
/// Failure(files) for other paths, Failure(no_usable_checkpoint) for a file that cannot be read at
/// all.
Comparison compare(const std::filesystem::path& a, const std::filesystem::path& b,
                   const Alive& alive = {});

/// Two state.h5, value by value. A damaged file is compared as far as it can be read, and named.
Comparison compare_files(const std::filesystem::path& a, const std::filesystem::path& b,
                         const Alive& alive);

}  // namespace marrow::io
