// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/run_limits.hpp"

#include "tests/unit/io/run/fixtures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace marrow::io {
namespace {

using test::failure_of;
using test::FakeClock;
using testing::StartsWith;

class RunLimitsTest : public testing::Test {
 protected:
  [[nodiscard]] RunLimits limits(const std::string& stop_at, const std::string& max_walltime,
                                 const std::string& watchdog = "30 min") const {
    return run_limits({stop_at, max_walltime, watchdog}, started_steady_s, clock);
  }
  [[nodiscard]] std::string in_ten_minutes() const {
    std::string text = local_text(clock.wall + 600);
    std::replace(text.begin(), text.end(), ' ', 'T');
    return text;
  }
  FakeClock clock;
  double started_steady_s = clock.steady - 100.0;  // MPI took its time
};

TEST_F(RunLimitsTest, WithoutOptionsThereIsNone) {
  EXPECT_FALSE(limits("", "").deadline_steady_s.has_value());
  EXPECT_FALSE(limits("", "").simulated_days.has_value());
}

TEST_F(RunLimitsTest, TheAllowanceCountsFromTheStartOfTheProgram) {
  EXPECT_DOUBLE_EQ(*limits("", "12h").deadline_steady_s, started_steady_s + 12 * 3600.0);
}

TEST_F(RunLimitsTest, ATimeOfDayIsThatFarFromNow) {
  const RunLimits found = limits(in_ten_minutes(), "");
  EXPECT_DOUBLE_EQ(*found.deadline_steady_s, clock.steady + 600.0);
  EXPECT_FALSE(found.simulated_days.has_value());
}

TEST_F(RunLimitsTest, TheEarlierOfTwoCounts) {
  EXPECT_DOUBLE_EQ(*limits(in_ten_minutes(), "12h").deadline_steady_s, clock.steady + 600.0);
  EXPECT_DOUBLE_EQ(*limits(in_ten_minutes(), "2 min").deadline_steady_s, started_steady_s + 120.0);
}

TEST_F(RunLimitsTest, ASimulatedTimeIsNoDeadline) {
  const RunLimits found = limits("400 d", "");
  EXPECT_DOUBLE_EQ(*found.simulated_days, 400.0);
  EXPECT_FALSE(found.deadline_steady_s.has_value());
}

TEST_F(RunLimitsTest, TheWatchdogIsOffOrATimeThatClocksCanHold) {
  EXPECT_EQ(limits("", "", "off").watchdog_s, 0.0);
  EXPECT_DOUBLE_EQ(limits("", "", "90 s").watchdog_s, 90.0);
  EXPECT_LE(limits("", "", "99999999 d").watchdog_s, 1e8);
}

TEST_F(RunLimitsTest, NonsenseIsRefused) {
  EXPECT_THAT(failure_of([&] { static_cast<void>(limits("", "soon")); }), StartsWith("2 "));
  EXPECT_THAT(failure_of([&] { static_cast<void>(limits("soon", "")); }), StartsWith("2 "));
  EXPECT_THAT(failure_of([&] { static_cast<void>(limits("", "", "soon")); }), StartsWith("2 "));
}

}  // namespace
}  // namespace marrow::io
