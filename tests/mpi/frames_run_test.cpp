// SPDX-License-Identifier: BSD-3-Clause
// A series of frames through the life of a run: resume, full disks, ranks without a share.
#include "io/vtk/exchange.hpp"
#include "io/vtk/frame_series.hpp"
#include "parallel/communicator.hpp"
#include "tests/mpi/frames_data.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/io/vtk/file_size_limit.hpp"

#include <gtest/gtest.h>
#include <mpi.h>
#include <vtkCellData.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkXMLImageDataReader.h>

#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;
using parallel::Communicator;

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
  const FrameWriter writer(comm, directory.path() / "frames", parameters, lattice, {"x"});
  comm.barrier();
  EXPECT_FALSE(fs::exists(directory.path() / "frames"));
}

TEST_F(FrameRunTest, ResumeContinuesTheSeries) {
  parameters.pieces = 2;
  {
    FrameWriter writer(comm, directory.path(), parameters, lattice, {"x"});
    for (const std::int64_t step : {0, 24, 48, 72}) write_cells_at(writer, step);
  }
  if (comm.is_root())
    std::ofstream(directory.path() / "cells_000000096_p0000.vtp.partial") << "half";
  comm.barrier();
  parameters.pieces = 1;  // may change on resume
  if (comm.is_root()) cut_back_frames(directory.path(), 24);
  comm.barrier();
  FrameWriter writer(comm, directory.path(), parameters, lattice, {"x"});
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
  EXPECT_NE(pvd().find("timestep=\"0\" group=\"\" part=\"0\" file=\"cells_000000000.pvtp\""),
            std::string::npos);
  EXPECT_NE(pvd().find("timestep=\"1\" group=\"\" part=\"0\" file=\"cells_000000024.vtp\""),
            std::string::npos);
  EXPECT_NE(pvd().find("timestep=\"2\" group=\"\" part=\"0\" file=\"cells_000000048.vtp\""),
            std::string::npos);
}

TEST_F(FrameRunTest, AFullDiskOnOneRankLeavesNothingAndTellsAllRanks) {
  parameters.pieces = 4;
  FrameWriter writer(comm, directory.path(), parameters, lattice, {"x"}, Compression::none);
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
  if (comm.is_root())
    fs::create_directories(directory.path() / "cells_000000024.pvtp" / "in the way");
  comm.barrier();
  FrameWriter writer(comm, directory.path(), parameters, lattice, {"x"});
  const FrameResult result = writer.write_cells({24, 1}, share.cells);
  EXPECT_FALSE(result.ok());
  EXPECT_NE(result.failure.find("cells_000000024.pvtp"), std::string::npos) << result.failure;
  comm.barrier();
  EXPECT_TRUE(files_in(directory.path()).empty());
}

TEST_F(FrameRunTest, AFileInPlaceOfTheDirectoryIsAResultNotAnEnd) {
  if (comm.is_root()) std::ofstream(directory.path() / "frames") << "in the way";
  comm.barrier();
  FrameWriter writer(comm, directory.path() / "frames", parameters, lattice, {"x"});
  const FrameResult result = writer.write_tissue(1, share.tissue, {});
  EXPECT_FALSE(result.ok());
  EXPECT_NE(result.failure.find("frames"), std::string::npos);
}

TEST_F(FrameRunTest, TissueWithoutReveal) {
  FrameWriter writer(comm, directory.path(), parameters, lattice, {"x"});
  EXPECT_EQ(writer.write_tissue(1, share.tissue, {}).failure, "");
  comm.barrier();
  vtkNew<vtkXMLImageDataReader> reader;
  reader->SetFileName((directory.path() / "tissue.vti").c_str());
  reader->Update();
  EXPECT_EQ(reader->GetOutput()->GetCellData()->GetNumberOfArrays(), 1);
}

TEST_F(FrameRunTest, RanksWithNothing) {
  parameters.pieces = 3;
  const Share all(lattice.box(), BlockGrid(lattice.extent).box(), signal_cells());
  const Share none(Box{}, Box{}, Box{});
  FrameWriter writer(comm, directory.path() / "many", parameters, lattice, {"frames test"});
  write_all(writer, comm.rank() == comm.size() - 1 ? all : none);
  comm.barrier();
  if (comm.is_root()) {
    const Communicator alone(MPI_COMM_SELF);
    FrameWriter one(alone, directory.path() / "one", parameters, lattice, {"frames test"});
    write_all(one, all);
    EXPECT_TRUE(files_in(directory.path() / "many") == files_in(directory.path() / "one"));
  }
}

TEST_F(FrameRunTest, AnIncompleteCoverIsRefused) {
  FrameWriter writer(comm, directory.path(), parameters, lattice, {"x"});
  Box smaller = lattice.box();
  smaller.hi.x -= 1;
  const Share hole(part_of(smaller, comm.rank(), comm.size()), Box{}, Box{});
  EXPECT_FALSE(writer.write_tissue(1, hole.tissue, hole.reveal).ok());
  const std::vector<BlockColumn> columns = {{"fat", hole.columns[0]}};
  EXPECT_FALSE(writer.write_fields(stamp, hole.blocks, columns).ok());
  EXPECT_FALSE(writer.write_signals(stamp, {2, Box{}, {{"ifn_gamma_level", {}}}}).ok());
  comm.barrier();
  EXPECT_TRUE(files_in(directory.path()).empty());
}

TEST(Exchange, CarriesMessagesInChunks) {
  const Communicator comm(MPI_COMM_WORLD);
  const auto byte_of = [](int from, int to, std::size_t i) {
    return static_cast<std::byte>((static_cast<std::size_t>(from * 7 + to * 13) + i * 3) % 256);
  };
  const auto size_of = [](int from, int to) {
    return static_cast<std::size_t>((from * 5 + to * 3) % 11) * 100;
  };
  std::vector<Bytes> outgoing(static_cast<std::size_t>(comm.size()));
  for (int to = 0; to < comm.size(); ++to) {
    for (std::size_t i = 0; i < size_of(comm.rank(), to); ++i) {
      outgoing[static_cast<std::size_t>(to)].push_back(byte_of(comm.rank(), to, i));
    }
  }
  std::vector<int> sources;
  exchange(
      comm, outgoing,
      [&](int source, std::span<const std::byte> bytes) {
        sources.push_back(source);
        ASSERT_EQ(bytes.size(), size_of(source, comm.rank()));
        for (std::size_t i = 0; i < bytes.size(); ++i)
          ASSERT_EQ(bytes[i], byte_of(source, comm.rank(), i));
      },
      64);
  std::vector<int> expected;
  for (int from = 0; from < comm.size(); ++from) {
    if (size_of(from, comm.rank()) > 0) expected.push_back(from);
  }
  EXPECT_EQ(sources, expected);
}

}  // namespace
}  // namespace marrow::io
