// SPDX-License-Identifier: BSD-3-Clause
// How the program ends, and the exception that carries that decision. The one table of exit codes.
#pragma once

#include <stdexcept>
#include <string>

namespace marrow {

enum class ExitCode : int {
  finished = 0,
  internal_error = 1,
  command_line = 2,
  scenario = 3,
  files = 4,
  no_usable_checkpoint = 5,
  model_health = 6,
  watchdog = 9,        // no progress for too long
  different = 10,      // compare: the two are not the same
  stopped_early = 75,  // with a good checkpoint: run me again
  interrupted_twice = 130,
};

/// A failure that the user can act on: the message says where, what, why and what to do.
class Failure : public std::runtime_error {
 public:
  Failure(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  [[nodiscard]] ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

}  // namespace marrow
