// SPDX-License-Identifier: BSD-3-Clause
#include "io/vtk/image_load.hpp"

#include "core/model/failure.hpp"
#include "io/vtk/vtk_messages.hpp"

#include <fmt/format.h>
#include <vtkCellData.h>
#include <vtkImageData.h>
#include <vtkInformation.h>
#include <vtkMetaImageReader.h>
#include <vtkNrrdReader.h>
#include <vtkObjectFactory.h>
#include <vtkPointData.h>
#include <vtkStreamingDemandDrivenPipeline.h>
#include <vtkTIFFReader.h>
#include <vtkXMLImageDataReader.h>

#include <array>
#include <cstdint>
#include <exception>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;

/// VTK's NRRD reader, but rows are never flipped for the sake of a 'space'.
class NrrdReader : public vtkNrrdReader {
 public:
  static NrrdReader* New();
  vtkTypeMacro(NrrdReader, vtkNrrdReader);

 protected:
  int ReadHeader() override {
    if (vtkNrrdReader::ReadHeader() == 0) return 0;
    this->FileLowerLeft = 1;
    return 1;
  }
};
vtkStandardNewMacro(NrrdReader);

/// Runs a step of VTK's; anything it says or throws becomes the reason why the image is refused.
template <class Step>
void guarded(const fs::path& path, vtkAlgorithm& reader, Step step) {
  const VtkMessages messages;
  std::string reason;
  try {
    step();
    if (messages.failed() || reader.GetErrorCode() != 0) reason = messages.text();
  } catch (const std::bad_alloc&) {
    reason = "not enough memory for its voxels";
  } catch (const std::exception& error) {
    reason = error.what();
  }
  if (!reason.empty()) {
    refuse_image(
        path,
        fmt::format("it is damaged or cut short, or of a kind that VTK cannot read: {}", reason));
  }
}

void check_values(const fs::path& path, vtkDataArray* values, const Index3& extent) {
  if (values == nullptr) refuse_image(path, "VTK found no numbers in it");
  if (values->GetNumberOfComponents() != 1) {
    refuse_image(path, fmt::format("it holds {} values per voxel; save a single-component image",
                                   values->GetNumberOfComponents()));
  }
  if (values->GetNumberOfTuples() != volume(extent)) {
    refuse_image(path, fmt::format("{} of its {} voxels could be read", values->GetNumberOfTuples(),
                                   volume(extent)));
  }
}

std::array<int, 6> whole_extent(vtkAlgorithm& reader) {
  std::array<int, 6> whole = {0, -1, 0, -1, 0, -1};
  reader.GetOutputInformation(0)->Get(vtkStreamingDemandDrivenPipeline::WHOLE_EXTENT(),
                                      whole.data());
  return whole;
}

/// VTK parses the header in its own way: where it sees another size than we do, its data reader
/// could run out of bounds.
void check_same_size(const fs::path& path, vtkImageReader2& reader, const Index3& extent) {
  const std::array<int, 6> whole = whole_extent(reader);
  std::int64_t values = reader.GetNumberOfScalarComponents();
  for (std::size_t axis = 0; axis < 3; ++axis) {
    values *= std::int64_t{whole[2 * axis + 1]} - whole[2 * axis] + 1;
  }
  if (values != volume(extent)) {
    refuse_image(path, "its header is not in the usual order or form; save it again");
  }
}

LoadedImage load_with(const fs::path& path, vtkImageReader2& reader, const ImageHeader& header) {
  guarded(path, reader, [&] { reader.UpdateInformation(); });
  check_same_size(path, reader, header.extent);
  guarded(path, reader, [&] { reader.Update(); });
  LoadedImage image{reader.GetOutput()->GetPointData()->GetScalars(), header};
  check_values(path, image.values, header.extent);
  return image;
}

ImageHeader read_header(const fs::path& path, ImageFormat format) {
  switch (format) {
    case ImageFormat::nrrd:
      return read_nrrd_header(path);
    case ImageFormat::meta_image:
      return read_meta_image_header(path);
    default:
      return read_tiff_header(path);
  }
}

vtkSmartPointer<vtkImageReader2> reader_for(ImageFormat format) {
  if (format == ImageFormat::meta_image) return vtkSmartPointer<vtkMetaImageReader>::New();
  if (format == ImageFormat::nrrd) return vtkSmartPointer<NrrdReader>::New();
  auto tiff = vtkSmartPointer<vtkTIFFReader>::New();
  tiff->SetOrientationType(1);  // top left: VTK's name for "rows in file order"
  return tiff;
}

std::string names_of(vtkDataSetAttributes& attributes) {
  std::string names;
  for (int i = 0; i < attributes.GetNumberOfArrays(); ++i) {
    const char* name = attributes.GetArrayName(i);
    names += fmt::format("{}'{}'", names.empty() ? "" : ", ", name == nullptr ? "" : name);
  }
  return names;
}

/// The active scalars, or the only array.
vtkDataArray* choose(const fs::path& path, vtkDataSetAttributes& attributes) {
  if (vtkDataArray* active = attributes.GetScalars()) return active;
  if (attributes.GetNumberOfArrays() > 1) {
    refuse_image(path,
                 fmt::format("it has several arrays ({}) and none is marked as Scalars; keep one",
                             names_of(attributes)));
  }
  return attributes.GetArray(0);
}

LoadedImage load_vti(const fs::path& path, const Index3& wanted,
                     const std::function<void(const ImageHeader&)>& accept) {
  check_vti_data(path);
  const auto reader = vtkSmartPointer<vtkXMLImageDataReader>::New();
  reader->SetFileName(path.c_str());
  guarded(path, *reader, [&] { reader->UpdateInformation(); });
  const std::array<int, 6> whole = whole_extent(*reader);
  const auto width = [&](std::size_t axis) {
    return std::int64_t{whole[2 * axis + 1]} - whole[2 * axis];
  };
  const Index3 cells{width(0), width(1), width(2)};
  const bool by_cells = reader->GetNumberOfCellArrays() > 0 &&
                        (cells == wanted || reader->GetNumberOfPointArrays() == 0);
  ImageHeader header;
  header.extent = by_cells ? cells : cells + Index3{1, 1, 1};
  header.spacing.emplace();
  reader->GetOutputInformation(0)->Get(vtkDataObject::SPACING(), header.spacing->data());
  accept(header);
  guarded(path, *reader, [&] { reader->Update(); });
  vtkImageData& output = *reader->GetOutput();
  vtkDataSetAttributes& attributes =
      by_cells ? static_cast<vtkDataSetAttributes&>(*output.GetCellData()) : *output.GetPointData();
  LoadedImage image{choose(path, attributes), header};
  check_values(path, image.values, header.extent);
  return image;
}

}  // namespace

LoadedImage load_image(const fs::path& path, const Index3& wanted,
                       const std::function<void(const ImageHeader&)>& accept) {
  const ImageFormat format = image_format(path);
  if (format == ImageFormat::vti) return load_vti(path, wanted, accept);
  const ImageHeader header = read_header(path, format);
  accept(header);
  if (format == ImageFormat::meta_image) check_meta_image_data(path);
  const auto reader = reader_for(format);
  reader->SetFileName(path.c_str());
  return load_with(path, *reader, header);
}

}  // namespace marrow::io
