// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/run_lock.hpp"

#include "tests/support/temporary_directory.hpp"
#include "tests/unit/io/run/fixtures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <fcntl.h>
#include <functional>
#include <optional>
#include <signal.h>
#include <string>
#include <sys/file.h>
#include <unistd.h>
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

/// The identity of a process of this machine that has ended.
ProcessIdentity dead_process() {
  ProcessIdentity dead = this_process();
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  dead.pid = child;
  return dead;
}

class RunLockTest : public testing::Test {
 protected:
  RunLock acquire(LockPolicy policy = LockPolicy::respect,
                  const ProcessIdentity& self = this_process()) const {
    return RunLock::acquire(scratch.path(), policy, self);
  }
  /// A lock file as `owner` leaves it when it is killed.
  void leave_lock_of(const ProcessIdentity& owner) const {
    write_text(
        file, nlohmann::json{{"process", to_json(owner)}, {"since", "2026-11-22 21:40:00"}}.dump());
  }
  TemporaryDirectory scratch;
  std::filesystem::path file = scratch / "LOCK";
};

TEST_F(RunLockTest, ADirectoryInItsPlaceIsNamedWithAdvice) {
  std::filesystem::create_directory(file);
  for (const LockPolicy policy : {LockPolicy::respect, LockPolicy::break_unverifiable}) {
    EXPECT_THAT(failure_of([&] { acquire(policy); }),
                AllOf(StartsWith("4 "), HasSubstr("is a directory"), HasSubstr("another name")));
  }
}

TEST_F(RunLockTest, CanBeLookedAtWithoutBeingTaken) {
  const auto check = [&] { RunLock::check(scratch.path(), LockPolicy::respect, this_process()); };
  EXPECT_NO_THROW(check());
  EXPECT_FALSE(std::filesystem::exists(file));
  leave_lock_of(dead_process());
  const std::string left = content_of(file);
  EXPECT_NO_THROW(check());
  EXPECT_EQ(content_of(file), left);
  leave_lock_of(this_process());
  EXPECT_THAT(failure_of(check), AllOf(StartsWith("4 "), HasSubstr("is in use")));
}

// As `flock RUN_DIR marrow run -o RUN_DIR` does. Takes as long as an honest owner would get.
TEST_F(RunLockTest, ADirectoryThatFlockKeepsIsNotWaitedForForEver) {
  const int held = ::open(scratch.path().c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(::flock(held, LOCK_EX), 0);
  EXPECT_THAT(failure_of([&] { acquire(); }),
              AllOf(StartsWith("4 "), HasSubstr("is kept locked by "), HasSubstr("flock")));
  ::close(held);
  EXPECT_NO_THROW(acquire());
}

TEST_F(RunLockTest, LastsAsLongAsTheObject) {
  {
    const RunLock lock = acquire();
    EXPECT_EQ(lock.note(), "");
    const auto json = nlohmann::json::parse(content_of(file));
    EXPECT_EQ(json["process"]["host"], this_host());
    EXPECT_EQ(json["process"]["pid"], ::getpid());
    EXPECT_NO_THROW(lock.confirm_ownership());
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(scratch.path()), {}), 1);
  }
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(RunLockTest, ALiveOwnerIsNeverOverridden) {
  const RunLock lock = acquire();
  const std::string before = content_of(file);
  for (const LockPolicy policy : {LockPolicy::respect, LockPolicy::break_unverifiable}) {
    EXPECT_THAT(failure_of([&] { acquire(policy); }),
                AllOf(StartsWith("4 '" + scratch.path().string() + "' is in use: process " +
                                 std::to_string(::getpid()) + " on host " + this_host()),
                      HasSubstr("/STOP"), HasSubstr("-o")));
  }
  EXPECT_EQ(content_of(file), before);
}

TEST_F(RunLockTest, AChildNeitherGetsNorReleasesItsParentsLock) {
  std::optional<RunLock> lock(acquire());
  const int code = test::in_child([&] {
    const bool refused = failure_of([&] { acquire(); }).starts_with("4 ");
    lock.reset();
    return refused ? 0 : 1;
  });
  EXPECT_EQ(code, 0);
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_F(RunLockTest, TheLockOfADeadProcessIsTakenOverWithANote) {
  const ProcessIdentity dead = dead_process();
  leave_lock_of(dead);
  const RunLock lock = acquire();
  EXPECT_EQ(lock.note(), "the lock of process " + std::to_string(dead.pid) + " on host " +
                             dead.host + (dead.job.empty() ? "" : " (job " + dead.job + ")") +
                             ", held since 2026-11-22 21:40:00, was left behind (no such process "
                             "exists any more) and is taken over");
  EXPECT_NO_THROW(lock.confirm_ownership());
}

TEST_F(RunLockTest, AReusedProcessNumberIsNotTheOwner) {
  ProcessIdentity earlier = this_process();
  earlier.start_ticks -= 1;
  leave_lock_of(earlier);
  EXPECT_THAT(acquire().note(), HasSubstr("its number now belongs to another process"));
}

TEST_F(RunLockTest, ARestartedMachineHasNoOldProcesses) {
  ProcessIdentity self = this_process();
  self.machine = "installation-1";
  ProcessIdentity before = self;
  before.boot = "an earlier start";
  leave_lock_of(before);
  EXPECT_THAT(acquire(LockPolicy::respect, self).note(), HasSubstr("the machine was restarted"));
}

TEST_F(RunLockTest, AnotherHostIsExplainedAndNeedsTheUsersWord) {
  ProcessIdentity far = this_process();
  far.host = "n12";
  far.pid = 4242;
  far.job = "77";
  leave_lock_of(far);
  const std::string before = content_of(file);
  EXPECT_THAT(failure_of([&] { acquire(); }),
              AllOf(StartsWith("4 "), HasSubstr("is locked by process 4242 on host n12 (job 77)"),
                    HasSubstr("since 2026-11-22 21:40:00: it cannot be seen from host"),
                    HasSubstr("Last sign of life: LOCK changed "), HasSubstr("squeue -j 77"),
                    HasSubstr("--break-lock")));
  EXPECT_EQ(content_of(file), before);
  EXPECT_EQ(acquire(LockPolicy::break_unverifiable).note(),
            "the lock of process 4242 on host n12 (job 77), held since 2026-11-22 21:40:00, was "
            "broken (--break-lock)");
}

TEST_F(RunLockTest, ARestartedBatchJobTakesOverItsOwnLock) {
  ProcessIdentity first = this_process();
  first.host = "n12";
  first.job = "77";
  first.job_start = "0";
  leave_lock_of(first);
  ProcessIdentity second = this_process();
  second.job = "77";
  second.job_start = "1";
  EXPECT_THAT(acquire(LockPolicy::respect, second).note(),
              HasSubstr("the batch system has started job 77 again"));
}

TEST_F(RunLockTest, TwoStepsOfOneJobDoNotShareADirectory) {
  ProcessIdentity far = this_process();
  far.host = "n12";
  far.job = "77";
  far.job_start = "0";
  leave_lock_of(far);
  ProcessIdentity self = this_process();
  self.job = "77";
  self.job_start = "0";
  EXPECT_THAT(failure_of([&] { acquire(LockPolicy::respect, self); }), HasSubstr("--break-lock"));
}

TEST_F(RunLockTest, AnotherContainerCannotBeJudgedByProcessNumber) {
  ProcessIdentity other = dead_process();
  other.pid_space = "pid:[1]";
  leave_lock_of(other);
  EXPECT_THAT(failure_of([&] { acquire(); }), HasSubstr("another container"));
}

TEST_F(RunLockTest, ADamagedLockIsExplained) {
  for (const char* damaged : {"", "{\"process\": {}}", "not json"}) {
    write_text(file, damaged);
    EXPECT_THAT(failure_of([&] { acquire(); }),
                AllOf(HasSubstr("LOCK file is damaged"), HasSubstr("--break-lock")));
    EXPECT_THAT(acquire(LockPolicy::break_unverifiable).note(), HasSubstr("damaged LOCK"));
  }
}

TEST_F(RunLockTest, LosingTheLockIsNoticedAndTheNewOwnersLockStays) {
  ProcessIdentity thief = this_process();
  thief.host = "n13";
  {
    const RunLock lock = acquire();
    leave_lock_of(thief);
    EXPECT_THAT(failure_of([&] { lock.confirm_ownership(); }),
                AllOf(StartsWith("4 "), HasSubstr("on host n13"), HasSubstr("holds it now")));
  }
  EXPECT_TRUE(std::filesystem::exists(file)) << "the lock of somebody else was removed";
  std::filesystem::remove(file);
  std::optional<RunLock> lock(acquire());
  std::filesystem::remove(file);
  EXPECT_THAT(failure_of([&] { lock->confirm_ownership(); }), HasSubstr("it is gone"));
}

// A network file system that is away for a moment: what lies there can neither be seen nor be
// missed. A run of weeks does not end for that.
TEST_F(RunLockTest, ALockThatCannotBeLookedAtIsNotLost) {
  const RunLock lock = acquire();
  const std::filesystem::path aside = scratch.path().string() + ".aside";
  std::filesystem::rename(scratch.path(), aside);
  std::filesystem::create_symlink(scratch.path(), scratch.path());  // ELOOP
  EXPECT_TRUE(lock.is_held());
  EXPECT_NO_THROW(lock.confirm_ownership());
  std::filesystem::remove(scratch.path());
  EXPECT_FALSE(lock.is_held()) << "the directory was moved";
  EXPECT_THAT(failure_of([&] { lock.confirm_ownership(); }), HasSubstr("was moved"));
  std::filesystem::rename(aside, scratch.path());
  EXPECT_TRUE(lock.is_held());
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  EXPECT_FALSE(lock.is_held());
  std::filesystem::remove(file);
}

/// How many of several processes get the lock while the first of them still holds it.
int winners_among(int processes, const std::function<RunLock()>& acquire) {
  std::array<int, 2> results{};
  std::array<int, 2> release{};
  if (::pipe(results.data()) != 0 || ::pipe(release.data()) != 0) return -1;
  for (int i = 0; i < processes; ++i) {
    if (::fork() != 0) continue;
    ::close(release[1]);
    char won = 0;
    try {
      const RunLock lock = acquire();
      won = 1;
      if (::write(results[1], &won, 1) != 1) ::_exit(1);
      char nothing = 0;
      while (::read(release[0], &nothing, 1) > 0) {
      }
    } catch (const Failure&) {
      if (::write(results[1], &won, 1) != 1) ::_exit(1);
    }
    ::_exit(0);
  }
  int winners = 0;
  for (int i = 0; i < processes; ++i) {
    char won = 0;
    if (::read(results[0], &won, 1) == 1) winners += won;
  }
  ::close(release[1]);
  for (int i = 0; i < processes; ++i) ::wait(nullptr);
  for (const int end : {results[0], results[1], release[0]}) ::close(end);
  return winners;
}

TEST_F(RunLockTest, OfManyAtOnceOneWinsAlsoOverAStaleLock) {
  for (int round = 0; round < 10; ++round) {
    leave_lock_of(dead_process());
    EXPECT_EQ(winners_among(6, [&] { return acquire(); }), 1);
    EXPECT_FALSE(std::filesystem::exists(file));
  }
}

TEST(ProcessIdentityTest, KnowsTheLivingAndTheDead) {
  const ProcessIdentity self = this_process();
  EXPECT_EQ(liveness_of(self, self).liveness, Liveness::alive);
  EXPECT_EQ(liveness_of(dead_process(), self).liveness, Liveness::gone);
  // A child that has ended and was not waited for yet.
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t zombie = ::fork();
  if (zombie == 0) {
    const std::uint64_t ticks = this_process().start_ticks;
    ::_exit(::write(ends[1], &ticks, sizeof ticks) == sizeof ticks ? 0 : 1);
  }
  ProcessIdentity ended = self;
  ended.pid = zombie;
  ASSERT_EQ(::read(ends[0], &ended.start_ticks, sizeof ended.start_ticks),
            static_cast<ssize_t>(sizeof ended.start_ticks));
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(zombie), &info, WEXITED | WNOWAIT);
  EXPECT_EQ(liveness_of(ended, self).why, "the process has ended");
  for (const int end : ends) ::close(end);
  ::waitpid(zombie, nullptr, 0);
}

TEST(ProcessIdentityTest, SurvivesJson) {
  ProcessIdentity self = this_process();
  self.job = "12.pbs";
  self.job_start = "3";
  EXPECT_EQ(process_from_json(nlohmann::json::parse(to_json(self).dump())), self);
}

TEST(ProcessIdentityTest, ReadsTheBatchJobFromTheEnvironment) {
  const int code = test::in_child([] {
    for (const char* name : {"SLURM_JOB_ID", "PBS_JOBID", "SLURM_RESTART_COUNT"}) ::unsetenv(name);
    const bool none = this_process().job.empty() && this_process().job_start.empty();
    ::setenv("PBS_JOBID", "12.server", 1);
    const bool pbs = this_process().job == "12.server" && this_process().job_start.empty();
    ::setenv("SLURM_JOB_ID", "77", 1);
    const bool first = this_process().job == "77" && this_process().job_start == "0";
    ::setenv("SLURM_RESTART_COUNT", "2", 1);
    const bool third = this_process().job_start == "2";
    return none && pbs && first && third ? 0 : 1;
  });
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace marrow::io
