// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/watchdog.hpp"

#include "core/model/failure.hpp"
#include "io/file/file_calls.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <unistd.h>
#include <utility>

namespace marrow::io {
namespace {

/// The limit is cut into so many naps. Idle time is counted in naps that really ended, of which a
/// suspended process has one.
constexpr std::int64_t ticks_per_limit = 20;

void print_and_leave(const std::string& sentence) {
  static_cast<void>(write_on(STDERR_FILENO, sentence + "\n"));
  std::_Exit(static_cast<int>(ExitCode::watchdog));
}

}  // namespace

Watchdog::Watchdog(std::string who, double limit_s, Bark bark)
    : who_(std::move(who)), limit_s_(limit_s), bark_(bark ? std::move(bark) : print_and_leave) {
  if (limit_s_ > 0.0) thread_ = std::thread([this] { watch(); });
}

Watchdog::~Watchdog() {
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Watchdog::alive(std::string_view doing) {
  const std::scoped_lock lock(mutex_);
  doing_ = doing;
  idle_ticks_ = 0;
}

void Watchdog::watch() {
  const std::chrono::duration<double> nap(limit_s_ / static_cast<double>(ticks_per_limit));
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, nap, [this] { return over_; })) {
    if (++idle_ticks_ < ticks_per_limit) continue;
    const std::string sentence = fmt::format(
        "marrow: {}: no progress for {:.0f} s in {}; the watchdog ends the run (exit 9). Start it "
        "again with --resume; if that step is only slow, with a longer --watchdog",
        who_, limit_s_, doing_);
    lock.unlock();
    bark_(sentence);
    return;
  }
}

}  // namespace marrow::io
