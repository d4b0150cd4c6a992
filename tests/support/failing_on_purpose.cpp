// SPDX-License-Identifier: BSD-3-Clause
// Fails on one rank in each way a test can, for the tests of mpi_main.cpp. Run with 3 ranks and a
// filter.
#include <gtest/gtest.h>
#include <mpi.h>

#include <stdexcept>

namespace {

int my_rank() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

TEST(OnPurpose, SucceedsEverywhere) { SUCCEED(); }

TEST(OnPurpose, OneRankExpectsWrongly) { EXPECT_NE(my_rank(), 2) << "said by rank 2"; }

TEST(OnPurpose, OneRankThrows) {
  if (my_rank() == 1) throw std::runtime_error("thrown by rank 1");
}

// The others are left alone in the barrier.
TEST(OnPurpose, OneRankLeavesBeforeACollective) {
  ASSERT_NE(my_rank(), 1) << "left by rank 1";
  MPI_Barrier(MPI_COMM_WORLD);
}

}  // namespace
