// SPDX-License-Identifier: BSD-3-Clause
// How a file of a frame comes to be seen: written whole under a temporary name, forced to disk,
// then renamed. All throw Failure(files) that names the path and the reason.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace marrow::io {

/// Ends the name of every file that is not complete yet.
inline constexpr std::string_view partial_suffix = ".partial";

std::filesystem::path partial_name(const std::filesystem::path& path);

/// Moves partial_name(path) to path in one step.
void reveal(const std::filesystem::path& path);

/// The whole of partial, sync and reveal for a small text.
void replace_text(const std::filesystem::path& path, const std::string& text);

}  // namespace marrow::io
