// SPDX-License-Identifier: BSD-3-Clause
// The little of UTF-8 that messages and strict readers need: validity, columns, harmless printing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace marrow::io {

/// Offset of the first byte that is not part of valid UTF-8, or npos.
std::size_t first_invalid_utf8(std::string_view text);

/// Number of code points of valid UTF-8 text.
std::size_t code_points(std::string_view text);

/// The text with every control character, those of writing direction included, replaced, so that a
/// terminal shows it and does not obey it: a tab becomes one blank, anything else a question mark;
/// invalid bytes too.
std::string printable(std::string_view text);

/// The text with U+FFFD for every control of writing direction: these would show a text in another
/// order than it is stored in.
std::string without_direction_controls(std::string_view text);

/// The text between single quotes, harmless and at most `limit` code points long.
std::string in_quotes(std::string_view text, std::size_t limit = 60);

}  // namespace marrow::io
