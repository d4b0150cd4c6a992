// SPDX-License-Identifier: BSD-3-Clause
// The layout of state.h5, shared by its writer and its reader:
//   /state/<field path>                 values; /state/<field path>.<index name> the indices of
//                                       distributed fields, ascending
//   /tissue/kind                        imported tissue, z slowest, x fastest; /tissue/niche_site
//   /scenario/text, /scenario/effective, /provenance/json
// and, as attributes of the root, what the manifest says too.
#pragma once

#include "core/cells/state.hpp"
#include "core/lattice/geometry.hpp"

#include <hdf5.h>

#include <array>
#include <cstdint>
#include <string>

namespace marrow::io {

inline constexpr const char* tissue_dataset = "/tissue/kind";
inline constexpr const char* niche_dataset = "/tissue/niche_site";
inline constexpr const char* scenario_text_dataset = "/scenario/text";
inline constexpr const char* scenario_effective_dataset = "/scenario/effective";
inline constexpr const char* provenance_dataset = "/provenance/json";

/// Static data is digested like fields, under ids that no field may take.
inline constexpr FieldSpec tissue_spec{
    254, "tissue/kind", "site", FieldType::u64, FieldOwner::distributed, "imported tissue"};
inline constexpr FieldSpec niche_spec{255,
                                      "tissue/niche_site",
                                      "niche",
                                      FieldType::u64,
                                      FieldOwner::replicated,
                                      "site of each niche"};

/// No single transfer of a rank is larger, unless told: libraries below count in 32 bits.
inline constexpr std::uint64_t largest_transfer_bytes = std::uint64_t{1} << 30;

std::string value_dataset(const FieldSpec& spec);
std::string index_dataset(const FieldSpec& spec);
hid_t file_type(FieldType type);
hid_t memory_type(FieldType type);

/// HDF5 lists the slowest dimension first.
constexpr std::array<hsize_t, 3> slowest_first(const Index3& v) {
  return {static_cast<hsize_t>(v.z), static_cast<hsize_t>(v.y), static_cast<hsize_t>(v.x)};
}

/// Sum of the digests of a box of tissue.
std::uint64_t digest_of_tissue(const Lattice& lattice, const Box& box, const std::uint8_t* kind);

}  // namespace marrow::io
