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

/// "sync step_000000100/manifest.json", "rename A -> B": the last two names of each path.
std::vector<std::string> calls;
bool listening = false;

std::string short_name(const fs::path& path) {
  return (path.parent_path().filename() / path.filename()).string();
}

void note(const std::string& call) {
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

namespace marrow::io {
namespace {

using parallel::Communicator;
using testing::ElementsAre;

class Durability : public testing::Test {
 protected:
  WriteResult write_step(std::int64_t step, const WriteOptions& options = {}) {
    return write_checkpoint(comm, scratch / "run",
                            test::example_content(step, comm.rank(), comm.size()), {1, "x"},
                            options);
  }

  Communicator comm{MPI_COMM_WORLD};
  test::TemporaryDirectory scratch{comm};
};

TEST_F(Durability, ContentReachesTheDiskBeforeTheNameThatPromisesIt) {
  ASSERT_TRUE(write_step(100).ok);
  ASSERT_TRUE(write_step(200).ok);
  WriteOptions options;
  options.retention = {2, 0, 100};
  calls.clear();
  listening = true;
  ASSERT_TRUE(write_step(300, options).ok);
  listening = false;
  if (!comm.is_root()) {
    const bool content = std::ranges::all_of(calls, [](const std::string& call) {
      return call == "sync .partial-step_000000300/state.h5";
    });
    EXPECT_TRUE(content) << "names are one rank's business";
    return;
  }
  EXPECT_THAT(
      calls,
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

TEST_F(Durability, ARefusedCheckpointIsNeverNamed) {
  ASSERT_TRUE(write_step(100).ok);
  WriteOptions options;
  options.at_point = [](std::string_view point) {
    if (point == "manifest") throw Failure(ExitCode::files, "the disk is gone");
  };
  calls.clear();
  listening = true;
  EXPECT_FALSE(write_step(200, options).ok);
  listening = false;
  EXPECT_TRUE(std::ranges::none_of(
      calls, [](const std::string& call) { return call.starts_with("rename"); }));
}

}  // namespace
}  // namespace marrow::io
