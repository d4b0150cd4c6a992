// SPDX-License-Identifier: BSD-3-Clause
// What a loss of power may leave: the order in which a checkpoint reaches the disk. The calls that
// decide it are taken over by this program, written down, and passed on to the system.
#include "io/checkpoint/checkpoint.hpp"
#include "tests/mpi/checkpoint_example.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mpi.h>

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// "sync step_000000100/manifest.json", "rename A -> B", "exchange A <-> B": the last two names of
/// each path; and whether a checkpoint that is replaced was still there.
std::vector<std::string> calls;
bool listening = false;
fs::path replaced;

std::string short_name(const fs::path& path) {
  return (path.parent_path().filename() / path.filename()).string();
}

void note(std::string call) {
  if (!replaced.empty() && fs::exists(replaced)) call += ", old still there";
  // HDF5 syncs on its own, too: what is said twice in a row is said once.
  if (listening && (calls.empty() || calls.back() != call)) calls.push_back(call);
}

}  // namespace

// These names win over those of the C library, for everything that is linked into this program.
extern "C" int fsync(int file) {
  std::error_code error;
  note("sync " + short_name(fs::read_symlink("/proc/self/fd/" + std::to_string(file), error)));
  return static_cast<int>(::syscall(SYS_fsync, file));
}

extern "C" int rename(const char* from, const char* to) noexcept {
  note("rename " + short_name(from) + " -> " + short_name(to));
  return static_cast<int>(::syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to));
}

extern "C" int renameat2(int from_at, const char* from, int to_at, const char* to,
                         unsigned flags) noexcept {
  note("exchange " + short_name(from) + " <-> " + short_name(to));
  return static_cast<int>(::syscall(SYS_renameat2, from_at, from, to_at, to, flags));
}

namespace marrow::io {
namespace {

using parallel::Communicator;
using testing::ElementsAre;
using testing::EndsWith;
using testing::StartsWith;

class Durability : public testing::Test {
 protected:
  WriteResult write_step(std::int64_t step, const WriteOptions& options = {}) {
    return write_checkpoint(comm, scratch / "run",
                            test::example_content(step, comm.rank(), comm.size()), {1, "x"},
                            options);
  }
  /// Writes it and returns the calls of this process.
  std::vector<std::string> calls_of(std::int64_t step, const WriteOptions& options = {},
                                    bool good = true) {
    calls.clear();
    listening = true;
    EXPECT_EQ(write_step(step, options).ok, good);
    listening = false;
    return calls;
  }

  Communicator comm{MPI_COMM_WORLD};
  test::TemporaryDirectory scratch{comm};
};

TEST_F(Durability, ContentReachesTheDiskBeforeTheNameThatPromisesIt) {
  ASSERT_TRUE(write_step(100).ok);
  ASSERT_TRUE(write_step(200).ok);
  WriteOptions options;
  options.retention = {2, 0, 100};
  const std::vector<std::string> seen = calls_of(300, options);
  if (!comm.is_root()) {
    const bool content = std::ranges::all_of(seen, [](const std::string& call) {
      return call == "sync .partial-step_000000300/state.h5";
    });
    EXPECT_TRUE(content) << "names are one rank's business";
    return;
  }
  EXPECT_THAT(
      seen,
      ElementsAre(
          // All that the checkpoint consists of, then the directory that lists it;
          "sync .partial-step_000000300/state.h5", "sync .partial-step_000000300/manifest.json",
          "sync checkpoints/.partial-step_000000300",
          // the name under which it counts, and that the name stays;
          "rename checkpoints/.partial-step_000000300 -> checkpoints/step_000000300",
          "sync run/checkpoints",
          // a hint for people;
          "sync checkpoints/.partial-LATEST",
          "rename checkpoints/.partial-LATEST -> checkpoints/LATEST", "sync run/checkpoints",
          // and only now an old one goes, first of all its name.
          "rename checkpoints/step_000000100 -> checkpoints/.partial-pruned-step_000000100"));
}

TEST_F(Durability, TheFirstOneMakesItsDirectoryLastFirst) {
  const std::vector<std::string> seen = calls_of(100);
  if (!comm.is_root()) return;
  ASSERT_FALSE(seen.empty());
  EXPECT_THAT(seen.front(), EndsWith("/run"));
  EXPECT_THAT(seen.front(), StartsWith("sync "));
  // Before its last sync HDF5 syncs as often as it likes.
  const auto last = std::find(seen.rbegin(), seen.rend(), "sync .partial-step_000000100/state.h5");
  EXPECT_THAT(
      std::vector<std::string>(last.base() - 1, seen.end()),
      ElementsAre(
          "sync .partial-step_000000100/state.h5", "sync .partial-step_000000100/manifest.json",
          "sync checkpoints/.partial-step_000000100",
          "rename checkpoints/.partial-step_000000100 -> checkpoints/step_000000100",
          "sync run/checkpoints", "sync checkpoints/.partial-LATEST",
          "rename checkpoints/.partial-LATEST -> checkpoints/LATEST", "sync run/checkpoints"));
}

TEST_F(Durability, OneThatIsReplacedGoesOnlyAfterTheNewOneLasts) {
  ASSERT_TRUE(write_step(100).ok);
  // The exchange leaves the old content under this name until it is removed.
  replaced = checkpoints_of(scratch / "run") / ".partial-step_000000100";
  const std::vector<std::string> seen = calls_of(100);
  replaced.clear();
  if (!comm.is_root()) return;
  const std::string exchange =
      "exchange checkpoints/.partial-step_000000100 <-> checkpoints/step_000000100, old still "
      "there";
  const auto at = std::ranges::find(seen, exchange);
  ASSERT_GE(seen.end() - at, 3);
  EXPECT_EQ(at[1], "sync run/checkpoints, old still there");
  EXPECT_EQ(at[2], "sync run/checkpoints");
}

TEST_F(Durability, ARefusedCheckpointIsNeverNamed) {
  ASSERT_TRUE(write_step(100).ok);
  WriteOptions options;
  options.at_point = [](std::string_view point) {
    if (point == "manifest") throw Failure(ExitCode::files, "the disk is gone");
  };
  EXPECT_TRUE(std::ranges::none_of(calls_of(200, options, false), [](const std::string& call) {
    return call.starts_with("rename");
  }));
}

}  // namespace
}  // namespace marrow::io
