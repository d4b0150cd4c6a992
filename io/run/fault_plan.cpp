// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/fault_plan.hpp"

#include "core/model/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <limits>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace marrow::io {
namespace {

constexpr std::array<std::pair<std::string_view, FaultAction>, 8> actions = {
    {{"kill", FaultAction::kill},
     {"fail", FaultAction::fail},
     {"crash", FaultAction::crash},
     {"hang", FaultAction::hang},
     {"freeze", FaultAction::freeze},
     {"sick", FaultAction::sick},
     {"poison", FaultAction::poison},
     {"lose", FaultAction::lose}}};

bool is_spoiling(FaultAction action) {
  return action == FaultAction::sick || action == FaultAction::poison ||
         action == FaultAction::lose;
}

std::optional<FaultAction> action_of(std::string_view word) {
  for (const auto& [name, action] : actions) {
    if (name == word) return action;
  }
  return std::nullopt;
}

[[noreturn]] void refuse(std::string_view text) {
  throw Failure(ExitCode::command_line,
                fmt::format("MARROW_FAULT: '{}' is not ACTION@POINT[,rank=N] with an action of "
                            "kill, fail, crash, hang, freeze, sick, poison or lose, a point of "
                            "begin:NAME, step:HOUR, series, frame, checkpoint:NAME, "
                            "inspect:FIELD, patient:NUMBER or recorded:NUMBER, and a rank of the "
                            "job",
                            text));
}

/// The whole number that follows `key`, and nothing behind it.
std::optional<std::int64_t> number_after(std::string_view key, std::string_view text) {
  if (!text.starts_with(key)) return std::nullopt;
  text.remove_prefix(key.size());
  std::int64_t number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

bool is_point(std::string_view point) {
  constexpr std::array<std::string_view, 13> names = {"begin:mpi",
                                                      "begin:origin",
                                                      "begin:state",
                                                      "begin:outputs",
                                                      "series",
                                                      "frame",
                                                      "checkpoint:space",
                                                      "checkpoint:created",
                                                      "checkpoint:closed",
                                                      "checkpoint:verified",
                                                      "checkpoint:manifest",
                                                      "checkpoint:renamed",
                                                      "checkpoint:pruned"};
  return std::ranges::find(names, point) != names.end() || number_after("step:", point) ||
         number_after("patient:", point) || number_after("recorded:", point) ||
         number_after("checkpoint:write:", point) ||
         (point.starts_with("inspect:") && point != "inspect:");
}

int rank_of(std::string_view option, int ranks, std::string_view whole) {
  const auto rank = number_after("rank=", option);
  if (!rank || *rank >= ranks) refuse(whole);
  return static_cast<int>(*rank);
}

}  // namespace

FaultPlan::FaultPlan(std::string_view text, int ranks) {
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(';'));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    const std::size_t at = one.find('@');
    if (at == std::string_view::npos) refuse(one);
    const auto action = action_of(one.substr(0, at));
    const std::string_view rest = one.substr(at + 1);
    const std::size_t comma = rest.find(',');
    const std::string_view point = rest.substr(0, comma);
    if (!action || !is_point(point)) refuse(one);
    const int rank =
        comma == std::string_view::npos ? -1 : rank_of(rest.substr(comma + 1), ranks, one);
    faults_.push_back({*action, std::string(point), rank});
  }
}

FaultPlan FaultPlan::from_environment(int ranks) {
  const char* text = std::getenv("MARROW_FAULT");
  return text == nullptr ? FaultPlan() : FaultPlan(text, ranks);
}

FaultPlan FaultPlan::before_mpi() { return from_environment(std::numeric_limits<int>::max()); }

FaultPlan::Fault* FaultPlan::find(std::string_view point, int rank, bool spoiling) {
  for (Fault& fault : faults_) {
    const bool here = !fault.done && fault.point == point && (fault.rank < 0 || fault.rank == rank);
    if (here && is_spoiling(fault.action) == spoiling) return &fault;
  }
  return nullptr;
}

std::optional<FaultAction> FaultPlan::spoils(std::string_view point, int rank) {
  Fault* fault = find(point, rank, true);
  if (fault == nullptr) return std::nullopt;
  fault->done = true;
  return fault->action;
}

void FaultPlan::at(std::string_view point, int rank) {
  Fault* fault = find(point, rank, false);
  if (fault == nullptr) return;
  fault->done = true;
  switch (fault->action) {
    case FaultAction::kill:
      std::raise(SIGKILL);
      break;
    case FaultAction::fail:
      throw Failure(ExitCode::files, fmt::format("a failure was asked for at {}", point));
    case FaultAction::crash:
      throw std::runtime_error(fmt::format("a crash was asked for at {}", point));
    case FaultAction::hang:
      while (true) std::this_thread::sleep_for(std::chrono::hours(1));
    case FaultAction::freeze:
      std::raise(SIGSTOP);
      break;
    case FaultAction::sick:
    case FaultAction::poison:
    case FaultAction::lose:
      break;  // see spoils()
  }
}

}  // namespace marrow::io
