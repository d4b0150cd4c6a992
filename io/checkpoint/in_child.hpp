// SPDX-License-Identifier: BSD-3-Clause
// Runs work that may never return in a process of its own: HDF5 can loop for ever over a damaged
// file, or crash (HDFGroup/hdf5#1707). For programs of one process, without MPI and threads.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace marrow::io {

/// A sign of life: called with what is done next, "niches/record".
using Alive = std::function<void(std::string_view doing)>;

struct ChildAnswer {
  std::string text;
  int verdict = 0;      // 0 … 255, as the work returned it
  std::string trouble;  // no answer: why, and what the child was doing
};

/// The answer of `work`, which runs in a child. A Failure thrown there is thrown here. The child is
/// killed when it shows no sign of life for `patience_s` (0: never).
ChildAnswer in_child(double patience_s, const std::function<ChildAnswer(const Alive&)>& work);

}  // namespace marrow::io
