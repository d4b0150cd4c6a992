// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/ghost_exchange.hpp"

#include "core/model/checked_int.hpp"

#include <algorithm>

namespace marrow::parallel {
namespace {

constexpr int tag = 7;

/// A position fits one word: 21 bits an axis, offset so that ghost coordinates below zero fit too.
constexpr std::int64_t position_offset = std::int64_t{1} << 20;
constexpr std::int64_t position_limit = (std::int64_t{1} << 21) - 1;

std::uint64_t pack_position(const Index3& p) {
  const auto part = [](std::int64_t v) { return static_cast<std::uint64_t>(v + position_offset); };
  return part(p.x) | (part(p.y) << 21) | (part(p.z) << 42);
}

Index3 unpack_position(std::uint64_t word) {
  const auto part = [word](int shift) {
    return static_cast<std::int64_t>((word >> shift) & position_limit) - position_offset;
  };
  return {part(0), part(21), part(42)};
}

}  // namespace

GhostExchange::GhostExchange(const Communicator& comm, const Decomposition& decomposition,
                             const Lattice& lattice, std::int64_t layers)
    : comm_(comm), own_(decomposition.box(comm.rank())) {
  const Index3 e = lattice.extent;
  if (std::max({e.x, e.y, e.z}) >= position_offset - layers) {
    throw Failure(ExitCode::scenario,
                  "a lattice axis of more than a million voxels is not supported");
  }
  // A small periodic box sees several images of itself along an axis.
  const auto images = [&](std::int64_t n) {
    return lattice.periodic ? (layers + n - 1) / n : std::int64_t{0};
  };
  const Index3 reach{images(e.x), images(e.y), images(e.z)};
  for (int rank = 0; rank < comm.size(); ++rank) {
    const Box theirs = decomposition.box(rank).grown(layers);
    for (std::int64_t sz = -reach.z; sz <= reach.z; ++sz) {
      for (std::int64_t sy = -reach.y; sy <= reach.y; ++sy) {
        for (std::int64_t sx = -reach.x; sx <= reach.x; ++sx) {
          const Index3 shift{sx * e.x, sy * e.y, sz * e.z};
          if (rank == comm.rank() && shift == Index3{}) continue;
          const Box seen = intersection(own_.shifted(shift), theirs);
          if (!seen.empty()) links_.push_back({rank, seen.shifted(Index3{} - shift), shift});
        }
      }
    }
    if (!links_.empty() && links_.back().rank == rank) neighbours_.push_back(rank);
  }
}

std::vector<std::vector<std::uint64_t>> GhostExchange::pack(
    const TCellSwarm& swarm, const std::vector<std::uint32_t>& fresh_hits) const {
  std::vector<std::vector<std::uint64_t>> out(neighbours_.size());
  for (auto& words : out) {
    words.push_back(fresh_hits.size());
    words.insert(words.end(), fresh_hits.begin(), fresh_hits.end());
  }
  swarm.for_each([&](const SwarmCell& cell) {
    std::size_t n = 0;
    for (const Link& link : links_) {
      if (!link.region.contains(cell.position)) continue;
      while (neighbours_[n] != link.rank) ++n;
      out[n].insert(out[n].end(),
                    {pack_position(cell.position + link.shift), cell.origin, cell.record.bits()});
    }
  });
  return out;
}

void GhostExchange::unpack(const std::vector<std::uint64_t>& words, TCellSwarm& swarm,
                           NicheSites& niches) {
  std::size_t i = 1 + words[0];
  for (std::size_t h = 1; h < i; ++h) niches.mark_hit(static_cast<std::uint32_t>(words[h]));
  for (; i < words.size(); i += 3) {
    swarm.add({unpack_position(words[i]), words[i + 1], CellRecord(words[i + 2])});
  }
}

void GhostExchange::exchange(TCellSwarm& swarm, NicheSites& niches,
                             const std::vector<std::uint32_t>& fresh_hits) const {
  if (!needed()) return;
  swarm.retain(own_);
  niches.forget_ghost_hits();
  const std::vector<std::vector<std::uint64_t>> out = pack(swarm, fresh_hits);
  std::vector<MPI_Request> sends;
  for (std::size_t n = 0; n < neighbours_.size(); ++n) {
    if (neighbours_[n] == comm_.rank()) continue;
    const auto& words = out[n];
    MPI_Isend(words.data(), checked_int(words.size(), "words of T cells"), MPI_UINT64_T,
              neighbours_[n], tag, comm_.handle(), &sends.emplace_back());
  }
  std::vector<std::uint64_t> in;
  for (std::size_t n = 0; n < neighbours_.size(); ++n) {
    if (neighbours_[n] == comm_.rank()) {
      unpack(out[n], swarm, niches);
      continue;
    }
    MPI_Message message = MPI_MESSAGE_NULL;
    MPI_Status status;
    MPI_Mprobe(neighbours_[n], tag, comm_.handle(), &message, &status);
    int count = 0;
    MPI_Get_count(&status, MPI_UINT64_T, &count);
    in.resize(static_cast<std::size_t>(count));
    MPI_Mrecv(in.data(), count, MPI_UINT64_T, &message, MPI_STATUS_IGNORE);
    unpack(in, swarm, niches);
  }
  MPI_Waitall(static_cast<int>(sends.size()), sends.data(), MPI_STATUSES_IGNORE);
}

}  // namespace marrow::parallel
