// SPDX-License-Identifier: BSD-3-Clause
// The 64-bit finaliser used for digests and hash tables (never for randomness in the model).
#pragma once

#include <cstdint>

namespace marrow {

/// A bijection of 64-bit words in which every input bit flips each output bit with chance near 1/2
/// (Stafford's "Mix13" variant of MurmurHash3's finaliser).
constexpr std::uint64_t mix64(std::uint64_t v) {
  v ^= v >> 30;
  v *= 0xbf58476d1ce4e5b9ULL;
  v ^= v >> 27;
  v *= 0x94d049bb133111ebULL;
  return v ^ (v >> 31);
}

}  // namespace marrow
