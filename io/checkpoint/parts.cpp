// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/parts.hpp"

#include "core/observe/digest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace marrow::io {
namespace {

constexpr std::uint64_t most_parts = 16;

}  // namespace

IndexParts::IndexParts(const FieldSpec& spec, std::uint64_t entries, const Lattice& lattice)
    : spec_(&spec), length_(entries) {
  if (spec.index == "site") {
    plane_ =
        static_cast<std::uint64_t>(std::max<std::int64_t>(1, lattice.extent.x * lattice.extent.y));
    length_ = entries == 0 ? 0 : static_cast<std::uint64_t>(lattice.extent.z);
  }
  if (length_ > 1) count_ = static_cast<std::size_t>(std::min(most_parts, length_));
}

std::uint64_t IndexParts::coordinate(std::uint64_t index) const {
  return std::min(index / plane_, length_ - 1);  // a damaged index may be any number
}

std::vector<std::uint64_t> IndexParts::digests(const FieldColumn& column) const {
  std::vector<std::uint64_t> sums(count_, 0);
  if (count_ == 0) return sums;
  for (std::size_t i = 0; i < column.value.size(); ++i) {
    const auto part = static_cast<std::size_t>(coordinate(column.index[i]) * count_ / length_);
    sums[part] += digest_of(*spec_, column.index[i], column.value[i]);
  }
  return sums;
}

std::string IndexParts::differences(const std::vector<std::uint64_t>& a,
                                    const std::vector<std::uint64_t>& b) const {
  std::string text;
  if (a.size() != count_ || b.size() != count_) return text;
  // Part p holds the coordinates c with p = c * count / length, rounded down.
  const auto begin = [&](std::size_t part) { return (part * length_ + count_ - 1) / count_; };
  for (std::size_t part = 0; part < count_;) {
    std::size_t end = part;
    while (end < count_ && a[end] != b[end]) ++end;
    if (end == part) {
      ++part;
      continue;
    }
    text += fmt::format("{}{} to {}", text.empty() ? "" : ", ", begin(part), begin(end) - 1);
    part = end;
  }
  if (text.empty()) return text;
  return fmt::format("{} {}", plane_ > 1 ? "z" : spec_->index, text);
}

}  // namespace marrow::io
