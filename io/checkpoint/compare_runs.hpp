// SPDX-License-Identifier: BSD-3-Clause
// Where two runs part: the hour by their series, field and site by their checkpoints, and how to
// get nearer than these allow.
#pragma once

#include "io/checkpoint/compare.hpp"
#include "io/checkpoint/examine.hpp"

namespace marrow::io {

/// Both are run directories. Equal states are told by the digests in their manifests; values are
/// read only where these first differ.
Comparison compare_runs(const CheckpointPath& a, const CheckpointPath& b, const Alive& alive);

}  // namespace marrow::io
