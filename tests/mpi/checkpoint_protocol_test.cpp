// SPDX-License-Identifier: BSD-3-Clause
// What is forced to disk before what, and which checkpoint counts when several lie there.
#include "io/checkpoint/checkpoint.hpp"
#include "tests/mpi/checkpoint_example.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mpi.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace {

/// The calls that make data last, in order, as they reach the system from this process; each with
/// whether a replaced checkpoint was still there.
std::vector<std::string> calls;
std::string watched;

void note(const std::string& call) {
  const bool still_there = !watched.empty() && std::filesystem::exists(watched);
  calls.push_back(call + (still_there ? ", old still there" : ""));
}

std::string name_of(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

}  // namespace

// These stand in the way of the C library's: the program under test calls them without knowing.
extern "C" int fsync(int file) {
  std::array<char, 4096> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  if (::readlink(link.c_str(), path.data(), path.size() - 1) > 0)
    note("sync " + name_of(path.data()));
  return static_cast<int>(::syscall(SYS_fsync, file));
}
extern "C" int rename(const char* from, const char* to) noexcept {
  note("rename " + name_of(from) + " to " + name_of(to));
  return static_cast<int>(::syscall(SYS_rename, from, to));
}
extern "C" int renameat2(int from_at, const char* from, int to_at, const char* to,
                         unsigned flags) noexcept {
  note("exchange " + name_of(from) + " and " + name_of(to));
  return static_cast<int>(::syscall(SYS_renameat2, from_at, from, to_at, to, flags));
}

namespace marrow::io {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class CheckpointProtocol : public testing::Test {
 protected:
  WriteResult write(std::int64_t step, const Retention& retention = {}) const {
    WriteOptions options;
    options.retention = retention;
    return write_checkpoint(comm, run, test::example_content(step, comm.rank(), comm.size()),
                            {static_cast<std::uint64_t>(step), "x"}, options);
  }
  /// From the last time state.h5 was synced: before that, HDF5 syncs as often as it likes.
  static std::vector<std::string> calls_after_the_state() {
    std::size_t last = 0;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if (calls[i].starts_with("sync state.h5")) last = i;
    }
    return {calls.begin() + static_cast<std::ptrdiff_t>(last), calls.end()};
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

TEST_F(CheckpointProtocol, EveryNameIsOnDiskBeforeTheNextStep) {
  watched.clear();
  calls.clear();
  ASSERT_TRUE(write(100).ok);
  if (!comm.is_root()) return;
  // The directory of checkpoints is new itself: its name is made lasting first of all.
  ASSERT_FALSE(calls.empty());
  EXPECT_EQ(calls.front(), "sync run");
  EXPECT_THAT(
      calls_after_the_state(),
      ElementsAre("sync state.h5", "sync manifest.json", "sync .partial-step_000000100",
                  "rename .partial-step_000000100 to step_000000100", "sync checkpoints",
                  "sync .partial-LATEST", "rename .partial-LATEST to LATEST", "sync checkpoints"));
}

TEST_F(CheckpointProtocol, OneThatIsReplacedGoesOnlyAfterTheNewOneLasts) {
  ASSERT_TRUE(write(100).ok);
  calls.clear();
  // The exchange leaves the old content under this name until it is removed.
  watched = (checkpoints_of(run) / ".partial-step_000000100").string();
  ASSERT_TRUE(write(100).ok);
  watched.clear();
  if (!comm.is_root()) return;
  const auto seen = calls_after_the_state();
  ASSERT_GE(seen.size(), 6U);
  EXPECT_EQ(seen[3], "exchange .partial-step_000000100 and step_000000100, old still there");
  EXPECT_EQ(seen[4], "sync checkpoints, old still there");
  EXPECT_EQ(seen[5], "sync checkpoints");
}

TEST_F(CheckpointProtocol, WhatIsObjectedToIsPassedOverAndNamed) {
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

TEST_F(CheckpointProtocol, ARejectedOneDoesNotCountAsKept) {
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
