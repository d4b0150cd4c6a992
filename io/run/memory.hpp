// SPDX-License-Identifier: BSD-3-Clause
// Whether the memory of each machine suffices for what the ranks on it are about to use: asked
// before it is used, because afterwards the system ends some process without a word. Knows nothing
// of what the memory is for.
#pragma once

#include "parallel/communicator.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace marrow::io {

/// What the processes of this machine, or of this batch job on it, can still use together.
struct MemoryRoom {
  std::uint64_t bytes = 0;  // 0: the system does not say
  std::string limit;        // what sets it: "the memory available on the machine"
};

/// The least of what the machine has available (MemAvailable of /proc/meminfo) and what is left of
/// the limits of this process's control group and those above it (versions 1 and 2). `root` stands
/// before /proc and /sys; tests put their own there.
[[nodiscard]] MemoryRoom memory_room(const std::filesystem::path& root = "/");

/// What one rank needs, and where.
struct MemoryNeed {
  std::string host;
  std::uint64_t bytes = 0;
  MemoryRoom room;  // of the host, as this rank sees it
};

/// Empty if every host has room for its ranks; else a sentence about the first that has not.
[[nodiscard]] std::string memory_shortage(std::span<const MemoryNeed> by_rank);

/// Collective: throws Failure(files) with that sentence on every rank.
void require_memory(const parallel::Communicator& comm, const MemoryNeed& mine);

}  // namespace marrow::io
