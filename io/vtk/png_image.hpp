// SPDX-License-Identifier: BSD-3-Clause
// A picture as the bytes of a PNG file. Knows nothing of what it shows.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace marrow::io {

/// `rgb`: 3 bytes per pixel, rows from the top. The bytes depend on the arguments only. Throws
/// Failure(internal_error) when the sizes contradict each other.
std::string png_bytes(std::int64_t width, std::int64_t height, std::span<const std::uint8_t> rgb);

/// Bytes as text for the inside of a page (RFC 4648, section 4).
std::string base64(std::string_view bytes);

}  // namespace marrow::io
