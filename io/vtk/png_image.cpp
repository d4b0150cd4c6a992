// SPDX-License-Identifier: BSD-3-Clause
#include "io/vtk/png_image.hpp"

#include "core/model/failure.hpp"
#include "io/vtk/vtk_messages.hpp"

#include <vtkBase64Utilities.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPNGWriter.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>

namespace marrow::io {

std::string png_bytes(std::int64_t width, std::int64_t height, std::span<const std::uint8_t> rgb) {
  if (width < 1 || height < 1 || std::ssize(rgb) != 3 * width * height) {
    throw Failure(ExitCode::internal_error, "a picture's size contradicts its pixels");
  }
  const VtkMessages messages;
  vtkNew<vtkImageData> image;
  image->SetDimensions(static_cast<int>(width), static_cast<int>(height), 1);
  image->AllocateScalars(VTK_UNSIGNED_CHAR, 3);
  auto* pixels = static_cast<std::uint8_t*>(image->GetScalarPointer());
  for (std::int64_t y = 0; y < height; ++y) {  // VTK counts rows from the bottom
    const auto row = rgb.subspan(static_cast<std::size_t>(3 * width * (height - 1 - y)),
                                 static_cast<std::size_t>(3 * width));
    std::ranges::copy(row, pixels + 3 * width * y);
  }
  vtkNew<vtkPNGWriter> writer;
  writer->SetInputData(image);
  writer->WriteToMemoryOn();
  writer->Write();
  vtkUnsignedCharArray* result = writer->GetResult();
  if (messages.failed() || result == nullptr) {
    throw Failure(ExitCode::internal_error, "no PNG could be made: " + messages.text());
  }
  return {reinterpret_cast<const char*>(result->GetPointer(0)),
          static_cast<std::size_t>(result->GetNumberOfValues())};
}

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3), '=');
  const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
  auto* to = reinterpret_cast<unsigned char*>(text.data());
  text.resize(vtkBase64Utilities::Encode(from, static_cast<unsigned long>(bytes.size()), to));
  return text;
}

}  // namespace marrow::io
