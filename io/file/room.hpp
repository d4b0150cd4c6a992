// SPDX-License-Identifier: BSD-3-Clause
// The room that is left for files: on the disk, and by the limits of this process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace marrow::io {

/// Throws Failure(files) when `bytes` do not fit the file system of `directory`.
void require_free_space(const std::filesystem::path& directory, std::uint64_t bytes);

/// Gives the file (created if need be) `bytes` on the device without changing what it holds, so
/// that a full disk or a quota shows now. Does nothing where the file system cannot do that. Throws
/// Failure(files).
void reserve_space(const std::filesystem::path& path, std::uint64_t bytes);

/// Asks the system to begin writing what it still holds of a file in memory, without waiting. A
/// wish: that it cannot be met is no failure.
void start_writing_back(const std::filesystem::path& path);

/// Throws Failure(files) when this process may not write a file of `bytes` (ulimit -f).
void require_file_size_allowed(const std::filesystem::path& path, std::uint64_t bytes);

/// "free there are …": what the system says about room, for the message of a write that failed.
std::string describe_room(const std::filesystem::path& directory);

/// "12.3 MiB (12,897,484 bytes)".
std::string describe_bytes(std::uint64_t bytes);

/// This machine's name, for messages about one of many nodes.
std::string host_name();

}  // namespace marrow::io
