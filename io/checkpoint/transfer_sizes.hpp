// SPDX-License-Identifier: BSD-3-Clause
// How large the pieces are in which ranks write a checkpoint. What is written does not depend on
// it.
#pragma once

#include <cstdint>

namespace marrow::io {

struct TransferSizes {
  std::uint64_t bytes_per_write = std::uint64_t{64} << 20;  // most; above 2 GiB a write fails
  std::uint64_t bytes_per_writer = std::uint64_t{4} << 20;  // fewer ranks write when each has less
};

}  // namespace marrow::io
