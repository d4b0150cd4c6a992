// SPDX-License-Identifier: BSD-3-Clause
// Writes that fail half-way, on one rank or all, and what is kept and what goes.
#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/hdf5.hpp"
#include "io/file/files.hpp"
#include "tests/mpi/checkpoint_example.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mpi.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;
using parallel::Communicator;
using testing::ElementsAre;
using testing::HasSubstr;

WriteResult write_step(const Communicator& comm, const fs::path& run, std::int64_t step,
                       const WriteOptions& options = {}) {
  return write_checkpoint(comm, run, test::example_content(step, comm.rank(), comm.size()),
                          {1, "x"}, options);
}

std::vector<std::string> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::int64_t> steps_of(const fs::path& run) {
  std::vector<std::int64_t> steps;
  for (const CheckpointPlace& place : list_checkpoints(checkpoints_of(run))) {
    steps.push_back(place.step);
  }
  return steps;
}

void flip_in_middle(const fs::path& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const auto middle = static_cast<std::streamoff>(fs::file_size(path) / 2);
  file.seekg(middle);
  const char byte = static_cast<char>(file.get() ^ 0x10);
  file.seekp(middle);
  file.put(byte);
}

void limit_file_size(rlim_t bytes) {
  struct rlimit limit {};
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  setrlimit(RLIMIT_FSIZE, &limit);
}

class CheckpointFaults : public testing::Test {
 protected:
  void on_root(const std::function<void()>& work) const {
    if (comm.is_root()) work();
    comm.barrier();
  }
  /// Throws on the last rank when `point` is reached.
  [[nodiscard]] WriteOptions failing_at(const std::string& point) const {
    WriteOptions options;
    options.at_point = [this, point](std::string_view now) {
      if (now == point && comm.rank() == comm.size() - 1) {
        throw Failure(ExitCode::files, "injected at " + point);
      }
    };
    return options;
  }

  Communicator comm{MPI_COMM_WORLD};
  test::TemporaryDirectory scratch{comm};
  fs::path run = scratch / "run";
};

TEST_F(CheckpointFaults, FailureOfOneRankAnywhereLeavesNoTrace) {
  ASSERT_TRUE(write_step(comm, run, 100).ok);
  for (const char* point :
       {"space", "created", "write:1", "write:2", "write:4", "closed", "verified", "manifest"}) {
    const WriteResult result = write_step(comm, run, 200, failing_at(point));
    EXPECT_FALSE(result.ok) << point;
    EXPECT_THAT(result.message, testing::StartsWith(std::string("injected at ") + point));
    EXPECT_THAT(names_in(checkpoints_of(run)), ElementsAre("LATEST", "step_000000100")) << point;
    comm.barrier();
  }
  EXPECT_FALSE(hdf5_poisoned());
  EXPECT_TRUE(write_step(comm, run, 200).ok);
  EXPECT_EQ(load_checkpoint(comm, run).manifest.step, 200);
}

TEST_F(CheckpointFaults, WhatTheDiskChangedIsNotPublished) {
  WriteOptions options;
  options.at_point = [&](std::string_view point) {
    if (point == "closed" && comm.is_root()) {
      flip_in_middle(checkpoints_of(run) / ".partial-step_000000100" / "state.h5");
    }
  };
  const WriteResult result = write_step(comm, run, 100, options);
  EXPECT_FALSE(result.ok);
  EXPECT_THAT(result.message, HasSubstr("is damaged"));
  EXPECT_TRUE(steps_of(run).empty());
  comm.barrier();
  // The check is what finds it: without, the damage is published, and found when loading.
  options.verify = false;
  EXPECT_TRUE(write_step(comm, run, 100, options).ok);
  EXPECT_FALSE(load_newest(comm, run).checkpoint.has_value());
}

TEST_F(CheckpointFaults, ManySmallTransfersMakeTheSameFile) {
  CheckpointContent content = test::example_content(100, comm.rank(), comm.size());
  content.dense_tissue = test::example_tissue(comm.rank(), comm.size());
  WriteOptions small;
  small.transfers = {500, 1};
  int transfers = 0;
  small.at_point = [&](std::string_view point) {
    transfers += point.starts_with("write:") ? 1 : 0;
  };
  ASSERT_TRUE(write_checkpoint(comm, scratch / "small", content, {}, small).ok);
  const WriteResult whole = write_checkpoint(comm, run, content, {}, {});
  ASSERT_TRUE(whole.ok);
  EXPECT_GT(transfers, 20);
  const auto expected = read_file(whole.directory / "state.h5");
  ASSERT_TRUE(expected.has_value());
  EXPECT_TRUE(read_file(scratch / "small" / "checkpoints" / "step_000000100" / "state.h5") ==
              expected);
}

TEST_F(CheckpointFaults, PartialsOfDeadRunsAreIgnoredThenRemoved) {
  ASSERT_TRUE(write_step(comm, run, 100).ok);
  const fs::path partial = checkpoints_of(run) / ".partial-step_000000200";
  on_root([&] {
    fs::copy(checkpoints_of(run) / "step_000000100", partial);
    fs::remove(partial / "manifest.json");
    fs::create_directory(checkpoints_of(run) / ".partial-step_000000150");
  });
  const SearchResult found = load_newest(comm, run);
  ASSERT_TRUE(found.checkpoint.has_value());
  EXPECT_EQ(found.checkpoint->manifest.step, 100);
  EXPECT_TRUE(found.rejected.empty());
  EXPECT_TRUE(fs::exists(partial));
  comm.barrier();
  EXPECT_TRUE(write_step(comm, run, 300).ok);
  EXPECT_THAT(names_in(checkpoints_of(run)),
              ElementsAre("LATEST", "step_000000100", "step_000000300"));
}

TEST_F(CheckpointFaults, PruneKeepsTheLastAndEachNth) {
  WriteOptions options;
  options.retention = {2, 3, 100};
  std::vector<std::int64_t> pruned;
  for (const std::int64_t step : {100, 200, 300, 350, 400, 500, 600, 700, 800}) {
    const WriteResult result = write_step(comm, run, step, options);
    EXPECT_TRUE(result.ok);
    pruned.insert(pruned.end(), result.pruned_steps.begin(), result.pruned_steps.end());
  }
  EXPECT_THAT(steps_of(run), ElementsAre(800, 700, 600, 300));
  EXPECT_THAT(pruned, ElementsAre(100, 200, 350, 400, 500));
}

TEST_F(CheckpointFaults, PruneCountsOnlyWholeOnesAndNeverTheNewest) {
  WriteOptions options;
  options.retention = {0, 0, 100};  // nonsense: the newest stays all the same
  ASSERT_TRUE(write_step(comm, run, 100, options).ok);
  EXPECT_THAT(steps_of(run), ElementsAre(100));
  comm.barrier();
  options.retention = {2, 0, 100};
  ASSERT_TRUE(write_step(comm, run, 200, options).ok);
  on_root([&] { fs::resize_file(checkpoints_of(run) / "step_000000200" / "state.h5", 100); });
  ASSERT_TRUE(write_step(comm, run, 300, options).ok);
  EXPECT_THAT(steps_of(run), ElementsAre(300, 200, 100));
  comm.barrier();
  ASSERT_TRUE(write_step(comm, run, 400, options).ok);
  EXPECT_THAT(steps_of(run), ElementsAre(400, 300));
}

// After a fall-back to an older checkpoint the run passes the damaged one's step again.
TEST_F(CheckpointFaults, ADamagedOneOfTheSameStepIsReplaced) {
  ASSERT_TRUE(write_step(comm, run, 100).ok);
  ASSERT_TRUE(write_step(comm, run, 200).ok);
  on_root([&] { flip_in_middle(checkpoints_of(run) / "step_000000200" / "state.h5"); });
  ASSERT_EQ(load_checkpoint(comm, run).manifest.step, 100);
  ASSERT_TRUE(write_step(comm, run, 200).ok);
  EXPECT_EQ(load_checkpoint(comm, run).manifest.step, 200);
  EXPECT_THAT(names_in(checkpoints_of(run)),
              ElementsAre("LATEST", "step_000000100", "step_000000200"));
}

TEST_F(CheckpointFaults, ARunDirectoryThatCannotBeIsExplained) {
  on_root([&] { std::ofstream(scratch / "file") << "in the way"; });
  const WriteResult result = write_step(comm, scratch / "file", 100);
  EXPECT_FALSE(result.ok);
  EXPECT_THAT(result.message,
              testing::AllOf(HasSubstr("cannot create"), HasSubstr("Not a directory")));
}

TEST_F(CheckpointFaults, AStateThatRanksDisagreeAboutIsNotWritten) {
  CheckpointContent content = test::example_content(100, comm.rank(), comm.size());
  for (FieldColumn& column : content.columns) {
    if (column.spec->path != "tcells/record") continue;
    // Two entries for one site: on two ranks, or on the only one.
    column.index.push_back(34559);
    column.value.push_back(1);
    if (comm.size() > 1) continue;
    column.index.push_back(34559);
    column.value.push_back(1);
  }
  try {
    write_checkpoint(comm, run, content, {}, {});
    ADD_FAILURE() << "written";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::model_health);
    EXPECT_THAT(failure.what(), HasSubstr("tcells/record"));
  }
  EXPECT_TRUE(names_in(checkpoints_of(run)).empty());
  comm.barrier();
  content = test::example_content(100, comm.rank(), comm.size());
  content.columns.back().value[0] += static_cast<std::uint64_t>(comm.rank());
  if (comm.size() == 1) content.columns.pop_back();
  EXPECT_THROW(write_checkpoint(comm, run, content, {}, {}), Failure);
  EXPECT_TRUE(names_in(checkpoints_of(run)).empty());
}

TEST_F(CheckpointFaults, AFileSizeLimitIsSeenBeforeWriting) {
  struct rlimit before {};
  getrlimit(RLIMIT_FSIZE, &before);
  if (comm.rank() == comm.size() - 1) limit_file_size(20000);
  const WriteResult result = write_step(comm, run, 100);
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_FALSE(result.ok);
  EXPECT_THAT(result.message, testing::AllOf(HasSubstr("19.5 KiB (20,000 bytes)"),
                                             HasSubstr("ulimit -f"), HasSubstr("state.h5")));
  EXPECT_TRUE(names_in(checkpoints_of(run)).empty());
  comm.barrier();
  EXPECT_TRUE(write_step(comm, run, 100).ok);
}

// The limit strikes in the middle of a transfer, as a full disk or a quota would; some rank's write
// fails.
TEST_F(CheckpointFaults, ATransferThatTheSystemRefusesIsSurvived) {
  struct rlimit before {};
  getrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_TRUE(write_step(comm, run, 100).ok);
  CheckpointContent content = test::example_content(200, comm.rank(), comm.size());
  content.dense_tissue = test::example_tissue(comm.rank(), comm.size());
  for (const char* where : {"write:1", "write:2", "write:5"}) {
    WriteOptions options;
    options.transfers.bytes_per_writer = 1;  // all ranks write
    options.at_point = [&](std::string_view point) {
      if (point == where) limit_file_size(16000);
    };
    const WriteResult failed = write_checkpoint(comm, run, content, {}, options);
    setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_FALSE(failed.ok);
    EXPECT_FALSE(failed.poisoned);
    EXPECT_THAT(failed.message,
                testing::AllOf(HasSubstr("cannot write /"), HasSubstr("state.h5"),
                               HasSubstr("it needs up to"), HasSubstr("15.6 KiB (16,000 bytes)")));
    EXPECT_THAT(names_in(checkpoints_of(run)), ElementsAre("LATEST", "step_000000100"));
    comm.barrier();
  }
  // A healthy run goes on, and the next checkpoint is good.
  EXPECT_TRUE(write_step(comm, run, 300).ok);
  EXPECT_EQ(load_checkpoint(comm, run).manifest.step, 300);
}

// When the root cannot even make the file, HDF5 cannot close it either. The library would crash
// when the program ends, so this runs in a process of its own, which leaves through MPI_Abort.
[[noreturn]] void make_a_file_into_a_limit(const fs::path& run) {
  std::signal(SIGXFSZ, SIG_IGN);
  const Communicator alone(MPI_COMM_SELF);
  bool as_expected = write_step(alone, run, 100).ok;
  WriteOptions options;
  options.at_point = [](std::string_view point) {
    if (point == "space") limit_file_size(10000);
  };
  const WriteResult failed = write_step(alone, run, 200, options);
  limit_file_size(RLIM_INFINITY);
  as_expected = as_expected && !failed.ok && failed.poisoned && hdf5_poisoned() &&
                failed.message.find("state.h5") != std::string::npos;
  as_expected = as_expected && names_in(checkpoints_of(run)) ==
                                   std::vector<std::string>{"LATEST", "step_000000100"};
  as_expected = as_expected && write_step(alone, run, 300).ok &&
                load_checkpoint(alone, run).manifest.step == 300;
  std::fprintf(stderr, "%s: %s\n", as_expected ? "as expected" : "UNEXPECTED",
               failed.message.c_str());
  MPI_Abort(MPI_COMM_WORLD, as_expected ? 4 : 1);
  std::abort();
}

/// Hides the launcher from child processes: they start as MPI programs of one rank.
class WithoutLauncher {
 public:
  WithoutLauncher() {
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string variable = *entry;
      for (const char* prefix : {"OMPI_", "PMIX_", "PMI_", "ORTE_", "PRTE_"}) {
        if (variable.starts_with(prefix)) hidden_.push_back(variable);
      }
    }
    for (const std::string& variable : hidden_) {
      unsetenv(variable.substr(0, variable.find('=')).c_str());
    }
  }
  ~WithoutLauncher() {
    for (const std::string& variable : hidden_) {
      const std::size_t split = variable.find('=');
      setenv(variable.substr(0, split).c_str(), variable.substr(split + 1).c_str(), 1);
    }
  }
  WithoutLauncher(const WithoutLauncher&) = delete;
  WithoutLauncher& operator=(const WithoutLauncher&) = delete;

 private:
  std::vector<std::string> hidden_;
};

TEST_F(CheckpointFaults, AFileThatCannotBeMadePoisonsOnlyTheEnd) {
  on_root([&] {
    const WithoutLauncher hidden;
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(make_a_file_into_a_limit(run), testing::ExitedWithCode(4),
                "as expected: .*state.h5");
  });
}

}  // namespace
}  // namespace marrow::io
