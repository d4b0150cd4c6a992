// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/run_directory.hpp"

#include "tests/support/temporary_directory.hpp"
#include "tests/unit/io/run/fixtures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;
using marrow::test::TemporaryDirectory;
using test::failure_of;
using test::write_text;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

RunDirectory prepare(const fs::path& directory, OpenMode mode = OpenMode::fresh) {
  return RunDirectory::prepare(directory, mode, LockPolicy::respect);
}

std::ptrdiff_t entries_of(const fs::path& directory) {
  return std::distance(fs::recursive_directory_iterator(directory), {});
}

TEST(RunDirectoryTest, PreparesANewPlaceWithItsParents) {
  const TemporaryDirectory scratch;
  const fs::path root = scratch / "runs of März 2026" / "größer als 'je' 骨髄";
  {
    const RunDirectory run = prepare(root);
    EXPECT_EQ(run.paths().root, root);
    EXPECT_FALSE(run.found().holds_run());
    EXPECT_THAT(run.notes(), IsEmpty());
    EXPECT_TRUE(fs::is_directory(root / "frames"));
    EXPECT_TRUE(fs::is_directory(root / "checkpoints"));
    EXPECT_TRUE(fs::exists(root / "LOCK"));
    EXPECT_EQ(entries_of(root), 3) << "the probe file must be gone";
  }
  EXPECT_FALSE(fs::exists(root / "LOCK"));
}

TEST(RunDirectoryTest, TakesRelativeNamesWithTrailingSlash) {
  const TemporaryDirectory scratch;
  const fs::path before = fs::current_path();
  fs::current_path(scratch.path());
  EXPECT_EQ(prepare("runs/a/").paths().series(), fs::path("runs/a/series.csv"));
  EXPECT_TRUE(fs::is_directory(scratch / "runs/a/frames"));
  fs::current_path(before);
  EXPECT_THAT(failure_of([] { prepare(""); }), StartsWith("2 the run directory has an empty name"));
}

TEST(RunDirectoryTest, AnExistingRunIsRefusedAndLeftAlone) {
  for (const char* name :
       {"series.csv", "events.csv", "phylogeny.nwk", "status.json", "provenance.json", "log.txt",
        "report.html", "scenario.yaml", "scenario.effective.yaml", "frames/frame_000000.vti",
        "checkpoints/step_000000010/manifest.json"}) {
    const TemporaryDirectory scratch;
    const fs::path file = scratch / name;
    fs::create_directories(file.parent_path());
    write_text(file, "precious");
    const std::ptrdiff_t before = entries_of(scratch.path());
    const std::string first = fs::path(name).begin()->string();
    EXPECT_THAT(failure_of([&] { prepare(scratch.path()); }),
                AllOf(StartsWith("4 run directory '" + scratch.path().string() +
                                 "' already holds a run (" + first + ")."),
                      HasSubstr("--resume"), HasSubstr("nothing was changed")));
    EXPECT_EQ(entries_of(scratch.path()), before);
    EXPECT_EQ(test::content_of(file), "precious");
  }
}

TEST(RunDirectoryTest, EmptyAndForeignDirectoriesAreAccepted) {
  const TemporaryDirectory scratch;
  write_text(scratch / "slurm-77.out", "written by the batch system");
  EXPECT_FALSE(look_at(scratch.path()).holds_run());
  { const RunDirectory run = prepare(scratch.path()); }
  EXPECT_EQ(test::content_of(scratch / "slurm-77.out"), "written by the batch system");
  EXPECT_FALSE(look_at(scratch.path()).holds_run()) << "empty folders are not a run";
}

TEST(RunDirectoryTest, ResumeTellsWhatItFound) {
  const TemporaryDirectory scratch;
  const fs::path root = scratch / "run";
  EXPECT_FALSE(prepare(root, OpenMode::resume).found().holds_run());
  write_text(root / "series.csv", "step\n");
  fs::create_directories(root / "checkpoints/.partial-step_000000010");
  {
    const RunDirectory run = prepare(root, OpenMode::resume);
    EXPECT_THAT(run.found().run_files, ElementsAre("series.csv", "checkpoints"));
    EXPECT_FALSE(run.found().has_checkpoints) << "a partial checkpoint is none";
  }
  fs::create_directories(root / "checkpoints/step_000000010");
  EXPECT_TRUE(prepare(root, OpenMode::resume).found().has_checkpoints);
}

TEST(RunDirectoryTest, OldRequestsAndLeftoversAreRemoved) {
  const TemporaryDirectory scratch;
  write_text(scratch / "STOP", "");
  write_text(scratch / "CHECKPOINT", "");
  write_text(scratch / ".marrow-status.json-123.tmp", "half");
  write_text(scratch / ".marrow-keep", "not ours");
  const RunDirectory run = prepare(scratch.path(), OpenMode::resume);
  EXPECT_THAT(run.notes(), ElementsAre("the file STOP of an earlier request was removed",
                                       "the file CHECKPOINT of an earlier request was removed"));
  EXPECT_FALSE(fs::exists(scratch / "STOP"));
  EXPECT_FALSE(fs::exists(scratch / ".marrow-status.json-123.tmp"));
  EXPECT_TRUE(fs::exists(scratch / ".marrow-keep"));
}

TEST(RunDirectoryTest, ARequestOfTheSetUpStays) {
  const TemporaryDirectory scratch;
  write_text(scratch / "STOP", "");
  fs::last_write_time(scratch / "STOP", fs::file_time_type::clock::now() - std::chrono::hours(1));
  constexpr double minute_s = 60.0;
  const RunDirectory run = RunDirectory::prepare(scratch.path(), OpenMode::resume,
                                                 LockPolicy::respect, this_process(), minute_s);
  EXPECT_THAT(run.notes(), IsEmpty());
  EXPECT_TRUE(fs::exists(scratch / "STOP"));
}

TEST(RunDirectoryTest, ARequestWithADateAheadIsOldAllTheSame) {
  const TemporaryDirectory scratch;
  write_text(scratch / "STOP", "");
  fs::last_write_time(scratch / "STOP", fs::file_time_type::clock::now() + std::chrono::hours(1));
  const RunDirectory run = prepare(scratch.path(), OpenMode::resume);
  EXPECT_THAT(run.notes(), ElementsAre("the file STOP of an earlier request was removed"));
  EXPECT_FALSE(fs::exists(scratch / "STOP"));
}

TEST(RunDirectoryTest, ARequestThatCannotBeRemovedIsSaid) {
  const TemporaryDirectory scratch;
  fs::create_directory(scratch / "STOP");
  const RunDirectory run = prepare(scratch.path(), OpenMode::resume);
  EXPECT_THAT(run.notes(), ElementsAre(AllOf(HasSubstr("/STOP of an earlier request cannot be"),
                                             HasSubstr("directory"))));
}

/// One start: looks, as a start does before its long work, and then takes the place. 0: it had it;
/// 1: it was refused because another one had it.
int one_start(const fs::path& root) {
  try {
    check_place(root);
    const RunDirectory run = prepare(root, OpenMode::resume);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return 0;
  } catch (const Failure& failure) {
    if (std::string(failure.what()).find("is in use") != std::string::npos) return 1;
    std::fprintf(stderr, "a start was told: %s\n", failure.what());
    return 2;
  }
}

TEST(RunDirectoryTest, ManyStartsAtOnceAreOneRunAndRefusals) {
  constexpr int rounds = 8;
  constexpr int starts = 6;
  const TemporaryDirectory scratch;
  std::fflush(nullptr);
  for (int round = 0; round < rounds; ++round) {
    const fs::path root = scratch / std::to_string(round) / "run";
    std::vector<pid_t> children;
    for (int start = 0; start < starts; ++start) {
      const pid_t child = ::fork();
      if (child == 0) ::_exit(one_start(root));
      children.push_back(child);
    }
    for (const pid_t child : children) {
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) < 2) << "round " << round;
    }
  }
}

TEST(RunDirectoryTest, ForeignResultsAreNotResumed) {
  for (const char* name : {"events.csv", "phylogeny.nwk"}) {
    const TemporaryDirectory scratch;
    write_text(scratch / name, "precious");
    EXPECT_THAT(failure_of([&] { prepare(scratch.path(), OpenMode::resume); }),
                AllOf(StartsWith("4 "), HasSubstr(name), HasSubstr("nothing was changed")));
    EXPECT_EQ(entries_of(scratch.path()), 1);
    write_text(scratch / "status.json", "{}");
    EXPECT_NO_THROW(prepare(scratch.path(), OpenMode::resume));
  }
}

TEST(RunDirectoryTest, APlaceIsTriedWithoutATrace) {
  const TemporaryDirectory scratch;
  EXPECT_NO_THROW(check_place(scratch / "a" / "b"));
  EXPECT_TRUE(fs::is_empty(scratch.path()));
  write_text(scratch / "file", "in the way");
  EXPECT_THROW(check_place(scratch / "file"), Failure);
  EXPECT_THROW(check_place(scratch / "file" / "run"), Failure);
}

TEST(RunDirectoryTest, ASecondProcessIsRefusedInBothModes) {
  const TemporaryDirectory scratch;
  const RunDirectory run = prepare(scratch / "run");
  for (const OpenMode mode : {OpenMode::fresh, OpenMode::resume}) {
    EXPECT_THAT(failure_of([&] { prepare(scratch / "run", mode); }), HasSubstr("is in use"));
  }
  EXPECT_NO_THROW(run.lock().confirm_ownership());
}

TEST(RunDirectoryTest, AFileInTheWayIsNamedAndNothingIsCreated) {
  const TemporaryDirectory scratch;
  write_text(scratch / "file", "x");
  EXPECT_THAT(failure_of([&] { prepare(scratch / "file"); }),
              AllOf(StartsWith("4 "), HasSubstr("/file' cannot be created: a file of this name")));
  EXPECT_THAT(failure_of([&] { prepare(scratch / "file" / "deeper" / "run"); }),
              AllOf(StartsWith("4 "), HasSubstr("a part of the path is a file")));
  EXPECT_EQ(entries_of(scratch.path()), 1);
}

TEST(RunDirectoryTest, APlaceThatCannotBeCreatedIsExplained) {
  // The kernel refuses new directories here, also for root.
  EXPECT_THAT(failure_of([] { prepare("/proc/runs/demo"); }),
              AllOf(StartsWith("4 run directory '/proc/runs' cannot be created: ")));
}

TEST(RunDirectoryTest, AnUnwritablePlaceIsNoticedBeforeWorkAndLeftAsItWas) {
  const TemporaryDirectory scratch;
  const int code = test::in_child([&] {
    const SignalStop harmless;
    test::limit_file_size(0);  // stands for a full disk: names can be created, bytes cannot
    const std::string said = failure_of([&] { prepare(scratch / "a" / "b" / "run"); });
    EXPECT_THAT(said, AllOf(StartsWith("4 run directory"), HasSubstr("cannot be written"),
                            HasSubstr("ulimit -f")));
    return testing::Test::HasFailure() ? 1 : 0;
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(entries_of(scratch.path()), 0) << "directories were left behind";
}

}  // namespace
}  // namespace marrow::io
