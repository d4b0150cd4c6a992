// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/state_file.hpp"

#include "core/observe/digest.hpp"

namespace marrow::io {

std::string value_dataset(const FieldSpec& spec) { return "/state/" + std::string(spec.path); }

std::string index_dataset(const FieldSpec& spec) {
  return value_dataset(spec) + "." + std::string(spec.index);
}

hid_t file_type(FieldType type) {
  switch (type) {
    case FieldType::i64:
      return H5T_STD_I64LE;
    case FieldType::f64:
      return H5T_IEEE_F64LE;
    case FieldType::u64:
      break;
  }
  return H5T_STD_U64LE;
}

hid_t memory_type(FieldType type) {
  switch (type) {
    case FieldType::i64:
      return H5T_NATIVE_INT64;
    case FieldType::f64:
      return H5T_NATIVE_DOUBLE;
    case FieldType::u64:
      break;
  }
  return H5T_NATIVE_UINT64;
}

std::uint64_t digest_of_tissue(const Lattice& lattice, const Box& box, const std::uint8_t* kind) {
  const auto row = static_cast<std::size_t>(box.extent().x);
  std::uint64_t sum = 0;
  for (std::int64_t z = box.lo.z; z < box.hi.z; ++z) {
    for (std::int64_t y = box.lo.y; y < box.hi.y; ++y) {
      sum += digest_of_bytes(tissue_spec, lattice.site({box.lo.x, y, z}), {kind, row});
      kind += row;
    }
  }
  return sum;
}

}  // namespace marrow::io
