// SPDX-License-Identifier: BSD-3-Clause
// Whether all ranks of a job were started alike: the same program, the same arguments, the same
// scenario. Ranks of different builds would compute different things and wait for each other in
// different places. Knows no scenario beyond its hash.
#pragma once

#include "parallel/communicator.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace marrow::io {

/// Hashes of what a rank was started with.
struct StartMark {
  std::uint64_t program = 0;    // of the executable file
  std::uint64_t arguments = 0;  // of its arguments
  std::uint64_t scenario = 0;   // of the scenario's bytes and what --set changed; 0: not yet read

  friend bool operator==(const StartMark&, const StartMark&) = default;
};

/// Program and arguments of this process. The program is known by the build id that the linker
/// gave it, which differs between any two builds that differ; without one by version and build.
[[nodiscard]] StartMark start_mark(int argument_count, const char* const* arguments);

/// Empty if all are equal; else a sentence about the ranks that differ from rank 0.
[[nodiscard]] std::string start_difference(std::span<const StartMark> by_rank);

/// Collective: throws Failure(command_line) with that sentence on every rank.
void require_same_start(const parallel::Communicator& comm, const StartMark& mine);

}  // namespace marrow::io
