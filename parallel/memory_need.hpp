// SPDX-License-Identifier: BSD-3-Clause
// How much memory ranks will use at their peak, known before any of it is used: for `plan`, and to
// refuse a run that would not fit. Measured, not derived; tests/batch compares it with real runs.
#pragma once

#include "core/model/parameters.hpp"
#include "parallel/shares.hpp"

#include <cstdint>

namespace marrow::parallel {

/// Memory of a process that has started MPI and holds no marrow, where nobody measured it.
inline constexpr double usual_process_bytes = 33e6;

struct MemoryNeed {
  double most_bytes = 0.0;   // of one rank
  double usual_bytes = 0.0;  // of a rank other than rank 0, which also writes
  /// Of the fullest node, which holds so many ranks.
  [[nodiscard]] double on_node(int ranks) const {
    return most_bytes + usual_bytes * static_cast<double>(ranks - 1);
  }
};

/// `shares`: shares_of(parameters, ranks). `most_tcells`: in the whole lattice, at their peak.
MemoryNeed memory_need(const Parameters& parameters, const Shares& shares, int ranks,
                       double process_bytes, double most_tcells);

/// With T cells at the density of the reference attack and a usual process. Throws
/// Failure(command_line) when the lattice cannot be divided among so many ranks.
MemoryNeed expected_memory(const Parameters& parameters, int ranks);

/// The same, of the most demanding rank. Throws Failure(command_line) when the lattice cannot be
/// divided among so many.
std::uint64_t expected_bytes_per_rank(const Parameters& parameters, int ranks);

/// Voxels of the tissue frame that rank 0 writes.
double frame_piece_voxels(const Parameters& parameters, int ranks);

/// Niches that the scenario asks for; the tissue may hold a few less.
double expected_niches(const Parameters& parameters);

}  // namespace marrow::parallel
