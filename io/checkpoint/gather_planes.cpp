// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/gather_planes.hpp"

#include "core/model/checked_int.hpp"

#include <mpi.h>

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

namespace marrow::io {
namespace {

/// What one rank has, and which planes it wants.
struct Offer {
  Box box;
  std::int64_t first;
  std::int64_t last;
};

// The part of `box` in the planes [first, last): contiguous in an x-fastest array of the box.
Box cut(const Box& box, std::int64_t first, std::int64_t last) {
  Box part = box;
  part.lo.z = std::max(box.lo.z, first);
  part.hi.z = std::min(box.hi.z, last);
  return part.empty() ? Box{} : part;
}

void unpack(const Lattice& lattice, const Box& part, const std::uint8_t* from, Planes& planes) {
  const Box whole{{0, 0, planes.first}, {lattice.extent.x, lattice.extent.y, planes.last}};
  for (std::int64_t z = part.lo.z; z < part.hi.z; ++z) {
    for (std::int64_t y = part.lo.y; y < part.hi.y; ++y) {
      std::copy_n(from, part.extent().x, planes.kind.data() + offset_in(whole, {part.lo.x, y, z}));
      from += part.extent().x;
    }
  }
}

// Overlapping boxes that leave as large a hole elsewhere are found by the digest.
void require_tiling(const std::vector<Offer>& offers, const Lattice& lattice, std::int64_t first,
                    std::int64_t last) {
  std::int64_t offered = 0;
  for (const Offer& offer : offers) offered += cut(offer.box, first, last).volume();
  const std::int64_t wanted = (last - first) * lattice.extent.x * lattice.extent.y;
  if (offered != wanted) {
    throw Failure(ExitCode::model_health,
                  "checkpoint refused: the tissue of the ranks does not tile the lattice");
  }
  if (wanted > std::numeric_limits<int>::max()) {
    throw Failure(ExitCode::internal_error, "more than 2 GiB of tissue were asked for at once");
  }
}

}  // namespace

void gather_planes(const parallel::Communicator& comm, const Lattice& lattice,
                   const TissueBox& mine, std::int64_t first, std::int64_t last, Planes& planes) {
  const Offer my_offer{mine.box.empty() ? Box{} : mine.box, first, last};
  const auto offers = comm.all_gather(std::span<const Offer>(&my_offer, 1));
  planes.first = first;
  planes.last = last;
  std::vector<std::uint8_t> arrived;
  comm.agree([&] {
    require_tiling(offers, lattice, first, last);
    const std::int64_t wanted = (last - first) * lattice.extent.x * lattice.extent.y;
    arrived.resize(static_cast<std::size_t>(wanted - cut(my_offer.box, first, last).volume()));
    planes.kind.resize(static_cast<std::size_t>(wanted));
  });
  std::vector<MPI_Request> requests;
  std::vector<Box> parts;
  std::uint8_t* to = arrived.data();
  for (int rank = 0; rank < comm.size(); ++rank) {
    parts.push_back(cut(offers[static_cast<std::size_t>(rank)].box, first, last));
    const auto bytes = checked_int(parts.back().volume(), "voxels of a plane");
    if (bytes == 0 || rank == comm.rank()) continue;
    MPI_Irecv(to, bytes, MPI_BYTE, rank, 0, comm.handle(), &requests.emplace_back());
    to += bytes;
  }
  for (int rank = 0; rank < comm.size(); ++rank) {
    const Offer& other = offers[static_cast<std::size_t>(rank)];
    const Box part = cut(my_offer.box, other.first, other.last);
    if (part.empty() || rank == comm.rank()) continue;
    MPI_Isend(mine.kind.data() + offset_in(mine.box, part.lo),
              checked_int(part.volume(), "voxels of a plane"), MPI_BYTE, rank, 0, comm.handle(),
              &requests.emplace_back());
  }
  MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
  const std::uint8_t* from = arrived.data();
  for (int rank = 0; rank < comm.size(); ++rank) {
    const Box& part = parts[static_cast<std::size_t>(rank)];
    if (part.empty()) continue;
    const bool own = rank == comm.rank();
    unpack(lattice, part, own ? mine.kind.data() + offset_in(mine.box, part.lo) : from, planes);
    if (!own) from += part.volume();
  }
}

}  // namespace marrow::io
