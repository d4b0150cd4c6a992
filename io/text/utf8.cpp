// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/utf8.hpp"

#include <algorithm>

namespace marrow::io {

namespace {

/// Length of the valid UTF-8 sequence at `at`, or 0.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const unsigned lead = byte(at);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(at + 1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && byte(at + 1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(at + 1) > 0x9F;
    return follows(at + 1) && follows(at + 2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && byte(at + 1) < 0x90;
    const bool beyond = lead == 0xF4 && byte(at + 1) > 0x8F;
    return follows(at + 1) && follows(at + 2) && follows(at + 3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

/// U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069.
bool is_direction_control(std::string_view character) {
  if (character == "\u061c") return true;
  if (character.size() != 3) return false;
  const std::string_view lead = character.substr(0, 2);
  const auto last = static_cast<unsigned char>(character[2]);
  if (lead == "\xE2\x80") return last == 0x8E || last == 0x8F || (last >= 0xAA && last <= 0xAE);
  return lead == "\xE2\x81" && last >= 0xA6 && last <= 0xA9;
}

}  // namespace

std::size_t first_invalid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = sequence_length(text, at);
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0u) != 0x80u ? 1 : 0;
  return count;
}

std::string printable(std::string_view text) {
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = sequence_length(text, at);
    const auto c = static_cast<unsigned char>(text[at]);
    // 0xC2 0x80..0x9F are the C1 control characters, which some terminals obey as well.
    const bool c1 = length == 2 && c == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0;
    if (length == 0 || c1 || is_direction_control(text.substr(at, length)) ||
        (length == 1 && (c < 0x20 || c == 0x7F))) {
      result += c == '\t' ? ' ' : '?';
    } else {
      result += text.substr(at, length);
    }
    at += length == 0 ? 1 : length;
  }
  return result;
}

std::string without_direction_controls(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view character =
        text.substr(at, std::max<std::size_t>(1, sequence_length(text, at)));
    result += is_direction_control(character) ? "\ufffd" : character;
    at += character.size();
  }
  return result;
}

std::string in_quotes(std::string_view text, std::size_t limit) {
  const std::string shown = printable(text);
  std::size_t at = 0;
  std::size_t count = 0;
  while (at < shown.size() && count < limit) {
    at += sequence_length(shown, at);
    ++count;
  }
  return "'" + shown.substr(0, at) + (at < shown.size() ? "..." : "") + "'";
}

}  // namespace marrow::io
