// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/stop_conditions.hpp"

#include "tests/support/temporary_directory.hpp"
#include "tests/unit/io/run/fixtures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <fcntl.h>
#include <signal.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace marrow::io {
namespace {

using marrow::test::TemporaryDirectory;
using test::FakeClock;
using test::in_child;
using test::write_text;
using testing::HasSubstr;

constexpr StopDecision go_on = StopDecision::go_on;
constexpr StopDecision checkpoint = StopDecision::checkpoint;
constexpr StopDecision stop = StopDecision::stop;

TEST(StopDecisionTest, TheStrongerOneWins) {
  static_assert(combine(go_on, go_on) == go_on);
  static_assert(combine(go_on, checkpoint) == checkpoint);
  static_assert(combine(stop, checkpoint) == stop);
  static_assert(combine(checkpoint, stop) == stop);
  // Shared over ranks as the maximum of one integer.
  static_assert(static_cast<int>(go_on) < static_cast<int>(checkpoint));
  static_assert(static_cast<int>(checkpoint) < static_cast<int>(stop));
  EXPECT_EQ(combine({checkpoint, "a"}, {stop, "b"}).reason, "b");
  EXPECT_EQ(combine({stop, "a"}, {stop, "b"}).reason, "a");
  EXPECT_EQ(combine({stop, "a"}, {}).reason, "a");
}

TEST(SignalStopTest, StoppingSignalsAskToStopAndGoOnAsking) {
  for (const int number : {SIGUSR1, SIGTERM, SIGINT, SIGHUP, SIGXCPU}) {
    EXPECT_EQ(in_child([&] {
                ::signal(SIGINT, SIG_DFL);
                ::signal(SIGHUP, SIG_DFL);
                SignalStop signals;
                if (signals.poll().decision != go_on) return 1;
                ::raise(number);
                if (signals.poll().decision != stop) return 2;
                return signals.poll().decision == stop ? 0 : 3;
              }),
              0)
        << number;
  }
}

TEST(SignalStopTest, NamesTheFirstSignal) {
  SignalStop signals;
  ::raise(SIGUSR1);
  ::raise(SIGTERM);
  EXPECT_EQ(signals.poll().reason, "signal USR1");
}

TEST(SignalStopTest, Usr2AsksForOneCheckpoint) {
  SignalStop signals;
  ::raise(SIGUSR2);
  const StopVerdict verdict = signals.poll();
  EXPECT_EQ(verdict.decision, checkpoint);
  EXPECT_EQ(verdict.reason, "signal USR2");
  EXPECT_EQ(signals.poll().decision, go_on);
}

TEST(SignalStopTest, ASecondInterruptLeavesAtOnce) {
  EXPECT_EQ(in_child([] {
              ::signal(SIGINT, SIG_DFL);
              SignalStop signals;
              ::raise(SIGINT);
              ::usleep(400000);
              ::raise(SIGINT);
              return 0;
            }),
            static_cast<int>(ExitCode::interrupted_twice));
}

TEST(SignalStopTest, OneKeyPressThatArrivesTwiceIsOneInterrupt) {
  EXPECT_EQ(in_child([] {
              ::signal(SIGINT, SIG_DFL);
              SignalStop signals;
              ::raise(SIGINT);
              ::raise(SIGINT);
              return signals.poll().decision == stop ? 0 : 1;
            }),
            0);
}

TEST(SignalStopTest, IgnoredSignalsStayIgnored) {
  EXPECT_EQ(in_child([] {
              ::signal(SIGHUP, SIG_IGN);  // nohup
              ::signal(SIGINT, SIG_IGN);  // a background job
              SignalStop signals;
              ::raise(SIGHUP);
              ::raise(SIGINT);
              return signals.poll().decision == go_on ? 0 : 1;
            }),
            0);
}

TEST(SignalStopTest, HandlersOfALibraryAreReplacedAndWhatCameStays) {
  EXPECT_EQ(in_child([] {
              ::signal(SIGHUP, SIG_IGN);  // nohup
              SignalStop signals;
              ::raise(SIGUSR2);
              for (const int number : {SIGUSR1, SIGUSR2, SIGTERM}) ::signal(number, SIG_DFL);
              signals.take_signals();
              ::raise(SIGHUP);
              if (signals.poll().decision != checkpoint) return 1;
              ::raise(SIGUSR2);
              if (signals.poll().decision != checkpoint) return 2;
              ::raise(SIGTERM);
              return signals.poll().reason == "signal TERM" ? 0 : 3;
            }),
            0);
}

TEST(SignalStopTest, FileLimitsAndClosedPipesAreErrorsNotDeath) {
  const TemporaryDirectory scratch;
  EXPECT_EQ(in_child([&] {
              SignalStop signals;
              test::limit_file_size(4);
              const int file = ::creat((scratch / "f").c_str(), 0600);
              if (::write(file, "12345678", 8) != 4) return 1;
              if (::write(file, "5678", 4) != -1 || errno != EFBIG) return 2;
              int ends[2];
              if (::pipe(ends) != 0) return 3;
              ::close(ends[0]);
              return ::write(ends[1], "x", 1) == -1 && errno == EPIPE ? 0 : 4;
            }),
            0);
}

TEST(SignalStopTest, HandlersAreRestored) {
  const int code = in_child([] {
    { const SignalStop signals; }
    ::raise(SIGUSR1);
    return 0;
  });
  EXPECT_EQ(code, 128 + SIGUSR1);
}

TEST(SignalStopTest, HandlersCanStayForALateSignal) {
  const int code = in_child([] {
    {
      SignalStop signals;
      signals.keep_until_exit();
    }
    ::raise(SIGUSR1);
    return 0;
  });
  EXPECT_EQ(code, 0);
}

class RequestFilesTest : public testing::Test {
 protected:
  TemporaryDirectory scratch;
  FakeClock clock;
  RequestFiles requests{RunPaths(scratch.path()), clock};
};

TEST_F(RequestFilesTest, LooksAtMostOnceASecond) {
  EXPECT_EQ(requests.poll().decision, go_on);
  write_text(scratch / "STOP", "");
  clock.advance(0.9);
  EXPECT_EQ(requests.poll().decision, go_on);
  clock.advance(0.2);
  const StopVerdict verdict = requests.poll();
  EXPECT_EQ(verdict.decision, stop);
  EXPECT_EQ(verdict.reason, "the file STOP");
  EXPECT_TRUE(std::filesystem::exists(scratch / "STOP")) << "batch scripts look for it";
}

TEST_F(RequestFilesTest, ACheckpointRequestIsAnsweredOnce) {
  write_text(scratch / "CHECKPOINT", "");
  EXPECT_EQ(requests.poll().decision, checkpoint);
  EXPECT_FALSE(std::filesystem::exists(scratch / "CHECKPOINT"));
  clock.advance(2);
  EXPECT_EQ(requests.poll().decision, go_on);
  write_text(scratch / "CHECKPOINT", "");
  clock.advance(2);
  EXPECT_EQ(requests.poll().decision, checkpoint);
}

TEST_F(RequestFilesTest, ARequestThatCannotBeRemovedIsNotRepeatedForever) {
  write_text(scratch / "CHECKPOINT", "");
  ASSERT_EQ(::chmod(scratch.path().c_str(), 0555), 0);
  const bool root = ::geteuid() == 0;  // root may remove it: be nobody for a while
  constexpr uid_t nobody = 65534;
  ASSERT_EQ(root ? ::seteuid(nobody) : 0, 0);
  const StopDecision first = requests.poll().decision;
  clock.advance(2);
  const StopDecision second = requests.poll().decision;
  ASSERT_EQ(root ? ::seteuid(0) : 0, 0);
  ASSERT_EQ(::chmod(scratch.path().c_str(), 0755), 0);
  ASSERT_TRUE(std::filesystem::exists(scratch / "CHECKPOINT"));
  EXPECT_EQ(first, checkpoint);
  EXPECT_EQ(second, go_on);
}

TEST_F(RequestFilesTest, DirectoriesOfTheseNamesAreNoRequests) {
  std::filesystem::create_directory(scratch / "STOP");
  std::filesystem::create_directory(scratch / "CHECKPOINT");
  EXPECT_EQ(requests.poll().decision, go_on);
}

TEST_F(RequestFilesTest, StopIsStrongerThanCheckpoint) {
  write_text(scratch / "CHECKPOINT", "");
  write_text(scratch / "STOP", "");
  EXPECT_EQ(requests.poll().decision, stop);
}

TEST(WallDeadlineTest, LeavesTimeForTwoCheckpointsAndTwoSteps) {
  FakeClock clock;
  WallDeadline deadline(clock.steady + 1000, 0, clock);
  EXPECT_EQ(deadline.margin_s(), 30.0);
  deadline.step_took(2.0);
  deadline.step_took(1.0);
  deadline.checkpoint_took(40.0);
  deadline.checkpoint_took(10.0);
  EXPECT_EQ(deadline.margin_s(), 2 * 40.0 + 2 * 2.0 + 30.0);
  clock.steady += 1000 - 114;
  EXPECT_EQ(deadline.poll().decision, go_on) << "now + margin = deadline still suffices";
  clock.steady += 1;
  EXPECT_EQ(deadline.poll().decision, stop);
  EXPECT_EQ(deadline.poll().reason,
            "the deadline in 1 min 53 s (stopping safely may take 1 min 54 s)");
  EXPECT_EQ(deadline.view().margin_s, 114.0);
}

TEST(WallDeadlineTest, ExpectedCheckpointsCountBeforeOneIsMeasured) {
  FakeClock clock;
  WallDeadline deadline(clock.steady + 1000, 60, clock);
  EXPECT_EQ(deadline.margin_s(), 150.0);
  deadline.checkpoint_took(80);
  EXPECT_EQ(deadline.margin_s(), 190.0);
}

TEST(WallDeadlineTest, ADeadlineInThePastIsSaidToBe) {
  const FakeClock clock;
  EXPECT_EQ(WallDeadline(clock.steady_s() - 60.0, 5.0, clock).poll().reason,
            "the deadline, which has passed");
}

TEST(WallDeadlineTest, JumpsOfTheWallClockDoNotMoveIt) {
  FakeClock clock;
  const WallDeadline deadline(steady_time_of(clock.wall + 3600, clock), 0, clock);
  EXPECT_EQ(deadline.view().deadline_s, clock.steady + 3600);
  clock.wall += 86400;
  EXPECT_EQ(deadline.poll().decision, go_on);
  clock.wall -= 200000;
  clock.steady += 3571;
  EXPECT_EQ(deadline.poll().decision, stop);
}

TEST(SimulatedEndTest, StopsAtTheFirstStepThatReachesIt) {
  const SimulatedEnd end(400.0, 1.0 / 24.0);
  EXPECT_EQ(end.step(), 9600);
  EXPECT_EQ(end.poll(9599).decision, go_on);
  EXPECT_EQ(end.poll(9600).decision, stop);
  EXPECT_EQ(end.poll(9601).decision, stop);
  EXPECT_THAT(end.poll(9600).reason, HasSubstr("400 d"));
  EXPECT_EQ(SimulatedEnd(0.1, 1.0 / 24.0).step(), 3) << "2.4 steps: rounded up";
  EXPECT_EQ(SimulatedEnd(0.0, 1.0).step(), 0);
  for (int step = 1; step < 20000; ++step) {
    ASSERT_EQ(SimulatedEnd(step / 24.0, 1.0 / 24.0).step(), step);
  }
}

}  // namespace
}  // namespace marrow::io
