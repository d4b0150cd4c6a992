// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/communicator.hpp"

#include "core/model/checked_int.hpp"

#include <algorithm>

namespace marrow::parallel {
namespace {

constexpr std::size_t max_message_bytes = std::size_t{1} << 30;

int checked_count(std::size_t bytes) { return checked_int(bytes, "bytes or numbers"); }

}  // namespace

Communicator::Communicator(MPI_Comm parent) {
  MPI_Comm_dup(parent, &comm_);
  MPI_Comm_rank(comm_, &rank_);
  MPI_Comm_size(comm_, &size_);
}

Communicator::Communicator(const Communicator& parent, int colour) {
  MPI_Comm_split(parent.comm_, colour, parent.rank_, &comm_);
  MPI_Comm_rank(comm_, &rank_);
  MPI_Comm_size(comm_, &size_);
}

Communicator::~Communicator() {
  int finalized = 0;
  MPI_Finalized(&finalized);
  if (finalized == 0) MPI_Comm_free(&comm_);
}

void Communicator::sum(std::span<std::int64_t> values) const {
  MPI_Allreduce(MPI_IN_PLACE, values.data(), checked_count(values.size()), MPI_INT64_T, MPI_SUM,
                comm_);
}

void Communicator::sum(std::span<std::uint64_t> values) const {
  MPI_Allreduce(MPI_IN_PLACE, values.data(), checked_count(values.size()), MPI_UINT64_T, MPI_SUM,
                comm_);
}

std::int64_t Communicator::sum(std::int64_t value) const {
  sum(std::span(&value, 1));
  return value;
}

std::uint64_t Communicator::sum(std::uint64_t value) const {
  sum(std::span(&value, 1));
  return value;
}

std::int64_t Communicator::max(std::int64_t value) const {
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT64_T, MPI_MAX, comm_);
  return value;
}

std::int64_t Communicator::min(std::int64_t value) const {
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT64_T, MPI_MIN, comm_);
  return value;
}

void Communicator::barrier() const { MPI_Barrier(comm_); }

void Communicator::gather_bytes(const void* mine, std::size_t bytes,
                                const std::function<void*(std::size_t)>& allocate) const {
  const int count = checked_count(bytes);
  std::vector<int> counts(static_cast<std::size_t>(size_));
  MPI_Allgather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, comm_);
  std::vector<int> offsets(counts.size());
  std::size_t total = 0;
  for (std::size_t r = 0; r < counts.size(); ++r) {
    offsets[r] = checked_count(total);
    total += static_cast<std::size_t>(counts[r]);
  }
  void* all = allocate(total);
  MPI_Allgatherv(mine, count, MPI_BYTE, all, counts.data(), offsets.data(), MPI_BYTE, comm_);
}

void Communicator::broadcast(std::string& bytes) const {
  std::uint64_t size = bytes.size();
  MPI_Bcast(&size, 1, MPI_UINT64_T, 0, comm_);
  bytes.resize(size);
  for (std::size_t done = 0; done < size; done += max_message_bytes) {
    MPI_Bcast(bytes.data() + done, checked_count(std::min(max_message_bytes, size - done)),
              MPI_BYTE, 0, comm_);
  }
}

void Communicator::broadcast(std::span<std::uint64_t> words) const {
  MPI_Bcast(words.data(), checked_count(words.size()), MPI_UINT64_T, 0, comm_);
}

void Communicator::agree(const std::function<void()>& work) const {
  std::string message;
  std::int64_t code = 0;
  try {
    work();
  } catch (const Failure& failure) {
    code = static_cast<std::int64_t>(failure.code());
    message = failure.what();
  } catch (const std::exception& other) {
    code = static_cast<std::int64_t>(ExitCode::internal_error);
    message = other.what();
  }
  const bool failed = code != 0;
  const std::int64_t first = min(failed ? rank_ : size_);
  if (first == size_) return;
  std::uint64_t head[2] = {static_cast<std::uint64_t>(code), message.size()};
  MPI_Bcast(head, 2, MPI_UINT64_T, static_cast<int>(first), comm_);
  message.resize(head[1]);
  MPI_Bcast(message.data(), checked_count(head[1]), MPI_BYTE, static_cast<int>(first), comm_);
  throw Failure(static_cast<ExitCode>(head[0]), message);
}

}  // namespace marrow::parallel
