// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/directory.hpp"

#include "core/model/failure.hpp"
#include "io/checkpoint/in_child.hpp"
#include "io/checkpoint/manifest.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <unistd.h>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

TEST(CheckpointName, IsNineDigitsAndSortsUntilThen) {
  EXPECT_EQ(checkpoint_name(12000), "step_000012000");
  EXPECT_EQ(checkpoint_name(0), "step_000000000");
  EXPECT_EQ(checkpoint_name(12345678901), "step_12345678901");
}

// Open MPI ends the program when it opens a longer path; tests/fault/places.sh meets that.
TEST(CheckpointName, PathsThatAreTooLongForItAreRefusedWithAdvice) {
  const std::string fits(longest_run_directory_bytes, 'x');
  EXPECT_NO_THROW(require_path_fits(fits));
  try {
    require_path_fits(fits + "x");
    ADD_FAILURE() << "accepted";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::files);
    EXPECT_THAT(failure.what(), AllOf(HasSubstr("has 193 bytes"), HasSubstr("at most 192"),
                                      HasSubstr("symbolic link")));
  }
}

TEST(CheckpointName, OnlyTheOneSpellingCounts) {
  EXPECT_EQ(step_of_name("step_000012000"), 12000);
  EXPECT_EQ(step_of_name("step_12345678901"), 12345678901);
  for (const char* name :
       {"step_12000", "step_", "step_-00012000", "step_00001200x", ".partial-step_000012000",
        "LATEST", "", "step_0000000012000", "step_99999999999999999999"}) {
    EXPECT_FALSE(step_of_name(name).has_value()) << name;
  }
}

TEST(CheckpointList, IsNewestFirstAndHoldsEveryNameOfACheckpoint) {
  const test::TemporaryDirectory scratch;
  for (const char* name : {"step_000000100", "step_000000300", "step_000000200",
                           ".partial-step_000000400", "other", "step_x"}) {
    fs::create_directory(scratch / name);
  }
  std::ofstream(scratch / "step_000000500") << "a file is no checkpoint, but its reader says so";
  fs::create_symlink(scratch / "unmounted", scratch / "step_000000600");
  std::vector<std::int64_t> steps;
  for (const auto& place : list_checkpoints(scratch.path())) steps.push_back(place.step);
  EXPECT_THAT(steps, testing::ElementsAre(600, 500, 300, 200, 100));
  EXPECT_TRUE(list_checkpoints(scratch / "nowhere").empty());
}

TEST(CheckpointList, WhatCannotBeReadIsNotEmpty) {
  const test::TemporaryDirectory scratch;
  fs::create_symlink(scratch / "unmounted", scratch / "dangling");
  fs::create_symlink("round", scratch / "round");
  std::ofstream(scratch / "file") << "no directory";
  for (const char* name : {"dangling", "round", "file"}) {
    try {
      list_checkpoints(scratch / name);
      ADD_FAILURE() << name;
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.code(), ExitCode::files);
      EXPECT_THAT(failure.what(), testing::HasSubstr((scratch / name).string()));
    }
  }
}

TEST(CheckpointList, AnEntryThatIsNoCheckpointSaysWhatItIs) {
  const test::TemporaryDirectory scratch;
  std::ofstream(scratch / "file") << "x";
  fs::create_symlink(scratch / "unmounted", scratch / "link");
  fs::create_directory(scratch / "empty");
  const auto reason = [&](const char* name) {
    try {
      read_manifest(scratch / name);
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.code(), ExitCode::no_usable_checkpoint);
      return std::string(failure.what());
    }
    return std::string("read");
  };
  EXPECT_THAT(reason("file"), HasSubstr("is no directory"));
  EXPECT_THAT(reason("link"), HasSubstr("is a link that leads nowhere"));
  EXPECT_THAT(reason("empty"), HasSubstr("manifest.json is missing"));
}

// Root may read everything: looked at as somebody else.
TEST(CheckpointList, WhatMayNotBeReadIsNotCalledMissing) {
  const test::TemporaryDirectory scratch;
  fs::create_directory(scratch / "step_000000100");
  std::ofstream(scratch / "step_000000100" / "manifest.json") << "{}";
  fs::permissions(scratch / "step_000000100", fs::perms::none);
  const ChildAnswer said = in_child(60.0, [&](const Alive&) {
    constexpr uid_t nobody = 65534;
    if (::geteuid() == 0 && ::setuid(nobody) != 0) return ChildAnswer{"no other user", 0, {}};
    try {
      read_manifest(scratch / "step_000000100");
    } catch (const Failure& failure) {
      return ChildAnswer{failure.what(), 0, {}};
    }
    return ChildAnswer{"read", 0, {}};
  });
  fs::permissions(scratch / "step_000000100", fs::perms::owner_all);
  EXPECT_EQ(said.trouble, "");
  EXPECT_THAT(said.text, AllOf(HasSubstr("manifest.json cannot be read: Permission denied"),
                               HasSubstr("Its content may be good")));
}

TEST(Partials, AreRemovedAndNothingElse) {
  const test::TemporaryDirectory scratch;
  fs::create_directories(scratch / ".partial-step_000000400" / "deep");
  fs::create_directory(scratch / "step_000000100");
  std::ofstream(scratch / ".partial-LATEST") << "x";
  EXPECT_TRUE(remove_partials(scratch.path()).empty());
  EXPECT_TRUE(fs::exists(scratch / "step_000000100"));
  EXPECT_FALSE(fs::exists(scratch / ".partial-step_000000400"));
  EXPECT_FALSE(fs::exists(scratch / ".partial-LATEST"));
}

TEST(Prune, UnfinishedOnesNeitherCountNorBlock) {
  const test::TemporaryDirectory scratch;
  for (const char* name : {"step_000000100", "step_000000200"})
    fs::create_directory(scratch / name);
  EXPECT_TRUE(to_prune(scratch.path(), 200, {1, 0, 100}).empty());
}

}  // namespace
}  // namespace marrow::io
