// SPDX-License-Identifier: BSD-3-Clause
#include "io/vtk/image_header.hpp"

#include "core/model/failure.hpp"
#include "io/vtk/text_header.hpp"

#include <fmt/format.h>

#include <map>

namespace marrow::io {

namespace fs = std::filesystem;

void refuse_image(const fs::path& path, const std::string& why) {
  throw Failure(ExitCode::files, fmt::format("image '{}': {}", path.string(), why));
}

std::optional<LengthUnit> length_unit(const std::string& word) {
  static const std::map<std::string, LengthUnit> units = {{"nm", {"nm", 1e-3}},
                                                          {"um", {"um", 1.0}},
                                                          {"\u00b5m", {"um", 1.0}},
                                                          {"\u03bcm", {"um", 1.0}},
                                                          {"micron", {"um", 1.0}},
                                                          {"microns", {"um", 1.0}},
                                                          {"micrometer", {"um", 1.0}},
                                                          {"micrometers", {"um", 1.0}},
                                                          {"mm", {"mm", 1e3}},
                                                          {"millimeter", {"mm", 1e3}},
                                                          {"millimeters", {"mm", 1e3}},
                                                          {"cm", {"cm", 1e4}},
                                                          {"m", {"m", 1e6}}};
  const auto found = units.find(lower(word));
  return found == units.end() ? std::nullopt : std::optional(found->second);
}

ImageFormat image_format(const fs::path& path) {
  const std::string ending = lower(path.extension().string());
  if (ending == ".vti") return ImageFormat::vti;
  if (ending == ".mha" || ending == ".mhd") return ImageFormat::meta_image;
  if (ending == ".nrrd" || ending == ".nhdr") return ImageFormat::nrrd;
  if (ending == ".tif" || ending == ".tiff") return ImageFormat::tiff;
  throw Failure(ExitCode::scenario,
                fmt::format("tissue.image.file '{}': images are read from .vti, .mha, .mhd, .nrrd, "
                            ".nhdr, .tif or .tiff files",
                            path.string()));
}

}  // namespace marrow::io
