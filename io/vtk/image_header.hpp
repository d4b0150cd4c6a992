// SPDX-License-Identifier: BSD-3-Clause
// What an image file says about itself, read before VTK sees the file. VTK's readers take some
// headers on trust: they would crash, hang or silently return wrong values. What they cannot read
// correctly is refused here, with the way out. Knows nothing of tissue or of the lattice.
#pragma once

#include "core/lattice/geometry.hpp"

#include <array>
#include <filesystem>
#include <optional>
#include <string>

namespace marrow::io {

/// A unit of length that a file declares.
struct LengthUnit {
  std::string name;
  double um = 1.0;
};

struct ImageHeader {
  Index3 extent;
  std::optional<std::array<double, 3>> spacing;  // nothing: the file does not say
  std::optional<LengthUnit> unit;                // nothing: not declared
};

enum class ImageFormat { vti, meta_image, nrrd, tiff };

/// By the ending of the name, in any case of letters. Throws Failure(scenario) for any other
/// ending.
ImageFormat image_format(const std::filesystem::path& path);

/// Throw Failure(files) when the file is damaged or cannot be read correctly.
ImageHeader read_nrrd_header(const std::filesystem::path& path);
ImageHeader read_meta_image_header(const std::filesystem::path& path);
/// Unpacks compressed data once, so it wants memory for the voxels: only after the size was
/// accepted.
void check_meta_image_data(const std::filesystem::path& path);
/// Checks the block sizes of every array of a .vti.
void check_vti_data(const std::filesystem::path& path);
ImageHeader read_tiff_header(const std::filesystem::path& path);

/// "um", "micron", "mm"…; nothing for an unknown word.
std::optional<LengthUnit> length_unit(const std::string& word);

/// Throws the Failure(files) of an image: "image 'path': why".
[[noreturn]] void refuse_image(const std::filesystem::path& path, const std::string& why);

}  // namespace marrow::io
