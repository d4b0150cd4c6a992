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

/// The inverse of mix64.
constexpr std::uint64_t unmix64(std::uint64_t v) {
  v ^= v >> 31 ^ v >> 62;
  v *= 0x319642b2d24d8ec3ULL;  // inverses modulo 2^64 of the factors above
  v ^= v >> 27 ^ v >> 54;
  v *= 0x96de1b173f119089ULL;
  return v ^ v >> 30 ^ v >> 60;
}
static_assert(unmix64(mix64(0x0123456789abcdefULL)) == 0x0123456789abcdefULL);
static_assert(mix64(unmix64(~0ULL)) == ~0ULL);

}  // namespace marrow
