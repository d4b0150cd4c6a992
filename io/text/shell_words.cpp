// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/shell_words.hpp"

namespace marrow::io {
namespace {

/// True if `text` needs no quotes in a shell.
bool is_plain_word(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  return !text.empty() && text.find_first_not_of(plain) == std::string_view::npos;
}

}  // namespace

std::string shell_word(std::string_view text) {
  if (is_plain_word(text)) return std::string(text);
  std::string quoted = "'";
  for (const char character : text) {
    quoted += character == '\'' ? "'\\''" : std::string(1, character);
  }
  return quoted + "'";
}

}  // namespace marrow::io
