// SPDX-License-Identifier: BSD-3-Clause
// A series must neither lose nor double a row, whatever the disk does.
#include "io/run/series.hpp"

#include "core/random/mix.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/io/run/fixtures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

namespace marrow::io {
namespace {

using marrow::test::TemporaryDirectory;
using test::content_of;
using test::failure_of;
using test::write_text;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

using Cells = std::vector<std::string>;

const Cells comments{"# marrow series, format 1; scenario demo; scale N_real/K = 10"};
const Cells columns{"step", "time_d", "stem_cells"};
const std::string head =
    "# marrow series, format 1; scenario demo; scale N_real/K = 10\nstep,time_d,stem_cells\n";

// What the scripted disk does next.
int fsync_error = 0;
std::size_t disk_bytes = 0;

int scripted_fsync(int) {
  errno = fsync_error;
  return fsync_error == 0 ? 0 : -1;
}

/// A disk of `disk_bytes` that fills up in the middle of a row.
ssize_t small_disk_pwrite(int file, const void* from, std::size_t size, off_t offset) {
  const auto begin = static_cast<std::size_t>(offset);
  if (begin >= disk_bytes) {
    errno = ENOSPC;
    return -1;
  }
  return ::pwrite(file, from, std::min(size, disk_bytes - begin), offset);
}

const FileCalls scripted{small_disk_pwrite, scripted_fsync};

class SeriesTest : public testing::Test {
 protected:
  void SetUp() override {
    fsync_error = 0;
    disk_bytes = 1U << 30;
  }
  SeriesWriter fresh(const FileCalls& calls = system_file_calls()) const {
    return SeriesWriter::create(file, comments, columns, ExistingSeries::refuse, calls);
  }
  TemporaryDirectory scratch;
  std::filesystem::path file = scratch / "series.csv";
};

SeriesPosition mark_of(const std::string& text) {
  SeriesHash hash;
  hash.add(text);
  return {text.size(), hash.value()};
}

TEST(SeriesHashTest, IsWhatItsDefinitionSays) {
  const auto chained = [](std::uint64_t h, std::uint64_t word) {
    return mix64((h ^ word) + 0x9e3779b97f4a7c15ULL);
  };
  EXPECT_EQ(mark_of("").hash, mix64(0));
  EXPECT_EQ(mark_of("a").hash, mix64(chained(0, 0x61) ^ 1));
  EXPECT_EQ(mark_of("12345678").hash, mix64(chained(0, 0x3837363534333231ULL) ^ 8));
  EXPECT_EQ(mark_of("123456789").hash, mix64(chained(chained(0, 0x3837363534333231ULL), 0x39) ^ 9));
}

TEST(SeriesHashTest, DoesNotDependOnHowBytesAreSplit) {
  const std::string text = head + "0,0,100\n1,0.5,101\n";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    SeriesHash hash;
    hash.add(text.substr(0, cut));
    hash.add(text.substr(cut));
    EXPECT_EQ(hash.value(), mark_of(text).hash) << cut;
  }
}

TEST(SeriesHashTest, SeesEveryFlippedBitAndEveryLostByte) {
  const std::string text = head + "0,0,100\n";
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = text;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      EXPECT_NE(mark_of(damaged).hash, mark_of(text).hash);
    }
  }
  EXPECT_NE(mark_of(std::string(7, '\0')).hash, mark_of(std::string(8, '\0')).hash);
  EXPECT_NE(mark_of(std::string(8, '\0')).hash, mark_of(std::string(16, '\0')).hash);
}

TEST_F(SeriesTest, WritesCommentsHeaderAndRows) {
  SeriesWriter series = fresh();
  EXPECT_TRUE(series.append(Cells{"0", "0", "100"}));
  EXPECT_TRUE(series.append(Cells{"1", "0.041666666666666664", "99"}));
  const std::string expected = head + "0,0,100\n1,0.041666666666666664,99\n";
  EXPECT_EQ(content_of(file), expected) << "rows must be readable while the run goes on";
  EXPECT_EQ(series.sync(), mark_of(expected));
  EXPECT_EQ(series.pending(), 0);
}

TEST_F(SeriesTest, QuotesCellsAndRefusesBrokenOnes) {
  SeriesWriter series = fresh();
  series.append(Cells{"", "a,b", "say \"x\""});
  EXPECT_EQ(content_of(file), head + ",\"a,b\",\"say \"\"x\"\"\"\n");
  EXPECT_THAT(failure_of([&] {
                series.append(Cells{"1", "2"});
              }),
              StartsWith("1 a series row has 2 cells for 3 columns"));
  EXPECT_THAT(failure_of([&] {
                series.append(Cells{"1", "2", "3\n4"});
              }),
              StartsWith("1 a series cell holds a line break"));
  EXPECT_EQ(series.pending(), 0);
}

TEST_F(SeriesTest, DoesNotOverwriteAnExistingFileUnlessTold) {
  write_text(file, "precious");
  EXPECT_THAT(failure_of([&] { fresh(); }), AllOf(StartsWith("4 "), HasSubstr("File exists")));
  EXPECT_EQ(content_of(file), "precious");
  SeriesWriter::create(file, comments, columns, ExistingSeries::replace);
  EXPECT_EQ(content_of(file), head);
}

TEST_F(SeriesTest, AFullDiskKeepsRowsAndWritesThemOnceLater) {
  SeriesWriter series = fresh(scripted);
  disk_bytes = head.size() + 10;  // the second row is torn
  EXPECT_TRUE(series.append(Cells{"0", "0", "100"}));
  EXPECT_FALSE(series.append(Cells{"1", "1", "101"}));
  EXPECT_FALSE(series.append(Cells{"2", "2", "102"}));
  EXPECT_EQ(series.pending(), 2);
  EXPECT_THAT(series.trouble(), HasSubstr("the disk is full"));
  EXPECT_THAT(failure_of([&] { series.sync(); }),
              AllOf(StartsWith("4 "), HasSubstr("does not take 2 rows: the disk is full"),
                    HasSubstr("no checkpoint counts as good")));
  disk_bytes = 1U << 20;
  EXPECT_TRUE(series.append(Cells{"3", "3", "103"}));
  const std::string expected = head + "0,0,100\n1,1,101\n2,2,102\n3,3,103\n";
  EXPECT_EQ(content_of(file), expected);
  EXPECT_EQ(series.sync(), mark_of(expected));
  EXPECT_EQ(series.trouble(), "");
}

TEST_F(SeriesTest, EvenTheHeaderWaitsForAFullDisk) {
  disk_bytes = 3;
  SeriesWriter series = fresh(scripted);
  EXPECT_EQ(series.pending(), 2);
  EXPECT_FALSE(series.append(Cells{"0", "0", "100"}));
  disk_bytes = 1U << 20;
  EXPECT_TRUE(series.retry());
  EXPECT_EQ(content_of(file), head + "0,0,100\n");
}

TEST_F(SeriesTest, AfterAFailedFsyncEverythingSinceTheLastGoodOneIsWrittenAgain) {
  SeriesWriter series = fresh(scripted);
  series.sync();
  series.append(Cells{"0", "0", "100"});
  fsync_error = EIO;
  EXPECT_THAT(failure_of([&] { series.sync(); }), HasSubstr("does not take 1 row: Input/output"));
  EXPECT_EQ(series.pending(), 1);
  // What the kernel dropped reads as zeros.
  const std::string lost = head + std::string(8, '\0');
  write_text(scratch / "copy", lost);
  std::filesystem::copy_file(scratch / "copy", file,
                             std::filesystem::copy_options::overwrite_existing);
  fsync_error = 0;
  EXPECT_EQ(series.sync(), mark_of(head + "0,0,100\n"));
  EXPECT_EQ(content_of(file), head + "0,0,100\n");
}

TEST_F(SeriesTest, FileSizeLimitIsSurvivedInARealProcess) {
  const auto body = [&] {
    const SignalStop harmless;
    SeriesWriter series = fresh();
    std::string expected = head;
    test::limit_file_size(head.size() + 100);
    for (int step = 0; step < 50; ++step) {
      const Cells cells{std::to_string(step), "0.5", "12"};
      expected += cells[0] + ",0.5,12\n";
      series.append(cells);
    }
    EXPECT_GT(series.pending(), 30);
    EXPECT_THAT(failure_of([&] { series.sync(); }), HasSubstr("ulimit -f"));
    test::lift_file_size_limit();
    EXPECT_EQ(series.sync(), mark_of(expected));
    EXPECT_EQ(content_of(file), expected);
    return testing::Test::HasFailure() ? 1 : 0;
  };
  EXPECT_EQ(test::in_child(body), 0);
}

TEST_F(SeriesTest, LongSeriesAreMadeDurableInBetween) {
  SeriesWriter series = fresh();
  std::string expected = head;
  const std::string wide(2000, '7');
  for (int step = 0; step < 1500; ++step) {  // three times the memory kept for rewriting
    series.append(Cells{std::to_string(step), wide, "1"});
    expected += std::to_string(step) + "," + wide + ",1\n";
  }
  EXPECT_EQ(series.sync(), mark_of(expected));
  EXPECT_EQ(content_of(file), expected);
}

TEST_F(SeriesTest, KnowsItsPositionWithoutTheLastRow) {
  SeriesWriter series = fresh();
  series.append(Cells{"0", "0", "100"});
  series.append(Cells{"9", "1", "101"});
  EXPECT_EQ(series.sync(), mark_of(head + "0,0,100\n9,1,101\n"));
  EXPECT_EQ(series.before_last_row(), mark_of(head + "0,0,100\n"));
  series.sync();  // asked again, as when a checkpoint is tried twice
  EXPECT_EQ(series.before_last_row(), mark_of(head + "0,0,100\n"));
  EXPECT_EQ(series.last_name(), "9");
  series.append(Cells{"10", "2", "102"});
  series.sync();
  EXPECT_EQ(series.before_last_row(), mark_of(head + "0,0,100\n9,1,101\n"));
  EXPECT_EQ(series.last_name(), "10");
}

TEST_F(SeriesTest, NoticesThatSomebodyRemovedOrChangedTheFile) {
  SeriesWriter series = fresh();
  series.append(Cells{"0", "0", "100"});
  std::filesystem::resize_file(file, 5);
  EXPECT_THAT(failure_of([&] { series.sync(); }),
              AllOf(StartsWith("4 "), HasSubstr("was changed by somebody else: it has 5 bytes")));
  std::filesystem::remove(file);
  EXPECT_THAT(failure_of([&] { series.sync(); }), HasSubstr("was removed or replaced"));
  write_text(file, head + "0,0,100\n");
  EXPECT_THAT(failure_of([&] { series.sync(); }), HasSubstr("was removed or replaced"));
}

TEST_F(SeriesTest, ResumeCutsBackToTheMarkAndContinues) {
  SeriesPosition mark;
  {
    SeriesWriter series = fresh();
    series.append(Cells{"0", "0", "100"});
    mark = series.sync();
    series.append(Cells{"1", "1", "101"});
    series.append(Cells{"2", "2", "102"});
  }
  write_text(scratch / "torn", content_of(file) + "3,3,1");
  std::filesystem::rename(scratch / "torn", file);
  EXPECT_EQ(series_problem(file, mark), std::nullopt);
  SeriesWriter series = SeriesWriter::resume(file, mark, columns);
  EXPECT_EQ(series.cut().rows_removed, 3U);
  EXPECT_EQ(series.cut().bytes_removed, 21U);
  EXPECT_EQ(content_of(file), head + "0,0,100\n");
  EXPECT_EQ(series.sync(), mark) << "the mark of the same bytes must be the same";
  series.append(Cells{"1", "1", "111"});
  EXPECT_EQ(series.sync(), mark_of(head + "0,0,100\n1,1,111\n"));
}

TEST_F(SeriesTest, ResumedAndUninterruptedSeriesAreTheSameBytesAndMarks) {
  SeriesWriter whole = SeriesWriter::create(scratch / "whole.csv", comments, columns);
  SeriesWriter part = fresh();
  for (int step = 0; step < 40; ++step) {
    const Cells cells{std::to_string(step), std::to_string(step * 7), "5"};
    whole.append(cells);
    part.append(cells);
    if (step % 7 == 6) part = SeriesWriter::resume(file, part.sync(), columns);
  }
  EXPECT_EQ(part.sync(), whole.sync());
  EXPECT_EQ(content_of(file), content_of(scratch / "whole.csv"));
}

TEST_F(SeriesTest, CutBackRefusesAChangedOrShorterFileAndLeavesItAlone) {
  const std::string text = head + "0,0,100\n1,1,101\n";
  const SeriesPosition mark = mark_of(head + "0,0,100\n");
  std::string damaged = text;
  damaged[head.size() + 4] = '9';
  write_text(file, damaged);
  const std::string said = failure_of([&] { cut_back(file, mark); });
  EXPECT_THAT(said, AllOf(StartsWith("5 '" + file.string() + "' does not belong to the checkpoint"),
                          HasSubstr("bytes were changed since"), HasSubstr("--branch"),
                          HasSubstr("nothing was changed")));
  EXPECT_EQ(content_of(file), damaged);
  EXPECT_TRUE(series_problem(file, mark).has_value());
  write_text(file, text.substr(0, head.size() + 3));
  EXPECT_THAT(failure_of([&] { SeriesWriter::resume(file, mark, columns); }),
              AllOf(StartsWith("5 "), HasSubstr("it has 88 bytes, but the checkpoint was made when "
                                                "it had 93")));
  std::filesystem::remove(file);
  EXPECT_THAT(failure_of([&] { cut_back(file, mark); }),
              AllOf(StartsWith("5 "), HasSubstr("cannot be opened: No such file")));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(SeriesTest, AFileThatMayNotBeOpenedSaysNothingOfCheckpoints) {
  std::filesystem::create_directory(file);  // refused to root, too
  const SeriesPosition mark = mark_of(head);
  EXPECT_THAT(failure_of([&] { SeriesWriter::resume(file, mark, columns); }),
              AllOf(StartsWith("4 "), HasSubstr("cannot be opened for writing")));
  EXPECT_THAT(failure_of([&] { cut_back(file, mark); }), StartsWith("4 "));
}

TEST_F(SeriesTest, PositionsSurviveAsText) {
  const SeriesPosition position{1234, 0x00ab};
  EXPECT_EQ(position.hash_text(), "00000000000000ab");
  EXPECT_EQ(series_position(1234, position.hash_text()), position);
  for (const char* wrong : {"", "ab", "00000000000000xy", "00000000000000abc"}) {
    EXPECT_THAT(failure_of([&] { static_cast<void>(series_position(1, wrong)); }),
                StartsWith("5 the checkpoint names '" + std::string(wrong) + "' as the hash"));
  }
}

TEST_F(SeriesTest, CutBackAtTheEndRemovesNothing) {
  write_text(file, head + "0,0,100\n");
  const SeriesCut cut = cut_back(file, mark_of(head + "0,0,100\n"));
  EXPECT_EQ(cut.rows_removed, 0U);
  EXPECT_EQ(cut.bytes_removed, 0U);
}

TEST_F(SeriesTest, CutBackCountsRowsAcrossReadBuffers) {
  std::string text = head;
  for (int step = 0; step < 60000; ++step)
    text += std::to_string(100000 + step) + ",0.25,1\n";  // 14 bytes
  write_text(file, text);
  const SeriesCut cut = cut_back(file, mark_of(text.substr(0, head.size() + 14 * 15)));
  EXPECT_EQ(cut.rows_removed, 60000U - 15U);
}

TEST_F(SeriesTest, ResumeRefusesOtherColumnsWithoutTouchingTheFile) {
  const std::string text = head + "0,0,100\n1,1,101\n";
  write_text(file, text);
  const Cells other{"step", "time_d", "stem_cells", "t_cells"};
  EXPECT_THAT(
      failure_of([&] { SeriesWriter::resume(file, mark_of(head + "0,0,100\n"), other); }),
      AllOf(StartsWith("4 "), HasSubstr("has other columns"), HasSubstr("provenance.json")));
  EXPECT_EQ(content_of(file), text);
}

}  // namespace
}  // namespace marrow::io
