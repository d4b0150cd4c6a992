// SPDX-License-Identifier: BSD-3-Clause
// `marrow inspect`: what is in a checkpoint or a run directory, in words, and is it valid. One
// process, no MPI; changes nothing.
#pragma once

#include "io/checkpoint/examine.hpp"
#include "io/checkpoint/in_child.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace marrow::io {

struct Inspection {
  std::string text;
  bool valid = false;   // everything that was looked at is good
  bool usable = false;  // a run can start from it: at least one good checkpoint
};

/// How one checkpoint is looked at: in this process, or in one that may hang or crash.
using Guarded = std::function<ChildAnswer(const std::function<ChildAnswer(const Alive&)>& work)>;
ChildAnswer unguarded(const std::function<ChildAnswer(const Alive&)>& work);

/// `path`: a run directory, a checkpoint's directory, or a state.h5. Throws Failure(files) when it
/// is none of them. `objection`: what --resume would object to a good checkpoint of a run
/// directory.
Inspection inspect(const std::filesystem::path& path, Depth depth,
                   const Guarded& guarded = unguarded, const Objection& objection = {});

}  // namespace marrow::io
