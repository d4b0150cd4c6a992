// SPDX-License-Identifier: BSD-3-Clause
#include "io/vtk/frame_file.hpp"

#include "core/model/checked_int.hpp"
#include "core/model/failure.hpp"
#include "io/file/files.hpp"
#include "io/vtk/files.hpp"
#include "io/vtk/vtk_messages.hpp"

#include <fmt/format.h>
#include <vtkAOSDataArrayTemplate.h>
#include <vtkCellArray.h>
#include <vtkCellData.h>
#include <vtkDoubleArray.h>
#include <vtkErrorCode.h>
#include <vtkFieldData.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkSmartPointer.h>
#include <vtkStringArray.h>
#include <vtkTypeInt64Array.h>
#include <vtkUnsignedCharArray.h>
#include <vtkXMLImageDataWriter.h>
#include <vtkXMLPolyDataWriter.h>

#include <bit>
#include <new>
#include <string_view>

namespace marrow::io {
namespace {

constexpr std::array<std::string_view, 5> type_names = {"UInt8", "UInt16", "UInt32", "UInt64",
                                                        "Float32"};
static_assert(std::variant_size_v<ArrayValues> == type_names.size());

/// A VTK array that looks at `values` without copying them.
template <class T>
vtkSmartPointer<vtkDataArray> viewed(const std::vector<T>& values, int components) {
  auto array = vtkSmartPointer<vtkAOSDataArrayTemplate<T>>::New();
  array->SetNumberOfComponents(components);
  // VTK's interface is not const-correct; a writer only reads.
  array->SetArray(const_cast<T*>(values.data()), static_cast<vtkIdType>(values.size()), 1);
  return array;
}

void attach(const std::vector<FrameArray>& arrays, vtkDataSetAttributes* attributes) {
  for (const FrameArray& array : arrays) {
    auto data = std::visit([](const auto& values) { return viewed(values, 1); }, array.values);
    data->SetName(array.name.c_str());
    attributes->AddArray(data);
  }
  if (!arrays.empty()) attributes->SetActiveScalars(arrays.front().name.c_str());
}

void attach_texts(const char* name, const std::vector<std::string>& texts, vtkFieldData* fields) {
  vtkNew<vtkStringArray> array;
  array->SetName(name);
  for (const std::string& text : texts) array->InsertNextValue(text);
  fields->AddArray(array);
}

void attach_founders(const std::vector<FounderLabel>& founders, vtkFieldData* fields) {
  std::vector<std::string> names = {"normal"};
  vtkNew<vtkUnsignedCharArray> genotypes;
  genotypes->SetName("founder_genotypes");
  genotypes->InsertNextValue(0);
  for (const FounderLabel& founder : founders) {
    names.push_back(founder.name);
    genotypes->InsertNextValue(founder.genotype);
  }
  attach_texts("founders", names, fields);
  fields->AddArray(genotypes);
}

void attach_facts(const FrameFacts& facts, vtkFieldData* fields) {
  vtkNew<vtkDoubleArray> time;
  time->SetName("TimeValue");
  time->InsertNextValue(time_days(facts.step));
  fields->AddArray(time);
  vtkNew<vtkTypeInt64Array> step;
  step->SetName("step");
  step->InsertNextValue(facts.step);
  fields->AddArray(step);
  if (facts.real_cells_per_niche > 0.0) {
    vtkNew<vtkDoubleArray> scale;
    scale->SetName("real_cells_per_niche");
    scale->InsertNextValue(facts.real_cells_per_niche);
    fields->AddArray(scale);
  }
  attach_texts("digest", {digest_text(facts.digest)}, fields);
  attach_texts("scenario", {facts.labels.scenario}, fields);
  attach_founders(facts.labels.founders, fields);
}

vtkSmartPointer<vtkDataSet> data_set(const ImagePiece& piece) {
  const auto& [lo, hi] = piece.cells;
  auto image = vtkSmartPointer<vtkImageData>::New();
  const auto edge = [](std::int64_t cell) { return checked_int(cell, "voxels along one edge"); };
  image->SetExtent(edge(lo.x), edge(hi.x), edge(lo.y), edge(hi.y), edge(lo.z), edge(hi.z));
  image->SetOrigin(piece.origin_um.data());
  image->SetSpacing(piece.spacing_um, piece.spacing_um, piece.spacing_um);
  attach(piece.arrays, image->GetCellData());
  return image;
}

vtkSmartPointer<vtkDataSet> data_set(const PointPiece& piece) {
  auto poly = vtkSmartPointer<vtkPolyData>::New();
  vtkNew<vtkPoints> points;
  points->SetData(viewed(piece.xyz_um, 3));
  poly->SetPoints(points);
  vtkNew<vtkCellArray> vertices;
  const vtkIdType count = points->GetNumberOfPoints();
  vertices->AllocateExact(count, count);
  for (vtkIdType point = 0; point < count; ++point) vertices->InsertNextCell(1, &point);
  poly->SetVerts(vertices);
  attach(piece.arrays, poly->GetPointData());
  return poly;
}

vtkSmartPointer<vtkXMLWriter> writer_for(const ImagePiece&) {
  return vtkSmartPointer<vtkXMLImageDataWriter>::New();
}
vtkSmartPointer<vtkXMLWriter> writer_for(const PointPiece&) {
  return vtkSmartPointer<vtkXMLPolyDataWriter>::New();
}

std::string error_name(vtkXMLWriter& writer) {
  const unsigned long code = writer.GetErrorCode();
  return code == vtkErrorCode::NoError ? "" : vtkErrorCode::GetStringFromErrorCode(code);
}

std::string image_attributes(const ImagePiece& piece, const Box& whole) {
  const auto& o = piece.origin_um;
  return fmt::format(
      "WholeExtent=\"{} {} {} {} {} {}\" GhostLevel=\"0\" Origin=\"{} {} {}\" Spacing=\"{} {} {}\"",
      whole.lo.x, whole.hi.x, whole.lo.y, whole.hi.y, whole.lo.z, whole.hi.z, o[0], o[1], o[2],
      piece.spacing_um, piece.spacing_um, piece.spacing_um);
}

std::string array_list(const std::vector<FrameArray>& arrays, std::string_view element) {
  std::string text =
      fmt::format("    <{}{}>\n", element,
                  arrays.empty() ? "" : fmt::format(" Scalars=\"{}\"", arrays.front().name));
  for (const FrameArray& array : arrays) {
    text += fmt::format("      <PDataArray type=\"{}\" Name=\"{}\"/>\n",
                        type_names[array.values.index()], array.name);
  }
  return text + fmt::format("    </{}>\n", element);
}

std::string file_start(std::string_view type) {
  return fmt::format(
      "<?xml version=\"1.0\"?>\n<VTKFile type=\"{}\" version=\"1.0\" byte_order=\"{}\" "
      "header_type=\"UInt64\">\n",
      type, std::endian::native == std::endian::little ? "LittleEndian" : "BigEndian");
}

std::string image_header(const ImagePiece& like, const Box& whole, const std::vector<Box>& slabs,
                         const std::vector<std::string>& sources) {
  std::string text = file_start("PImageData");
  text += fmt::format("  <PImageData {}>\n", image_attributes(like, whole));
  text += array_list(like.arrays, "PCellData");
  for (std::size_t piece = 0; piece < sources.size(); ++piece) {
    const auto& [lo, hi] = slabs[piece];
    text += fmt::format("    <Piece Extent=\"{} {} {} {} {} {}\" Source=\"{}\"/>\n", lo.x, hi.x,
                        lo.y, hi.y, lo.z, hi.z, sources[piece]);
  }
  return text + "  </PImageData>\n</VTKFile>\n";
}

std::string point_header(const PointPiece& like, const std::vector<std::string>& sources) {
  std::string text = file_start("PPolyData");
  text += "  <PPolyData GhostLevel=\"0\">\n";
  text += array_list(like.arrays, "PPointData");
  text +=
      "    <PPoints>\n      <PDataArray type=\"Float32\" Name=\"Points\" "
      "NumberOfComponents=\"3\"/>\n    </PPoints>\n";
  for (const std::string& source : sources) {
    text += fmt::format("    <Piece Source=\"{}\"/>\n", source);
  }
  return text + "  </PPolyData>\n</VTKFile>\n";
}

}  // namespace

double time_days(std::int64_t step) { return static_cast<double>(step) / 24.0; }

std::string digest_text(std::uint64_t digest) { return fmt::format("{:016x}", digest); }

void write_piece(const std::filesystem::path& path, const Piece& piece, const FrameFacts& facts,
                 Compression compression) {
  const auto data = std::visit([](const auto& p) { return data_set(p); }, piece);
  const auto writer = std::visit([](const auto& p) { return writer_for(p); }, piece);
  attach_facts(facts, data->GetFieldData());
  writer->SetInputData(data);
  // Not to the file: when a disk is full, VTK 9.1 frees pointers that it has never set.
  writer->WriteToOutputStringOn();
  // Not appended: ParaView 5.11 cannot read that with the expat of an updated Debian 12.
  writer->SetDataModeToBinary();
  writer->SetHeaderTypeToUInt64();
  writer->SetIdTypeToInt64();
  if (compression == Compression::zlib) {
    writer->SetCompressorTypeToZLib();
  } else {
    writer->SetCompressorTypeToNone();
  }
  VtkMessages messages;
  std::string reason;
  try {
    if (writer->Write() == 1 && !messages.failed()) {
      write_file_durably(path, writer->GetOutputString());
      return;
    }
    reason = error_name(*writer);
  } catch (const std::bad_alloc&) {
    reason = "not enough memory";
  }
  throw Failure(ExitCode::files, fmt::format("cannot write '{}': {}", path.string(),
                                             reason.empty() ? messages.text() : reason));
}

std::string pieces_header(const Piece& like, const Box& whole, const std::vector<Box>& slabs,
                          const std::vector<std::string>& sources) {
  if (const auto* image = std::get_if<ImagePiece>(&like)) {
    return image_header(*image, whole, slabs, sources);
  }
  return point_header(std::get<PointPiece>(like), sources);
}

}  // namespace marrow::io
