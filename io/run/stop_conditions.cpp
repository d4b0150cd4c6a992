// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/stop_conditions.hpp"

#include "core/model/failure.hpp"
#include "io/run/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <utility>

namespace marrow::io {
namespace {

// Signal handlers reach nothing but static storage.
std::atomic<int> stop_signal{0};
std::atomic<bool> checkpoint_requested{false};
std::atomic<std::int64_t> first_interrupt_ms{0};
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

// One key press may arrive twice, from the terminal and from the launcher.
constexpr std::int64_t same_key_press_ms = 300;

constexpr std::array<int, 5> stopping_signals{SIGUSR1, SIGTERM, SIGINT, SIGHUP, SIGXCPU};
constexpr std::array<int, 2> harmless_signals{SIGXFSZ, SIGPIPE};
std::array<struct sigaction, stopping_signals.size() + harmless_signals.size() + 1> old_actions;

bool stays_ignored(int number, const struct sigaction& before) {
  return before.sa_handler == SIG_IGN && (number == SIGINT || number == SIGHUP);
}

std::int64_t now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1000000;
}

extern "C" void note_stop(int number) {
  const int saved = errno;
  if (number == SIGINT) {
    std::int64_t none = 0;
    const std::int64_t now = now_ms();
    const bool first = first_interrupt_ms.compare_exchange_strong(none, now);
    if (!first && now - none > same_key_press_ms) {
      ::_exit(static_cast<int>(ExitCode::interrupted_twice));
    }
  }
  int unset = 0;
  stop_signal.compare_exchange_strong(unset, number);
  errno = saved;
}

extern "C" void note_checkpoint(int) { checkpoint_requested = true; }

void handle(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  ::sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  ::sigaction(number, &action, nullptr);
}

const char* name_of(int number) {
  switch (number) {
    case SIGUSR1:
      return "signal USR1";
    case SIGTERM:
      return "signal TERM";
    case SIGINT:
      return interrupt_reason.data();
    case SIGXCPU:
      return "signal XCPU (the limit of processor time is near)";
    default:
      return "signal HUP (the terminal was closed)";
  }
}

}  // namespace

StopVerdict combine(const StopVerdict& a, const StopVerdict& b) {
  return b.decision > a.decision ? b : a;
}

SignalStop::SignalStop() {
  stop_signal = 0;
  checkpoint_requested = false;
  first_interrupt_ms = 0;
  std::size_t place = 0;
  for (const int number : stopping_signals) ::sigaction(number, nullptr, &old_actions[place++]);
  for (const int number : harmless_signals) ::sigaction(number, nullptr, &old_actions[place++]);
  ::sigaction(SIGUSR2, nullptr, &old_actions[place]);
  take_signals();
}

void SignalStop::take_signals() {
  std::size_t place = 0;
  for (const int number : stopping_signals) {
    if (!stays_ignored(number, old_actions[place++])) handle(number, note_stop);
  }
  for (const int number : harmless_signals) handle(number, SIG_IGN);
  handle(SIGUSR2, note_checkpoint);
}

SignalStop::~SignalStop() {
  if (!restores_) return;
  std::size_t place = 0;
  for (const int number : stopping_signals) ::sigaction(number, &old_actions[place++], nullptr);
  for (const int number : harmless_signals) ::sigaction(number, &old_actions[place++], nullptr);
  ::sigaction(SIGUSR2, &old_actions[place], nullptr);
}

StopVerdict SignalStop::poll() {
  if (const int number = stop_signal; number != 0) return {StopDecision::stop, name_of(number)};
  if (checkpoint_requested.exchange(false)) return {StopDecision::checkpoint, "signal USR2"};
  return {};
}

RequestFiles::RequestFiles(RunPaths paths, const Clock& clock, double interval_s)
    : paths_(std::move(paths)),
      clock_(&clock),
      interval_s_(interval_s),
      looked_s_(clock.steady_s() - interval_s) {}

StopVerdict RequestFiles::poll() {
  const double now_s = clock_->steady_s();
  if (now_s - looked_s_ < interval_s_) return {};
  looked_s_ = now_s;
  struct stat found {};
  const auto asked = [&found](const std::filesystem::path& file) {
    return ::stat(file.c_str(), &found) == 0 && S_ISREG(found.st_mode);
  };
  if (asked(paths_.stop_request())) {
    return {StopDecision::stop, "the file STOP"};
  }
  if (!asked(paths_.checkpoint_request())) return {};
  const std::int64_t time_ns =
      static_cast<std::int64_t>(found.st_mtim.tv_sec) * 1000000000 + found.st_mtim.tv_nsec;
  const bool removed = ::unlink(paths_.checkpoint_request().c_str()) == 0;
  if (!removed && time_ns == answered_time_ns_) return {};
  answered_time_ns_ = removed ? 0 : time_ns;
  return {StopDecision::checkpoint, "the file CHECKPOINT"};
}

WallDeadline::WallDeadline(double deadline_steady_s, double expected_checkpoint_s,
                           const Clock& clock)
    : deadline_s_(deadline_steady_s),
      longest_checkpoint_s_(expected_checkpoint_s),
      clock_(&clock) {}

void WallDeadline::step_took(double seconds) {
  longest_step_s_ = std::max(longest_step_s_, seconds);
}

void WallDeadline::checkpoint_took(double seconds) {
  longest_checkpoint_s_ = std::max(longest_checkpoint_s_, seconds);
}

double WallDeadline::margin_s() const {
  return 2.0 * longest_checkpoint_s_ + 2.0 * longest_step_s_ + 30.0;
}

StopVerdict WallDeadline::poll() const {
  if (margin_s() <= left_s()) return {};
  if (left_s() <= 0.0) return {StopDecision::stop, "the deadline, which has passed"};
  return {StopDecision::stop, fmt::format("the deadline in {} (stopping safely may take {})",
                                          duration_text(left_s()), duration_text(margin_s()))};
}

double steady_time_of(std::int64_t wall_s, const Clock& clock) {
  return clock.steady_s() + static_cast<double>(wall_s - clock.wall_s());
}

SimulatedEnd::SimulatedEnd(double days, double days_per_step)
    // Slack for rounding: 400 d / (1 d / 24) need not come out as 9600 exactly.
    : days_(days), step_(static_cast<std::int64_t>(std::ceil(days / days_per_step - 1e-6))) {}

StopVerdict SimulatedEnd::poll(std::int64_t step) const {
  if (step < step_) return {};
  return {StopDecision::stop, fmt::format("the simulated time of --stop-at, {:g} d", days_)};
}

}  // namespace marrow::io
