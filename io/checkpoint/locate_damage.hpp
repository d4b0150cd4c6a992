// SPDX-License-Identifier: BSD-3-Clause
// Where in a field the damage lies. A digest is a sum over entries and does not say which of them
// changed; but when it was one alone, each entry can be asked what it would have to be for the sum
// to come out, and only of the changed one is the answer close to what it is. Other damage is
// bounded by the order of the entries where it broke that.
#pragma once

#include "core/cells/state.hpp"

#include <cstdint>
#include <optional>

namespace marrow::io {

/// The one entry whose change explains a wrong digest.
struct Culprit {
  std::uint64_t entry = 0;  // its place in the column
  std::uint64_t read_index = 0, written_index = 0;
  std::uint64_t read_value = 0, written_value = 0;
};

/// Entries first … last of a column, between which the indices do not ascend as they must.
struct Disorder {
  std::uint64_t first = 0, last = 0;
  std::uint64_t first_index = 0, last_index = 0;
};

/// Searches one column that is handed over in pieces, in order.
class DamageSearch {
 public:
  /// What of an entry lies in the file and may have changed there.
  enum class Stored { value, index_and_value };

  /// `missing`: the promised digest minus the one found.
  DamageSearch(const FieldSpec& spec, std::uint64_t missing, Stored stored)
      : spec_(spec), missing_(missing), stored_(stored) {}

  void look(const FieldColumn& piece);

  [[nodiscard]] const std::optional<Culprit>& culprit() const { return culprit_; }
  [[nodiscard]] const std::optional<Disorder>& disorder() const { return disorder_; }

 private:
  void note_order(const FieldColumn& piece);
  void suspect(std::uint64_t entry, std::uint64_t index, std::uint64_t value);

  const FieldSpec& spec_;
  std::uint64_t missing_;
  Stored stored_;
  std::uint64_t entries_ = 0;
  std::uint64_t last_index_ = 0;
  std::optional<Culprit> culprit_;
  std::optional<Disorder> disorder_;
};

}  // namespace marrow::io
