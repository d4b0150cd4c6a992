// SPDX-License-Identifier: BSD-3-Clause
#include "io/vtk/image_import.hpp"

#include "core/model/failure.hpp"
#include "core/tissue/tissue_kind.hpp"
#include "io/vtk/image_classify.hpp"
#include "io/vtk/image_load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <new>
#include <optional>
#include <system_error>
#include <utility>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;

void check_file(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    throw Failure(ExitCode::files,
                  fmt::format("tissue.image.file '{}' does not exist (relative names "
                              "are looked up beside the scenario file)",
                              path.string()));
  }
  if (!fs::is_regular_file(status)) {
    throw Failure(
        ExitCode::files,
        fmt::format("tissue.image.file '{}' is not a file{}", path.string(),
                    fs::is_directory(status) ? " but a directory; save the stack of slices "
                                               "as one file"
                                             : ""));
  }
  if (!std::ifstream(path)) {
    throw Failure(
        ExitCode::files,
        fmt::format("tissue.image.file '{}' cannot be opened for reading", path.string()));
  }
}

void check_extent(const std::string& where, const Index3& image, const Index3& lattice) {
  if (image == lattice) return;
  std::array<std::int64_t, 3> a = {image.x, image.y, image.z};
  std::array<std::int64_t, 3> b = {lattice.x, lattice.y, lattice.z};
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  throw Failure(ExitCode::scenario,
                fmt::format("{} has {} x {} x {} voxels, but domain.size is {} x {} x {}{}", where,
                            image.x, image.y, image.z, lattice.x, lattice.y, lattice.z,
                            a == b ? "; the axes are in another order"
                                   : "; crop or resample the image, or set domain.size to it"));
}

bool matches(const std::array<double, 3>& spacing, double unit_um, const Lattice& lattice,
             double tolerance) {
  return std::all_of(spacing.begin(), spacing.end(), [&](double value) {
    return std::fabs(value * unit_um - lattice.spacing_um) <= tolerance * lattice.spacing_um;
  });
}

[[noreturn]] void refuse_spacing(const std::string& where, const std::array<double, 3>& spacing,
                                 const std::string& unit, const Lattice& lattice,
                                 double tolerance) {
  throw Failure(
      ExitCode::scenario,
      fmt::format("{} has a spacing of {} x {} x {} {}, but domain.spacing is {} um, more "
                  "than tissue.image.spacing_tolerance ({}) away; resample the image, set "
                  "domain.spacing, or correct the spacing in the file",
                  where, spacing[0], spacing[1], spacing[2], unit, lattice.spacing_um, tolerance));
}

/// What the log should say about the spacing.
std::string check_spacing(const std::string& where, const ImageHeader& header,
                          const Lattice& lattice, double tolerance) {
  if (!header.spacing) {
    return fmt::format(
        "{}: its spacing was not checked, because the file does not give it; taken as "
        "{} um",
        where, lattice.spacing_um);
  }
  const std::array<double, 3>& spacing = *header.spacing;
  if (header.unit) {
    if (matches(spacing, header.unit->um, lattice, tolerance)) {
      return fmt::format("{}: its spacing of {} {} fits the lattice", where, spacing[0],
                         header.unit->name);
    }
    refuse_spacing(where, spacing, header.unit->name, lattice, tolerance);
  }
  for (const auto& [name, um] : {std::pair{"um", 1.0}, std::pair{"mm", 1e3}}) {
    if (matches(spacing, um, lattice, tolerance)) {
      return fmt::format("{}: its spacing of {} has no unit in the file and was taken as {}", where,
                         spacing[0], name);
    }
  }
  refuse_spacing(where, spacing, "um or mm (the file names no unit)", lattice, tolerance);
}

bool is_vessel(std::uint8_t kind) {
  return kind == static_cast<std::uint8_t>(TissueKind::sinusoid) ||
         kind == static_cast<std::uint8_t>(TissueKind::arteriole);
}

ImageImport read_checked(const ImageParameters& parameters, const fs::path& path,
                         const std::string& where, const Lattice& lattice) {
  ImageImport import;
  const LoadedImage image = load_image(path, lattice.extent, [&](const ImageHeader& header) {
    check_extent(where, header.extent, lattice.extent);
    import.notes.push_back(check_spacing(where, header, lattice, parameters.spacing_tolerance));
  });
  import.tissue.extent = image.header.extent;
  import.tissue.kind = classify(*image.values, parameters, where);
  import.tissue.has_vessels =
      std::any_of(import.tissue.kind.begin(), import.tissue.kind.end(), is_vessel);
  const auto bone = std::count(import.tissue.kind.begin(), import.tissue.kind.end(),
                               static_cast<std::uint8_t>(TissueKind::bone));
  import.notes.push_back(fmt::format(
      "{}: {:.2f} % of its voxels are bone", where,
      100.0 * static_cast<double>(bone) / static_cast<double>(import.tissue.kind.size())));
  return import;
}

}  // namespace

ImageImport read_image_tissue(const ImageParameters& parameters, const fs::path& base_directory,
                              const Lattice& lattice) {
  const fs::path path = base_directory / parameters.file;
  const std::string where = fmt::format("tissue.image.file '{}'", path.string());
  check_labels(parameters, where);
  image_format(path);
  check_file(path);
  try {
    return read_checked(parameters, path, where, lattice);
  } catch (const fs::filesystem_error& error) {
    throw Failure(ExitCode::files, fmt::format("{}: {}", where, error.code().message()));
  } catch (const std::bad_alloc&) {
    throw Failure(ExitCode::files,
                  fmt::format("{}: there is not enough memory for its voxels", where));
  }
}

}  // namespace marrow::io
