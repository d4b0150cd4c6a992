// SPDX-License-Identifier: BSD-3-Clause
// What the tests of this folder share: a clock that only moves when told, children with limits,
// files.
#pragma once

#include "core/model/failure.hpp"
#include "io/run/clock.hpp"
#include "io/run/stop_conditions.hpp"
#include "tests/support/whole_file.hpp"

#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace marrow::io::test {

class FakeClock final : public Clock {
 public:
  [[nodiscard]] double steady_s() const override { return steady; }
  [[nodiscard]] std::int64_t wall_s() const override { return wall; }
  void advance(double seconds) {
    steady += seconds;
    wall += static_cast<std::int64_t>(seconds);
  }
  double steady = 1000.0;
  std::int64_t wall = 1795383600;  // 2026-11-22T21:40:00Z
};

using marrow::test::content_of;
using marrow::test::write_text;

/// Runs `body` in a child process, so that limits and signals stay there. Its exit code; 100 after
/// an exception, 128 + the number of the signal that killed it.
inline int in_child(const std::function<int()>& body) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    int code = 100;
    try {
      code = body();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "in the child: %s\n", error.what());
    }
    ::_exit(code);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// Files of this process cannot grow beyond this: write calls fail with EFBIG, once SIGXFSZ is
/// ignored.
inline void limit_file_size(rlim_t bytes) {
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  ::setrlimit(RLIMIT_FSIZE, &limit);
}
inline void lift_file_size_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

/// What a Failure says, with its code in front: "4 ...". "nothing" if none is thrown.
inline std::string failure_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Failure& failure) {
    return std::to_string(static_cast<int>(failure.code())) + " " + failure.what();
  }
  return "nothing";
}

}  // namespace marrow::io::test
