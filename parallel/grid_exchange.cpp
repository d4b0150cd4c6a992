// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/grid_exchange.hpp"

#include "core/model/checked_int.hpp"

namespace marrow::parallel {
namespace {

constexpr int tag = 8;

std::int64_t cells_along(std::int64_t voxels, std::int64_t cell_edge) {
  return (voxels + cell_edge - 1) / cell_edge;
}

Index3 cells_of(const Index3& voxels, std::int64_t cell_edge) {
  return {cells_along(voxels.x, cell_edge), cells_along(voxels.y, cell_edge),
          cells_along(voxels.z, cell_edge)};
}

int total_bytes(const std::vector<Box>& boxes, std::size_t bytes_per_cell) {
  std::int64_t cells = 0;
  for (const Box& box : boxes) cells += box.volume();
  return checked_int(cells * static_cast<std::int64_t>(bytes_per_cell), "bytes of a ghost layer");
}

}  // namespace

GridExchange::GridExchange(const Communicator& comm, const Decomposition& decomposition,
                           const Lattice& lattice, std::int64_t cell_edge, std::int64_t layers)
    : comm_(comm) {
  if (cell_edge < 1 || block_edge % cell_edge != 0 || layers < 0) {
    throw Failure(ExitCode::internal_error,
                  "a coarse cell must divide a block, and ghost layers are not negative");
  }
  // Boxes begin on block edges, hence on cell edges; only the last cells of the lattice are
  // partial.
  const auto cells = [&](int rank) {
    const Box& voxels = decomposition.box(rank);
    return Box{cells_of(voxels.lo, cell_edge), cells_of(voxels.hi, cell_edge)};
  };
  own_ = cells(comm.rank());
  covered_ = own_.grown(layers);
  const Index3 extent = cells_of(lattice.extent, cell_edge);
  // A lattice of fewer cells than layers is seen several times over.
  const Index3 reach = lattice.periodic
                           ? Index3{cells_along(layers, extent.x), cells_along(layers, extent.y),
                                    cells_along(layers, extent.z)}
                           : Index3{};
  for (int rank = 0; rank < comm.size(); ++rank)
    plan_peer(cells(rank), rank, extent, reach, layers);
}

void GridExchange::plan_peer(const Box& theirs, int rank, const Index3& extent, const Index3& reach,
                             std::int64_t layers) {
  Peer peer;
  peer.rank = rank;
  const bool myself = rank == comm_.rank();
  for (std::int64_t z = -reach.z; z <= reach.z; ++z) {
    for (std::int64_t y = -reach.y; y <= reach.y; ++y) {
      for (std::int64_t x = -reach.x; x <= reach.x; ++x) {
        const Index3 shift{x * extent.x, y * extent.y, z * extent.z};
        if (myself && shift == Index3{}) continue;
        // The sender's cells appear, shifted, in the receiver's ghosts; both walk the same shifts.
        const Box sent = intersection(own_.shifted(shift), theirs.grown(layers));
        const Box received = intersection(theirs.shifted(shift), covered_);
        if (!received.empty() && myself) {
          images_.push_back({received.shifted(Index3{} - shift), received});
        }
        if (!sent.empty()) peer.sent.push_back(sent.shifted(Index3{} - shift));
        if (!received.empty()) peer.received.push_back(received);
      }
    }
  }
  if (!myself && !(peer.sent.empty() && peer.received.empty())) peers_.push_back(std::move(peer));
}

void GridExchange::start_receiving(std::size_t bytes_per_cell) {
  requests_.clear();
  for (Peer& peer : peers_) {
    const int incoming = total_bytes(peer.received, bytes_per_cell);
    peer.in.resize(static_cast<std::size_t>(incoming));
    peer.out.resize(static_cast<std::size_t>(total_bytes(peer.sent, bytes_per_cell)));
    MPI_Irecv(peer.in.data(), incoming, MPI_BYTE, peer.rank, tag, comm_.handle(),
              &requests_.emplace_back());
  }
}

void GridExchange::send_to(Peer& peer) {
  MPI_Isend(peer.out.data(), checked_int(peer.out.size(), "bytes of a ghost layer"), MPI_BYTE,
            peer.rank, tag, comm_.handle(), &requests_.emplace_back());
}

void GridExchange::finish() {
  MPI_Waitall(static_cast<int>(requests_.size()), requests_.data(), MPI_STATUSES_IGNORE);
}

}  // namespace marrow::parallel
