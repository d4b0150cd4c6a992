// SPDX-License-Identifier: BSD-3-Clause
// main() of tests under mpirun. Rank 0 prints; a test has failed if it failed on any rank; failures
// of all ranks are printed with their rank; the exit code is the largest of all ranks. A rank that
// fails inside a collective operation leaves the others waiting in it: it then waits for them only
// so long, tells its failures itself and ends the job.
#include <gtest/gtest.h>
#include <mpi.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

double patience_s() {
  const char* given = std::getenv("MARROW_TEST_PATIENCE_S");
  return given != nullptr ? std::strtod(given, nullptr) : 20.0;
}

/// The failures of one test on this rank, and their exchange at its end.
class RankListener final : public testing::EmptyTestEventListener {
 public:
  explicit RankListener(MPI_Comm comm) : comm_(comm) {
    MPI_Comm_rank(comm, &rank_);
    MPI_Comm_size(comm, &size_);
  }

 private:
  void OnTestStart(const testing::TestInfo&) override { failures_.clear(); }

  void OnTestPartResult(const testing::TestPartResult& part) override {
    if (!part.failed() || exchanging_) return;
    std::ostringstream text;
    text << (part.file_name() != nullptr ? part.file_name() : "unknown file") << ':'
         << std::max(part.line_number(), 0) << ": " << part.message() << '\n';
    failures_ += text.str();
  }

  // End events reach the listeners in reverse order: a failure added here is seen by the printer.
  void OnTestEnd(const testing::TestInfo& test) override {
    std::int32_t failed = failures_.empty() ? 0 : 1;
    std::int32_t any_failed = 0;
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Iallreduce(&failed, &any_failed, 1, MPI_INT32_T, MPI_MAX, comm_, &request);
    await(request, failed != 0, test);
    if (any_failed == 0) return;
    exchanging_ = true;
    const std::string told = gather_failures();
    std::fputs(told.c_str(), stdout);
    if (failed == 0) ADD_FAILURE() << "the test failed on another rank";
    exchanging_ = false;
  }

  void await(MPI_Request& request, bool failed, const testing::TestInfo& test) const {
    const double give_up_s = MPI_Wtime() + patience_s();
    int done = 0;
    MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    while (done == 0) {
      if (failed && MPI_Wtime() > give_up_s) {
        std::printf("[rank %d] %s.%s failed, and other ranks do not reach its end:\n%s", rank_,
                    test.test_suite_name(), test.name(), failures_.c_str());
        std::fflush(stdout);
        ::usleep(200000);  // the launcher forwards the text before it ends the job
        MPI_Abort(MPI_COMM_WORLD, 1);
      }
      ::usleep(500);  // ranks may outnumber cores
      MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    }
  }

  /// On rank 0: what the other ranks have to say (its own failures are printed as they happen).
  [[nodiscard]] std::string gather_failures() const {
    const int mine = static_cast<int>(failures_.size());
    std::vector<int> sizes(static_cast<std::size_t>(size_));
    MPI_Gather(&mine, 1, MPI_INT, sizes.data(), 1, MPI_INT, 0, comm_);
    std::vector<int> offsets(sizes.size());
    for (std::size_t r = 1; r < sizes.size(); ++r) offsets[r] = offsets[r - 1] + sizes[r - 1];
    std::string all(static_cast<std::size_t>(offsets.back() + sizes.back()), '\0');
    MPI_Gatherv(failures_.data(), mine, MPI_CHAR, all.data(), sizes.data(), offsets.data(),
                MPI_CHAR, 0, comm_);
    if (rank_ != 0) return {};
    std::string told;
    for (std::size_t r = 1; r < sizes.size(); ++r) {
      const auto begin = static_cast<std::size_t>(offsets[r]);
      const auto size = static_cast<std::size_t>(sizes[r]);
      if (size > 0) told += "[rank " + std::to_string(r) + "] " + all.substr(begin, size);
    }
    return told;
  }

  MPI_Comm comm_;
  int rank_ = 0;
  int size_ = 1;
  std::string failures_;
  bool exchanging_ = false;
};

/// All ranks must run the same tests in the same order, and only one may print or write a report.
void make_ranks_alike(int rank, MPI_Comm comm) {
  std::int32_t seed = GTEST_FLAG_GET(random_seed);
  if (GTEST_FLAG_GET(shuffle) && seed == 0)
    seed = 1 + static_cast<std::int32_t>(::getpid() % 99999);
  MPI_Bcast(&seed, 1, MPI_INT32_T, 0, comm);
  GTEST_FLAG_SET(random_seed, seed);
  if (rank == 0) return;
  GTEST_FLAG_SET(output, "");
  testing::TestEventListeners& listeners = testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
}

}  // namespace

int main(int argument_count, char** arguments) {
  MPI_Init(&argument_count, &arguments);
  testing::InitGoogleTest(&argument_count, arguments);
  MPI_Comm comm = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &comm);
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  make_ranks_alike(rank, comm);
  testing::UnitTest::GetInstance()->listeners().Append(
      std::make_unique<RankListener>(comm).release());
  const int mine = RUN_ALL_TESTS();
  int code = 0;
  MPI_Allreduce(&mine, &code, 1, MPI_INT, MPI_MAX, comm);
  MPI_Comm_free(&comm);
  MPI_Finalize();
  return code;
}
