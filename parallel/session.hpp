// SPDX-License-Identifier: BSD-3-Clause
// The life of MPI in this process, and the check that its arithmetic is what results rest on.
#pragma once

namespace marrow::parallel {

class Session {
 public:
  /// MPI_Init; throws Failure(internal_error) when rounding or subnormals are not IEEE 754's
  /// default.
  Session(int& argument_count, char**& arguments);
  /// MPI_Finalize.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Ends all ranks at once with this exit code: when a rank cannot go on and the others would
  /// wait.
  [[noreturn]] static void abort(int exit_code);
};

/// Round to nearest, and subnormal numbers kept: some compilers' start-up code turns them off.
bool arithmetic_is_ieee();

}  // namespace marrow::parallel
