// SPDX-License-Identifier: BSD-3-Clause
// inspect and compare: what they say about good, damaged and differing checkpoints. All ranks
// write; the root looks, as a user on a login node does.
#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/compare.hpp"
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
  static void cut(const fs::path& state) { fs::resize_file(state, fs::file_size(state) - 8); }

  parallel::Communicator comm{MPI_COMM_WORLD};
  test::TemporaryDirectory scratch{comm};
  fs::path a = scratch / "a";
  fs::path b = scratch / "b";
};

TEST_F(CheckpointTools, InspectDescribesAGoodCheckpoint) {
  write(a, 12000);
  on_root([&] {
    const Inspection seen = inspect(at(a, 12000));
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
    const Inspection seen = inspect(scratch / "lone.h5");
    EXPECT_TRUE(seen.valid);
    EXPECT_THAT(seen.text, HasSubstr("judged by its own header"));
    cut(scratch / "lone.h5");
    EXPECT_FALSE(inspect(scratch / "lone.h5").valid);
  });
}

TEST_F(CheckpointTools, InspectListsARunAndNamesTheNewestGoodOne) {
  write(a, 100);
  write(a, 200);
  on_root([&] { cut(at(a, 200) / "state.h5"); });
  on_root([&] {
    const Inspection seen = inspect(a);
    EXPECT_FALSE(seen.valid);
    EXPECT_TRUE(seen.usable);
    EXPECT_THAT(seen.text,
                AllOf(HasSubstr("2 checkpoints"), HasSubstr("UNUSABLE"), HasSubstr("truncated"),
                      HasSubstr("--resume continues here"), HasSubstr("100 h = 4.2 days")));
    cut(at(a, 100) / "state.h5");
    EXPECT_FALSE(inspect(a).usable);
  });
}

TEST_F(CheckpointTools, InspectRefusesOtherPaths) {
  on_root([&] {
    fs::create_directory(scratch / "empty");
    EXPECT_THROW(inspect(scratch / "empty"), Failure);
    EXPECT_THROW(inspect(scratch / "nowhere"), Failure);
    std::ofstream(scratch / "text.h5") << "not HDF5";
    const Inspection seen = inspect(scratch / "text.h5");
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

TEST_F(CheckpointTools, CompareOfRunsFindsTheFirstStepAndSeriesCell) {
  for (const std::int64_t step : {100, 200, 300}) {
    write(a, step);
    write(b, step, step < 200 ? Change() : set("census/stem", 0, 7));
  }
  on_root([&] {
    std::ofstream(a / "series.csv") << "# units\nstep [h],stem\n0,10\n24,11\n48,12\n";
    std::ofstream(b / "series.csv") << "# other\nstep [h],stem\n0,10\n24,13\n48,12\n";
    const Comparison found = compare(a, b);
    EXPECT_FALSE(found.equal);
    EXPECT_THAT(found.text, AllOf(HasSubstr("first differing checkpoint: step 200"),
                                  HasSubstr("census/stem"), HasSubstr("A 400; B 7")));
    EXPECT_THAT(found.text, HasSubstr("line 4 (step [h] 24), column 'stem': A 11, B 13"));
    EXPECT_TRUE(compare(a, a).equal);
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
    EXPECT_THAT(found.text, HasSubstr("no step has a checkpoint in both runs"));
  });
}

}  // namespace
}  // namespace marrow::io
