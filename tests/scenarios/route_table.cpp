// SPDX-License-Identifier: BSD-3-Clause
// route_table FIRST LAST: the route of recovery for these seeds, both arms; under mpirun each rank
// takes its share of the runs.
#include "parallel/communicator.hpp"
#include "parallel/session.hpp"
#include "tests/scenarios/route.hpp"

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  const marrow::parallel::Session session(argc, argv);
  if (argc != 3) {
    std::fprintf(stderr, "route_table FIRST_SEED LAST_SEED\n");
    return 2;
  }
  const marrow::parallel::Communicator world(MPI_COMM_WORLD);
  int run = 0;
  for (auto seed = std::strtoull(argv[1], nullptr, 10); seed <= std::strtoull(argv[2], nullptr, 10);
       ++seed) {
    for (const bool treated : {true, false}) {
      if (run++ % world.size() != world.rank()) continue;
      const marrow::testing::Route r = marrow::testing::run_route(seed, treated);
      std::printf("seed %2llu %-9s responded %d clone held %d after %6.1f d share %.4f\n",
                  static_cast<unsigned long long>(seed), treated ? "treated" : "untreated",
                  r.responded, r.clone_held, r.response_d, r.hla_lacking_share);
      std::fflush(stdout);
    }
  }
  return 0;
}
