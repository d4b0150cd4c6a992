// SPDX-License-Identifier: BSD-3-Clause
// Voxel values out of an image file through VTK's readers. Row 0 of the file is y = 0, whatever
// orientation the file claims: an image must not flip when it is saved in another format. Knows
// nothing of tissue.
#pragma once

#include "io/vtk/image_header.hpp"

#include <vtkDataArray.h>
#include <vtkSmartPointer.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace marrow::io {

struct LoadedImage {
  vtkSmartPointer<vtkDataArray> values;  // one component, x-fastest over the extent
  ImageHeader header;
};

/// Reads the header, lets `accept` judge it (it throws to refuse), and only then reads the voxels,
/// so that a wrong or damaged size never leads to a huge allocation. A .vti counts voxels as cells
/// if it has cell data for `wanted` cells, else as points. Throws Failure(files) when the file is
/// damaged.
LoadedImage load_image(const std::filesystem::path& path, const Index3& wanted,
                       const std::function<void(const ImageHeader&)>& accept);

}  // namespace marrow::io
