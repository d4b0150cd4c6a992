// SPDX-License-Identifier: BSD-3-Clause
// A small but complete state, the same for every number of ranks, cut along x: sites of different
// ranks interleave, and with four ranks one has nothing. For tests of checkpoints.
#pragma once

#include "core/cells/state.hpp"
#include "core/random/mix.hpp"
#include "io/checkpoint/checkpoint.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace marrow::test {

inline constexpr Lattice example_lattice{{40, 36, 24}, false, 10.0};

inline int example_owner_of_block(const Index3& block, int ranks) {
  return static_cast<int>(block.x) % ranks;
}

inline int example_owner(const FieldSpec& spec, std::uint64_t index, int ranks) {
  if (spec.index == "site") {
    return example_owner_of_block(BlockGrid::block_of(example_lattice.position(index)), ranks);
  }
  const Index3 grid = BlockGrid(example_lattice.extent).extent;
  return example_owner_of_block({static_cast<std::int64_t>(index) % grid.x, 0, 0}, ranks);
}

inline std::uint64_t example_bits(std::uint64_t what, std::uint64_t index, std::int64_t step) {
  return mix64(mix64(what + 1) ^ mix64(index + 7) ^ static_cast<std::uint64_t>(step));
}

inline CellRecord example_cell(CellState state, std::uint64_t bits) {
  return CellRecord::make(state, static_cast<std::uint32_t>(bits % 9),
                          static_cast<std::uint32_t>(bits % 180));
}

inline void fill_replicated(ModelState& state) {
  const std::int64_t step = state.step;
  for (std::uint64_t n = 0; n < 700; ++n) {
    const auto bits = example_bits(1, n, step);
    state.niches.push_back(bits % 3 == 0 ? CellRecord() : example_cell(CellState::stem, bits));
  }
  for (std::uint32_t c = 0; c < 9; ++c) {
    state.clones.push_back({c == 0 ? no_parent : c / 2, c % 8, c * 3, full_presentation / (c + 1),
                            c % 3, step - c, c * 1000, 1e-4 / (c + 1.0)});
  }
  for (std::size_t g = 0; g < state.patient.progenitors.size(); ++g) {
    state.patient.progenitors[g] = fixed_one / static_cast<std::int64_t>(g + 2);
    state.patient.presentation[g] = full_presentation - static_cast<std::uint32_t>(g);
  }
  state.patient.neutrophils_1e9_per_l[0] = 0.1 + static_cast<double>(step);
  state.patient.hemoglobin_g_per_l[3] = 1.0 / 3.0;
  state.patient.therapy_began_h = {12, skipped, never};
  state.patient.clinical = ClinicalState::partial_response;
  state.patient.diagnosis_h = 17;
  state.census = {400, 5, 295, 12345678, 900, 33};
  for (std::size_t c = 0; c < counter_count; ++c) {
    state.counters[c] = static_cast<std::int64_t>(1000 + c);
  }
  state.events_done = 2;
}

/// The part of the state that `rank` of `ranks` holds at `step`.
inline ModelState example_state(std::int64_t step, int rank, int ranks) {
  ModelState state;
  state.step = step;
  for (std::uint64_t site = 0; site < 40 * 36 * 24; ++site) {
    const auto bits = example_bits(2, site, step);
    if (bits % 17 != 0 || example_owner(field_specs()[2], site, ranks) != rank) continue;
    state.tcells.push_back({site, example_cell(CellState::effector, bits)});
  }
  const BlockGrid grid(example_lattice.extent);
  for (std::int64_t b = 0; b < grid.count(); ++b) {
    if (example_owner_of_block({b % grid.extent.x, 0, 0}, ranks) != rank) continue;
    state.block_index.push_back(static_cast<std::uint64_t>(b));
    state.block_hematopoiesis.push_back(fixed_one - b * step);
  }
  fill_replicated(state);
  return state;
}

/// The slab along y that `rank` holds of imported tissue; thin slabs interleave in site order.
inline TissueBox example_tissue(int rank, int ranks) {
  const Index3 n = example_lattice.extent;
  TissueBox tissue{{{0, n.y * rank / ranks, 0}, {n.x, n.y * (rank + 1) / ranks, n.z}}, {}};
  for (std::int64_t z = tissue.box.lo.z; z < tissue.box.hi.z; ++z) {
    for (std::int64_t y = tissue.box.lo.y; y < tissue.box.hi.y; ++y) {
      for (std::int64_t x = 0; x < n.x; ++x) {
        const auto bits = example_bits(3, example_lattice.site({x, y, z}), 0);
        tissue.kind.push_back(static_cast<std::uint8_t>(bits % 5));
      }
    }
  }
  return tissue;
}

inline io::CheckpointContent example_content(std::int64_t step, int rank, int ranks) {
  io::CheckpointContent content;
  content.step = step;
  content.lattice = example_lattice;
  content.columns = export_fields(example_state(step, rank, ranks));
  content.code_version = "0.1.0";
  content.scenario_name = "example";
  content.scenario_fingerprint = io::fingerprint("example");
  content.scenario_text = "scenario:\n  name: example\n  text: größer\n";
  content.scenario_effective = "scenario:\n  name: example\n  seed: 1\n";
  content.provenance_json = R"({"host":"somewhere","version":"0.1.0"})";
  content.tissue_generator = "procedural 1";
  content.tissue_hash = 0x123456789abcdef0ULL;
  for (std::uint64_t n = 0; n < 700; ++n) content.niche_sites.push_back(n * 49);
  return content;
}

}  // namespace marrow::test
