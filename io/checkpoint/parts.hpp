// SPDX-License-Identifier: BSD-3-Clause
// The parts into which a field is cut in the manifest, each with a digest of its own, so that
// damage can be placed: slabs of z for values at sites, ranges of the index for all others.
#pragma once

#include "core/cells/state.hpp"
#include "core/lattice/geometry.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace marrow::io {

class IndexParts {
 public:
  /// `entries`: of the field, over all ranks.
  IndexParts(const FieldSpec& spec, std::uint64_t entries, const Lattice& lattice);

  /// At most 16; 0 where there is nothing to divide.
  [[nodiscard]] std::size_t count() const { return count_; }
  /// The digest of each part, of the entries that `column` holds. Sums over ranks are those of the
  /// whole.
  [[nodiscard]] std::vector<std::uint64_t> digests(const FieldColumn& column) const;
  /// "z 12 to 17", "niche 0 to 43": where the two differ; empty if nowhere.
  [[nodiscard]] std::string differences(const std::vector<std::uint64_t>& a,
                                        const std::vector<std::uint64_t>& b) const;

 private:
  [[nodiscard]] std::uint64_t coordinate(std::uint64_t index) const;

  const FieldSpec* spec_;
  std::uint64_t plane_ = 1;   // sites per plane of z; 1: the index itself is divided
  std::uint64_t length_ = 0;  // planes, or entries
  std::size_t count_ = 0;
};

}  // namespace marrow::io
