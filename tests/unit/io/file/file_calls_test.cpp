// SPDX-License-Identifier: BSD-3-Clause
#include "io/file/file_calls.hpp"

#include "io/file/files.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/io/run/fixtures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>

namespace marrow::io {
namespace {

using marrow::test::TemporaryDirectory;
using test::content_of;
using test::failure_of;
using test::in_child;
using test::write_text;
using testing::HasSubstr;
using testing::StartsWith;

/// Every second call is interrupted; the others write one byte.
ssize_t stuttering_pwrite(int file, const void* from, std::size_t size, off_t offset) {
  static int calls = 0;
  if (++calls % 2 == 1) {
    errno = EINTR;
    return -1;
  }
  return ::pwrite(file, from, size > 1 ? 1 : size, offset);
}

ssize_t full_after_five_bytes(int file, const void* from, std::size_t size, off_t offset) {
  if (offset >= 5) {
    errno = ENOSPC;
    return -1;
  }
  return ::pwrite(file, from, std::min<std::size_t>(size, static_cast<std::size_t>(5 - offset)),
                  offset);
}

int interrupted_fsync(int) {
  static int calls = 0;
  errno = EINTR;
  return ++calls < 3 ? -1 : 0;
}

TEST(FileCalls, InterruptedAndShortWritesAreContinued) {
  const TemporaryDirectory scratch;
  const FileDescriptor file = open_file(scratch / "f", O_RDWR | O_CREAT);
  const WriteOutcome outcome =
      write_at({stuttering_pwrite, ::fsync}, file.number(), "hello world", 0);
  EXPECT_EQ(outcome.error, 0);
  EXPECT_EQ(outcome.written_bytes, 11U);
  EXPECT_EQ(content_of(scratch / "f"), "hello world");
}

TEST(FileCalls, AFullDiskTellsHowMuchWasWritten) {
  const TemporaryDirectory scratch;
  const FileDescriptor file = open_file(scratch / "f", O_RDWR | O_CREAT);
  const WriteOutcome outcome =
      write_at({full_after_five_bytes, ::fsync}, file.number(), "hello world", 0);
  EXPECT_EQ(outcome.error, ENOSPC);
  EXPECT_EQ(outcome.written_bytes, 5U);
}

TEST(FileCalls, InterruptedFlushesAreRepeated) {
  EXPECT_EQ(flush_to_disk({::pwrite, interrupted_fsync}, 0), 0);
}

TEST(FileCalls, ReplacesWholeFilesAndLeavesNothingElse) {
  const TemporaryDirectory scratch;
  const auto file = scratch / "état of run.json";
  replace_file_text(file, "one, rather long text\n");
  replace_file_text(file, "two\n");
  EXPECT_EQ(read_file_text(file), "two\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(scratch.path()), {}), 1);
}

TEST(FileCalls, AFailedReplacementLeavesTheOldFile) {
  const TemporaryDirectory scratch;
  const auto file = scratch / "status.json";
  write_text(file, "old");
  const auto body = [&] {
    const SignalStop harmless;  // SIGXFSZ would end the process
    test::limit_file_size(1000);
    const std::string said = failure_of([&] { replace_file_text(file, std::string(5000, 'n')); });
    EXPECT_THAT(said, StartsWith("4 '" + file.string() + "' cannot be written: the file would"));
    EXPECT_THAT(said, HasSubstr("ulimit -f"));
    return testing::Test::HasFailure() ? 1 : 0;
  };
  EXPECT_EQ(in_child(body), 0);
  EXPECT_EQ(content_of(file), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(scratch.path()), {}), 1);
}

TEST(FileCalls, MissingPlacesAreNamed) {
  const TemporaryDirectory scratch;
  EXPECT_THAT(
      failure_of([&] { replace_file_text(scratch / "no" / "f", "x"); }),
      StartsWith("4 '" + (scratch / "no/f").string() + "' cannot be written: No such file"));
  EXPECT_THAT(failure_of([&] { static_cast<void>(read_file_text(scratch / "f")); }),
              StartsWith("4 '" + (scratch / "f").string() + "' cannot be read: No such file"));
}

TEST(FileCalls, ErrorsComeWithAdvice) {
  EXPECT_THAT(explain_errno(ENOSPC), HasSubstr("the disk is full"));
  EXPECT_THAT(explain_errno(EDQUOT), HasSubstr("quota"));
  EXPECT_THAT(explain_errno(EROFS), HasSubstr("read-only"));
  EXPECT_THAT(explain_errno(EACCES), HasSubstr("ls -ld"));
  EXPECT_EQ(explain_errno(EIO), "Input/output error");
}

TEST(FileCalls, DescriptorsAreMovedNotCopied) {
  const TemporaryDirectory scratch;
  FileDescriptor first = open_file(scratch / "f", O_RDWR | O_CREAT);
  const int number = first.number();
  FileDescriptor second(std::move(first));
  EXPECT_EQ(second.number(), number);
  second = FileDescriptor();
  EXPECT_FALSE(second.is_open());
  EXPECT_EQ(::fcntl(number, F_GETFD), -1) << "the descriptor was not closed";
}

}  // namespace
}  // namespace marrow::io
