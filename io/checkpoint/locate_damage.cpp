// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/locate_damage.hpp"

#include "core/observe/digest.hpp"

namespace marrow::io {
namespace {

// By chance, an entry that did not change seems close in fewer than 1 of 10^12 cases.
constexpr int most_changed_bytes = 2;

bool close(std::uint64_t read, std::uint64_t written) {
  int changed = 0;
  for (std::uint64_t difference = read ^ written; difference != 0; difference >>= 8) {
    changed += (difference & 0xff) != 0 ? 1 : 0;
  }
  return changed <= most_changed_bytes;
}

}  // namespace

void DamageSearch::note_order(const FieldColumn& piece) {
  for (std::size_t i = 0; i < piece.index.size(); ++i) {
    const std::uint64_t entry = entries_ + i;
    if (entry > 0 && piece.index[i] <= last_index_) {
      if (!disorder_) disorder_ = Disorder{entry - 1, entry, last_index_, piece.index[i]};
      disorder_->last = entry;
      disorder_->last_index = piece.index[i];
    }
    last_index_ = piece.index[i];
  }
}

void DamageSearch::suspect(std::uint64_t entry, std::uint64_t index, std::uint64_t value) {
  const std::uint64_t wanted = digest_of(spec_, index, value) + missing_;
  const std::uint64_t written_value = value_of_digest(spec_, index, wanted);
  if (close(value, written_value)) {
    culprit_ = Culprit{entry, index, index, value, written_value};
    return;
  }
  if (stored_ == Stored::value || value == 0) return;
  const std::uint64_t written_index = index_of_digest(spec_, value, wanted);
  if (close(index, written_index)) culprit_ = Culprit{entry, index, written_index, value, value};
}

void DamageSearch::look(const FieldColumn& piece) {
  note_order(piece);
  for (std::size_t i = 0; i < piece.value.size() && !culprit_; ++i) {
    suspect(entries_ + i, piece.index[i], piece.value[i]);
  }
  entries_ += piece.value.size();
}

}  // namespace marrow::io
