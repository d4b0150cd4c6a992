// SPDX-License-Identifier: BSD-3-Clause
// Texts as words of a POSIX shell: what is pasted or generated means the same text again.
#pragma once

#include <string>
#include <string_view>

namespace marrow::io {

/// The text itself if a shell reads it as one plain word, else between single quotes.
[[nodiscard]] std::string shell_word(std::string_view text);

}  // namespace marrow::io
