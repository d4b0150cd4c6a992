// SPDX-License-Identifier: BSD-3-Clause
#include "io/biopsy/stain.hpp"

#include "core/math/elementary.hpp"
#include "core/model/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace marrow::io {
namespace {

constexpr std::array<Stain, 3> all_stains = {Stain::he, Stain::cd34, Stain::cd8};

// Unit vectors of optical density in red, green and blue, and the density of the full amount.
struct Dye {
  std::array<double, 3> direction;
  double density;
};
constexpr std::array<Dye, 3> dyes = {{{{0.65111, 0.70119, 0.29049}, 0.95},
                                      {{0.2159, 0.8012, 0.5581}, 0.95},
                                      {{0.26917, 0.56824, 0.77759}, 1.10}}};
constexpr std::array<double, 3> glass = {247.0, 246.0, 243.0};
constexpr double steps_per_amount = 64.0;  // of density in the tables

}  // namespace

std::string_view stain_name(Stain stain) {
  constexpr std::array<std::string_view, 3> names = {"HE", "CD34", "CD8"};
  return names[static_cast<std::size_t>(stain)];
}

Stain parse_stain(const std::string& text) {
  std::string upper = text;
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  if (upper == "H&E") upper = "HE";
  for (const Stain stain : all_stains) {
    if (upper == stain_name(stain)) return stain;
  }
  throw Failure(ExitCode::command_line,
                fmt::format("--stain {}: there is no such stain; known are HE (haematoxylin and "
                            "eosin), CD34 (stem cells and progenitors brown) and CD8 (cytotoxic "
                            "T cells brown)",
                            text));
}

StainColours::StainColours() {
  for (std::size_t c = 0; c < 3; ++c) {
    std::uint32_t most = 0;
    for (std::size_t d = 0; d < 3; ++d) {
      density_[d][c] = static_cast<std::uint32_t>(
          dyes[d].direction[c] * dyes[d].density * steps_per_amount + 0.5);
      most += 255 * density_[d][c];
    }
    constexpr double ln10 = 2.302585092994046;
    for (std::uint32_t i = 0; i <= most; ++i) {
      const double density = static_cast<double>(i) / (255.0 * steps_per_amount);
      light_[c].push_back(static_cast<std::uint8_t>(glass[c] * det_exp(-ln10 * density) + 0.5));
    }
  }
}

}  // namespace marrow::io
