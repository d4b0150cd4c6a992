// SPDX-License-Identifier: BSD-3-Clause
// inspect and compare: what they say about good, damaged and differing checkpoints. All ranks
// write; the root looks, as a user on a login node does.
#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/compare.hpp"
#include "io/checkpoint/hdf5.hpp"
#include "io/checkpoint/inspect.hpp"
#include "tests/mpi/checkpoint_example.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mpi.h>

#include <bit>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CheckpointTools : public testing::Test {
 protected:
  using Change = std::function<void(CheckpointContent&)>;

  void write(const fs::path& run, std::int64_t step, const Change& change = {}) const {
    CheckpointContent content = test::example_content(step, comm.rank(), comm.size());
    if (change) change(content);
    const WriteResult result = write_checkpoint(comm, run, content, {17, "abc"}, {});
    EXPECT_TRUE(result.ok) << result.message;
  }
  void on_root(const std::function<void()>& work) const {
    if (comm.is_root()) work();
    comm.barrier();
  }
  static fs::path at(const fs::path& run, std::int64_t step) {
    return checkpoints_of(run) / checkpoint_name(step);
  }
  /// Sets entry `index` of a field on whichever rank holds it.
  static Change set(const std::string& path, std::uint64_t index, std::uint64_t value) {
    return [=](CheckpointContent& content) {
      for (FieldColumn& column : content.columns) {
        if (column.spec->path != path) continue;
        for (std::size_t i = 0; i < column.index.size(); ++i) {
          if (column.index[i] == index) column.value[i] = value;
        }
      }
    };
  }
  /// Changes one byte of the first value of a dataset.
  static void flip_value(const fs::path& directory, const std::string& dataset) {
    const fs::path state = directory / "state.h5";
    std::uint64_t at = 0;
    {
      const h5::Handle file(H5Fopen(state.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
      const h5::Handle values(H5Dopen2(file.get(), dataset.c_str(), H5P_DEFAULT), H5Dclose);
      at = H5Dget_offset(values.get());
    }
    std::fstream file(state, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char byte = static_cast<char>(file.get() ^ 0x10);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
  }
  static void cut(const fs::path& state) { fs::resize_file(state, fs::file_size(state) - 8); }

  parallel::Communicator comm{MPI_COMM_WORLD};
  test::TemporaryDirectory scratch{comm};
  fs::path a = scratch / "a";
  fs::path b = scratch / "b";
};

TEST_F(CheckpointTools, InspectDescribesAGoodCheckpoint) {
  write(a, 12000);
  on_root([&] {
    const Inspection seen = inspect(at(a, 12000), Depth::deep);
    EXPECT_TRUE(seen.valid);
    EXPECT_TRUE(seen.usable);
    const Manifest manifest = read_manifest(at(a, 12000));
    EXPECT_THAT(seen.text,
                AllOf(HasSubstr("12000 h = 500.0 days (1.37 years)"), HasSubstr("marrow 0.1.0"),
                      HasSubstr("40 x 36 x 24 voxels of 10 um, reflecting"), HasSubstr("example"),
                      HasSubstr(hexadecimal(manifest.digest)), HasSubstr("procedural 1"),
                      HasSubstr("\"host\": \"somewhere\""), HasSubstr("17 bytes, hash abc")));
    for (const auto& [path, field] : manifest.fields) {
      EXPECT_THAT(seen.text, AllOf(HasSubstr(path), HasSubstr(hexadecimal(field.digest))));
    }
    EXPECT_THAT(seen.text, Not(HasSubstr("DAMAGED")));
  });
}

TEST_F(CheckpointTools, InspectJudgesALoneFileByItsOwnHeader) {
  write(a, 100);
  on_root([&] {
    fs::copy(at(a, 100) / "state.h5", scratch / "lone.h5");
    const Inspection seen = inspect(scratch / "lone.h5", Depth::deep);
    EXPECT_TRUE(seen.valid);
    EXPECT_THAT(seen.text, HasSubstr("judged by its own header"));
    cut(scratch / "lone.h5");
    EXPECT_FALSE(inspect(scratch / "lone.h5", Depth::deep).valid);
  });
}

TEST_F(CheckpointTools, InspectListsARunAndNamesTheNewestGoodOne) {
  write(a, 100);
  write(a, 200);
  on_root([&] { cut(at(a, 200) / "state.h5"); });
  on_root([&] {
    const Inspection seen = inspect(a, Depth::deep);
    EXPECT_FALSE(seen.valid);
    EXPECT_TRUE(seen.usable);
    EXPECT_THAT(seen.text,
                AllOf(HasSubstr("2 checkpoints"), HasSubstr("UNUSABLE"), HasSubstr("truncated"),
                      HasSubstr("--resume continues here"), HasSubstr("100 h = 4.2 days")));
    cut(at(a, 100) / "state.h5");
    EXPECT_FALSE(inspect(a, Depth::deep).usable);
  });
}

TEST_F(CheckpointTools, InspectRefusesOtherPaths) {
  on_root([&] {
    fs::create_directory(scratch / "empty");
    EXPECT_THROW(inspect(scratch / "empty", Depth::deep), Failure);
    EXPECT_THROW(inspect(scratch / "nowhere", Depth::deep), Failure);
    std::ofstream(scratch / "text.h5") << "not HDF5";
    const Inspection seen = inspect(scratch / "text.h5", Depth::deep);
    EXPECT_FALSE(seen.valid);
    EXPECT_THAT(seen.text, HasSubstr("not an HDF5 file"));
  });
}

TEST_F(CheckpointTools, CompareFindsNothingInEqualStates) {
  write(a, 100);
  write(b, 100, [](auto& content) { content.provenance_json = "{\"host\":\"elsewhere\"}"; });
  on_root([&] {
    const Comparison found = compare(at(a, 100), at(b, 100));
    EXPECT_TRUE(found.equal);
    EXPECT_THAT(found.text, HasSubstr("step 100: equal"));
  });
}

TEST_F(CheckpointTools, CompareNamesFieldSiteAndCoordinates) {
  // The first T cell at or after the middle of the lattice.
  const ModelState whole = test::example_state(100, 0, 1);
  SiteIndex site = 0;
  for (const TCell& cell : whole.tcells) {
    if (site == 0 && cell.site >= 17280) site = cell.site;
  }
  const Index3 p = test::example_lattice.position(site);
  write(a, 100);
  write(b, 100, [&](auto& content) {
    set("tcells/record", site, CellRecord::make(CellState::engaged, 8, 99).bits())(content);
    set("niches/record", 12, CellRecord::make(CellState::apoptotic, 7, 6).bits())(content);
    set("patient/hemoglobin", 3, std::bit_cast<std::uint64_t>(81.5))(content);
  });
  on_root([&] {
    const Comparison found = compare(at(a, 100) / "state.h5", at(b, 100));
    EXPECT_FALSE(found.equal);
    EXPECT_THAT(found.text, HasSubstr("step 100: 3 of " + std::to_string(field_specs().size())));
    EXPECT_THAT(found.text, HasSubstr("tcells/record: 1 entries differ (A has " +
                                      std::to_string(whole.tcells.size()) + ", B " +
                                      std::to_string(whole.tcells.size()) + "); first at site " +
                                      std::to_string(site) + " (x " + std::to_string(p.x) + ", y " +
                                      std::to_string(p.y) + ", z " + std::to_string(p.z) + ")"));
    EXPECT_THAT(found.text, HasSubstr("B engaged, clone 8, clock 99"));
    EXPECT_THAT(found.text, HasSubstr("first at niche 12 (x 28, y 14, z 0)"));
    EXPECT_THAT(found.text, HasSubstr("B apoptotic, clone 7, clock 6"));
    EXPECT_THAT(found.text, HasSubstr("A 0.3333333333333333; B 81.5"));
  });
}

TEST_F(CheckpointTools, CompareSeesEntriesThatOnlyOneHas) {
  SiteIndex missing = 0;
  write(a, 100);
  write(b, 100, [&](auto& content) {
    if (!comm.is_root()) return;
    for (FieldColumn& column : content.columns) {
      if (column.spec->path != "tcells/record") continue;
      missing = column.index.front();
      column.index.erase(column.index.begin());
      column.value.erase(column.value.begin());
    }
  });
  on_root([&] {
    const Comparison found = compare(at(a, 100), at(b, 100));
    EXPECT_FALSE(found.equal);
    EXPECT_THAT(found.text, AllOf(HasSubstr("first at site " + std::to_string(missing)),
                                  HasSubstr("B no entry"), HasSubstr(": 1 of ")));
  });
}

TEST_F(CheckpointTools, PlainInspectReadsNoValues) {
  write(a, 100);
  on_root([&] {
    flip_value(at(a, 100), "/state/census/stem");
    const Inspection plain = inspect(at(a, 100), Depth::plain);
    EXPECT_TRUE(plain.valid);
    EXPECT_THAT(plain.text, AllOf(HasSubstr("--deep reads every value"), HasSubstr("tcells/record"),
                                  HasSubstr("\"host\": \"somewhere\"")));
    EXPECT_FALSE(inspect(at(a, 100), Depth::deep).valid);
    // HDF5's own bytes belong to what plain looks at.
    std::fstream file(at(a, 100) / "state.h5", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(60);
    file.put('x');
    file.close();
    EXPECT_THAT(inspect(at(a, 100), Depth::plain).text, HasSubstr("metadata"));
  });
}

TEST_F(CheckpointTools, DeepInspectNamesTheDamagedEntry) {
  write(a, 100, [&](auto& content) {
    content.dense_tissue = test::example_tissue(comm.rank(), comm.size());
  });
  on_root([&] {
    const ModelState whole = test::example_state(100, 0, 1);
    const SiteIndex site = whole.tcells.front().site;
    const Index3 p = test::example_lattice.position(site);
    flip_value(at(a, 100), "/state/tcells/record");
    flip_value(at(a, 100), "/tissue/kind");
    const Inspection seen = inspect(at(a, 100), Depth::deep);
    EXPECT_THAT(seen.text, HasSubstr("one entry is changed: site " + std::to_string(site) + " (x " +
                                     std::to_string(p.x) + ", y " + std::to_string(p.y) + ", z " +
                                     std::to_string(p.z) + ") reads '"));
    EXPECT_THAT(seen.text,
                AllOf(HasSubstr("written was 'effector, clone"), HasSubstr("DAMAGED: read"),
                      HasSubstr("/tissue/kind is damaged"),
                      HasSubstr("one entry is changed: site 0 (x 0, y 0, z 0) reads '")));
  });
}

// One bit of one field at one site, from hour 200 on; the series of A and B tell of hour 150.
TEST_F(CheckpointTools, CompareOfRunsFindsHourFieldAndSite) {
  const ModelState whole = test::example_state(200, 0, 1);
  const TCell& cell = whole.tcells[whole.tcells.size() / 2];
  const Index3 p = test::example_lattice.position(cell.site);
  for (const std::int64_t step : {100, 200}) {
    write(a, step);
    write(b, step,
          step < 200 ? Change() : set("tcells/record", cell.site, cell.record.bits() ^ 1U << 8));
  }
  on_root([&] {
    std::ofstream(a / "series.csv") << "# units\nhour,stem\n0,10\n120,11\n150,12\n200,9\n300,1\n";
    std::ofstream(b / "series.csv") << "# other\nhour,stem\n0,10\n120,11\n150,13\n200,9\n300,1\n";
    const Comparison found = compare(a, b);
    EXPECT_FALSE(found.equal);
    EXPECT_THAT(
        found.text,
        AllOf(HasSubstr("first difference at hour 150 (equal up to hour 120): line 5 of A, 5 "
                        "of B, column 'stem': A 12, B 13"),
              HasSubstr("of 2 steps that both have 1 are equal"),
              HasSubstr("first differing checkpoint: step 200: 1 of "),
              HasSubstr("first at site " + std::to_string(cell.site) + " (x " +
                        std::to_string(p.x) + ", y " + std::to_string(p.y) + ", z " +
                        std::to_string(p.z) + "): A effector, clone")));
    EXPECT_THAT(
        found.text,
        AllOf(HasSubstr("They part after hour 120 and by hour 150"),
              HasSubstr("from the last equal checkpoint (step 100)"),
              HasSubstr("b.closer --branch "), HasSubstr("step_000000100 --stop-at '150 h'"),
              HasSubstr("--set 'output.series.every=1 h'"), HasSubstr("marrow compare ")));
    EXPECT_TRUE(compare(a, a).equal);
    EXPECT_THAT(compare(a, a).text, Not(HasSubstr("differ")));
  });
}

TEST_F(CheckpointTools, CompareAsksForTheHourItselfWhenTheSeriesKnowIt) {
  for (const std::int64_t step : {100, 103}) {
    write(a, step);
    write(b, step, step == 100 ? Change() : set("census/stem", 0, 7));
  }
  on_root([&] {
    std::ofstream(a / "series.csv") << "hour,stem\n100,10\n101,11\n102,12\n103,13\n";
    std::ofstream(b / "series.csv") << "hour,stem\n100,10\n101,11\n102,12\n103,14\n";
    EXPECT_THAT(compare(a, b).text, HasSubstr("Hour 103 is the first that differs: nearer"));
    std::ofstream(b / "series.csv") << "hour,stem\n100,10\n101,11\n102,13\n103,14\n";
    EXPECT_THAT(compare(a, b).text,
                AllOf(HasSubstr("Hour 102 is the first that differs. To see its first field"),
                      HasSubstr("--stop-at '102 h'\n")));
  });
}

TEST_F(CheckpointTools, CompareOfARunAndACheckpointTakesTheSameStep) {
  write(a, 100);
  write(a, 200);
  write(b, 100);
  on_root([&] {
    EXPECT_TRUE(compare(a, at(b, 100)).equal);
    EXPECT_TRUE(compare(at(b, 100), a).equal);
    EXPECT_FALSE(compare(at(a, 200), at(b, 100)).equal);
    EXPECT_THROW(compare(at(a, 200), b), Failure);
  });
}

TEST_F(CheckpointTools, CompareNamesDamage) {
  write(a, 100);
  write(b, 100);
  on_root([&] {
    std::ofstream(at(b, 100) / "manifest.json") << "{}";
    const Comparison found = compare(a, b);
    EXPECT_FALSE(found.equal);
    EXPECT_THAT(found.text, HasSubstr("B is DAMAGED"));
  });
}

TEST_F(CheckpointTools, RunsWithoutACommonStepAreNotEqual) {
  write(a, 100);
  write(b, 200);
  on_root([&] {
    const Comparison found = compare(a, b);
    EXPECT_FALSE(found.equal);
    EXPECT_THAT(found.text, HasSubstr("no step has a usable one in both runs"));
  });
}

}  // namespace
}  // namespace marrow::io
