// SPDX-License-Identifier: BSD-3-Clause
// The registry: one line per field of ModelState, each with its way out to a column and back.
#include "core/cells/state.hpp"
#include "core/model/failure.hpp"

#include <bit>
#include <concepts>
#include <limits>
#include <string>
#include <type_traits>

namespace marrow {
namespace {

[[noreturn]] void contradiction(const FieldSpec& spec, const std::string& what) {
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
    if (word > static_cast<std::uint64_t>(ClinicalState::complete_response)) {
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

void number_densely(FieldColumn& column) {
  column.index.resize(column.value.size());
  for (std::size_t i = 0; i < column.index.size(); ++i) column.index[i] = i;
}

void require_entries(const FieldColumn& column, std::size_t expected, const std::string& because) {
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
constexpr Access of_census(std::uint8_t id, std::string_view path, std::string_view text) {
  return scalar<Scalar<&ModelState::census, Member>>(id, path, FieldType::i64, text);
}

template <Counter counter>
constexpr Access of_counters(std::uint8_t id, std::string_view path, std::string_view text) {
  return scalar<OneCounter<counter>>(id, path, FieldType::i64, text);
}

using P = PatientState;
constexpr auto u64 = FieldType::u64;
constexpr auto i64 = FieldType::i64;
constexpr auto f64 = FieldType::f64;
constexpr auto distributed = FieldOwner::distributed;
constexpr auto replicated = FieldOwner::replicated;

// Ids are part of every digest and every checkpoint: never reuse or renumber one; keep them
// ascending.
constexpr std::array registry = {
    scalar<Scalar<&ModelState::step>>(1, "time/step", i64, "hours completed"),
    scalar<Scalar<&ModelState::events_done>>(2, "time/events_done", i64,
                                             "dated events of the scenario that have happened"),

    access<TCells>(10, "tcells/record", "site", u64, distributed, "T cells, by lattice site"),
    access<BlockHematopoiesis>(11, "blocks/hematopoiesis", "block", i64, distributed,
                               "hematopoiesis of each block; 2^40 is healthy"),
    access<Niches>(12, "niches/record", "niche", u64, replicated,
                   "the stem cell of each niche; 0 is vacant"),

    scalar<CloneCount>(20, "clones/count", u64, "rows of the clone table"),
    per_clone<&Clone::parent>(21, "clones/parent", u64, "parent clone; 2^32-1: none"),
    per_clone<&Clone::genotype>(22, "clones/genotype", u64, "losses and gains, one bit each"),
    per_clone<&Clone::presentation>(23, "clones/presentation", u64,
                                    "presentation of the antigen; 2^16 is full"),
    per_clone<&Clone::founder>(24, "clones/founder", u64,
                               "founder of the scenario that the clone descends from; 0: normal"),
    per_clone<&Clone::birth_step>(25, "clones/birth_step", i64, "hour of birth"),
    per_clone<&Clone::birth_site>(26, "clones/birth_site", u64, "lattice site of birth"),
    per_clone<&Clone::growth_per_h>(27, "clones/growth_per_h", f64, "added division rate, 1/h"),

    access<PerGenotype<&P::progenitors>>(
        40, "patient/progenitors", "genotype", i64, replicated,
        "progenitor pool of each genotype class; 2^40 is the healthy whole"),
    of_patient<&P::neutrophils_1e9_per_l>(41, "patient/neutrophils_1e9_per_l", f64, "10^9/L"),
    of_patient<&P::platelets_1e9_per_l>(42, "patient/platelets_1e9_per_l", f64, "10^9/L"),
    of_patient<&P::reticulocytes_1e9_per_l>(43, "patient/reticulocytes_1e9_per_l", f64, "10^9/L"),
    of_patient<&P::hemoglobin_g_per_l>(44, "patient/hemoglobin_g_per_l", f64, "g/L"),
    of_patient<&P::clinical>(45, "patient/clinical", i64,
                             "0 well, 1 severe aplastic anemia, 2 partial, 3 complete response"),
    of_patient<&P::saa_since_h>(46, "patient/saa_since_h", i64,
                                "hour since which the definition of severe disease holds; -1: not"),
    of_patient<&P::pr_since_h>(47, "patient/pr_since_h", i64,
                               "hour since which that of partial response holds; -1: not"),
    of_patient<&P::cr_since_h>(48, "patient/cr_since_h", i64,
                               "hour since which that of complete response holds; -1: not"),
    of_patient<&P::diagnosis_h>(49, "patient/diagnosis_h", i64, "hour of diagnosis; -1: never"),
    of_patient<&P::partial_response_h>(50, "patient/partial_response_h", i64,
                                       "hour of the first partial response; -1: never"),
    of_patient<&P::complete_response_h>(51, "patient/complete_response_h", i64,
                                        "hour of the first complete response; -1: never"),
    of_patient<&P::relapse_h>(52, "patient/relapse_h", i64, "hour of the first relapse; -1: never"),
    of_patient<&P::hla_lacking_at_pr_window>(53, "patient/hla_lacking_at_pr_window", i64,
                                             "HLA-lacking share then; 2^40 is all"),
    of_patient<&P::hla_lacking_at_cr_window>(54, "patient/hla_lacking_at_cr_window", i64,
                                             "HLA-lacking share then; 2^40 is all"),
    of_patient<&P::hla_lacking_at_diagnosis>(55, "patient/hla_lacking_at_diagnosis", i64,
                                             "HLA-lacking share then; 2^40 is all"),
    access<PerGenotype<&P::presentation>>(56, "patient/presentation", "genotype", u64, replicated,
                                          "mean presentation of each class's stem cells, the last "
                                          "known when none is alive; 2^16 is full"),

    of_census<&Census::stem>(70, "census/stem", "live stem cells"),
    of_census<&Census::apoptotic>(71, "census/apoptotic", "hit stem cells that hold their niche"),
    of_census<&Census::vacant>(72, "census/vacant", "vacant niches"),
    of_census<&Census::antigen>(73, "census/antigen", "presentation summed over live stem cells"),
    of_census<&Census::effector>(74, "census/effector", "free cytotoxic T cells"),
    of_census<&Census::engaged>(75, "census/engaged", "cytotoxic T cells handling a target"),

    of_counters<Counter::stem_divisions>(100, "counters/stem_divisions", "since the start"),
    of_counters<Counter::stem_differentiations>(101, "counters/stem_differentiations",
                                                "since the start"),
    of_counters<Counter::stem_daughters_lost>(102, "counters/stem_daughters_lost",
                                              "since the start"),
    of_counters<Counter::stem_relocations>(103, "counters/stem_relocations", "since the start"),
    of_counters<Counter::stem_killed>(104, "counters/stem_killed", "since the start"),
    of_counters<Counter::tcell_influx>(105, "counters/tcell_influx", "since the start"),
    of_counters<Counter::tcell_divisions>(106, "counters/tcell_divisions", "since the start"),
    of_counters<Counter::tcell_deaths>(107, "counters/tcell_deaths", "since the start"),
    of_counters<Counter::mutations>(108, "counters/mutations", "since the start"),
};
static_assert(counter_count == 9, "register the new counter above");

constexpr auto specs = [] {
  std::array<FieldSpec, registry.size()> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = registry[i].spec;
  return all;
}();

constexpr bool ids_ascend() {
  for (std::size_t i = 1; i < specs.size(); ++i) {
    if (specs[i].id <= specs[i - 1].id) return false;
  }
  return true;
}
static_assert(ids_ascend());

// What every column must satisfy before its own importer looks at it.
void check_shape(const FieldColumn& column) {
  const FieldSpec& spec = *column.spec;
  require_entries(column, column.index.size(), "like its index");
  for (std::size_t i = 0; i < column.index.size(); ++i) {
    if (spec.owner == FieldOwner::replicated ? column.index[i] != i
                                             : i > 0 && column.index[i] <= column.index[i - 1]) {
      contradiction(spec, "has index " + std::to_string(column.index[i]) + " at place " +
                              std::to_string(i) + ", out of order");
    }
  }
}

const FieldColumn& column_of(const FieldSpec& spec, std::span<const FieldColumn> columns) {
  const FieldColumn* found = nullptr;
  for (const FieldColumn& column : columns) {
    if (column.spec == nullptr || column.spec->id != spec.id) continue;
    if (found != nullptr) contradiction(spec, "is there twice");
    found = &column;
  }
  if (found == nullptr) contradiction(spec, "is missing");
  return *found;
}

}  // namespace

std::span<const FieldSpec> field_specs() { return specs; }

std::vector<FieldColumn> export_fields(const ModelState& state) {
  std::vector<FieldColumn> columns(registry.size());
  for (std::size_t i = 0; i < registry.size(); ++i) {
    columns[i].spec = &specs[i];
    registry[i].export_to(state, columns[i]);
  }
  return columns;
}

ModelState import_fields(std::span<const FieldColumn> columns) {
  ModelState state;
  for (const Access& field : registry) {
    const FieldColumn& column = column_of(field.spec, columns);
    check_shape(column);
    if (field.spec.path == "clones/parent") state.clones.resize(column.value.size());
  }
  for (const Access& field : registry) {
    field.import_from(column_of(field.spec, columns), state);
  }
  return state;
}

}  // namespace marrow
