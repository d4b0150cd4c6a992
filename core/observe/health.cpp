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

std::optional<std::string> find_in(const FieldColumn& column) {
  const FieldSpec& field = *column.spec;
  if (field.type == FieldType::u64) return std::nullopt;
  for (std::size_t i = 0; i < column.value.size(); ++i) {
    const std::string where =
        std::string(field.path) + "[" + std::to_string(column.index[i]) + "] is ";
    if (field.type == FieldType::f64) {
      const auto value = std::bit_cast<double>(column.value[i]);
      if (is_sick(value, may_be_negative(field))) return where + text(value);
    } else if (const auto value = std::bit_cast<std::int64_t>(column.value[i]);
               value < 0 && !may_be_negative(field)) {
      return where + std::to_string(value);
    }
  }
  return std::nullopt;
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

std::optional<std::string> find_sickness(const ModelState& state) {
  for (const FieldColumn& column : export_fields(state)) {
    if (auto found = find_in(column)) return found;
  }
  return find_in_census(state);
}

std::optional<std::string> find_sickness(const SignalFields& fields) {
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
          return std::string(names[f]) + " at voxel (" + std::to_string(voxel.x) + ", " +
                 std::to_string(voxel.y) + ", " + std::to_string(voxel.z) + ") is " +
                 text(levels[f]);
        }
      }
    }
  }
  return std::nullopt;
}

}  // namespace marrow
