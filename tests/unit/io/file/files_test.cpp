// SPDX-License-Identifier: BSD-3-Clause
#include "io/file/files.hpp"

#include "core/model/failure.hpp"
#include "io/file/room.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

TEST(Files, PutInPlaceReplacesAWholeDirectory) {
  const test::TemporaryDirectory scratch;
  fs::create_directory(scratch / "old");
  std::ofstream(scratch / "old" / "stale") << "x";
  fs::create_directory(scratch / "new");
  std::ofstream(scratch / "new" / "fresh") << "y";
  put_in_place(scratch / "new", scratch / "old");
  EXPECT_TRUE(fs::exists(scratch / "old" / "fresh"));
  EXPECT_FALSE(fs::exists(scratch / "old" / "stale"));
  EXPECT_FALSE(fs::exists(scratch / "new"));
}

TEST(Files, PutInPlaceReplacesWhateverHasTheName) {
  const test::TemporaryDirectory scratch;
  fs::create_directory(scratch / "precious");
  std::ofstream(scratch / "precious" / "file") << "not to be followed";
  std::ofstream(scratch / "as file") << "x";
  fs::create_symlink(scratch / "nowhere", scratch / "as dangling link");
  fs::create_directory_symlink(scratch / "precious", scratch / "as link");
  for (const char* name : {"as file", "as dangling link", "as link"}) {
    fs::create_directory(scratch / "new");
    std::ofstream(scratch / "new" / "fresh") << "y";
    put_in_place(scratch / "new", scratch / name);
    EXPECT_FALSE(fs::is_symlink(scratch / name)) << name;
    EXPECT_TRUE(fs::exists(scratch / name / "fresh")) << name;
    EXPECT_FALSE(fs::exists(fs::symlink_status(scratch / "new"))) << name;
  }
  EXPECT_TRUE(fs::exists(scratch / "precious" / "file"));
}

TEST(Files, UnusedNamesAreNumbered) {
  const test::TemporaryDirectory scratch;
  EXPECT_EQ(unused_name(scratch.path(), "a"), scratch / "a");
  fs::create_symlink("nowhere", scratch / "a");
  EXPECT_EQ(unused_name(scratch.path(), "a"), scratch / "a-2");
}

TEST(Files, LackOfSpaceIsToldInBytes) {
  const test::TemporaryDirectory scratch;
  require_free_space(scratch.path(), 1);
  try {
    require_free_space(scratch.path(), std::numeric_limits<std::uint64_t>::max());
    ADD_FAILURE() << "16 EiB fit";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::files);
    EXPECT_THAT(failure.what(),
                AllOf(HasSubstr(scratch.path().string()),
                      HasSubstr("18,446,744,073,709,551,615 bytes"), HasSubstr("free are")));
  }
}

TEST(Files, SizesReadWell) {
  EXPECT_EQ(describe_bytes(0), "0 bytes");
  EXPECT_EQ(describe_bytes(999), "999 bytes");
  EXPECT_EQ(describe_bytes(1024), "1.0 KiB (1,024 bytes)");
  EXPECT_EQ(describe_bytes(12897484), "12.3 MiB (12,897,484 bytes)");
}

TEST(Files, AWriteThatCannotBeNamesPathAndReason) {
  const test::TemporaryDirectory scratch;
  try {
    write_file_durably(scratch / "no such" / "file", "x");
    ADD_FAILURE() << "written";
  } catch (const Failure& failure) {
    EXPECT_THAT(failure.what(), AllOf(HasSubstr("no such/file"), HasSubstr("No such file")));
  }
}

}  // namespace
}  // namespace marrow::io
