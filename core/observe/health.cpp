// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/health.hpp"

#include "core/observe/census.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <string_view>

namespace marrow {
namespace {

/// Dates count from the start and may lie before it, or be -1: never.
bool is_date(std::string_view path) { return path.ends_with("_h") || path == "clones/birth_step"; }

/// A clone may grow more slowly than normal cells.
bool may_be_negative(const FieldSpec& field) {
  return field.type == FieldType::i64 ? is_date(field.path) : field.path == "clones/growth_per_h";
}

std::string text(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

bool is_sick(double value, bool negative_allowed) {
  return !std::isfinite(value) || (value < 0.0 && !negative_allowed);
}

std::string at_voxel(const Index3& voxel) {
  return " at voxel (" + std::to_string(voxel.x) + ", " + std::to_string(voxel.y) + ", " +
         std::to_string(voxel.z) + ")";
}

/// Why a value cannot be: "nan", "-5"; nothing if it can.
std::optional<std::string> sick_value(const FieldSpec& field, std::uint64_t word) {
  if (field.type == FieldType::f64) {
    const auto value = std::bit_cast<double>(word);
    if (is_sick(value, may_be_negative(field))) return text(value);
  } else if (field.type == FieldType::i64) {
    const auto value = std::bit_cast<std::int64_t>(word);
    if (value < 0 && !may_be_negative(field)) return std::to_string(value);
  }
  return std::nullopt;
}

/// Where an entry of a field stands in the lattice; a block is named by its first voxel.
std::optional<Index3> place_of(const FieldSpec& field, std::uint64_t index, const Lattice& lattice,
                               std::span<const Niche> niches) {
  if (field.index == "site") return lattice.position(index);
  if (field.index == "niche" && index < niches.size()) {
    return lattice.position(niches[index].site);
  }
  if (field.index != "block") return std::nullopt;
  const Index3 grid = BlockGrid(lattice.extent).extent;
  const auto b = static_cast<std::int64_t>(index);
  return Index3{b % grid.x * block_edge, b / grid.x % grid.y * block_edge,
                b / (grid.x * grid.y) * block_edge};
}

std::optional<std::string> find_in_census(const ModelState& state) {
  const Census counted = census_of_niches(state);
  const Census& known = state.census;
  if (counted.stem == known.stem && counted.apoptotic == known.apoptotic &&
      counted.vacant == known.vacant && counted.lost == known.lost) {
    return std::nullopt;
  }
  return "the census has " + std::to_string(known.stem) + " stem cells and " +
         std::to_string(known.vacant) + " vacant niches, the niches hold " +
         std::to_string(counted.stem) + " and " + std::to_string(counted.vacant);
}

}  // namespace

std::vector<Offence> find_sickness(const ModelState& state, const Lattice& lattice,
                                   std::span<const Niche> niches) {
  std::vector<Offence> found;
  for (const FieldColumn& column : export_fields(state)) {
    const FieldSpec& field = *column.spec;
    if (field.type == FieldType::u64) continue;
    for (std::size_t i = 0; i < column.value.size() && found.size() < most_offences; ++i) {
      const auto value = sick_value(field, column.value[i]);
      if (!value) continue;
      const auto place = place_of(field, column.index[i], lattice, niches);
      found.push_back({std::string(field.path) + "[" + std::to_string(column.index[i]) + "]" +
                           (place ? at_voxel(*place) : "") + " is " + *value,
                       place});
    }
  }
  if (const auto census = find_in_census(state)) found.push_back({*census, std::nullopt});
  return found;
}

std::vector<Offence> find_sickness(const SignalFields& fields) {
  std::vector<Offence> found;
  const std::int64_t edge = fields.grid().voxels_per_cell();
  const Box& own = fields.grid().own();
  Index3 c;
  for (c.z = own.lo.z; c.z < own.hi.z; ++c.z) {
    for (c.y = own.lo.y; c.y < own.hi.y; ++c.y) {
      for (c.x = own.lo.x; c.x < own.hi.x; ++c.x) {
        const Index3 voxel{c.x * edge, c.y * edge, c.z * edge};
        const std::array<double, 3> levels = {fields.ifn(voxel), fields.tnf(voxel),
                                              fields.cxcl(voxel)};
        constexpr std::array<const char*, 3> names = {"IFN-gamma", "TNF-alpha", "CXCL9/10"};
        for (std::size_t f = 0; f < levels.size(); ++f) {
          if (std::isfinite(levels[f])) continue;
          found.push_back({names[f] + at_voxel(voxel) + " is " + text(levels[f]), voxel});
          if (found.size() == most_offences) return found;
        }
      }
    }
  }
  return found;
}

}  // namespace marrow
