// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/memory_check.hpp"

#include "io/run/memory.hpp"
#include "io/run/process_identity.hpp"
#include "parallel/memory_need.hpp"

namespace marrow::tool {

void require_memory(const parallel::Communicator& comm, const Parameters& parameters) {
  require_memory(comm, parameters, comm.size());
}

void require_memory(const parallel::Communicator& comm, const Parameters& parameters,
                    int ranks_per_lattice) {
  const std::uint64_t bytes = parallel::expected_bytes_per_rank(parameters, ranks_per_lattice);
  io::require_memory(comm, {io::this_host(), bytes, io::memory_room()});
}

}  // namespace marrow::tool
