// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/session.hpp"

#include "core/model/failure.hpp"

#include <mpi.h>

#include <cfenv>
#include <cstdlib>

namespace marrow::parallel {

bool arithmetic_is_ieee() {
  volatile double tiny = 0x1p-1074;  // volatile: computed here and now, not by the compiler
  volatile double one = 1.0;
  volatile double half_step = 0x1p-53;
  return std::fegetround() == FE_TONEAREST && tiny * one != 0.0 && one + half_step == 1.0;
}

Session::Session(int& argument_count, char**& arguments) {
  MPI_Init(&argument_count, &arguments);
  if (!arithmetic_is_ieee()) {
    throw Failure(
        ExitCode::internal_error,
        "this process does not compute in IEEE 754 arithmetic (rounding mode, or subnormal "
        "numbers flushed to zero): results would differ from those of other machines. Build "
        "without -ffast-math and without libraries that change the mode.");
  }
}

Session::~Session() { MPI_Finalize(); }

void Session::abort(int exit_code) {
  MPI_Abort(MPI_COMM_WORLD, exit_code);
  std::abort();
}

}  // namespace marrow::parallel
