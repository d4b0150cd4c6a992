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

// Without branches, so that compilers turn it into vector instructions.
[[gnu::always_inline]] inline std::uint64_t sum_of_bytes(std::uint64_t key,
                                                         std::uint64_t first_index,
                                                         std::span<const std::uint8_t> values) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < values.size(); ++i) {
    const std::uint64_t value = values[i];
    const std::uint64_t present = value == 0 ? 0 : ~std::uint64_t{0};
    sum += mix64(mix64(key ^ (first_index + i)) ^ value) & present;
  }
  return sum;
}

// Integers: the sum is the same with every instruction set, only sooner there with a wide one.
#if defined(__x86_64__)
[[gnu::target("avx512f,avx512dq,avx512vl")]] std::uint64_t sum_of_bytes_avx512(
    std::uint64_t key, std::uint64_t first_index, std::span<const std::uint8_t> values) {
  return sum_of_bytes(key, first_index, values);
}
[[gnu::target("avx2")]] std::uint64_t sum_of_bytes_avx2(std::uint64_t key,
                                                        std::uint64_t first_index,
                                                        std::span<const std::uint8_t> values) {
  return sum_of_bytes(key, first_index, values);
}
#endif

}  // namespace

std::uint64_t digest_of_bytes(const FieldSpec& spec, std::uint64_t first_index,
                              std::span<const std::uint8_t> values) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    return sum_of_bytes_avx512(key_of(spec), first_index, values);
  }
  if (__builtin_cpu_supports("avx2")) return sum_of_bytes_avx2(key_of(spec), first_index, values);
#endif
  return sum_of_bytes(key_of(spec), first_index, values);
}

std::uint64_t digest_of(const FieldSpec& spec, std::uint64_t index, std::uint64_t value) {
  return contribution(key_of(spec), index, value);
}

std::uint64_t value_of_digest(const FieldSpec& spec, std::uint64_t index, std::uint64_t digest) {
  return digest == 0 ? 0 : unmix64(digest) ^ mix64(key_of(spec) ^ index);
}

std::uint64_t index_of_digest(const FieldSpec& spec, std::uint64_t value, std::uint64_t digest) {
  return unmix64(unmix64(digest) ^ value) ^ key_of(spec);
}

std::uint64_t digest_of_indices(const FieldColumn& column) {
  const std::uint64_t key = key_of(*column.spec);
  std::uint64_t sum = 0;
  for (const std::uint64_t index : column.index) sum += contribution(key, index, 1);
  return sum;
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
