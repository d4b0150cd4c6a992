// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/describe.hpp"

#include "core/cells/record.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <string_view>

namespace marrow::io {
namespace {

std::string describe_record(CellRecord record) {
  constexpr std::array<std::string_view, 7> names = {
      "none", "stem", "apoptotic", "effector", "engaged", "exhausted", "memory"};
  if (record.bits() == 0) return "none";
  const auto state = static_cast<std::size_t>(record.state());
  return fmt::format(
      "{}, clone {}, clock {}, interferon {}, count {}",
      state < names.size() ? std::string(names[state]) : fmt::format("unknown state {}", state),
      record.clone(), record.clock(), record.ifn_memory(), record.count());
}

}  // namespace

std::string describe_step(std::int64_t step) {
  const double days = static_cast<double>(step) / 24.0;
  return fmt::format("{} h = {:.1f} days ({:.2f} years)", step, days, days / 365.25);
}

std::string describe_value(const FieldSpec& spec, std::uint64_t word) {
  if (spec.path.ends_with("/record")) return describe_record(CellRecord(word));
  switch (spec.type) {
    case FieldType::i64:
      return fmt::format("{}", std::bit_cast<std::int64_t>(word));
    case FieldType::f64:
      return fmt::format("{}", std::bit_cast<double>(word));
    case FieldType::u64:
      break;
  }
  return fmt::format("{}", word);
}

std::string describe_index(const FieldSpec& spec, std::uint64_t index, const Lattice& lattice,
                           const std::vector<SiteIndex>& niche_sites) {
  const auto at = [&](SiteIndex site) {
    const Index3 p = lattice.position(site);
    return fmt::format("x {}, y {}, z {}", p.x, p.y, p.z);
  };
  const auto volume = static_cast<std::uint64_t>(lattice.box().volume());
  const bool has_voxels = volume > 0;
  if (spec.index == "entry") return "its value";
  if (spec.index == "site" && index >= volume) {
    return fmt::format("site {} (outside the lattice)", index);
  }
  if (spec.index == "site") return fmt::format("site {} ({})", index, at(index));
  if (spec.index == "niche" && has_voxels && index < niche_sites.size()) {
    return fmt::format("niche {} ({})", index, at(niche_sites[index]));
  }
  if (spec.index == "block" && has_voxels) {
    const Index3 grid = BlockGrid(lattice.extent).extent;
    const auto b = static_cast<std::int64_t>(index);
    const Index3 lo{b % grid.x * block_edge, b / grid.x % grid.y * block_edge,
                    b / (grid.x * grid.y) * block_edge};
    return fmt::format("block {} (from x {}, y {}, z {})", index, lo.x, lo.y, lo.z);
  }
  return fmt::format("{} {}", spec.index, index);
}

}  // namespace marrow::io
