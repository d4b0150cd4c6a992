// SPDX-License-Identifier: BSD-3-Clause
#include "io/vtk/frame_read.hpp"

#include "core/model/failure.hpp"
#include "core/model/parameters.hpp"
#include "io/vtk/vtk_messages.hpp"

#include <fmt/format.h>
#include <vtkCellData.h>
#include <vtkDataArray.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkXMLImageDataReader.h>
#include <vtkXMLPImageDataReader.h>
#include <vtkXMLPPolyDataReader.h>
#include <vtkXMLPolyDataReader.h>

#include <cmath>
#include <limits>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& file, const std::string& why) {
  throw Failure(ExitCode::files, fmt::format("frame '{}' cannot be read: {}", file.string(), why));
}

/// Runs one of VTK's readers over the whole file and hands its output on.
template <class Reader, class Use>
void read_with(const fs::path& file, Use use) {
  const VtkMessages messages;
  vtkNew<Reader> reader;
  reader->SetFileName(file.c_str());
  reader->Update();
  if (messages.failed() || reader->GetErrorCode() != 0) refuse(file, messages.text());
  use(*reader->GetOutput());
}

vtkDataArray& array_of(vtkDataSetAttributes& attributes, const char* name, const fs::path& file) {
  vtkDataArray* array = attributes.GetArray(name);
  if (array == nullptr) refuse(file, fmt::format("it has no array '{}'", name));
  return *array;
}

std::vector<CellPoint> cells_of(vtkPolyData& points, const fs::path& file) {
  std::vector<CellPoint> cells(static_cast<std::size_t>(points.GetNumberOfPoints()));
  vtkPointData& data = *points.GetPointData();
  if (cells.empty()) return cells;
  const auto each = [&](const char* name, auto set) {
    vtkDataArray& array = array_of(data, name, file);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      set(cells[i], array.GetComponent(static_cast<vtkIdType>(i), 0));
    }
  };
  const auto whole = [&]<class T>(const char* name, T CellPoint::*member, double highest) {
    each(name, [&](CellPoint& cell, double value) {
      if (!(value >= 0.0 && value <= highest))
        refuse(file, fmt::format("it has a cell with {} {}, which cannot be", name, value));
      cell.*member = static_cast<T>(value);
    });
  };
  const auto real = [&](const char* name, float CellPoint::*member) {
    each(name, [&](CellPoint& cell, double value) { cell.*member = static_cast<float>(value); });
  };
  whole("cell_state", &CellPoint::state, static_cast<double>(CellState::memory));
  whole("genotype", &CellPoint::genotype, genotype_classes - 1);
  whole("kills", &CellPoint::kills, std::numeric_limits<std::uint8_t>::max());
  whole("clone", &CellPoint::clone, CellRecord::max_clone);
  whole("founder", &CellPoint::founder, std::numeric_limits<std::uint32_t>::max());
  whole("site", &CellPoint::site, 0x1p53);  // VTK hands out doubles
  real("clone_age_d", &CellPoint::clone_age_d);
  real("presentation", &CellPoint::presentation);
  real("timer_h", &CellPoint::timer_h);
  return cells;
}

BlockFrame blocks_of(vtkImageData& image, const std::string& name, const fs::path& file) {
  std::array<int, 6> nodes{};
  image.GetExtent(nodes.data());
  const double edge_um = image.GetSpacing()[0];
  const double* origin_um = image.GetOrigin();
  const auto first = [&](int axis) {
    return static_cast<std::int64_t>(std::llround(origin_um[axis] / edge_um)) + nodes[2 * axis];
  };
  const auto count = [&](int axis) { return nodes[2 * axis + 1] - nodes[2 * axis]; };
  const Index3 lo{first(0), first(1), first(2)};
  BlockFrame frame{{lo, lo + Index3{count(0), count(1), count(2)}}, {}};
  vtkDataArray& array = array_of(*image.GetCellData(), name.c_str(), file);
  if (array.GetNumberOfTuples() != frame.blocks.volume()) refuse(file, "blocks are missing");
  for (vtkIdType i = 0; i < array.GetNumberOfTuples(); ++i) {
    frame.values.push_back(static_cast<float>(array.GetComponent(i, 0)));
  }
  return frame;
}

}  // namespace

std::vector<CellPoint> read_cell_frame(const fs::path& main_file) {
  std::vector<CellPoint> cells;
  const auto take = [&](vtkPolyData& points) { cells = cells_of(points, main_file); };
  if (main_file.extension() == ".pvtp") {
    read_with<vtkXMLPPolyDataReader>(main_file, take);
  } else {
    read_with<vtkXMLPolyDataReader>(main_file, take);
  }
  return cells;
}

BlockFrame read_block_frame(const fs::path& main_file, const std::string& name) {
  BlockFrame frame;
  const auto take = [&](vtkImageData& image) { frame = blocks_of(image, name, main_file); };
  if (main_file.extension() == ".pvti") {
    read_with<vtkXMLPImageDataReader>(main_file, take);
  } else {
    read_with<vtkXMLImageDataReader>(main_file, take);
  }
  return frame;
}

}  // namespace marrow::io
