// SPDX-License-Identifier: BSD-3-Clause
// The band below a picture: a scale bar of a round length and lines of text beside it.
#pragma once

#include "io/biopsy/section_painter.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace marrow::io {

inline constexpr std::array<std::uint8_t, 3> glass_colour = {247, 246, 243};

/// From the rim of a slide to its section, where the band begins, too.
inline constexpr double slide_margin_um = 60.0;

/// A band as wide as the picture; its height follows from the lines of `text` and the size of the
/// letters, which suits `width` and `picture_height` and is reduced until the text fits.
RgbTile legend_band(std::int64_t width, std::int64_t picture_height, double um_per_pixel,
                    const std::string& text);

}  // namespace marrow::io
