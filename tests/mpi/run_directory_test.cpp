// SPDX-License-Identifier: BSD-3-Clause
// The collective parts of the run directory.
#include "io/run/run_directory.hpp"

#include "io/run/provenance.hpp"
#include "io/run/stop_conditions.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <chrono>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

namespace marrow::io {
namespace {

class RunDirectoryRanks : public testing::Test {
 protected:
  parallel::Communicator comm{MPI_COMM_WORLD};
  test::TemporaryDirectory scratch{comm};
};

TEST_F(RunDirectoryRanks, AllRanksUseTheSameTemporaryDirectory) {
  if (comm.is_root()) std::ofstream(scratch / "from rank 0") << "x";
  comm.barrier();
  EXPECT_TRUE(std::filesystem::exists(scratch / "from rank 0"));
}

TEST_F(RunDirectoryRanks, AllRanksSeeWhatTheRootPrepared) {
  std::optional<RunDirectory> run;
  comm.agree([&] {
    if (!comm.is_root()) return;
    run.emplace(RunDirectory::prepare(scratch / "run", OpenMode::fresh, LockPolicy::respect));
  });
  EXPECT_NO_THROW(check_seen_by_all(comm, scratch / "run", 5.0));
  comm.barrier();
}

TEST_F(RunDirectoryRanks, ALateNameIsWaitedFor) {
  std::thread late;
  if (comm.is_root()) {
    late = std::thread([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      std::ofstream(scratch / "LOCK") << "late";
    });
  }
  EXPECT_NO_THROW(check_seen_by_all(comm, scratch.path(), 20.0));
  if (late.joinable()) late.join();
}

TEST_F(RunDirectoryRanks, TheRankAndHostThatCannotSeeItAreNamed) {
  // Only the last rank looks at a place where nothing is.
  const bool blind = comm.rank() == comm.size() - 1;
  if (comm.is_root()) std::ofstream(scratch / "LOCK") << "here";
  comm.barrier();
  try {
    check_seen_by_all(comm, blind ? scratch / "elsewhere" : scratch.path(), 0.2);
    ADD_FAILURE() << "nobody noticed";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::files);
    const std::string expected = "is not visible from rank " + std::to_string(comm.size() - 1) +
                                 " on host " + this_host() + ": use a directory on a file system";
    EXPECT_NE(std::string(failure.what()).find(expected), std::string::npos) << failure.what();
  }
}

TEST_F(RunDirectoryRanks, HostsAreCounted) {
  const std::vector<HostRanks> hosts = gather_hosts(comm);
  ASSERT_EQ(hosts.size(), 1U);
  EXPECT_EQ(hosts[0].host, this_host());
  EXPECT_EQ(hosts[0].ranks, comm.size());
  EXPECT_EQ(hosts[0].cpu, cpu_model());
}

TEST_F(RunDirectoryRanks, TheStrongestDecisionOfAnyRankCounts) {
  const StopDecision mine =
      comm.rank() == comm.size() - 1 ? StopDecision::stop : StopDecision::checkpoint;
  const auto shared = static_cast<StopDecision>(comm.max(static_cast<std::int64_t>(mine)));
  EXPECT_EQ(shared, StopDecision::stop);
}

}  // namespace
}  // namespace marrow::io
