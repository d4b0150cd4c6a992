// SPDX-License-Identifier: BSD-3-Clause
// Choice in proportion to integer weights that change one at a time: a binary indexed tree (Fenwick
// 1994 Softw Pract Exper 24:327). Exact, and the same on every machine.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace marrow {

class WeightTree {
 public:
  /// Weights of n items; their sum stays below 2^64.
  template <class WeightOf>
  void assign(std::size_t n, WeightOf&& weight_of) {
    sums_.assign(n + 1, 0);
    total_ = 0;
    for (std::size_t i = 1; i <= n; ++i) {
      const std::uint64_t w = weight_of(i - 1);
      total_ += w;
      sums_[i] += w;
      const std::size_t parent = i + (i & (~i + 1));
      if (parent <= n) sums_[parent] += sums_[i];
    }
  }

  void change(std::size_t item, std::uint64_t from, std::uint64_t to) {
    total_ += to - from;  // modulo 2^64, as are the sums below
    for (std::size_t i = item + 1; i < sums_.size(); i += i & (~i + 1)) sums_[i] += to - from;
  }

  [[nodiscard]] std::uint64_t total() const { return total_; }

  /// The item in whose interval of the cumulated weights `point` lies; point < total().
  [[nodiscard]] std::size_t find(std::uint64_t point) const {
    std::size_t at = 0;
    for (std::size_t step = std::bit_floor(sums_.size() - 1); step > 0; step /= 2) {
      if (at + step >= sums_.size() || sums_[at + step] > point) continue;
      at += step;
      point -= sums_[at];
    }
    return at;
  }

 private:
  std::vector<std::uint64_t> sums_;
  std::uint64_t total_ = 0;
};

}  // namespace marrow
