// SPDX-License-Identifier: BSD-3-Clause
// Frames written by several ranks and read back by VTK's own readers; their bytes must be those
// that one rank writes.
#include "parallel/communicator.hpp"
#include "tests/mpi/frames_data.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>
#include <mpi.h>
#include <vtkCellData.h>
#include <vtkDataArray.h>
#include <vtkFieldData.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkStringArray.h>
#include <vtkXMLImageDataReader.h>
#include <vtkXMLPImageDataReader.h>
#include <vtkXMLPPolyDataReader.h>
#include <vtkXMLPolyDataReader.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;
using parallel::Communicator;

template <class Single, class Several, class Check>
void read(const fs::path& path, Check check) {
  const auto go = [&](auto& reader) {
    reader.SetFileName(path.c_str());
    reader.Update();
    EXPECT_EQ(reader.GetErrorCode(), 0U);
    check(*reader.GetOutput());
  };
  if (path.extension().string().starts_with(".p")) {
    vtkNew<Several> reader;
    go(*reader);
  } else {
    vtkNew<Single> reader;
    go(*reader);
  }
}

struct Layout {
  std::optional<Box> crop;
  std::int64_t stride = 1;
  std::int64_t pieces = 1;
};

class FramesTest : public testing::TestWithParam<Layout> {
 protected:
  FramesTest() {
    parameters.crop_voxels = GetParam().crop;
    parameters.stride = GetParam().stride;
    parameters.pieces = GetParam().pieces;
  }
  [[nodiscard]] fs::path main_file(const std::string& stem, const std::string& ending,
                                   std::int64_t layers) const {
    const bool several = std::min(parameters.pieces, layers) > 1;
    return directory.path() / (stem + (several ? ".p" : ".") + ending);
  }
  Communicator comm{MPI_COMM_WORLD};
  test::TemporaryDirectory directory{comm};
  FrameParameters parameters;
};

void check_facts(vtkFieldData& fields, double days) {
  ASSERT_NE(fields.GetArray("TimeValue"), nullptr);
  EXPECT_EQ(fields.GetArray("TimeValue")->GetComponent(0, 0), days);
  auto* digest = vtkStringArray::SafeDownCast(fields.GetAbstractArray("digest"));
  ASSERT_NE(digest, nullptr);
  EXPECT_EQ(digest->GetValue(0), "0123456789abcdef");
  auto* name = vtkStringArray::SafeDownCast(fields.GetAbstractArray("scenario"));
  ASSERT_NE(name, nullptr);
  EXPECT_EQ(name->GetValue(0), "frames test");
}

/// The value of each cell is that of the voxel at the cell's centre in um.
void check_tissue(vtkImageData& image, const FrameGrid& grid) {
  ASSERT_EQ(image.GetNumberOfCells(), volume(grid.cells));
  vtkDataArray* kind = image.GetCellData()->GetArray("tissue");
  vtkDataArray* reveal = image.GetCellData()->GetArray("adipocyte_reveal");
  ASSERT_NE(kind, nullptr);
  ASSERT_NE(reveal, nullptr);
  EXPECT_EQ(kind->GetDataType(), VTK_UNSIGNED_CHAR);
  for (vtkIdType cell = 0; cell < image.GetNumberOfCells(); ++cell) {
    double b[6];
    image.GetCellBounds(cell, b);
    const auto voxel = [&](int axis, std::int64_t last) {
      return std::min(static_cast<std::int64_t>((b[2 * axis] + b[2 * axis + 1]) / 2 / 10.0),
                      last - 1);
    };
    const Index3 p{voxel(0, grid.crop.hi.x), voxel(1, grid.crop.hi.y), voxel(2, grid.crop.hi.z)};
    ASSERT_EQ(kind->GetComponent(cell, 0), kind_at(p)) << cell;
    ASSERT_EQ(reveal->GetComponent(cell, 0), reveal_at(p)) << cell;
  }
  check_facts(*image.GetFieldData(), 0.0);
}

void check_cells(vtkPolyData& points, const Box& crop) {
  std::vector<Index3> expected;
  for_each(crop, [&](const Index3& p) {
    if (has_cell(p)) expected.push_back(p);
  });
  ASSERT_EQ(points.GetNumberOfPoints(), static_cast<vtkIdType>(expected.size()));
  EXPECT_EQ(points.GetNumberOfVerts(), points.GetNumberOfPoints());
  const auto value = [&](const char* name, std::size_t i) {
    vtkDataArray* array = points.GetPointData()->GetArray(name);
    return array == nullptr ? -1.0 : array->GetComponent(static_cast<vtkIdType>(i), 0);
  };
  for (std::size_t i = 0; i < expected.size(); ++i) {  // in ascending site order over all pieces
    const CellPoint cell = cell_at(expected[i]);
    ASSERT_EQ(value("site", i), static_cast<double>(cell.site));
    ASSERT_EQ(value("cell_state", i), static_cast<double>(cell.state));
    ASSERT_EQ(value("cell_kind", i), cell.state <= CellState::apoptotic ? 1.0 : 2.0);
    ASSERT_EQ(value("clone_age_d", i), cell.clone_age_d);
    ASSERT_EQ(value("clone", i), cell.clone);
    ASSERT_EQ(value("founder", i), cell.founder);
    ASSERT_EQ(value("genotype", i), cell.genotype);
    ASSERT_EQ(value("presentation", i), cell.presentation);
    ASSERT_EQ(value("timer_h", i), cell.timer_h);
    ASSERT_EQ(value("kills", i), cell.kills);
    const double* at = points.GetPoint(static_cast<vtkIdType>(i));
    ASSERT_EQ(at[0], static_cast<double>(expected[i].x) * 10 + 5);
    ASSERT_EQ(at[1], static_cast<double>(expected[i].y) * 10 + 5);
    ASSERT_EQ(at[2], static_cast<double>(expected[i].z) * 10 + 5);
  }
  check_facts(*points.GetFieldData(), 1.5);
}

void check_fields(vtkImageData& image, const FrameGrid& grid) {
  ASSERT_EQ(image.GetNumberOfCells(), volume(grid.cells));
  EXPECT_EQ(image.GetSpacing()[0], 160.0);
  const char* names[] = {"cellularity", "fat", "hematopoiesis"};
  for (std::size_t column = 0; column < 3; ++column) {
    vtkDataArray* values = image.GetCellData()->GetArray(names[column]);
    ASSERT_NE(values, nullptr);
    for (vtkIdType cell = 0; cell < image.GetNumberOfCells(); ++cell) {
      double b[6];
      image.GetCellBounds(cell, b);
      const Index3 block{static_cast<std::int64_t>(b[0] / 160 + 0.5),
                         static_cast<std::int64_t>(b[2] / 160 + 0.5),
                         static_cast<std::int64_t>(b[4] / 160 + 0.5)};
      ASSERT_EQ(values->GetComponent(cell, 0), column_at(block, column));
    }
  }
  check_facts(*image.GetFieldData(), 1.5);
}

/// The level of each frame cell is that of the signal cell at its centre in um.
void check_signals(vtkImageData& image, const FrameGrid& grid) {
  ASSERT_EQ(image.GetNumberOfCells(), volume(grid.cells));
  EXPECT_EQ(image.GetSpacing()[0], grid.spacing_um);
  const char* names[] = {"ifn_gamma_level", "tnf_alpha_level"};
  for (std::size_t column = 0; column < 2; ++column) {
    vtkDataArray* values = image.GetCellData()->GetArray(names[column]);
    ASSERT_NE(values, nullptr);
    for (vtkIdType i = 0; i < image.GetNumberOfCells(); ++i) {
      double b[6];
      image.GetCellBounds(i, b);
      const auto cell = [&](int axis, std::int64_t last) {
        return std::min(static_cast<std::int64_t>((b[2 * axis] + b[2 * axis + 1]) / 2 / 20.0),
                        last - 1);
      };
      const Index3 at{cell(0, grid.crop.hi.x), cell(1, grid.crop.hi.y), cell(2, grid.crop.hi.z)};
      ASSERT_EQ(values->GetComponent(i, 0), level_at(at, column)) << i;
    }
  }
  check_facts(*image.GetFieldData(), 1.5);
}

void check_niches(vtkPolyData& points, const Box& crop) {
  std::vector<Niche> expected = niches();
  std::erase_if(expected, [&](const Niche& n) { return !crop.contains(lattice.position(n.site)); });
  ASSERT_EQ(points.GetNumberOfPoints(), static_cast<vtkIdType>(expected.size()));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto at = static_cast<vtkIdType>(i);
    vtkPointData& data = *points.GetPointData();
    ASSERT_EQ(data.GetArray("site")->GetComponent(at, 0), static_cast<double>(expected[i].site));
    ASSERT_EQ(data.GetArray("niche_type")->GetComponent(at, 0),
              static_cast<double>(expected[i].type));
    ASSERT_EQ(data.GetArray("bone_distance_um")->GetComponent(at, 0),
              expected[i].bone_distance_voxels * 10.0);
  }
}

TEST_P(FramesTest, AreReadBackByVtk) {
  FrameWriter writer(comm, directory.path(), parameters, lattice, {"frames test"});
  write_all(writer, share_of(comm));
  comm.barrier();
  const FrameGrid voxels = voxel_grid(lattice, parameters.crop_voxels, parameters.stride);
  const FrameGrid blocks = block_grid(lattice, parameters.crop_voxels);
  const std::int64_t layers = voxels.crop.extent().z;
  read<vtkXMLImageDataReader, vtkXMLPImageDataReader>(
      main_file("tissue", "vti", voxels.cells.z),
      [&](vtkImageData& i) { check_tissue(i, voxels); });
  read<vtkXMLPolyDataReader, vtkXMLPPolyDataReader>(
      main_file("niches", "vtp", layers), [&](vtkPolyData& p) { check_niches(p, voxels.crop); });
  read<vtkXMLPolyDataReader, vtkXMLPPolyDataReader>(
      main_file("cells_000000036", "vtp", layers),
      [&](vtkPolyData& p) { check_cells(p, voxels.crop); });
  read<vtkXMLImageDataReader, vtkXMLPImageDataReader>(
      main_file("fields_000000036", "vti", blocks.cells.z),
      [&](vtkImageData& i) { check_fields(i, blocks); });
  const FrameGrid signals =
      signal_grid(lattice, parameters.crop_voxels, parameters.stride, voxels_per_signal_cell);
  read<vtkXMLImageDataReader, vtkXMLPImageDataReader>(
      main_file("signals_000000036", "vti", signals.cells.z),
      [&](vtkImageData& i) { check_signals(i, signals); });
}

TEST_P(FramesTest, HaveTheBytesThatOneRankWrites) {
  FrameWriter writer(comm, directory.path() / "many", parameters, lattice, {"frames test"});
  write_all(writer, share_of(comm));
  comm.barrier();
  if (comm.is_root()) {
    const Communicator alone(MPI_COMM_SELF);
    FrameWriter one(alone, directory.path() / "one", parameters, lattice, {"frames test"});
    write_all(one, share_of(alone));
    const auto many_files = files_in(directory.path() / "many");
    EXPECT_GE(many_files.size(), 10U);
    EXPECT_TRUE(many_files == files_in(directory.path() / "one"));
  }
}

INSTANTIATE_TEST_SUITE_P(Layouts, FramesTest,
                         testing::Values(Layout{std::nullopt, 1, 1}, Layout{std::nullopt, 1, 3},
                                         Layout{std::nullopt, 4, 2},
                                         Layout{Box{{5, 3, 17}, {50, 33, 40}}, 1, 5},
                                         Layout{Box{{5, 3, 17}, {50, 33, 40}}, 3, 2},
                                         Layout{Box{{20, 20, 20}, {21, 21, 21}}, 1, 4},
                                         Layout{std::nullopt, 7, 100}));

}  // namespace
}  // namespace marrow::io
