// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/task_desk.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace marrow::parallel {
namespace {

enum Tag : int { to_desk = 1, piece = 2, order = 3 };
enum Kind : std::int64_t { want, report, ask_stop, leave };
constexpr std::int64_t no_piece = -1;
constexpr auto patience =
    std::chrono::microseconds(200);  // a waiting rank leaves its core to others

}  // namespace

TaskDesk::TaskDesk(const Communicator& world, std::int64_t ranks_per_group, std::int64_t pieces,
                   Listener listener)
    : world_(world),
      desk_(world.handle()),
      group_number_(world.rank() / ranks_per_group),
      group_(world, static_cast<int>(group_number_)),
      pieces_(pieces),
      listener_(std::move(listener)),
      working_(world.size()) {}

TaskDesk::~TaskDesk() {
  // Only when something was thrown on the way: an answer may still be on its way to this object.
  if (incoming_ == MPI_REQUEST_NULL) return;
  MPI_Cancel(&incoming_);
  MPI_Request_free(&incoming_);
}

void TaskDesk::send(const Message& message) {
  if (world_.is_root()) return handle(message, 0);
  MPI_Send(message.data(), static_cast<int>(message.size()), MPI_INT64_T, 0, to_desk,
           desk_.handle());
}

void TaskDesk::handle(const Message& message, int from) {
  switch (message[0]) {
    case want: {
      const std::int64_t given = stopped_ || next_ >= pieces_ ? no_piece : next_++;
      if (from == 0) {
        answer_ = given;
      } else {
        MPI_Send(&given, 1, MPI_INT64_T, from, piece, desk_.handle());
      }
      return;
    }
    case report:
      if (listener_) listener_({message[1], message[2]});
      return;
    case ask_stop:
      order_stop(message[1]);
      return;
    default:
      --working_;
  }
}

void TaskDesk::order_stop(std::int64_t code) {
  stop_code_ = std::max(stop_code_, code);
  if (stopped_) return;
  stopped_ = true;
  for (int rank = 1; rank < desk_.size(); ++rank) {
    MPI_Send(&stop_code_, 1, MPI_INT64_T, rank, order, desk_.handle());
  }
}

void TaskDesk::serve() {
  for (;;) {
    int waiting = 0;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, to_desk, desk_.handle(), &waiting, &status);
    if (waiting == 0) return;
    Message message{};
    MPI_Recv(message.data(), static_cast<int>(message.size()), MPI_INT64_T, status.MPI_SOURCE,
             to_desk, desk_.handle(), MPI_STATUS_IGNORE);
    handle(message, status.MPI_SOURCE);
  }
}

void TaskDesk::ask_ahead() {
  if (!leads_group() || asked_ || world_.is_root()) return;
  asked_ = true;
  MPI_Irecv(&answer_, 1, MPI_INT64_T, 0, piece, desk_.handle(), &incoming_);
  send({want, 0, 0});
}

bool TaskDesk::answered() {
  int here = 0;
  MPI_Test(&incoming_, &here, MPI_STATUS_IGNORE);
  return here != 0;
}

std::optional<std::int64_t> TaskDesk::next() {
  if (world_.is_root()) {
    serve();
    send({want, 0, 0});
  } else if (leads_group()) {
    ask_ahead();
    while (!answered()) std::this_thread::sleep_for(patience);
    asked_ = false;
  }
  const std::int64_t mine = !leads_group() || stop_heard() ? no_piece : answer_;
  const std::int64_t given = group_.max(mine);
  return given == no_piece ? std::nullopt : std::optional(given);
}

void TaskDesk::tell(const Report& news) { send({report, news.task, news.verdict}); }

bool TaskDesk::stop_heard() {
  if (world_.is_root()) {
    serve();
    return stopped_;
  }
  if (stopped_) return true;
  int waiting = 0;
  MPI_Iprobe(0, order, desk_.handle(), &waiting, MPI_STATUS_IGNORE);
  if (waiting == 0) return false;
  MPI_Recv(&stop_code_, 1, MPI_INT64_T, 0, order, desk_.handle(), MPI_STATUS_IGNORE);
  stopped_ = true;
  return true;
}

void TaskDesk::stop(std::int64_t code) { send({ask_stop, code, 0}); }

std::int64_t TaskDesk::finish() {
  while (asked_ && !answered()) std::this_thread::sleep_for(patience);
  asked_ = false;
  send({leave, 0, 0});
  while (world_.is_root() && working_ > 0) {
    serve();
    if (working_ > 0) std::this_thread::sleep_for(patience);
  }
  const std::int64_t code = world_.max(stop_code_);
  stop_heard();  // an order that came after the last look
  return code;
}

}  // namespace marrow::parallel
