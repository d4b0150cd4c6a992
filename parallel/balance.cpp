// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/balance.hpp"

#include "parallel/tissue_setup.hpp"

namespace marrow::parallel {
namespace {

/// Enterable voxels of every block of the lattice, on every rank.
std::vector<std::int64_t> block_work(const Communicator& comm, const Lattice& lattice,
                                     const TissueBox& tissue, const Box& own) {
  const BlockGrid grid(lattice.extent);
  std::vector<std::int64_t> work(static_cast<std::size_t>(grid.count()), 0);
  Index3 p;
  for (p.z = own.lo.z; p.z < own.hi.z; ++p.z) {
    for (p.y = own.lo.y; p.y < own.hi.y; ++p.y) {
      for (p.x = own.lo.x; p.x < own.hi.x; ++p.x) {
        const auto block = static_cast<std::size_t>(grid.index(BlockGrid::block_of(p)));
        work[block] += enterable(tissue.at(p)) ? 1 : 0;
      }
    }
  }
  comm.sum(work);
  return work;
}

}  // namespace

Decomposition balanced_decomposition(const Communicator& comm, const Parameters& parameters,
                                     const ImportedTissue* imported) {
  const Lattice lattice = parameters.lattice();
  Decomposition equal_volume(lattice, comm.size());
  if (comm.size() == 1) return equal_volume;
  const Box& own = equal_volume.box(comm.rank());
  const Tissue tissue = build_tissue(comm, parameters, own, 0, imported);
  const std::vector<std::int64_t> work = block_work(comm, lattice, tissue.box, own);
  std::int64_t mine = 0;
  for (const std::uint64_t block : blocks_of(lattice, own)) mine += work[block];
  const std::int64_t most = comm.max(mine);
  const std::int64_t total = comm.sum(mine);
  if (most * comm.size() * 20 <= total * 21) return equal_volume;
  return Decomposition(lattice, comm.size(), work);
}

}  // namespace marrow::parallel
