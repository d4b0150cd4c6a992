// SPDX-License-Identifier: BSD-3-Clause
// repro_digests SCENARIO DAYS [path=value]…: prints the digest of every day. Built with several
// compilers and optimisation levels, whose outputs must be the same text.

#include "io/scenario/scenario_file.hpp"
#include "parallel/session.hpp"
#include "parallel/simulation.hpp"

#include <mpi.h>

#include <cstdio>
#include <cstdlib>

namespace {

void print_digests(const marrow::Parameters& parameters, long days) {
  const marrow::parallel::Communicator comm(MPI_COMM_WORLD);
  marrow::parallel::Simulation simulation(comm, parameters);
  simulation.start();
  for (long day = 0; day <= days; ++day) {
    const std::uint64_t digest = simulation.digest();
    if (comm.is_root()) std::printf("%ld %016llx\n", day, static_cast<unsigned long long>(digest));
    for (int hour = 0; hour < 24 && day < days; ++hour) simulation.step();
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  marrow::parallel::Session session(argument_count, arguments);
  if (argument_count < 3) {
    std::fprintf(stderr, "usage: repro_digests SCENARIO DAYS [path=value]...\n");
    return 2;
  }
  try {
    const std::vector<std::string> overrides(arguments + 3, arguments + argument_count);
    print_digests(
        marrow::io::scenario_or_throw(marrow::io::read_scenario_file(arguments[1], overrides))
            .parameters,
        std::atol(arguments[2]));
  } catch (const marrow::Failure& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return static_cast<int>(failure.code());
  }
}
