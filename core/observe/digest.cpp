// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/digest.hpp"

#include "core/random/mix.hpp"

namespace marrow {
namespace {

// mix64 is a bijection, so for one field and index different values never share a contribution.
constexpr std::uint64_t contribution(std::uint64_t field_key, std::uint64_t index,
                                     std::uint64_t value) {
  return value == 0 ? 0 : mix64(mix64(field_key ^ index) ^ value);
}

// The id spread over 64 bits (by the golden ratio first, because mix64 maps 0 to 0), so that
// indices of different fields do not meet.
constexpr std::uint64_t key_of(const FieldSpec& spec) {
  return mix64((std::uint64_t{spec.id} + 1) * 0x9e3779b97f4a7c15ULL);
}

}  // namespace

std::uint64_t digest_of(const FieldSpec& spec, std::uint64_t index, std::uint64_t value) {
  return contribution(key_of(spec), index, value);
}

std::uint64_t digest_of(const FieldColumn& column) {
  const std::uint64_t key = key_of(*column.spec);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < column.value.size(); ++i) {
    sum += contribution(key, column.index[i], column.value[i]);
  }
  return sum;
}

std::uint64_t digest_of(std::span<const FieldColumn> columns, bool count_replicated) {
  std::uint64_t sum = 0;
  for (const FieldColumn& column : columns) {
    if (column.spec->owner == FieldOwner::distributed || count_replicated) sum += digest_of(column);
  }
  return sum;
}

}  // namespace marrow
