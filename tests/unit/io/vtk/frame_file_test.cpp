// SPDX-License-Identifier: BSD-3-Clause
// Pieces and headers, written by us and read back by VTK's own readers.
#include "io/vtk/frame_file.hpp"

#include "core/model/failure.hpp"
#include "io/vtk/files.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/io/vtk/file_bytes.hpp"
#include "tests/unit/io/vtk/file_size_limit.hpp"

#include <gtest/gtest.h>
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

namespace marrow::io {
namespace {

const FrameFacts facts{
    36, 0x00ab12ULL, {"a <scenario> & \"more\"", {{"hla_lacking", 1}, {"pnh", 2}}}};

float value_at(const Index3& cell) {
  return static_cast<float>(cell.x * 10000 + cell.y * 100 + cell.z);
}

ImagePiece numbered(const Box& cells) {
  ImagePiece piece{cells, {100, 200, 300}, 20.0, {}};
  std::vector<std::uint8_t> bytes;
  std::vector<float> reals;
  for (std::int64_t z = cells.lo.z; z < cells.hi.z; ++z) {
    for (std::int64_t y = cells.lo.y; y < cells.hi.y; ++y) {
      for (std::int64_t x = cells.lo.x; x < cells.hi.x; ++x) {
        bytes.push_back(static_cast<std::uint8_t>(x + 3 * y + 7 * z));
        reals.push_back(value_at({x, y, z}));
      }
    }
  }
  piece.arrays = {{"kind", bytes}, {"amount", reals}};
  return piece;
}

void expect_numbered(vtkImageData& image, const Index3& extent) {
  int cells[3];
  image.GetDimensions(cells);
  EXPECT_EQ((Index3{cells[0] - 1, cells[1] - 1, cells[2] - 1}), extent);
  EXPECT_EQ(image.GetOrigin()[1], 200.0);
  EXPECT_EQ(image.GetSpacing()[2], 20.0);
  EXPECT_STREQ(image.GetCellData()->GetScalars()->GetName(), "kind");
  EXPECT_EQ(image.GetCellData()->GetArray("kind")->GetDataType(), VTK_UNSIGNED_CHAR);
  vtkDataArray* amount = image.GetCellData()->GetArray("amount");
  ASSERT_NE(amount, nullptr);
  ASSERT_EQ(amount->GetNumberOfTuples(), volume(extent));
  const Box box{{0, 0, 0}, extent};
  for (std::int64_t z = 0; z < extent.z; ++z) {
    for (std::int64_t y = 0; y < extent.y; ++y) {
      for (std::int64_t x = 0; x < extent.x; ++x) {
        ASSERT_EQ(amount->GetComponent(offset_in(box, {x, y, z}), 0), value_at({x, y, z}));
      }
    }
  }
}

void expect_facts(vtkFieldData& fields) {
  ASSERT_NE(fields.GetArray("TimeValue"), nullptr);
  EXPECT_EQ(fields.GetArray("TimeValue")->GetComponent(0, 0), 1.5);
  EXPECT_EQ(fields.GetArray("step")->GetComponent(0, 0), 36.0);
  const auto text = [&](const char* name, int at = 0) {
    auto* array = vtkStringArray::SafeDownCast(fields.GetAbstractArray(name));
    return array == nullptr ? std::string() : std::string(array->GetValue(at));
  };
  EXPECT_EQ(text("founders", 0), "normal");
  EXPECT_EQ(text("founders", 1), "hla_lacking");
  EXPECT_EQ(text("founders", 2), "pnh");
  vtkDataArray* genotypes = fields.GetArray("founder_genotypes");
  ASSERT_NE(genotypes, nullptr);
  ASSERT_EQ(genotypes->GetNumberOfTuples(), 3);
  EXPECT_EQ(genotypes->GetComponent(2, 0), 2.0);
  EXPECT_EQ(text("digest"), "000000000000ab12");
  EXPECT_EQ(text("scenario"), "a <scenario> & \"more\"");
}

PointPiece three_points() {
  PointPiece piece;
  piece.xyz_um = {5, 15, 25, 35, 45, 55, 65, 75, 85};
  piece.arrays = {{"cell_kind", std::vector<std::uint8_t>{1, 3, 4}},
                  {"clock", std::vector<std::uint16_t>{0, 6, 65535}},
                  {"clone", std::vector<std::uint32_t>{0, 16777215, 2}},
                  {"site", std::vector<std::uint64_t>{1, 2, std::uint64_t{1} << 47}},
                  {"presentation", std::vector<float>{1.0F, 0.25F, 0.0F}}};
  return piece;
}

class FrameFiles : public testing::TestWithParam<Compression> {
 protected:
  [[nodiscard]] std::filesystem::path path(const char* name) const {
    return directory_.path() / name;
  }
  test::TemporaryDirectory directory_;
};

TEST_P(FrameFiles, ImageIsReadBackByVtk) {
  write_piece(path("a.vti"), numbered({{0, 0, 0}, {7, 5, 3}}), facts, GetParam());
  vtkNew<vtkXMLImageDataReader> reader;
  reader->SetFileName(path("a.vti").c_str());
  reader->Update();
  expect_numbered(*reader->GetOutput(), {7, 5, 3});
  expect_facts(*reader->GetOutput()->GetFieldData());
}

TEST_P(FrameFiles, SeveralImagePiecesAreReadBackAsOne) {
  const Box whole{{0, 0, 0}, {7, 5, 6}};
  const std::vector<Box> slabs = {
      {{0, 0, 0}, {7, 5, 1}}, {{0, 0, 1}, {7, 5, 4}}, {{0, 0, 4}, {7, 5, 6}}};
  const std::vector<std::string> names = {"a0.vti", "a1.vti", "a2.vti"};
  for (std::size_t i = 0; i < 3; ++i) {
    write_piece(path(names[i].c_str()), numbered(slabs[i]), facts, GetParam());
  }
  replace_text(path("a.pvti"), pieces_header(numbered(slabs[0]), whole, slabs, names));
  vtkNew<vtkXMLPImageDataReader> reader;
  reader->SetFileName(path("a.pvti").c_str());
  reader->Update();
  expect_numbered(*reader->GetOutput(), {7, 5, 6});
  expect_facts(*reader->GetOutput()->GetFieldData());
}

TEST_P(FrameFiles, PointsAreReadBackWithOneVertexEach) {
  write_piece(path("p.vtp"), three_points(), facts, GetParam());
  vtkNew<vtkXMLPolyDataReader> reader;
  reader->SetFileName(path("p.vtp").c_str());
  reader->Update();
  vtkPolyData& points = *reader->GetOutput();
  ASSERT_EQ(points.GetNumberOfPoints(), 3);
  EXPECT_EQ(points.GetNumberOfVerts(), 3);
  EXPECT_EQ(points.GetPoint(1)[2], 55.0);
  vtkPointData& data = *points.GetPointData();
  EXPECT_EQ(data.GetArray("clock")->GetComponent(2, 0), 65535.0);
  EXPECT_EQ(data.GetArray("clone")->GetDataType(), VTK_UNSIGNED_INT);
  EXPECT_EQ(data.GetArray("clone")->GetComponent(1, 0), 16777215.0);
  EXPECT_EQ(data.GetArray("site")->GetComponent(2, 0), 140737488355328.0);
  EXPECT_EQ(data.GetArray("presentation")->GetComponent(1, 0), 0.25);
  expect_facts(*points.GetFieldData());
}

TEST_P(FrameFiles, EmptyPiecesOfPointsJoin) {
  PointPiece none = three_points();
  none.xyz_um.clear();
  for (FrameArray& array : none.arrays)
    std::visit([](auto& values) { values.clear(); }, array.values);
  write_piece(path("p0.vtp"), none, facts, GetParam());
  write_piece(path("p1.vtp"), three_points(), facts, GetParam());
  write_piece(path("p2.vtp"), none, facts, GetParam());
  replace_text(path("p.pvtp"), pieces_header(none, {}, {}, {"p0.vtp", "p1.vtp", "p2.vtp"}));
  vtkNew<vtkXMLPPolyDataReader> reader;
  reader->SetFileName(path("p.pvtp").c_str());
  reader->Update();
  EXPECT_EQ(reader->GetOutput()->GetNumberOfPoints(), 3);
  EXPECT_EQ(reader->GetOutput()->GetNumberOfVerts(), 3);
  EXPECT_EQ(reader->GetOutput()->GetPointData()->GetNumberOfArrays(), 5);
  vtkNew<vtkXMLPolyDataReader> single;
  single->SetFileName(path("p0.vtp").c_str());
  single->Update();
  EXPECT_EQ(single->GetOutput()->GetNumberOfPoints(), 0);
  EXPECT_EQ(single->GetErrorCode(), 0U);
}

/// With the expat of an updated Debian 12, ParaView 5.11 cannot read appended data.
TEST_P(FrameFiles, HoldTheirDataInlineWith64BitHeaders) {
  write_piece(path("a.vti"), numbered({{0, 0, 0}, {7, 5, 3}}), facts, GetParam());
  const std::string text = contents(path("a.vti"));
  EXPECT_NE(text.find("header_type=\"UInt64\""), std::string::npos);
  EXPECT_EQ(text.find("AppendedData"), std::string::npos);
  EXPECT_NE(text.find("format=\"binary\""), std::string::npos);
  EXPECT_EQ(text.find("compressor") != std::string::npos, GetParam() == Compression::zlib);
}

INSTANTIATE_TEST_SUITE_P(Both, FrameFiles, testing::Values(Compression::none, Compression::zlib),
                         [](const auto& tested) {
                           return tested.param == Compression::zlib ? "zlib" : "none";
                         });

/// The limit falls at many places of the file; none of them may pass for success.
TEST(FrameFilesOnAFullDisk, FailWithoutAWordOnTheTerminal) {
  const test::TemporaryDirectory directory;
  const auto path = directory.path() / "a.vti";
  const ImagePiece piece = numbered({{0, 0, 0}, {40, 40, 40}});
  write_piece(path, piece, facts, Compression::none);
  const auto whole = std::filesystem::file_size(path);
  for (const rlim_t limit : {rlim_t{0}, rlim_t{100}, rlim_t{5000}, rlim_t{100000},
                             rlim_t{whole - 30}, rlim_t{whole - 1}}) {
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    std::string reason;
    try {
      const FileSizeLimit full(limit);
      write_piece(path, piece, facts, Compression::none);
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.code(), ExitCode::files);
      reason = failure.what();
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
    EXPECT_NE(reason.find(path.string()), std::string::npos) << limit << ": " << reason;
  }
}

TEST(FrameFilesOnAFullDisk, TextsFailAndKeepTheOldOne) {
  const test::TemporaryDirectory directory;
  const auto path = directory.path() / "a.pvd";
  replace_text(path, "old");
  {
    const FileSizeLimit full(10);
    EXPECT_THROW(replace_text(path, std::string(100, 'x')), Failure);
  }
  EXPECT_EQ(contents(path), "old");
  EXPECT_FALSE(std::filesystem::exists(partial_name(path)));
}

TEST(FrameFilesInAMissingDirectory, SayWhere) {
  try {
    write_piece("/nonexistent/a.vti", numbered({{0, 0, 0}, {2, 2, 2}}), facts, Compression::none);
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_NE(std::string(failure.what()).find("/nonexistent/a.vti"), std::string::npos);
  }
}

}  // namespace
}  // namespace marrow::io
