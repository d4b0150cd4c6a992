// SPDX-License-Identifier: BSD-3-Clause
#include "io/vtk/exchange.hpp"

#include <mpi.h>

#include <algorithm>
#include <cstdint>
#include <exception>

namespace marrow::io {
namespace {

constexpr int tag = 7001;

/// Calls transfer(offset, count) for each chunk of a message.
template <class Transfer>
void for_each_chunk(std::size_t bytes, std::size_t chunk_bytes, Transfer transfer) {
  for (std::size_t done = 0; done < bytes; done += chunk_bytes) {
    transfer(done, static_cast<int>(std::min(chunk_bytes, bytes - done)));
  }
}

std::vector<std::uint64_t> incoming_sizes(const parallel::Communicator& communicator,
                                          const std::vector<Bytes>& outgoing) {
  std::vector<std::uint64_t> sizes(outgoing.size());
  std::transform(outgoing.begin(), outgoing.end(), sizes.begin(),
                 [](const Bytes& bytes) { return bytes.size(); });
  std::vector<std::uint64_t> incoming(outgoing.size());
  MPI_Alltoall(sizes.data(), 1, MPI_UINT64_T, incoming.data(), 1, MPI_UINT64_T,
               communicator.handle());
  return incoming;
}

}  // namespace

void exchange(const parallel::Communicator& communicator, const std::vector<Bytes>& outgoing,
              const std::function<void(int source, std::span<const std::byte> bytes)>& receive,
              std::size_t chunk_bytes) {
  const std::vector<std::uint64_t> incoming = incoming_sizes(communicator, outgoing);
  const auto me = static_cast<std::size_t>(communicator.rank());
  Bytes buffer;
  communicator.agree([&] {  // out of memory on one rank must not leave the others waiting
    std::size_t largest = 0;
    for (std::size_t source = 0; source < incoming.size(); ++source) {
      if (source != me) largest = std::max<std::size_t>(largest, incoming[source]);
    }
    buffer.resize(largest);
  });
  std::vector<MPI_Request> sends;
  for (std::size_t target = 0; target < outgoing.size(); ++target) {
    if (target == me) continue;
    for_each_chunk(outgoing[target].size(), chunk_bytes, [&](std::size_t offset, int count) {
      MPI_Isend(outgoing[target].data() + offset, count, MPI_BYTE, static_cast<int>(target), tag,
                communicator.handle(), &sends.emplace_back());
    });
  }
  std::exception_ptr failure;
  for (std::size_t source = 0; source < incoming.size(); ++source) {
    if (incoming[source] == 0) continue;
    if (source != me) {
      for_each_chunk(incoming[source], chunk_bytes, [&](std::size_t offset, int count) {
        MPI_Recv(buffer.data() + offset, count, MPI_BYTE, static_cast<int>(source), tag,
                 communicator.handle(), MPI_STATUS_IGNORE);
      });
    }
    const Bytes& bytes = source == me ? outgoing[me] : buffer;
    try {
      if (!failure) receive(static_cast<int>(source), std::span(bytes).first(incoming[source]));
    } catch (...) {
      failure = std::current_exception();
    }
  }
  MPI_Waitall(static_cast<int>(sends.size()), sends.data(), MPI_STATUSES_IGNORE);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace marrow::io
