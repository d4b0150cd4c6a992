// SPDX-License-Identifier: BSD-3-Clause
// Frames written by several ranks and read back by VTK's own readers. Each value is a function of its
// global position, so that every misplaced voxel shows; the bytes must be those that one rank writes.
#include <gtest/gtest.h>
#include <mpi.h>
#include <sys/resource.h>

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
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "core/model/failure.hpp"
#include "io/vtk/frame_writer.hpp"
#include "parallel/communicator.hpp"
#include "tests/support/temporary_directory.hpp"

namespace marrow::io {
namespace {

namespace fs = std::filesystem;
using parallel::Communicator;

const Lattice lattice{{53, 37, 45}, false, 10.0};
constexpr FrameStamp stamp{36, 0x0123456789abcdefULL};

std::uint8_t kind_at(const Index3& p) { return static_cast<std::uint8_t>((p.x + 2 * p.y + 3 * p.z) % 5); }
std::uint8_t reveal_at(const Index3& p) {
  return static_cast<std::uint8_t>((7 * p.x + 11 * p.y + 13 * p.z) % 251);
}
float column_at(const Index3& block, std::size_t column) {
  return static_cast<float>(block.x * 100 + block.y * 10 + block.z) + 0.25F * static_cast<float>(column);
}

/// Part `rank` of `ranks` unequal parts, cut along any axis at any voxel.
Box part_of(Box box, int rank, int ranks) {
  while (ranks > 1) {
    const int left = (ranks + 1) / 2;
    const Index3 e = box.extent();
    std::int64_t Index3::*axis = e.x >= e.y && e.x >= e.z ? &Index3::x : e.y >= e.z ? &Index3::y : &Index3::z;
    const std::int64_t cut = box.lo.*axis + e.*axis * left / ranks + 1;
    if (rank < left) {
      box.hi.*axis = cut;
      ranks = left;
    } else {
      box.lo.*axis = cut;
      rank -= left;
      ranks -= left;
    }
  }
  return box;
}

template <class Visit>
void for_each(const Box& box, Visit visit) {
  for (std::int64_t z = box.lo.z; z < box.hi.z; ++z) {
    for (std::int64_t y = box.lo.y; y < box.hi.y; ++y) {
      for (std::int64_t x = box.lo.x; x < box.hi.x; ++x) visit(Index3{x, y, z});
    }
  }
}

bool has_cell(const Index3& p) { return (p.x * 31 + p.y * 17 + p.z * 7) % 23 == 0; }

CellPoint cell_at(const Index3& p) {
  CellPoint cell;
  cell.site = lattice.site(p);
  cell.kind = static_cast<CellState>(1 + (p.x + p.y) % 4);
  cell.genotype = static_cast<std::uint8_t>(p.z % 8);
  cell.kills = static_cast<std::uint8_t>(p.x);
  cell.clock = static_cast<std::uint16_t>(p.y * 1000);
  cell.clone = static_cast<std::uint32_t>(p.x * p.y * 300);
  cell.founder = static_cast<std::uint32_t>(p.z);
  cell.presentation = static_cast<float>(p.x) / 64.0F;
  return cell;
}

std::vector<Niche> niches() {
  std::vector<Niche> table;
  for_each(lattice.box(), [&](const Index3& p) {
    if ((p.x + 5 * p.y + 3 * p.z) % 97 != 0) return;
    table.push_back({lattice.site(p), static_cast<NicheType>(p.x % 3), static_cast<std::uint8_t>(p.z)});
  });
  return table;
}

/// Everything that `box` holds, and one writer's calls with it.
struct Share {
  TissueBox tissue;
  std::vector<std::uint8_t> reveal;
  std::vector<CellPoint> cells;
  std::vector<std::uint64_t> blocks;
  std::vector<std::vector<float>> columns{3};

  Share(const Box& box, const Box& block_box) : tissue{box, {}} {
    for_each(box, [&](const Index3& p) {
      tissue.kind.push_back(kind_at(p));
      reveal.push_back(reveal_at(p));
      if (has_cell(p)) cells.push_back(cell_at(p));
    });
    std::reverse(cells.begin(), cells.end());  // the order of the input must not matter
    const BlockGrid grid(lattice.extent);
    for_each(block_box, [&](const Index3& b) {
      blocks.push_back(static_cast<std::uint64_t>(grid.index(b)));
      for (std::size_t i = 0; i < 3; ++i) columns[i].push_back(column_at(b, i));
    });
  }
};

Share share_of(const Communicator& comm) {
  return {part_of(lattice.box(), comm.rank(), comm.size()),
          part_of(BlockGrid(lattice.extent).box(), comm.rank(), comm.size())};
}

void write_all(FrameWriter& writer, const Share& share) {
  EXPECT_EQ(writer.write_tissue(stamp.digest, share.tissue, share.reveal).failure, "");
  EXPECT_EQ(writer.write_niches(stamp.digest, niches()).failure, "");
  EXPECT_EQ(writer.write_cells(stamp, share.cells).failure, "");
  const std::vector<BlockColumn> columns = {{"cellularity", share.columns[0]},
                                            {"fat", share.columns[1]},
                                            {"hematopoiesis", share.columns[2]}};
  const FrameResult fields = writer.write_fields(stamp, share.blocks, columns);
  EXPECT_EQ(fields.failure, "");
  EXPECT_GT(fields.bytes, 0);
}

std::map<std::string, std::string> files_in(const fs::path& directory) {
  std::map<std::string, std::string> files;
  if (!fs::exists(directory)) return files;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    files[entry.path().filename().string()] = {std::istreambuf_iterator<char>(file), {}};
  }
  return files;
}

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
      return std::min(static_cast<std::int64_t>((b[2 * axis] + b[2 * axis + 1]) / 2 / 10.0), last - 1);
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
    ASSERT_EQ(value("cell_kind", i), static_cast<double>(cell.kind));
    ASSERT_EQ(value("clone", i), cell.clone);
    ASSERT_EQ(value("founder", i), cell.founder);
    ASSERT_EQ(value("genotype", i), cell.genotype);
    ASSERT_EQ(value("presentation", i), cell.presentation);
    ASSERT_EQ(value("clock", i), cell.clock);
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

void check_niches(vtkPolyData& points, const Box& crop) {
  std::vector<Niche> expected = niches();
  std::erase_if(expected, [&](const Niche& n) { return !crop.contains(lattice.position(n.site)); });
  ASSERT_EQ(points.GetNumberOfPoints(), static_cast<vtkIdType>(expected.size()));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto at = static_cast<vtkIdType>(i);
    vtkPointData& data = *points.GetPointData();
    ASSERT_EQ(data.GetArray("site")->GetComponent(at, 0), static_cast<double>(expected[i].site));
    ASSERT_EQ(data.GetArray("niche_type")->GetComponent(at, 0), static_cast<double>(expected[i].type));
    ASSERT_EQ(data.GetArray("bone_distance_um")->GetComponent(at, 0),
              expected[i].bone_distance_voxels * 10.0);
  }
}

TEST_P(FramesTest, AreReadBackByVtk) {
  FrameWriter writer(comm, directory.path(), parameters, lattice, "frames test");
  write_all(writer, share_of(comm));
  comm.barrier();
  const FrameGrid voxels = voxel_grid(lattice, parameters.crop_voxels, parameters.stride);
  const FrameGrid blocks = block_grid(lattice, parameters.crop_voxels);
  const std::int64_t layers = voxels.crop.extent().z;
  read<vtkXMLImageDataReader, vtkXMLPImageDataReader>(
      main_file("tissue", "vti", voxels.cells.z), [&](vtkImageData& i) { check_tissue(i, voxels); });
  read<vtkXMLPolyDataReader, vtkXMLPPolyDataReader>(
      main_file("niches", "vtp", layers), [&](vtkPolyData& p) { check_niches(p, voxels.crop); });
  read<vtkXMLPolyDataReader, vtkXMLPPolyDataReader>(
      main_file("cells_000000036", "vtp", layers), [&](vtkPolyData& p) { check_cells(p, voxels.crop); });
  read<vtkXMLImageDataReader, vtkXMLPImageDataReader>(
      main_file("fields_000000036", "vti", blocks.cells.z), [&](vtkImageData& i) { check_fields(i, blocks); });
}

TEST_P(FramesTest, HaveTheBytesThatOneRankWrites) {
  FrameWriter writer(comm, directory.path() / "many", parameters, lattice, "frames test");
  write_all(writer, share_of(comm));
  comm.barrier();
  if (comm.is_root()) {
    const Communicator alone(MPI_COMM_SELF);
    FrameWriter one(alone, directory.path() / "one", parameters, lattice, "frames test");
    write_all(one, share_of(alone));
    const auto many_files = files_in(directory.path() / "many");
    EXPECT_GE(many_files.size(), 8U);
    EXPECT_TRUE(many_files == files_in(directory.path() / "one"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Layouts, FramesTest,
    testing::Values(Layout{std::nullopt, 1, 1}, Layout{std::nullopt, 1, 3}, Layout{std::nullopt, 4, 2},
                    Layout{Box{{5, 3, 17}, {50, 33, 40}}, 1, 5}, Layout{Box{{5, 3, 17}, {50, 33, 40}}, 3, 2},
                    Layout{Box{{20, 20, 20}, {21, 21, 21}}, 1, 4}, Layout{std::nullopt, 7, 100}));

class FrameRunTest : public testing::Test {
 protected:
  Communicator comm{MPI_COMM_WORLD};
  test::TemporaryDirectory directory{comm};
  Share share = share_of(comm);
  FrameParameters parameters;

  void write_cells_at(FrameWriter& writer, std::int64_t step) {
    EXPECT_EQ(writer.write_cells({step, 1}, share.cells).failure, "");
  }
  [[nodiscard]] std::string pvd() const {
    const auto files = files_in(directory.path());
    return files.contains("cells.pvd") ? files.at("cells.pvd") : "";
  }
};

TEST_F(FrameRunTest, ConstructionCreatesNothing) {
  const FrameWriter writer(comm, directory.path() / "frames", parameters, lattice, "x");
  comm.barrier();
  EXPECT_FALSE(fs::exists(directory.path() / "frames"));
}

TEST_F(FrameRunTest, ResumeContinuesTheSeries) {
  parameters.pieces = 2;
  {
    FrameWriter writer(comm, directory.path(), parameters, lattice, "x");
    for (const std::int64_t step : {0, 24, 48, 72}) write_cells_at(writer, step);
  }
  if (comm.is_root()) std::ofstream(directory.path() / "cells_000000096_p0000.vtp.partial") << "half";
  comm.barrier();
  parameters.pieces = 1;  // may change on resume
  FrameWriter writer(comm, directory.path(), parameters, lattice, "x");
  EXPECT_EQ(writer.cut_back(24).failure, "");
  comm.barrier();
  auto files = files_in(directory.path());
  EXPECT_TRUE(files.contains("cells_000000024.pvtp"));
  EXPECT_FALSE(files.contains("cells_000000048.pvtp"));
  EXPECT_FALSE(files.contains("cells_000000048_p0001.vtp"));
  EXPECT_FALSE(files.contains("cells_000000096_p0000.vtp.partial"));
  EXPECT_EQ(pvd().find("000000048"), std::string::npos);
  comm.barrier();
  write_cells_at(writer, 24);
  write_cells_at(writer, 48);
  comm.barrier();
  files = files_in(directory.path());
  EXPECT_FALSE(files.contains("cells_000000024.pvtp"));  // written anew as one file
  EXPECT_FALSE(files.contains("cells_000000024_p0000.vtp"));
  EXPECT_NE(pvd().find("timestep=\"0\" group=\"\" part=\"0\" file=\"cells_000000000.pvtp\""), std::string::npos);
  EXPECT_NE(pvd().find("timestep=\"1\" group=\"\" part=\"0\" file=\"cells_000000024.vtp\""), std::string::npos);
  EXPECT_NE(pvd().find("timestep=\"2\" group=\"\" part=\"0\" file=\"cells_000000048.vtp\""), std::string::npos);
}

/// On one rank only, as a full disk shows itself: no file may grow beyond `bytes`.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

TEST_F(FrameRunTest, AFullDiskOnOneRankLeavesNothingAndTellsAllRanks) {
  parameters.pieces = 4;
  FrameWriter writer(comm, directory.path(), parameters, lattice, "x", Compression::none);
  write_cells_at(writer, 0);
  comm.barrier();
  const auto before = files_in(directory.path());
  comm.barrier();
  FrameResult result;
  {
    const FileSizeLimit limit(comm.rank() == comm.size() - 1 ? 1000 : RLIM_INFINITY);
    result = writer.write_cells({24, 1}, share.cells);
  }
  EXPECT_FALSE(result.ok());
  EXPECT_NE(result.failure.find("cells_000000024"), std::string::npos) << result.failure;
  comm.barrier();
  EXPECT_TRUE(files_in(directory.path()) == before);
  comm.barrier();
  write_cells_at(writer, 48);  // the writer goes on
  comm.barrier();
  EXPECT_NE(pvd().find("cells_000000048"), std::string::npos);
  EXPECT_EQ(pvd().find("cells_000000024"), std::string::npos);
}

TEST_F(FrameRunTest, AHeaderThatCannotBeWrittenTakesItsPiecesAlong) {
  parameters.pieces = 2;
  if (comm.is_root()) fs::create_directories(directory.path() / "cells_000000024.pvtp" / "in the way");
  comm.barrier();
  FrameWriter writer(comm, directory.path(), parameters, lattice, "x");
  const FrameResult result = writer.write_cells({24, 1}, share.cells);
  EXPECT_FALSE(result.ok());
  EXPECT_NE(result.failure.find("cells_000000024.pvtp"), std::string::npos) << result.failure;
  comm.barrier();
  EXPECT_TRUE(files_in(directory.path()).empty());
}

TEST_F(FrameRunTest, AFileInPlaceOfTheDirectoryIsAResultNotAnEnd) {
  if (comm.is_root()) std::ofstream(directory.path() / "frames") << "in the way";
  comm.barrier();
  FrameWriter writer(comm, directory.path() / "frames", parameters, lattice, "x");
  const FrameResult result = writer.write_tissue(1, share.tissue, {});
  EXPECT_FALSE(result.ok());
  EXPECT_NE(result.failure.find("frames"), std::string::npos);
}

TEST_F(FrameRunTest, TissueWithoutReveal) {
  FrameWriter writer(comm, directory.path(), parameters, lattice, "x");
  EXPECT_EQ(writer.write_tissue(1, share.tissue, {}).failure, "");
  comm.barrier();
  vtkNew<vtkXMLImageDataReader> reader;
  reader->SetFileName((directory.path() / "tissue.vti").c_str());
  reader->Update();
  EXPECT_EQ(reader->GetOutput()->GetCellData()->GetNumberOfArrays(), 1);
}

TEST_F(FrameRunTest, RanksWithNothing) {
  parameters.pieces = 3;
  const Share all(lattice.box(), BlockGrid(lattice.extent).box());
  const Share none(Box{}, Box{});
  FrameWriter writer(comm, directory.path() / "many", parameters, lattice, "frames test");
  write_all(writer, comm.rank() == comm.size() - 1 ? all : none);
  comm.barrier();
  if (comm.is_root()) {
    const Communicator alone(MPI_COMM_SELF);
    FrameWriter one(alone, directory.path() / "one", parameters, lattice, "frames test");
    write_all(one, all);
    EXPECT_TRUE(files_in(directory.path() / "many") == files_in(directory.path() / "one"));
  }
}

TEST_F(FrameRunTest, AnIncompleteCoverIsRefused) {
  FrameWriter writer(comm, directory.path(), parameters, lattice, "x");
  Box smaller = lattice.box();
  smaller.hi.x -= 1;
  const Share hole(part_of(smaller, comm.rank(), comm.size()), Box{});
  EXPECT_FALSE(writer.write_tissue(1, hole.tissue, hole.reveal).ok());
  const std::vector<BlockColumn> columns = {{"fat", hole.columns[0]}};
  EXPECT_FALSE(writer.write_fields(stamp, hole.blocks, columns).ok());
  comm.barrier();
  EXPECT_TRUE(files_in(directory.path()).empty());
}

TEST(Exchange, CarriesMessagesInChunks) {
  const Communicator comm(MPI_COMM_WORLD);
  const auto byte_of = [](int from, int to, std::size_t i) {
    return static_cast<std::byte>((static_cast<std::size_t>(from * 7 + to * 13) + i * 3) % 256);
  };
  const auto size_of = [](int from, int to) { return static_cast<std::size_t>((from * 5 + to * 3) % 11) * 100; };
  std::vector<Bytes> outgoing(static_cast<std::size_t>(comm.size()));
  for (int to = 0; to < comm.size(); ++to) {
    for (std::size_t i = 0; i < size_of(comm.rank(), to); ++i) {
      outgoing[static_cast<std::size_t>(to)].push_back(byte_of(comm.rank(), to, i));
    }
  }
  std::vector<int> sources;
  exchange(comm, outgoing, [&](int source, std::span<const std::byte> bytes) {
    sources.push_back(source);
    ASSERT_EQ(bytes.size(), size_of(source, comm.rank()));
    for (std::size_t i = 0; i < bytes.size(); ++i) ASSERT_EQ(bytes[i], byte_of(source, comm.rank(), i));
  }, 64);
  std::vector<int> expected;
  for (int from = 0; from < comm.size(); ++from) {
    if (size_of(from, comm.rank()) > 0) expected.push_back(from);
  }
  EXPECT_EQ(sources, expected);
}

}  // namespace
}  // namespace marrow::io
