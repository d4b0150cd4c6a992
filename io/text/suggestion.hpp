// SPDX-License-Identifier: BSD-3-Clause
// "Did you mean ...?": the known word that a misspelt one most likely stands for.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

/// Number of insertions, deletions, replacements and swaps of neighbours that turn a into b
/// (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`: the same but for case, or at most two edits away (one for words
/// of up to three letters). Nothing if no candidate is that near. Of equals the first.
std::optional<std::string> closest(std::string_view word,
                                   const std::vector<std::string>& candidates);

/// "a, b or c".
std::string listed(const std::vector<std::string>& words, std::string_view last_joint = "or");

}  // namespace marrow::io
