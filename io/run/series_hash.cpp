// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/series_hash.hpp"

#include "core/random/mix.hpp"

namespace marrow::io {
namespace {

// An odd constant without structure (2^64 divided by the golden ratio), so that zero words count.
constexpr std::uint64_t step_constant = 0x9e3779b97f4a7c15ULL;

std::uint64_t chained(std::uint64_t chain, std::uint64_t word) {
  return mix64((chain ^ word) + step_constant);
}

}  // namespace

void SeriesHash::add(std::string_view bytes) {
  for (const char byte : bytes) {
    const std::uint64_t place = length_bytes_ % 8;
    word_ |= std::uint64_t{static_cast<unsigned char>(byte)} << (8 * place);
    ++length_bytes_;
    if (place == 7) {
      chain_ = chained(chain_, word_);
      word_ = 0;
    }
  }
}

std::uint64_t SeriesHash::value() const {
  const std::uint64_t chain = length_bytes_ % 8 == 0 ? chain_ : chained(chain_, word_);
  return mix64(chain ^ length_bytes_);
}

}  // namespace marrow::io
