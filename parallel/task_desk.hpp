// SPDX-License-Identifier: BSD-3-Clause
// Hands out independent pieces of work to groups of ranks as they become free. Rank 0 keeps the
// list and computes too: it answers between its own steps, and the others ask for their next piece
// ahead of time, so that nobody waits. Two-sided messages only: they need no progress behind the
// program's back. Knows nothing of what the work is.
#pragma once

#include "parallel/communicator.hpp"

#include <mpi.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

namespace marrow::parallel {

class TaskDesk {
 public:
  /// What a group tells of its work: a number and a verdict of the caller's choice.
  struct Report {
    std::int64_t task = 0;
    std::int64_t verdict = 0;
  };
  using Listener = std::function<void(const Report&)>;

  /// Collective over `world`, which must outlive it. Groups have `ranks_per_group` neighbouring
  /// ranks, the last one what is left. Pieces are 0 … pieces-1, handed out in this order.
  /// `listener`: called on rank 0 for each report.
  TaskDesk(const Communicator& world, std::int64_t ranks_per_group, std::int64_t pieces,
           Listener listener);
  ~TaskDesk();
  TaskDesk(const TaskDesk&) = delete;
  TaskDesk& operator=(const TaskDesk&) = delete;

  [[nodiscard]] const Communicator& group() const { return group_; }
  [[nodiscard]] std::int64_t group_number() const { return group_number_; }
  [[nodiscard]] bool leads_group() const { return group_.is_root(); }

  /// The next piece; nothing when there is none left or all are to stop. Collective over the group.
  std::optional<std::int64_t> next();
  /// Asks for the next piece without waiting for it: call when this one is half done.
  void ask_ahead();
  /// Tells rank 0; by the leader of a group.
  void tell(const Report& report);

  /// To be called often by every rank: rank 0 answers, the others hear of a stop. No communication
  /// within the group: what it returns differs between ranks for a moment.
  bool stop_heard();
  /// Ends the work of all groups; on any rank. `code` is what finish() returns, the largest if
  /// several ask.
  void stop(std::int64_t code);

  /// Collective over the world, after the last next(): waits for all, and returns the largest code
  /// of stop(), or 0.
  std::int64_t finish();

 private:
  using Message = std::array<std::int64_t, 3>;  // kind, and two numbers

  void serve();
  void handle(const Message& message, int from);
  void order_stop(std::int64_t code);
  void send(const Message& message);
  [[nodiscard]] bool answered();

  const Communicator& world_;
  Communicator desk_;
  std::int64_t group_number_;
  Communicator group_;
  std::int64_t pieces_;
  Listener listener_;
  std::int64_t next_ = 0;       // on rank 0
  std::int64_t working_ = 0;    // ranks that have not left, on rank 0
  std::int64_t stop_code_ = 0;  // of rank 0, or of the order that was heard
  bool stopped_ = false;
  bool asked_ = false;
  std::int64_t answer_ = 0;
  MPI_Request incoming_ = MPI_REQUEST_NULL;
};

}  // namespace marrow::parallel
