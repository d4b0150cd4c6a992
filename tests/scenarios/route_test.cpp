// SPDX-License-Identifier: BSD-3-Clause
// TARGETS E8: after ATG and cyclosporine the marrow recovers from HLA-intact cells, untreated from
// the clone that lacks the allele. The table of 20 seeds is in tests/scenarios/README.md; here
// fewer, with the bounds of the target.
#include "tests/scenarios/route.hpp"

#include "parallel/communicator.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <algorithm>
#include <vector>

namespace marrow::testing {
namespace {

double median_share(const std::vector<Route>& routes, bool treated) {
  std::vector<double> shares;
  for (const Route& r : routes) {
    if (r.treated == treated && r.responded && r.clone_held) shares.push_back(r.hla_lacking_share);
  }
  EXPECT_GE(shares.size(), 3u) << (treated ? "treated" : "untreated");
  if (shares.empty()) return -1.0;
  std::ranges::sort(shares);
  return 0.5 * (shares[(shares.size() - 1) / 2] + shares[shares.size() / 2]);
}

TEST(RecoveryRoute, HlaIntactAfterTreatmentHlaLackingWithout) {
  const parallel::Communicator world(MPI_COMM_WORLD);
  std::vector<Route> mine;
  int run = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    for (const bool treated : {true, false}) {
      if (run++ % world.size() == world.rank()) mine.push_back(run_route(seed, treated));
    }
  }
  const std::vector<Route> routes = world.all_gather(std::span<const Route>(mine));
  EXPECT_LE(median_share(routes, true), 0.20);
  EXPECT_GE(median_share(routes, false), 0.60);
}

}  // namespace
}  // namespace marrow::testing
