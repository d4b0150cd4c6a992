// SPDX-License-Identifier: BSD-3-Clause
// Durable file operations on one process: write, sync, rename, and the room that is left. Knows
// nothing of checkpoints. Every failure is a Failure(files) that names the path and the system's
// reason.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace marrow::io {

/// Throws Failure(files): "cannot <what> <path>: <reason of errno>".
[[noreturn]] void fail_with_errno(std::string_view what, const std::filesystem::path& path);

/// The whole file, or nothing when it cannot be opened or read.
std::optional<std::string> read_file(const std::filesystem::path& path);

/// Creates or truncates, writes, syncs to the device.
void write_file_durably(const std::filesystem::path& path, std::string_view bytes);

/// Syncs a file's or a directory's content to the device.
void sync_path(const std::filesystem::path& path);

/// Puts `from` in the place of `to`, atomically where the file system can. What was at `to`, of any
/// kind, is removed afterwards.
void put_in_place(const std::filesystem::path& from, const std::filesystem::path& to);

/// `directory`/`name`, or with a number behind it when that name is taken.
std::filesystem::path unused_name(const std::filesystem::path& directory, const std::string& name);

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
