// SPDX-License-Identifier: BSD-3-Clause
// The few collective verbs the program uses. Sums exist for integers only: a floating-point sum
// would depend on the number of ranks. Every call is collective over the communicator.
#pragma once

#include "core/model/failure.hpp"

#include <mpi.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace marrow::parallel {

class Communicator {
 public:
  /// A duplicate of `parent` (never a Cartesian one: parallel HDF5 wants a plain duplicate).
  explicit Communicator(MPI_Comm parent);
  /// The ranks of `parent` with the same colour, in their order. Collective over `parent`.
  Communicator(const Communicator& parent, int colour);
  ~Communicator();
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;

  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int size() const { return size_; }
  [[nodiscard]] bool is_root() const { return rank_ == 0; }
  [[nodiscard]] MPI_Comm handle() const { return comm_; }

  /// Element-wise sum over ranks, modulo 2^64, in place.
  void sum(std::span<std::int64_t> values) const;
  void sum(std::span<std::uint64_t> values) const;
  [[nodiscard]] std::int64_t sum(std::int64_t value) const;
  [[nodiscard]] std::uint64_t sum(std::uint64_t value) const;
  [[nodiscard]] std::int64_t max(std::int64_t value) const;
  [[nodiscard]] std::int64_t min(std::int64_t value) const;
  [[nodiscard]] bool all(bool value) const { return min(value ? 1 : 0) == 1; }

  void barrier() const;

  /// Everything each rank passed, in rank order, on every rank.
  template <class T>
  [[nodiscard]] std::vector<T> all_gather(std::span<const T> mine) const {
    static_assert(std::is_trivially_copyable_v<T>);
    std::vector<T> all;
    gather_bytes(mine.data(), mine.size_bytes(), [&](std::size_t bytes) {
      all.resize(bytes / sizeof(T));
      return static_cast<void*>(all.data());
    });
    return all;
  }

  /// The root's bytes on every rank.
  void broadcast(std::string& bytes) const;
  void broadcast(std::span<std::uint64_t> words) const;

  /// Runs `work` on every rank; if it threw anywhere, every rank throws the Failure of the lowest
  /// rank that failed (other exceptions become internal_error). The way every I/O call is made.
  void agree(const std::function<void()>& work) const;

 private:
  void gather_bytes(const void* mine, std::size_t bytes,
                    const std::function<void*(std::size_t)>& allocate) const;

  MPI_Comm comm_ = MPI_COMM_NULL;
  int rank_ = 0;
  int size_ = 1;
};

}  // namespace marrow::parallel
