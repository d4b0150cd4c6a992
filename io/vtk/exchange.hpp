// SPDX-License-Identifier: BSD-3-Clause
// One message from every rank to every rank, of any size: how frame data travels from the boxes of
// the ranks to the few ranks that write. Knows nothing of what the bytes mean.
#pragma once

#include "parallel/communicator.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace marrow::io {

using Bytes = std::vector<std::byte>;

/// MPI counts are int: longer messages go in chunks.
inline constexpr std::size_t largest_chunk_bytes = std::size_t{1} << 30;

/// Sends outgoing[r] to rank r and calls `receive(source, bytes)` for each non-empty message to
/// this rank, in rank order. Collective. What `receive` throws is rethrown once all messages have
/// passed.
void exchange(const parallel::Communicator& communicator, const std::vector<Bytes>& outgoing,
              const std::function<void(int source, std::span<const std::byte> bytes)>& receive,
              std::size_t chunk_bytes = largest_chunk_bytes);

/// Appends the object representation of `values`.
template <class T>
void append(Bytes& bytes, std::span<const T> values) {
  static_assert(std::is_trivially_copyable_v<T>);
  const auto raw = std::as_bytes(values);
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

}  // namespace marrow::io
