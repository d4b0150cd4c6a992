// SPDX-License-Identifier: BSD-3-Clause
// Times as text, and that no locale changes what is written.
#include "io/run/clock.hpp"

#include "io/run/provenance.hpp"
#include "io/run/status.hpp"
#include "io/run/wording.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/io/run/fixtures.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <clocale>
#include <cmath>
#include <cstdlib>
#include <locale>
#include <string>
#include <thread>
#include <vector>

namespace marrow::io {
namespace {

using test::failure_of;
using test::FakeClock;
using testing::HasSubstr;
using testing::StartsWith;

void use_zone(const char* zone) {
  ::setenv("TZ", zone, 1);
  ::tzset();
}

TEST(ClockTest, SteadyTimeGrowsWithRealTime) {
  const SystemClock clock;
  const double before = clock.steady_s();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_GE(clock.steady_s() - before, 0.02);
  EXPECT_GT(clock.wall_s(), 1700000000);
}

TEST(ClockTest, WritesAndReadsUtc) {
  EXPECT_EQ(utc_text(1795383605), "2026-11-22T21:40:05Z");
  EXPECT_EQ(parse_utc_text("2026-11-22T21:40:05Z"), 1795383605);
  EXPECT_EQ(parse_utc_text("2024-02-29T00:00:00Z"), 1709164800);
  for (const char* wrong :
       {"", "2026-11-22", "2026-11-22T21:40:05", "2026-13-22T21:40:05Z", "2025-02-29T00:00:00Z",
        "2026-11-22T24:40:05Z", "yesterday", "2026-11-22T21:40:05Zx"}) {
    EXPECT_EQ(parse_utc_text(wrong), std::nullopt) << wrong;
  }
}

TEST(ClockTest, LocalTimesFollowTheZone) {
  use_zone("CET-1");
  EXPECT_EQ(local_text(1795383605), "2026-11-22 22:40:05");
  EXPECT_EQ(short_local_text(1795383605, 1795383605 + 3600), "22:40");
  EXPECT_EQ(short_local_text(1795383605, 1795383605 + 7200), "2026-11-22 22:40");
  use_zone("UTC");
}

TEST(ClockTest, ReadsWallTimes) {
  EXPECT_EQ(parse_duration_s("90 min"), 5400.0);
  EXPECT_EQ(parse_duration_s("12h"), 43200.0);
  EXPECT_EQ(parse_duration_s(" 1.5 h "), 5400.0);
  EXPECT_EQ(parse_duration_s("2 d"), 172800.0);
  EXPECT_EQ(parse_duration_s("12:00:00"), 43200.0);
  EXPECT_EQ(parse_duration_s("1-02:03:04"), 93784.0);
  EXPECT_EQ(parse_duration_s("100:00:00"), 360000.0);
  for (const char* wrong : {"", "12", "12:30", "-1 h", "0 h", "1 fortnight", "h", "1,5 h", "nan h",
                            "inf h", "1e999 h", "00:60:00", "1-1:1:1", "x-12:00:00", "12:00:00x"}) {
    EXPECT_THAT(failure_of([&] { static_cast<void>(parse_duration_s(wrong)); }),
                StartsWith("2 '" + std::string(wrong) + "' is not a wall time: give"));
  }
}

TEST(ClockTest, ReadsWhenToStop) {
  use_zone("UTC");
  const std::int64_t now = 1795383600;  // 2026-11-22 21:40
  EXPECT_EQ(parse_stop_at("2026-11-22T23:55:00", now).wall_s, now + 8100);
  EXPECT_EQ(parse_stop_at("2026-11-22 23:55", now).wall_s, now + 8100);
  EXPECT_EQ(parse_stop_at("23:55", now).wall_s, now + 8100);
  EXPECT_EQ(parse_stop_at("06:00", now).wall_s, now + 30000) << "tomorrow";
  EXPECT_EQ(parse_stop_at("400 d", now).simulated_days, 400.0);
  EXPECT_EQ(parse_stop_at("2y", now).simulated_days, 730.5);
  EXPECT_EQ(parse_stop_at("36 h", now).simulated_days, 1.5);
  EXPECT_EQ(parse_stop_at("400 d", now).wall_s, std::nullopt);
  EXPECT_EQ(parse_stop_at("23:55", now).simulated_days, std::nullopt);
  for (const char* wrong : {"", "25:00", "2026-11-31T00:00:00", "2026-11-22", "400", "-3 d", "soon",
                            "2026-11-22T23:55:00Z?"}) {
    EXPECT_THAT(
        failure_of([&] { static_cast<void>(parse_stop_at(wrong, now)); }),
        StartsWith("2 --stop-at '" + std::string(wrong) + "' is neither a wall-clock time"));
  }
}

TEST(WordingTest, NumbersAsPeopleReadThem) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000), "1,000");
  EXPECT_EQ(with_thousands(1234567), "1,234,567");
  EXPECT_EQ(with_thousands(-123), "-123");
  EXPECT_EQ(with_thousands(-1234), "-1,234");
  EXPECT_EQ(duration_text(0.4), "0 s");
  EXPECT_EQ(duration_text(59.6), "1 min 00 s");
  EXPECT_EQ(duration_text(252), "4 min 12 s");
  EXPECT_EQ(duration_text(3 * 3600 + 5 * 60 + 59), "3 h 05 min");
  EXPECT_EQ(duration_text(52 * 3600), "2 d 04 h");
  EXPECT_EQ(duration_text(-5), "0 s");
  EXPECT_EQ(duration_text(1e300), "more than 1000 y");
  EXPECT_EQ(duration_text(std::nan("")), "more than 1000 y");
  EXPECT_EQ(simulated_date_text(412.9), "day 412 (1.13 y)");
  EXPECT_EQ(simulated_date_text(0.5), "day 0.5 (0.00 y)");
  EXPECT_EQ(counted(1, "row"), "1 row");
  EXPECT_EQ(counted(1200, "row"), "1,200 rows");
  EXPECT_EQ(joined({}), "");
  EXPECT_EQ(joined(std::vector<std::string>{"", "b", "c"}), ", b, c");
}

/// Everything of this folder that writes or reads numbers, as one text.
std::string all_numbers(const marrow::test::TemporaryDirectory& scratch) {
  RunStatus status;
  status.steps_total = 1234567;
  status.step = 1234;
  status.simulated_days = 1234.5;
  status.steps_per_s = 0.125;
  status.eta_s = 98765.25;
  const RunStatus back = parse_status(status_json(status));
  ProvenanceSegment segment;
  segment.first_step = 1234567;
  static_cast<void>(begin_segment(scratch / "provenance.json", segment));
  const std::string text =
      status_json(back) + test::content_of(scratch / "provenance.json") + with_thousands(1234567) +
      simulated_date_text(1234.5) + utc_text(1795383605) +
      fmt::format("{} {}", parse_duration_s("1.5 h"), *parse_stop_at("2.5 d", 0).simulated_days);
  std::filesystem::remove(scratch / "provenance.json");
  return text;
}

struct CommaNumbers : std::numpunct<char> {
  [[nodiscard]] char do_decimal_point() const override { return ','; }
  [[nodiscard]] char do_thousands_sep() const override { return '.'; }
  [[nodiscard]] std::string do_grouping() const override { return "\3"; }
};

TEST(LocaleTest, NoLocaleChangesWhatIsWrittenOrRead) {
  const marrow::test::TemporaryDirectory scratch;
  const std::string expected = all_numbers(scratch);
  EXPECT_THAT(expected, HasSubstr("\"simulated_days\": 1234.5"));
  // The C++ locale: always available.
  const std::locale before = std::locale::global(std::locale(std::locale(), new CommaNumbers));
  EXPECT_EQ(fmt::format("{:L}", 1.5), "1,5") << "the locale is not in effect";
  EXPECT_EQ(all_numbers(scratch), expected);
  std::locale::global(before);
  // The C locale: a German one, where it is installed.
  for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "de_DE"}) {
    if (std::setlocale(LC_ALL, name) == nullptr) continue;
    EXPECT_EQ(all_numbers(scratch), expected) << name;
  }
  std::setlocale(LC_ALL, "C");
}

}  // namespace
}  // namespace marrow::io
