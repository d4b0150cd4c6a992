// SPDX-License-Identifier: BSD-3-Clause
// The 64-bit hash of a growing file that checkpoints record. It notices damage; it is no defence
// against an adversary. Part of the checkpoint format: changing it makes older checkpoints
// unreadable.
#pragma once

#include <cstdint>
#include <string_view>

namespace marrow::io {

/// h = 0; for each 8 bytes, read as a little-endian word w: h = mix64((h ^ w) +
/// 0x9e3779b97f4a7c15); the last 1-7 bytes are padded with zeros; at the end h = mix64(h ^ length
/// in bytes). Each stage is a bijection of h, so that damage within one word always changes the
/// result. How the bytes are split over calls of `add` does not matter.
class SeriesHash {
 public:
  void add(std::string_view bytes);
  [[nodiscard]] std::uint64_t value() const;
  [[nodiscard]] std::uint64_t length_bytes() const { return length_bytes_; }

 private:
  std::uint64_t chain_ = 0;
  std::uint64_t word_ = 0;  // the bytes of the unfinished word
  std::uint64_t length_bytes_ = 0;
};

}  // namespace marrow::io
