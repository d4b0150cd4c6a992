// SPDX-License-Identifier: BSD-3-Clause
// How the fields of the registry leave the state as 64-bit words and come back: one small type per
// kind of field. Only core/cells/fields.cpp uses it.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/failure.hpp"

#include <bit>
#include <concepts>
#include <limits>
#include <string>
#include <type_traits>

namespace marrow::field_access {

[[noreturn]] inline void contradiction(const FieldSpec& spec, const std::string& what) {
  throw Failure(ExitCode::no_usable_checkpoint,
                "field '" + std::string(spec.path) + "' " + what +
                    ": these columns do not describe one state; use another checkpoint");
}

// A value as 64 bits, and back. Signed and floating values keep their bit pattern.
template <class T>
constexpr std::uint64_t to_word(const T& value) {
  if constexpr (std::is_same_v<T, double> || std::is_same_v<T, std::int64_t>) {
    return std::bit_cast<std::uint64_t>(value);
  } else if constexpr (std::is_same_v<T, CellRecord>) {
    return value.bits();
  } else if constexpr (std::is_same_v<T, ClinicalState>) {
    return std::bit_cast<std::uint64_t>(static_cast<std::int64_t>(value));
  } else {
    static_assert(std::unsigned_integral<T>);
    return value;
  }
}

template <class T>
T from_word(const FieldSpec& spec, std::uint64_t word) {
  if constexpr (std::is_same_v<T, double> || std::is_same_v<T, std::int64_t>) {
    return std::bit_cast<T>(word);
  } else if constexpr (std::is_same_v<T, CellRecord>) {
    return CellRecord(word);
  } else if constexpr (std::is_same_v<T, ClinicalState>) {
    if (word > static_cast<std::uint64_t>(ClinicalState::dead)) {
      contradiction(spec, "holds " + std::to_string(word) + ", which names no clinical state");
    }
    return static_cast<T>(static_cast<std::int64_t>(word));
  } else {
    static_assert(std::unsigned_integral<T>);
    if (word > std::numeric_limits<T>::max()) {
      contradiction(spec, "holds " + std::to_string(word) + ", which is too large for it");
    }
    return static_cast<T>(word);
  }
}

/// How one field leaves the state and comes back. `import` may rely on checked_shape().
struct Access {
  FieldSpec spec;
  void (*export_to)(const ModelState&, FieldColumn&);
  void (*import_from)(const FieldColumn&, ModelState&);
};

inline void number_densely(FieldColumn& column) {
  column.index.resize(column.value.size());
  for (std::size_t i = 0; i < column.index.size(); ++i) column.index[i] = i;
}

inline void require_entries(const FieldColumn& column, std::size_t expected,
                            const std::string& because) {
  if (column.value.size() == expected) return;
  contradiction(*column.spec, "has " + std::to_string(column.value.size()) + " entries, not " +
                                  std::to_string(expected) + " " + because);
}

// One value: member of the state, or member of one of its members.
template <auto... Path>
struct Scalar {
  static auto& of(auto& state) { return (state.*....*Path); }

  static void export_to(const ModelState& state, FieldColumn& column) {
    column.value = {to_word(of(state))};
    column.index = {0};
  }
  static void import_from(const FieldColumn& column, ModelState& state) {
    require_entries(column, 1, "as a single value has");
    of(state) = from_word<std::remove_cvref_t<decltype(of(state))>>(*column.spec, column.value[0]);
  }
};

template <Counter counter>
struct OneCounter {
  static constexpr auto place = static_cast<std::size_t>(counter);

  static void export_to(const ModelState& state, FieldColumn& column) {
    column.value = {to_word(state.counters[place])};
    column.index = {0};
  }
  static void import_from(const FieldColumn& column, ModelState& state) {
    require_entries(column, 1, "as a single value has");
    state.counters[place] = from_word<std::int64_t>(*column.spec, column.value[0]);
  }
};

// One member of every clone; import_fields has sized the table.
template <auto Member>
struct PerClone {
  static void export_to(const ModelState& state, FieldColumn& column) {
    column.value.reserve(state.clones.size());
    for (const Clone& clone : state.clones) column.value.push_back(to_word(clone.*Member));
    number_densely(column);
  }
  static void import_from(const FieldColumn& column, ModelState& state) {
    require_entries(column, state.clones.size(), "like 'clones/parent'");
    using Value = std::remove_cvref_t<decltype(state.clones[0].*Member)>;
    for (std::size_t i = 0; i < column.value.size(); ++i) {
      state.clones[i].*Member = from_word<Value>(*column.spec, column.value[i]);
    }
  }
};

// Zero entries are invisible to the digest, so the length of the clone table is a field of its own.
struct CloneCount {
  static void export_to(const ModelState& state, FieldColumn& column) {
    column.value = {state.clones.size()};
    column.index = {0};
  }
  static void import_from(const FieldColumn& column, ModelState& state) {
    require_entries(column, 1, "as a single value has");
    if (column.value[0] != state.clones.size()) {
      contradiction(*column.spec, "says " + std::to_string(column.value[0]) +
                                      " but the table has " + std::to_string(state.clones.size()) +
                                      " rows");
    }
  }
};

// One value per genotype class of the patient.
template <auto Member>
struct PerGenotype {
  static void export_to(const ModelState& state, FieldColumn& column) {
    for (const auto& value : state.patient.*Member) column.value.push_back(to_word(value));
    number_densely(column);
  }
  static void import_from(const FieldColumn& column, ModelState& state) {
    auto& values = state.patient.*Member;
    require_entries(column, values.size(), "(one per genotype class)");
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] =
          from_word<std::remove_cvref_t<decltype(values[i])>>(*column.spec, column.value[i]);
    }
  }
};

struct TCells {
  static void export_to(const ModelState& state, FieldColumn& column) {
    column.index.reserve(state.tcells.size());
    column.value.reserve(state.tcells.size());
    for (const TCell& cell : state.tcells) {
      column.index.push_back(cell.site);
      column.value.push_back(cell.record.bits());
    }
  }
  static void import_from(const FieldColumn& column, ModelState& state) {
    state.tcells.resize(column.value.size());
    for (std::size_t i = 0; i < column.value.size(); ++i) {
      if (column.value[i] == 0) {
        contradiction(*column.spec,
                      "has an empty record at site " + std::to_string(column.index[i]));
      }
      state.tcells[i] = {column.index[i], CellRecord(column.value[i])};
    }
  }
};

struct BlockHematopoiesis {
  static void export_to(const ModelState& state, FieldColumn& column) {
    column.index = state.block_index;
    column.value.reserve(state.block_hematopoiesis.size());
    for (const std::int64_t level : state.block_hematopoiesis) {
      column.value.push_back(to_word(level));
    }
  }
  static void import_from(const FieldColumn& column, ModelState& state) {
    state.block_index = column.index;
    state.block_hematopoiesis.resize(column.value.size());
    for (std::size_t i = 0; i < column.value.size(); ++i) {
      state.block_hematopoiesis[i] = from_word<std::int64_t>(*column.spec, column.value[i]);
    }
  }
};

// Counts of one class of T cells by block; without any entry where they are not used.
template <auto Member>
struct PerBlock {
  static void export_to(const ModelState& state, FieldColumn& column) {
    const auto& counts = state.blocks.*Member;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      column.index.push_back(state.block_index[i]);
      column.value.push_back(to_word(counts[i]));
    }
  }
  static void import_from(const FieldColumn& column, ModelState& state) {
    auto& counts = state.blocks.*Member;
    for (const std::uint64_t word : column.value) {
      counts.push_back(from_word<std::int64_t>(*column.spec, word));
    }
  }
};

template <auto Member>
struct SignalHours {
  static void export_to(const ModelState& state, FieldColumn& column) {
    for (const SignalSource& entry : state.*Member) {
      column.index.push_back(entry.cell);
      column.value.push_back(to_word(entry.hours));
    }
  }
  static void import_from(const FieldColumn& column, ModelState& state) {
    for (std::size_t i = 0; i < column.value.size(); ++i) {
      (state.*Member)
          .push_back({column.index[i], from_word<std::int64_t>(*column.spec, column.value[i])});
    }
  }
};

struct TherapyDates {
  static void export_to(const ModelState& state, FieldColumn& column) {
    for (const std::int64_t hour : state.patient.therapy_began_h) {
      column.value.push_back(to_word(hour));
    }
    number_densely(column);
  }
  static void import_from(const FieldColumn& column, ModelState& state) {
    for (const std::uint64_t word : column.value) {
      state.patient.therapy_began_h.push_back(from_word<std::int64_t>(*column.spec, word));
    }
  }
};

struct Niches {
  static void export_to(const ModelState& state, FieldColumn& column) {
    column.value.reserve(state.niches.size());
    for (const CellRecord record : state.niches) column.value.push_back(record.bits());
    number_densely(column);
  }
  static void import_from(const FieldColumn& column, ModelState& state) {
    state.niches.resize(column.value.size());
    for (std::size_t i = 0; i < column.value.size(); ++i) {
      state.niches[i] = CellRecord(column.value[i]);
    }
  }
};

template <class Way>
constexpr Access access(std::uint8_t id, std::string_view path, std::string_view index,
                        FieldType type, FieldOwner owner, std::string_view text) {
  return {{id, path, index, type, owner, text}, &Way::export_to, &Way::import_from};
}

template <class Way>
constexpr Access scalar(std::uint8_t id, std::string_view path, FieldType type,
                        std::string_view text) {
  return access<Way>(id, path, "entry", type, FieldOwner::replicated, text);
}

template <auto Member>
constexpr Access per_clone(std::uint8_t id, std::string_view path, FieldType type,
                           std::string_view text) {
  return access<PerClone<Member>>(id, path, "clone", type, FieldOwner::replicated, text);
}

template <auto Member>
constexpr Access of_patient(std::uint8_t id, std::string_view path, FieldType type,
                            std::string_view text) {
  return scalar<Scalar<&ModelState::patient, Member>>(id, path, type, text);
}

template <auto Member>
constexpr Access of_class(std::uint8_t id, std::string_view path, std::string_view text) {
  return access<PerGenotype<Member>>(id, path, "genotype", FieldType::f64, FieldOwner::replicated,
                                     text);
}

template <auto Member>
constexpr Access of_census(std::uint8_t id, std::string_view path, std::string_view text) {
  return scalar<Scalar<&ModelState::census, Member>>(id, path, FieldType::i64, text);
}

template <Counter counter>
constexpr Access of_counters(std::uint8_t id, std::string_view path, std::string_view text) {
  return scalar<OneCounter<counter>>(id, path, FieldType::i64, text);
}

}  // namespace marrow::field_access
