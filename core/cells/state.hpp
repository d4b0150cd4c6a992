// SPDX-License-Identifier: BSD-3-Clause
// Everything a step may change, as held by one rank between steps, and the registry of its fields.
// What is not registered here can be neither checkpointed nor digested.
#pragma once

#include "core/cells/clones.hpp"
#include "core/cells/record.hpp"
#include "core/patient/patient_state.hpp"
#include "core/signals/signal_sources.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace marrow {

/// Cumulative integer counts since the start of the run, over the whole lattice.
enum class Counter : std::size_t {
  stem_divisions,
  stem_differentiations,  // left the niche by differentiating
  stem_daughters_lost,    // daughters without a niche: differentiated at birth
  stem_relocations,
  stem_killed,
  tcell_influx,
  tcell_divisions,
  tcell_deaths,
  mutations,
  tcell_exhausted,    // effectors that tired
  tcell_memory,       // effectors that became memory
  tcell_reactivated,  // memory that became effector
  treg_influx,
  stem_infused,   // placed by infusions
  stem_depleted,  // removed by conditioning
  niches_lost,
  niches_regained,
  count_
};
inline constexpr std::size_t counter_count = static_cast<std::size_t>(Counter::count_);

/// Integer census of the whole lattice at the end of a step; read by the next step's rules (lag
/// one).
struct Census {
  std::int64_t stem = 0;
  std::int64_t apoptotic = 0;
  std::int64_t vacant = 0;
  std::int64_t antigen = 0;  // sum of eps over live stem cells, in full_presentation
  std::int64_t effector = 0;
  std::int64_t engaged = 0;
  std::int64_t exhausted = 0;
  std::int64_t memory = 0;
  std::int64_t tregs = 0;
  std::int64_t lost = 0;  // niches that can take no cell

  /// All cytotoxic T cells.
  [[nodiscard]] std::int64_t tcells() const { return effector + engaged + exhausted + memory; }

  friend bool operator==(const Census&, const Census&) = default;
};

/// T cells counted by block: one entry per block of the rank, or empty where a motion or switch
/// does not use them.
struct BlockCounts {
  std::vector<std::int64_t> effector;
  std::vector<std::int64_t> exhausted;
  std::vector<std::int64_t> memory;
  std::vector<std::int64_t> tregs;

  friend bool operator==(const BlockCounts&, const BlockCounts&) = default;
};

struct ModelState {
  std::int64_t step = 0;  // hours completed
  // Owned by this rank:
  std::vector<TCell> tcells;               // in this rank's box, ascending site
  std::vector<std::uint64_t> block_index;  // global index of each block of this rank, ascending
  std::vector<std::int64_t> block_hematopoiesis;  // fixed point: 1 = healthy; one per block_index
  BlockCounts blocks;
  std::vector<SignalSource> signal_source;     // of the present fields, ascending site
  std::vector<SignalSource> signal_gathering;  // of the next ones
  // The same on every rank:
  std::vector<CellRecord> niches;  // one per entry of the niche table
  CloneTable clones;
  PatientState patient;
  Census census;
  std::array<std::int64_t, counter_count> counters{};
  std::int64_t events_done = 0;  // dated events of the scenario that have happened

  friend bool operator==(const ModelState&, const ModelState&) = default;
};

/// Which entity a field's index counts, and whether ranks share or split it.
enum class FieldOwner : std::uint8_t { distributed, replicated };
enum class FieldType : std::uint8_t { u64, i64, f64 };

/// One registered field of the state. `id` is part of every digest: never reuse or renumber one.
struct FieldSpec {
  std::uint8_t id;
  std::string_view path;   // "tcells/record": group and dataset in a checkpoint
  std::string_view index;  // what the index counts: "site", "niche", "block", "clone", "entry"
  FieldType type;
  FieldOwner owner;
  std::string_view text;
};

/// One field's values on this rank as 64-bit words. `index` ascends; for dense replicated fields it
/// runs 0..n-1. Distributed columns hold this rank's share only.
struct FieldColumn {
  const FieldSpec* spec = nullptr;
  std::vector<std::uint64_t> index;
  std::vector<std::uint64_t> value;
};

/// All registered fields, in id order.
std::span<const FieldSpec> field_specs();

/// The state as columns, one per spec and in the same order.
std::vector<FieldColumn> export_fields(const ModelState& state);

/// The inverse: `columns` as export_fields made them (distributed ones cut to this rank).
/// Throws Failure(no_usable_checkpoint) when a column is missing or its length contradicts another.
ModelState import_fields(std::span<const FieldColumn> columns);

}  // namespace marrow
