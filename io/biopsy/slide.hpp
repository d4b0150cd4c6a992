// SPDX-License-Identifier: BSD-3-Clause
// A slide: the passes of a core side by side on glass, a scale bar and text below, as a
// picture in full resolution and as an overview.
#pragma once

#include "io/biopsy/section_painter.hpp"
#include "io/biopsy/stain.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace marrow::io {

struct SlideRequest {
  Stain stain = Stain::he;
  double um_per_pixel = 1.0;
  double thickness_um = 3.0;
  std::string legend;
  std::filesystem::path picture;
  std::filesystem::path overview;  // written only when the picture is wider than an overview
};

/// Pixels of the overview's longer side at most.
inline constexpr std::int64_t overview_pixels = 2400;

struct SlideResult {
  std::int64_t width = 0, height = 0;  // of the picture
  bool has_overview = false;
};

/// Throws Failure(files) when a file cannot be written; then neither exists.
SlideResult write_slide(std::span<const SectionContent> sections, const SlideRequest& request);

}  // namespace marrow::io
