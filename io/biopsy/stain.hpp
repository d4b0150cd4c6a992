// SPDX-License-Identifier: BSD-3-Clause
// Stains and how light passes through them: optical densities of haematoxylin, eosin and
// diaminobenzidine (the vectors of Ruifrok & Johnston, Anal Quant Cytol Histol 2001;23:291, as
// QuPath ships them) add up, and the colour of a pixel follows by Beer's law.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

enum class Stain : std::uint8_t { he, cd34, cd8 };

/// "HE", "CD34", "CD8"; upper or lower case when read.
std::string_view stain_name(Stain stain);
/// Throws Failure(command_line) that names the known ones.
Stain parse_stain(const std::string& text);

/// Amounts of dye, 0 .. 1 each.
struct Dyes {
  double haematoxylin = 0;
  double eosin = 0;
  double brown = 0;
};

/// From amounts of dye (0 .. 255 each) to the colour on a bright-field slide.
class StainColours {
 public:
  StainColours();

  [[nodiscard]] std::array<std::uint8_t, 3> operator()(std::uint32_t haematoxylin,
                                                       std::uint32_t eosin,
                                                       std::uint32_t brown) const {
    std::array<std::uint8_t, 3> rgb;
    for (std::size_t c = 0; c < 3; ++c) {
      rgb[c] = light_[c][haematoxylin * density_[0][c] + eosin * density_[1][c] +
                         brown * density_[2][c]];
    }
    return rgb;
  }

 private:
  std::array<std::array<std::uint32_t, 3>, 3> density_{};  // dye, channel
  std::array<std::vector<std::uint8_t>, 3> light_;         // by density
};

}  // namespace marrow::io
