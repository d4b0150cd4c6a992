// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/messages.hpp"

#include "tests/support/temporary_directory.hpp"
#include "tests/unit/io/run/fixtures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fcntl.h>
#include <stdlib.h>
#include <string>
#include <vector>

namespace marrow::io {
namespace {

using marrow::test::TemporaryDirectory;
using test::content_of;
using test::failure_of;
using test::FakeClock;
using testing::ElementsAre;
using testing::StartsWith;

class MessagesTest : public testing::Test {
 protected:
  Messages::Sink into_text() {
    return [this](std::string_view text) { printed += text; };
  }
  TemporaryDirectory scratch;
  FakeClock clock;
  std::string printed;
};

Terminal live(int columns, Colour colour = Colour::never) {
  return {TerminalKind::live, colour, [columns] { return columns; }};
}

TEST_F(MessagesTest, PlainLinesCarryTheirSeverity) {
  Messages messages(Terminal{}, into_text(), clock);
  messages.info("started");
  messages.warn("disk nearly full");
  messages.error("disk full");
  messages.show_live_line("12%");
  messages.clear_live_line();
  EXPECT_EQ(printed, "started\nwarning: disk nearly full\nerror: disk full\n");
}

TEST_F(MessagesTest, ColourOnlyWhereAllowed) {
  Messages messages(live(80, Colour::allowed), into_text(), clock);
  messages.info("a");
  messages.warn("b");
  messages.error("c");
  EXPECT_EQ(printed, "a\n\x1b[1;33mwarning: \x1b[0mb\n\x1b[1;31merror: \x1b[0mc\n");
}

TEST_F(MessagesTest, TheLiveLineIsErasedBeforeAMessageAndAtTheEnd) {
  {
    Messages messages(live(80), into_text(), clock);
    messages.show_live_line("12%");
    messages.show_live_line("13%");
    messages.warn("look");
    messages.info("here");
    messages.show_live_line("14%");
  }
  EXPECT_EQ(printed, "\r\x1b[K12%\r\x1b[K13%\r\x1b[Kwarning: look\nhere\n\r\x1b[K14%\r\x1b[K");
}

TEST_F(MessagesTest, TheLiveLineNeverReachesTheLastColumn) {
  Messages messages(live(10), into_text(), clock);
  messages.show_live_line("0123456789abc");
  EXPECT_EQ(printed, "\r\x1b[K012345678");
  EXPECT_EQ(cut_to_columns("über骨髄", 5), "über骨");
  EXPECT_EQ(cut_to_columns("über骨髄", 6), "über骨髄");
  EXPECT_EQ(cut_to_columns("x", -1), "");
}

TEST_F(MessagesTest, OtherRanksAreSilent) {
  {
    Messages messages = Messages::silent(clock);
    messages.error("x");
    messages.show_live_line("x");
    messages.log_only("x");
    messages.attach_log(scratch / "log.txt");
    messages.info("y");
  }
  EXPECT_FALSE(std::filesystem::exists(scratch / "log.txt"));
}

TEST_F(MessagesTest, TheLogHasTheSameLinesWithTimes) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  test::write_text(scratch / "log.txt", "from an earlier segment\n");
  Messages messages(Terminal{}, into_text(), clock);
  messages.info("before the directory was ready");
  clock.advance(5);
  messages.attach_log(scratch / "log.txt");
  messages.warn("two\nlines");
  messages.log_only("only here");
  EXPECT_EQ(content_of(scratch / "log.txt"),
            "from an earlier segment\n"
            "2026-11-22 21:40:00  before the directory was ready\n"
            "2026-11-22 21:40:05  warning: two\n"
            "2026-11-22 21:40:05  lines\n"
            "2026-11-22 21:40:05  only here\n");
  EXPECT_EQ(printed, "before the directory was ready\nwarning: two\nlines\n");
}

TEST_F(MessagesTest, ALogThatCannotBeOpenedIsAFailure) {
  Messages messages(Terminal{}, into_text(), clock);
  EXPECT_THAT(failure_of([&] { messages.attach_log(scratch / "no" / "log.txt"); }),
              StartsWith("4 '" + (scratch / "no/log.txt").string() + "' cannot be opened"));
}

TEST_F(MessagesTest, AFullDiskKeepsLogLinesUntilThereIsSpace) {
  const auto body = [&] {
    const SignalStop harmless;
    Messages messages(Terminal{}, into_text(), clock);
    messages.attach_log(scratch / "log.txt");
    test::limit_file_size(60);
    messages.info("the first line, written");
    messages.info("the second line, torn");
    messages.info("the third line, kept");
    test::lift_file_size_limit();
    messages.info("the last");
    const std::string log = content_of(scratch / "log.txt");
    EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 4);
    EXPECT_NE(log.find("  the second line, torn\n"), std::string::npos);
    EXPECT_NE(log.find("  the third line, kept\n"), std::string::npos);
    EXPECT_EQ(messages.log_lines_lost(), 0);
    return testing::Test::HasFailure() ? 1 : 0;
  };
  EXPECT_EQ(test::in_child(body), 0);
}

TEST_F(MessagesTest, ALogThatStaysUnwritableDoesNotEatTheMemory) {
  const auto body = [&] {
    const SignalStop harmless;
    Messages messages(Terminal{}, into_text(), clock);
    messages.attach_log(scratch / "log.txt");
    test::limit_file_size(0);
    const std::string line(979, 'x');  // 1001 bytes with its time
    for (int i = 0; i < 1100; ++i) messages.log_only(line);
    EXPECT_EQ(messages.log_lines_lost(), 1100 - (1 << 20) / 1001);
    return testing::Test::HasFailure() ? 1 : 0;
  };
  EXPECT_EQ(test::in_child(body), 0);
}

/// What describe_terminal says of a new pseudo terminal under these variables.
std::string described(const char* term, const char* no_color) {
  const int code = test::in_child([&] {
    term == nullptr ? ::unsetenv("TERM") : ::setenv("TERM", term, 1);
    no_color == nullptr ? ::unsetenv("NO_COLOR") : ::setenv("NO_COLOR", no_color, 1);
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0) return 99;
    const int terminal = ::open(::ptsname(master), O_RDWR | O_NOCTTY);
    const Terminal found = describe_terminal(terminal);
    return (found.kind == TerminalKind::live ? 2 : 0) + (found.colour == Colour::allowed ? 1 : 0);
  });
  switch (code) {
    case 0:
      return "plain";
    case 2:
      return "live";
    case 3:
      return "live with colour";
    default:
      return "failed " + std::to_string(code);
  }
}

TEST(TerminalTest, TheEnvironmentIsRespected) {
  EXPECT_EQ(described("xterm", nullptr), "live with colour");
  EXPECT_EQ(described("xterm", ""), "live with colour") << "NO_COLOR counts only if not empty";
  EXPECT_EQ(described("xterm", "1"), "live");
  EXPECT_EQ(described("dumb", nullptr), "plain");
  EXPECT_EQ(described("", nullptr), "plain");
  EXPECT_EQ(described(nullptr, nullptr), "plain");
}

TEST(TerminalTest, FilesArePlain) {
  const FileDescriptor null = open_file("/dev/null", O_WRONLY);
  const Terminal found = describe_terminal(null.number());
  EXPECT_EQ(found.kind, TerminalKind::plain);
  EXPECT_EQ(found.colour, Colour::never);
  EXPECT_EQ(found.columns(), 80);
}

}  // namespace
}  // namespace marrow::io
