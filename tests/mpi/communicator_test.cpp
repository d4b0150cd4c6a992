// SPDX-License-Identifier: BSD-3-Clause
// The collective verbs, for every number of ranks: what each rank contributes is a function of its
// rank, so that the expected result is known everywhere.
#include "parallel/communicator.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <cstdint>
#include <limits>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace marrow::parallel {
namespace {

class CommunicatorTest : public testing::Test {
 protected:
  Communicator comm{MPI_COMM_WORLD};
  std::int64_t ranks = comm.size();
  std::int64_t me = comm.rank();
};

TEST_F(CommunicatorTest, IsADuplicateOfItsParent) {
  int relation = 0;
  MPI_Comm_compare(comm.handle(), MPI_COMM_WORLD, &relation);
  EXPECT_EQ(relation, MPI_CONGRUENT);
  int world_rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &world_rank);
  EXPECT_EQ(comm.rank(), world_rank);
  EXPECT_EQ(comm.is_root(), world_rank == 0);
}

TEST_F(CommunicatorTest, SumsSignedNumbers) {
  EXPECT_EQ(comm.sum(me + 1), ranks * (ranks + 1) / 2);
  EXPECT_EQ(comm.sum(-me), -ranks * (ranks - 1) / 2);
}

TEST_F(CommunicatorTest, SumsModuloTwoToTheSixtyFour) {
  constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  const auto minus_ranks = std::uint64_t{0} - static_cast<std::uint64_t>(ranks);
  EXPECT_EQ(comm.sum(largest), minus_ranks);
  EXPECT_EQ(comm.sum(std::uint64_t{1} << 63), ranks % 2 == 0 ? 0 : std::uint64_t{1} << 63);
}

TEST_F(CommunicatorTest, SumsElementWiseAndEmptySpans) {
  std::vector<std::int64_t> values{me, 10 * me, -me, 7};
  comm.sum(std::span<std::int64_t>(values));
  const std::int64_t total = ranks * (ranks - 1) / 2;
  EXPECT_EQ(values, (std::vector<std::int64_t>{total, 10 * total, -total, 7 * ranks}));
  std::vector<std::uint64_t> none;
  comm.sum(std::span<std::uint64_t>(none));
  EXPECT_TRUE(none.empty());
}

TEST_F(CommunicatorTest, FindsExtremes) {
  EXPECT_EQ(comm.max(me * me - 5), (ranks - 1) * (ranks - 1) - 5);
  EXPECT_EQ(comm.min(100 - me), 100 - (ranks - 1));
  EXPECT_EQ(comm.min(std::numeric_limits<std::int64_t>::min() + me),
            std::numeric_limits<std::int64_t>::min());
}

TEST_F(CommunicatorTest, AllNeedsEveryRank) {
  EXPECT_TRUE(comm.all(true));
  EXPECT_FALSE(comm.all(me != ranks - 1));
  EXPECT_FALSE(comm.all(false));
}

TEST_F(CommunicatorTest, GathersUnequalSizesInRankOrder) {
  // Rank r contributes r values: rank 0 nothing at all.
  std::vector<std::int64_t> mine;
  for (std::int64_t i = 0; i < me; ++i) mine.push_back(1000 * me + i);
  std::vector<std::int64_t> expected;
  for (std::int64_t r = 0; r < ranks; ++r) {
    for (std::int64_t i = 0; i < r; ++i) expected.push_back(1000 * r + i);
  }
  EXPECT_EQ(comm.all_gather(std::span<const std::int64_t>(mine)), expected);
}

TEST_F(CommunicatorTest, GathersNothingFromAnyone) {
  EXPECT_TRUE(comm.all_gather(std::span<const std::int64_t>()).empty());
}

TEST_F(CommunicatorTest, GathersFromOneRankOnly) {
  const std::string text = me == ranks - 1 ? "only the last rank speaks" : "";
  const std::vector<char> all = comm.all_gather(std::span<const char>(text));
  EXPECT_EQ(std::string(all.begin(), all.end()), "only the last rank speaks");
}

TEST_F(CommunicatorTest, BroadcastsBytesOfAnySize) {
  const std::string with_zero("a\0b\xff", 4);
  std::string bytes = comm.is_root() ? with_zero : "something longer that must vanish";
  comm.broadcast(bytes);
  EXPECT_EQ(bytes, with_zero);
  std::string empty = comm.is_root() ? "" : "not empty";
  comm.broadcast(empty);
  EXPECT_TRUE(empty.empty());
  std::string large = comm.is_root() ? std::string(3000001, 'x') + "end" : "";
  comm.broadcast(large);
  EXPECT_EQ(large.size(), 3000004U);
  EXPECT_TRUE(large.ends_with("xend"));
}

TEST_F(CommunicatorTest, BroadcastsWords) {
  std::vector<std::uint64_t> words(3, static_cast<std::uint64_t>(me));
  if (comm.is_root()) words = {1, std::numeric_limits<std::uint64_t>::max(), 3};
  comm.broadcast(std::span<std::uint64_t>(words));
  EXPECT_EQ(words, (std::vector<std::uint64_t>{1, std::numeric_limits<std::uint64_t>::max(), 3}));
}

TEST_F(CommunicatorTest, AgreesOnSuccess) {
  int calls = 0;
  EXPECT_NO_THROW(comm.agree([&] { ++calls; }));
  EXPECT_EQ(calls, 1);
}

/// What agree throws, as text; "nothing" if it does not throw.
template <class Work>
std::string outcome(const Communicator& comm, const Work& work) {
  try {
    comm.agree(work);
  } catch (const Failure& failure) {
    return std::to_string(static_cast<int>(failure.code())) + " " + failure.what();
  }
  return "nothing";
}

TEST_F(CommunicatorTest, FailureOfOneRankIsThrownByAll) {
  for (std::int64_t failing = 0; failing < ranks; ++failing) {
    const std::string said = outcome(comm, [&] {
      if (me == failing) {
        throw Failure(ExitCode::files, "rank " + std::to_string(me) + " has a full disk");
      }
    });
    EXPECT_EQ(said, "4 rank " + std::to_string(failing) + " has a full disk");
  }
}

TEST_F(CommunicatorTest, LowestFailingRankSpeaksForAll) {
  const std::string said = outcome(comm, [&] {
    const bool first_of_several = me == ranks - 2;
    if (me >= ranks - 2) {
      throw Failure(first_of_several || ranks == 1 ? ExitCode::model_health : ExitCode::files,
                    "rank " + std::to_string(me));
    }
  });
  const std::int64_t lowest = ranks == 1 ? 0 : ranks - 2;
  EXPECT_EQ(said, "6 rank " + std::to_string(lowest));
}

TEST_F(CommunicatorTest, OtherExceptionsBecomeInternalErrors) {
  const std::string said = outcome(comm, [&] {
    if (me == ranks - 1) throw std::runtime_error("unexpected");
  });
  EXPECT_EQ(said, "1 unexpected");
  const std::string memory = outcome(comm, [&] {
    if (me == 0) throw std::bad_alloc();
  });
  EXPECT_EQ(memory, std::string("1 ") + std::bad_alloc().what());
}

TEST_F(CommunicatorTest, EmptyMessagesAgreeToo) {
  const std::string said = outcome(comm, [&] {
    if (me == ranks - 1) throw Failure(ExitCode::no_usable_checkpoint, "");
  });
  EXPECT_EQ(said, "5 ");
}

TEST_F(CommunicatorTest, WorksAgainAfterAFailure) {
  const std::string said =
      outcome(comm, [] { throw Failure(ExitCode::scenario, "everywhere the same"); });
  EXPECT_EQ(said, "3 everywhere the same");
  EXPECT_EQ(comm.sum(std::int64_t{1}), ranks);
}

TEST_F(CommunicatorTest, DuplicatesDoNotDisturbEachOther) {
  const Communicator other(comm.handle());
  EXPECT_EQ(other.sum(me), comm.sum(me));
  other.barrier();
  comm.barrier();
}

}  // namespace
}  // namespace marrow::parallel
