// SPDX-License-Identifier: BSD-3-Clause
// The estimate of memory against peaks of resident memory that were measured on one rank.
#include "core/model/failure.hpp"
#include "parallel/memory_need.hpp"

#include <gtest/gtest.h>

namespace marrow::parallel {
namespace {

struct Measured {
  std::int64_t edge_voxels;
  bool frames;
  bool signals;
  double peak_mib;
};

Parameters parameters_of(const Measured& run) {
  Parameters p;
  p.domain.size_voxels = {run.edge_voxels, run.edge_voxels, run.edge_voxels};
  p.output.frames.every_h = run.frames ? 720.0 : 0.0;
  if (run.signals) p.signals.emplace();
  return p;
}

double expected_mib(const Parameters& p, int ranks) {
  return static_cast<double>(expected_bytes_per_rank(p, ranks)) / (1 << 20);
}

TEST(MemoryNeed, IsNotLessThanWasMeasuredAndLessThanTwice) {
  for (const Measured& run :
       {Measured{64, true, false, 47.6}, Measured{200, false, false, 63.9},
        Measured{320, false, false, 100.7}, Measured{200, true, false, 103.2},
        Measured{320, true, false, 300.3}, Measured{200, false, true, 87.4}}) {
    const double expected = expected_mib(parameters_of(run), 1);
    EXPECT_GT(expected, run.peak_mib) << run.edge_voxels;
    EXPECT_LT(expected, 2.0 * run.peak_mib) << run.edge_voxels;
  }
}

TEST(MemoryNeed, IsSharedByTheRanksAndKnownForAnySize) {
  const Parameters large = parameters_of({1000, false, false, 0.0});
  const double alone = expected_mib(large, 1);
  EXPECT_LT(expected_mib(large, 64), alone / 10.0) << "ghost layers and the libraries remain";
  EXPECT_GT(expected_mib(parameters_of({4000, false, false, 0.0}), 2), 40.0 * alone / 2.0);
  EXPECT_THROW(expected_mib(parameters_of({32, false, false, 0.0}), 9), Failure);
}

}  // namespace
}  // namespace marrow::parallel
