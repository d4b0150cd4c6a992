// SPDX-License-Identifier: BSD-3-Clause
// The exact text a user sees, against a clock that only moves when told.
#include "io/run/progress.hpp"

#include "tests/unit/io/run/fixtures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace marrow::io {
namespace {

using test::FakeClock;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Progress::Counts counts = [] {
  return std::vector<std::string>{"12,345 stem cells", "678 T cells"};
};

class ProgressTest : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
  Messages::Sink into_lines() {
    return [this](std::string_view text) { printed += text; };
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> found;
    for (std::size_t begin = 0; begin < printed.size();) {
      const std::size_t end = printed.find('\n', begin);
      found.push_back(printed.substr(begin, end - begin));
      begin = end == std::string::npos ? printed.size() : end + 1;
    }
    return found;
  }
  FakeClock clock;
  std::string printed;
  Messages batch{Terminal{}, into_lines(), clock};
};

TEST_F(ProgressTest, BatchSpeaksOnceAMinute) {
  Progress progress({0, 100000, 1.0 / 24.0}, batch, clock);
  for (int step = 1; step <= 1000; ++step) {  // 125 s, 8 steps per second
    clock.advance(0.125);
    progress.update(step, counts);
  }
  EXPECT_THAT(
      lines(),
      ElementsAre("step 480 of 100,000 (0%), day 20 (0.05 y), 0.333 days/s, ETA 3 h 27 min; "
                  "12,345 stem cells, 678 T cells",
                  "step 960 of 100,000 (0%), day 40 (0.11 y), 0.333 days/s, ETA 3 h 26 min; "
                  "12,345 stem cells, 678 T cells"));
  EXPECT_THAT(printed, Not(HasSubstr("\r")));
}

TEST_F(ProgressTest, BatchSpeaksAtEachFivePercent) {
  Progress progress({0, 200, 1.0}, batch, clock);
  for (int step = 1; step <= 200; ++step) {
    clock.advance(0.5);
    progress.update(step, {});
  }
  const std::vector<std::string> said = lines();
  ASSERT_EQ(said.size(), 20U);
  EXPECT_EQ(said[0], "step 10 of 200 (5%), day 10 (0.03 y), 2 days/s, ETA 1 min 35 s");
  EXPECT_EQ(said[9], "step 100 of 200 (50%), day 100 (0.27 y), 2 days/s, ETA 50 s");
  EXPECT_EQ(said[19], "step 200 of 200 (100%), day 200 (0.55 y), 2 days/s, ETA 0 s");
}

TEST_F(ProgressTest, AResumedSegmentCountsFromTheWholeRunButTimesItself) {
  Progress progress({900, 1000, 1.0}, batch, clock);
  EXPECT_EQ(progress.steps_per_s(), 0.0);
  EXPECT_EQ(progress.eta_s(), std::nullopt);
  clock.advance(10);
  progress.update(910, {});
  EXPECT_DOUBLE_EQ(progress.steps_per_s(), 1.0);
  EXPECT_DOUBLE_EQ(*progress.eta_s(), 90.0);
  EXPECT_THAT(lines(), IsEmpty()) << "91 % is not a multiple of 5 %";
  clock.advance(40);
  progress.update(950, {});
  EXPECT_THAT(lines(),
              ElementsAre("step 950 of 1,000 (95%), day 950 (2.60 y), 1 days/s, ETA 50 s"));
}

TEST_F(ProgressTest, TheRateForgetsExponentiallyAndCountsCheckpoints) {
  Progress progress({0, 1000000, 1.0}, batch, clock);
  clock.advance(300);
  progress.update(3000, {});
  EXPECT_DOUBLE_EQ(progress.steps_per_s(), 10.0);
  clock.advance(300);  // a checkpoint of five minutes, one step
  progress.update(3001, {});
  const double kept = std::exp(-1.0);
  EXPECT_NEAR(progress.steps_per_s(), (3000 * kept + 1) / (300 * kept + 300), 1e-9);
}

TEST_F(ProgressTest, CountsAreOnlyAskedForWhenShown) {
  int asked = 0;
  Progress progress({0, 1000000, 1.0}, batch, clock);
  for (int step = 1; step <= 599; ++step) {
    clock.advance(0.1);
    progress.update(step, [&] {
      ++asked;
      return std::vector<std::string>{};
    });
  }
  EXPECT_EQ(asked, 0);
}

TEST_F(ProgressTest, TerminalsShowOneLiveLine) {
  Messages terminal({TerminalKind::live, Colour::never, [] { return 200; }}, into_lines(), clock);
  Progress progress({0, 29200, 1.0 / 24.0}, terminal, clock);
  clock.advance(1);
  progress.update(100, counts);
  clock.advance(0.1);  // too early for another line
  progress.update(200, counts);
  clock.advance(0.9);
  progress.update(9888, counts);
  EXPECT_EQ(printed,
            "\r\x1b[K  0% [>                   ]  step 100/29,200  day 4.2 (0.01 y)  4.17 days/s  "
            "ETA 4 min 51 s  12,345 stem cells  678 T cells"
            "\r\x1b[K 33% [======>             ]  step 9,888/29,200  day 412 (1.13 y)  206 days/s  "
            "ETA 4 s  12,345 stem cells  678 T cells");
  printed.clear();
  progress.finish();
  terminal.info("finished");
  EXPECT_EQ(printed, "\r\x1b[Kfinished\n");
}

TEST_F(ProgressTest, NarrowTerminalsLoseTheLeastImportantPartsFirst) {
  for (int columns = 5; columns < 140; ++columns) {
    printed.clear();
    FakeClock time;
    Messages terminal({TerminalKind::live, Colour::never, [&] { return columns; }}, into_lines(),
                      time);
    Progress progress({0, 29200, 1.0 / 24.0}, terminal, time);
    time.advance(1);
    progress.update(100, counts);
    ASSERT_LE(printed.size() - std::string("\r\x1b[K").size(),
              static_cast<std::size_t>(columns - 1));
    if (columns == 60) {
      EXPECT_THAT(printed, EndsWith("[>                   ]  step 100/29,200"));
    }
    if (columns == 64) {
      EXPECT_THAT(printed, EndsWith("day 4.2 (0.01 y)"));
    }
  }
}

TEST_F(ProgressTest, TerminalsLogWhatBatchPrints) {
  Messages terminal({TerminalKind::live, Colour::never, [] { return 80; }}, into_lines(), clock);
  Progress progress({0, 100, 1.0}, terminal, clock);
  clock.advance(1);
  progress.update(5, {});
  EXPECT_THAT(printed, Not(HasSubstr("\n"))) << "the plain line belongs to the log only";
}

TEST_F(ProgressTest, SaysOnceThatItWillFinishInTime) {
  Progress progress({0, 12000, 1.0}, batch, clock);
  progress.set_deadline({clock.steady + 8100, 100});  // 23:55, two hours and a quarter away
  for (int step = 1; step <= 59; ++step) {
    clock.advance(1);
    progress.update(step * 10, {});
  }
  EXPECT_THAT(lines(), IsEmpty());
  clock.advance(1);
  progress.update(600, {});
  EXPECT_THAT(
      lines(),
      ElementsAre(
          "step 600 of 12,000 (5%), day 600 (1.64 y), 10 days/s, ETA 19 min 00 s (1 h 55 min "
          "before the deadline)",
          "will finish before the deadline (22:00 < 23:55)"));
  printed.clear();
  for (int step = 61; step <= 119; ++step) {
    clock.advance(1);
    progress.update(step * 10, {});
  }
  EXPECT_THAT(printed, Not(HasSubstr("deadline")));
}

TEST_F(ProgressTest, SaysWhereItWillStop) {
  Progress progress({0, 120000, 1.0}, batch, clock);
  progress.set_deadline({clock.steady + 8600, 140});
  clock.advance(60);
  progress.update(600, {});
  EXPECT_THAT(lines().back(), "will stop at about step 84,600 of 120,000; resubmit to continue");
}

TEST_F(ProgressTest, AChangedForecastIsSaidAgainButNotAtOnce) {
  Progress progress({0, 12000, 1.0}, batch, clock);
  progress.set_deadline({clock.steady + 2000, 30});
  clock.advance(60);
  progress.update(600, {});
  EXPECT_THAT(printed, HasSubstr("will finish before the deadline"));
  printed.clear();
  clock.advance(540);  // the pace drops
  progress.update(700, {});
  EXPECT_THAT(printed, Not(HasSubstr("will stop"))) << "a forecast must not flicker";
  clock.advance(61);
  progress.update(701, {});
  EXPECT_THAT(printed, HasSubstr("will stop at about step "));
}

TEST_F(ProgressTest, ADeadlineOfAnotherDayHasItsDate) {
  Progress progress({0, 1200, 1.0}, batch, clock);
  progress.set_deadline({clock.steady + 86400, 30});
  clock.advance(60);
  progress.update(600, {});
  EXPECT_THAT(printed, HasSubstr("(21:42 < 2026-11-23 21:40)"));
}

}  // namespace
}  // namespace marrow::io
