// SPDX-License-Identifier: BSD-3-Clause
// Which checkpoint counts when several lie there, and which one stays.
#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/examine.hpp"
#include "io/checkpoint/state_file.hpp"
#include "tests/mpi/checkpoint_damage.hpp"
#include "tests/mpi/checkpoint_example.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mpi.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class CheckpointChoice : public testing::Test {
 protected:
  WriteResult write(std::int64_t step, const Retention& retention = {}) const {
    WriteOptions options;
    options.retention = retention;
    return write_checkpoint(comm, run, test::example_content(step, comm.rank(), comm.size()),
                            {static_cast<std::uint64_t>(step), "x"}, options);
  }
  [[nodiscard]] std::vector<std::int64_t> steps() const {
    std::vector<std::int64_t> all;
    for (const CheckpointPlace& place : list_checkpoints(checkpoints_of(run))) {
      all.push_back(place.step);
    }
    return all;
  }

  parallel::Communicator comm{MPI_COMM_WORLD};
  test::TemporaryDirectory scratch{comm};
  fs::path run = scratch / "run";
};

TEST_F(CheckpointChoice, TheIndexOfAZeroIsGuardedThoughItAddsNothingToTheDigest) {
  ASSERT_TRUE(write(100).ok);
  const auto spec =
      *std::ranges::find(field_specs(), std::string_view("blocks/hematopoiesis"), &FieldSpec::path);
  CheckpointContent content = test::example_content(200, comm.rank(), comm.size());
  for (FieldColumn& column : content.columns) {
    if (column.spec->id == spec.id) std::ranges::fill(column.value, 0);
  }
  for (const std::uint64_t byte : {8U, 9U}) {  // of the second entry: another block; none at all
    const WriteResult newest = write_checkpoint(comm, run, content, {200, "x"}, {});
    ASSERT_TRUE(newest.ok) << newest.message;
    const fs::path state = newest.directory / "state.h5";
    if (comm.is_root()) {
      test::overwrite_byte(state, test::offset_of(state, index_dataset(spec).c_str()) + byte);
    }
    comm.barrier();
    const SearchResult found = load_newest(comm, run);
    ASSERT_TRUE(found.checkpoint.has_value());
    ASSERT_EQ(found.rejected.size(), 1U);
    EXPECT_THAT(found.rejected[0].reason, HasSubstr("digest of its indices"));
    if (comm.is_root()) {
      EXPECT_THAT(examine(newest.directory, Depth::deep, [](auto) {}).problem,
                  HasSubstr("digest of its indices"));
    }
    comm.barrier();
  }
}

TEST_F(CheckpointChoice, WhatIsObjectedToIsPassedOverAndNamed) {
  for (const std::int64_t step : {100, 200, 300}) ASSERT_TRUE(write(step, {3, 0, 100}).ok);
  const SearchResult found = load_newest(comm, run, [](const Manifest& manifest) {
    return manifest.series.bytes > 250 ? std::string("its rows are gone") : std::string();
  });
  ASSERT_TRUE(found.checkpoint.has_value());
  EXPECT_EQ(found.checkpoint->manifest.step, 200);
  ASSERT_EQ(found.rejected.size(), 1U);
  EXPECT_THAT(found.rejected[0].directory.string(), HasSubstr("step_000000300"));
  EXPECT_EQ(found.rejected[0].reason, "its rows are gone");
  const SearchResult none =
      load_newest(comm, run, [](const Manifest&) { return std::string("no"); });
  EXPECT_FALSE(none.checkpoint.has_value());
  EXPECT_EQ(none.rejected.size(), 3U);
}

TEST_F(CheckpointChoice, APromiseToStayOutlastsAnotherCadence) {
  for (const std::int64_t step : {100, 200, 250}) ASSERT_TRUE(write(step, {1, 1, 100}).ok);
  EXPECT_THAT(steps(), ElementsAre(250, 200, 100));
  comm.barrier();
  for (const std::int64_t step : {300, 330}) ASSERT_TRUE(write(step, {1, 7, 33}).ok);
  ASSERT_TRUE(write(340).ok);
  ASSERT_TRUE(write(350, {1, 0, 100}).ok);
  EXPECT_THAT(steps(), ElementsAre(350, 200, 100));
}

TEST_F(CheckpointChoice, ANameWithoutADirectoryIsRejectedAndMakesRoom) {
  ASSERT_TRUE(write(100).ok);
  const fs::path checkpoints = checkpoints_of(run);
  if (comm.is_root()) {
    fs::create_symlink(scratch / "unmounted", checkpoints / "step_000000200");
    std::ofstream(checkpoints / "step_000000300") << "x";
  }
  comm.barrier();
  const SearchResult found = load_newest(comm, run);
  ASSERT_TRUE(found.checkpoint.has_value());
  EXPECT_EQ(found.checkpoint->manifest.step, 100);
  ASSERT_EQ(found.rejected.size(), 2U);
  EXPECT_THAT(found.rejected[0].reason, HasSubstr("is no directory"));
  EXPECT_THAT(found.rejected[1].reason, HasSubstr("is a link that leads nowhere"));
  comm.barrier();
  for (const std::int64_t step : {200, 300}) {
    const WriteResult result = write(step);
    ASSERT_TRUE(result.ok) << result.message;
  }
  const SearchResult replaced = load_newest(comm, run);
  EXPECT_EQ(replaced.checkpoint->manifest.step, 300);
  EXPECT_TRUE(replaced.rejected.empty());
}

TEST_F(CheckpointChoice, ARejectedOneDoesNotCountAsKept) {
  for (const std::int64_t step : {100, 200, 250}) ASSERT_TRUE(write(step, {3, 0, 100}).ok);
  // 250 was rejected when the run was resumed at 200: two whole ones stay beside it.
  ASSERT_TRUE(write(300, {2, 0, 100, {250}}).ok);
  EXPECT_THAT(steps(), ElementsAre(300, 250, 200));
  comm.barrier();
  ASSERT_TRUE(write(400, {2, 0, 100, {250}}).ok);
  EXPECT_THAT(steps(), ElementsAre(400, 300));
}

}  // namespace
}  // namespace marrow::io
