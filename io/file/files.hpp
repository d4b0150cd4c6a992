// SPDX-License-Identifier: BSD-3-Clause
// Whole files: read, written so that they outlast a loss of power, and put in place of others in
// one step. The one home of this: checkpoints, frames and all that a run writes come here. Knows
// nothing of what is written. Every failure is a Failure(files) that names path, reason and advice.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace marrow::io {

/// Throws Failure(files): "'<path>' <what>: <what the errno means>".
[[noreturn]] void fail_at(const std::filesystem::path& path, std::string_view what, int error);

/// The whole file, or nothing when it cannot be opened or read.
[[nodiscard]] std::optional<std::string> read_file(const std::filesystem::path& path);

/// The whole file; Failure(files) if it cannot be read.
[[nodiscard]] std::string read_file_text(const std::filesystem::path& file);

/// Creates or truncates, writes, syncs to the device.
void write_file_durably(const std::filesystem::path& path, std::string_view bytes);

/// After this returns the file holds `text` on disk; before, or after a failure, it holds the old
/// text.
void replace_file_text(const std::filesystem::path& file, std::string_view text);

/// Temporary names used by replace_file_text begin and end like this; a killed process leaves them.
constexpr std::string_view temporary_prefix = ".marrow-";
constexpr std::string_view temporary_suffix = ".tmp";

/// Syncs a file's content, or the names in a directory, to the device.
void sync_path(const std::filesystem::path& path);

/// Puts `from` in the place of `to`, atomically where the file system can. What was at `to`, of any
/// kind, is removed afterwards.
void put_in_place(const std::filesystem::path& from, const std::filesystem::path& to);

/// `directory`/`name`, or with a number behind it when that name is taken.
[[nodiscard]] std::filesystem::path unused_name(const std::filesystem::path& directory,
                                                const std::string& name);

}  // namespace marrow::io
