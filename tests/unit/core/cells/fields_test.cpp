// SPDX-License-Identifier: BSD-3-Clause
// Every member of the state must be registered: the members are named here by structured bindings,
// so a new member stops this file from compiling, and a member without a field fails a test.
#include "core/cells/state.hpp"
#include "core/model/failure.hpp"
#include "core/observe/digest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <concepts>
#include <cstring>
#include <functional>
#include <set>
#include <string>
#include <tuple>

namespace marrow {
namespace {

auto members(auto& state) requires
    std::same_as<std::remove_const_t<std::remove_reference_t<decltype(state)>>, ModelState> {
  auto& [step, tcells, block_index, hematopoiesis, blocks, source, gathering, niches, clones,
         patient, census, counters, events_done] = state;
  return std::tie(step, tcells, block_index, hematopoiesis, blocks, source, gathering, niches,
                  clones, patient, census, counters, events_done);
}

auto members(BlockCounts& blocks) {
  auto& [effector, exhausted, memory, tregs] = blocks;
  return std::tie(effector, exhausted, memory, tregs);
}

auto members(SignalSource& entry) {
  auto& [site, tcell_hours] = entry;
  return std::tie(site, tcell_hours);
}

auto members(PatientState& patient) {
  auto& [progenitors, presentation, maturing_neutrophils, maturing_platelets,
         maturing_reticulocytes, maturing_red_cells, neutrophils, platelets, reticulocytes,
         hemoglobin, transfused_hemoglobin, transfused_platelets, last_transfusion, transfusions,
         clinical, moderate_since, saa, pr, cr, moderate, diagnosis, very_severe, partial, complete,
         relapse, pnh, evolution, death, at_pr, at_cr, at_diagnosis, therapy] = patient;
  return std::tie(progenitors, presentation, maturing_neutrophils, maturing_platelets,
                  maturing_reticulocytes, maturing_red_cells, neutrophils, platelets, reticulocytes,
                  hemoglobin, transfused_hemoglobin, transfused_platelets, last_transfusion,
                  transfusions, clinical, moderate_since, saa, pr, cr, moderate, diagnosis,
                  very_severe, partial, complete, relapse, pnh, evolution, death, at_pr, at_cr,
                  at_diagnosis, therapy);
}

auto members(Census& census) {
  auto& [stem, apoptotic, vacant, antigen, effector, engaged, exhausted, memory, tregs, lost] =
      census;
  return std::tie(stem, apoptotic, vacant, antigen, effector, engaged, exhausted, memory, tregs,
                  lost);
}

auto members(Clone& clone) {
  auto& [parent, genotype, mutations, presentation, founder, birth_step, birth_site, growth] =
      clone;
  return std::tie(parent, genotype, mutations, presentation, founder, birth_step, birth_site,
                  growth);
}

auto members(TCell& cell) {
  auto& [site, record] = cell;
  return std::tie(site, record);
}

template <class T>
constexpr std::size_t member_count = std::tuple_size_v<decltype(members(std::declval<T&>()))>;

/// A state whose every number differs from every other, so that mixed-up fields cannot hide.
ModelState filled() {
  ModelState state;
  std::int64_t next = 1000;
  const auto fill = [&](auto& value) {
    using T = std::remove_reference_t<decltype(value)>;
    if constexpr (std::is_same_v<T, ClinicalState>) {
      value = ClinicalState::partial_response;
    } else if constexpr (std::is_same_v<T, CellRecord>) {
      value = CellRecord::make(CellState::stem, static_cast<std::uint32_t>(next++), 7);
    } else if constexpr (std::is_arithmetic_v<T>) {
      value = static_cast<T>(next++) + static_cast<T>(std::is_same_v<T, double> ? 0.3 : 0);
    } else {
      for (auto& one : value) {
        using One = std::remove_reference_t<decltype(one)>;
        one = static_cast<One>(next++) + static_cast<One>(std::is_same_v<One, double> ? 0.3 : 0);
      }
    }
  };
  const auto fill_all = [&](auto tied) {
    std::apply([&](auto&... each) { (fill(each), ...); }, tied);
  };
  state.tcells.resize(5);
  for (TCell& cell : state.tcells) fill_all(members(cell));
  state.block_index = {3, 4, 9};
  state.block_hematopoiesis = {fixed_one, -5, 77};
  std::apply([&](auto&... counts) { (counts.resize(3), ...); }, members(state.blocks));
  fill_all(members(state.blocks));
  state.signal_source.resize(2);
  state.signal_gathering.resize(4);
  for (SignalSource& entry : state.signal_source) fill_all(members(entry));
  for (SignalSource& entry : state.signal_gathering) fill_all(members(entry));
  state.niches.resize(6);
  for (CellRecord& niche : state.niches) fill(niche);
  state.niches[2] = CellRecord();
  state.clones.resize(3);
  for (Clone& clone : state.clones) fill_all(members(clone));
  state.patient.therapy_began_h.resize(3);
  fill_all(members(state.patient));
  fill_all(members(state.census));
  fill(state.counters);
  fill(state.step);
  fill(state.events_done);
  return state;
}

std::uint64_t digest(const ModelState& state) { return digest_of(export_fields(state), true); }

FieldColumn& column(std::vector<FieldColumn>& columns, std::string_view path) {
  for (FieldColumn& each : columns) {
    if (each.spec->path == path) return each;
  }
  throw std::logic_error("no field " + std::string(path));
}

std::string refusal(const std::vector<FieldColumn>& columns) {
  try {
    import_fields(columns);
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::no_usable_checkpoint);
    return failure.what();
  }
  return "accepted";
}

std::size_t fields_in(std::string_view group) {
  std::size_t count = 0;
  for (const FieldSpec& spec : field_specs()) count += spec.path.starts_with(group) ? 1 : 0;
  return count;
}

void flip_bits(void* bytes, std::size_t size, const std::function<void()>& check) {
  auto* byte = static_cast<unsigned char*>(bytes);
  for (std::size_t bit = 0; bit < 8 * size; ++bit) {
    byte[bit / 8] = static_cast<unsigned char>(byte[bit / 8] ^ (1u << (bit % 8)));
    check();
    byte[bit / 8] = static_cast<unsigned char>(byte[bit / 8] ^ (1u << (bit % 8)));
  }
}

TEST(FieldRegistry, HasOneFieldPerMember) {
  EXPECT_EQ(fields_in("patient/"), member_count<PatientState>);
  EXPECT_EQ(fields_in("census/"), member_count<Census>);
  EXPECT_EQ(fields_in("counters/"), counter_count);
  EXPECT_EQ(fields_in("clones/"), member_count<Clone> + 1);  // and their number
  EXPECT_EQ(fields_in("tcells/"), member_count<TCell> - 1);  // the site is the index
  EXPECT_EQ(fields_in("kernel/"), member_count<BlockCounts>);
  EXPECT_EQ(fields_in("signals/"), 2u);
  EXPECT_EQ(member_count<SignalSource>, 2u);  // the site is the index
  // step, T cells, blocks (index, value and counts), two signals, niches, clones, patient, census,
  // counters, events
  EXPECT_EQ(member_count<ModelState>, 13u);
  EXPECT_EQ(field_specs().size(), 2 + 1 + 1 + 1 + fields_in("kernel/") + fields_in("signals/") +
                                      fields_in("clones/") + fields_in("patient/") +
                                      fields_in("census/") + fields_in("counters/"));
}

TEST(FieldRegistry, NamesAreUniqueAndExplained) {
  std::set<std::string_view> paths;
  std::set<int> ids;
  for (const FieldSpec& spec : field_specs()) {
    EXPECT_TRUE(paths.insert(spec.path).second) << spec.path;
    EXPECT_TRUE(ids.insert(spec.id).second) << spec.path;
    EXPECT_FALSE(spec.text.empty()) << spec.path;
    EXPECT_EQ(std::count(spec.path.begin(), spec.path.end(), '/'), 1) << spec.path;
  }
}

// Ids and types are stored in checkpoints that must stay readable.
TEST(FieldRegistry, IdsNeverChange) {
  const auto id = [](std::string_view path) {
    for (const FieldSpec& spec : field_specs()) {
      if (spec.path == path) return static_cast<int>(spec.id);
    }
    return -1;
  };
  EXPECT_EQ(id("time/step"), 1);
  EXPECT_EQ(id("tcells/record"), 10);
  EXPECT_EQ(id("blocks/hematopoiesis"), 11);
  EXPECT_EQ(id("niches/record"), 12);
  EXPECT_EQ(id("clones/growth_per_h"), 27);
  EXPECT_EQ(id("clones/mutations"), 28);
  EXPECT_EQ(id("kernel/effector"), 30);
  EXPECT_EQ(id("kernel/tregs"), 33);
  EXPECT_EQ(id("signals/source"), 34);
  EXPECT_EQ(id("signals/gathering"), 35);
  EXPECT_EQ(id("patient/progenitors"), 40);
  EXPECT_EQ(id("patient/hla_lacking_at_diagnosis"), 55);
  EXPECT_EQ(id("patient/maturing_neutrophils"), 57);
  EXPECT_EQ(id("patient/hemoglobin"), 63);
  EXPECT_EQ(id("patient/therapy_began_h"), 68);
  EXPECT_EQ(id("patient/maturing_reticulocytes"), 69);
  EXPECT_EQ(id("census/engaged"), 75);
  EXPECT_EQ(id("census/lost"), 79);
  EXPECT_EQ(id("patient/death_h"), 85);
  EXPECT_EQ(id("counters/mutations"), 108);
  EXPECT_EQ(id("counters/niche_returns"), 116);
}

TEST(FieldRegistry, EachBitOfEachMemberChangesTheDigest) {
  ModelState state = filled();
  const std::uint64_t before = digest(state);
  int flips = 0;
  const auto flip = [&](auto& value, std::size_t size) {
    flip_bits(&value, size, [&] {
      ++flips;
      EXPECT_NE(digest(state), before) << "after flip " << flips;
    });
  };
  const auto flip_each = [&](auto& value) {
    if constexpr (requires { value.push_back(value[0]); }) {
      for (auto& one : value) flip(one, sizeof one);
    } else {
      flip(value, sizeof value);
    }
  };
  const auto flip_all = [&](auto tied) {
    std::apply([&](auto&... each) { (flip_each(each), ...); }, tied);
  };
  flip(state.step, sizeof state.step);
  flip(state.events_done, sizeof state.events_done);
  flip(state.counters, sizeof state.counters);
  flip_all(members(state.census));
  flip_all(members(state.patient));
  flip_all(members(state.blocks));
  for (SignalSource& entry : state.signal_source) flip_all(members(entry));
  for (SignalSource& entry : state.signal_gathering) flip_all(members(entry));
  for (Clone& clone : state.clones) flip_all(members(clone));
  for (TCell& cell : state.tcells) flip_all(members(cell));
  for (CellRecord& niche : state.niches) flip(niche, sizeof niche);
  for (std::uint64_t& block : state.block_index) flip(block, sizeof block);
  for (std::int64_t& level : state.block_hematopoiesis) flip(level, sizeof level);
  EXPECT_EQ(digest(state), before);
  EXPECT_GT(flips, 64 * (2 + 17 + 10 + 16 * 8 + 25 + 3 + 12 + 12 + 8 + 10 + 6 + 6));
}

TEST(FieldRegistry, AppendingAnyEntryChangesTheDigest) {
  const std::uint64_t before = digest(filled());
  ModelState state = filled();
  Clone silent;  // every member zero: only the number of clones tells
  std::apply([](auto&... each) { ((each = 0), ...); }, members(silent));
  state.clones.push_back(silent);
  EXPECT_NE(digest(state), before);
  state = filled();
  state.signal_source.push_back({5000, 1});
  EXPECT_NE(digest(state), before);
  state = filled();
  state.patient.therapy_began_h.push_back(never);
  EXPECT_NE(digest(state), before);
  state = filled();
  state.tcells.push_back({5000, CellRecord::make(CellState::effector, 0)});
  EXPECT_NE(digest(state), before);
}

TEST(FieldRegistry, RoundTripIsExact) {
  for (const ModelState& state : {filled(), ModelState{}}) {
    EXPECT_TRUE(import_fields(export_fields(state)) == state);
  }
}

TEST(FieldRegistry, RoundTripKeepsTheBitsOfUnusualNumbers) {
  ModelState state = filled();
  state.patient.hemoglobin_g_per_l[3] = -0.0;
  state.patient.platelets_1e9_per_l[15] = 0x1p-1074;
  state.patient.transfused_platelets_1e9_per_l = std::bit_cast<double>(0x7ff8000000000123ULL);
  state.step = std::numeric_limits<std::int64_t>::min();
  const ModelState back = import_fields(export_fields(state));
  const auto same_bits = [](double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
  };
  EXPECT_TRUE(same_bits(back.patient.hemoglobin_g_per_l[3], -0.0));
  EXPECT_TRUE(same_bits(back.patient.platelets_1e9_per_l[15], 0x1p-1074));
  EXPECT_TRUE(same_bits(back.patient.transfused_platelets_1e9_per_l,
                        state.patient.transfused_platelets_1e9_per_l));
  EXPECT_EQ(back.step, state.step);
}

TEST(FieldRegistry, ColumnsFollowTheSpecs) {
  const auto columns = export_fields(filled());
  ASSERT_EQ(columns.size(), field_specs().size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    EXPECT_EQ(columns[i].spec, &field_specs()[i]);
    EXPECT_EQ(columns[i].index.size(), columns[i].value.size());
    EXPECT_TRUE(std::is_sorted(columns[i].index.begin(), columns[i].index.end()));
  }
}

TEST(FieldImport, RefusesEachMissingColumnByName) {
  const auto good = export_fields(filled());
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto columns = good;
    columns.erase(columns.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_THAT(refusal(columns),
                testing::AllOf(testing::HasSubstr(std::string(good[i].spec->path)),
                               testing::HasSubstr("is missing")));
  }
}

TEST(FieldImport, RefusesContradictions) {
  const auto refused_after = [](std::string_view path, auto change) {
    auto columns = export_fields(filled());
    change(column(columns, path));
    const std::string why = refusal(columns);
    EXPECT_THAT(why, testing::HasSubstr("'" + std::string(path) + "'"));
    return why;
  };
  EXPECT_THAT(refused_after("clones/genotype",
                            [](FieldColumn& c) {
                              c.index.pop_back();
                              c.value.pop_back();
                            }),
              testing::HasSubstr("2 entries, not 3"));
  EXPECT_THAT(refused_after("tcells/record", [](FieldColumn& c) { c.index.pop_back(); }),
              testing::HasSubstr("like its index"));
  EXPECT_THAT(
      refused_after("tcells/record", [](FieldColumn& c) { std::swap(c.index[1], c.index[3]); }),
      testing::HasSubstr("out of order"));
  EXPECT_THAT(
      refused_after("blocks/hematopoiesis", [](FieldColumn& c) { c.index[1] = c.index[0]; }),
      testing::HasSubstr("out of order"));
  EXPECT_THAT(refused_after("niches/record", [](FieldColumn& c) { c.index[4] = 17; }),
              testing::HasSubstr("out of order"));
  EXPECT_THAT(refused_after("tcells/record", [](FieldColumn& c) { c.value[2] = 0; }),
              testing::HasSubstr("empty record"));
  EXPECT_THAT(refused_after("clones/count", [](FieldColumn& c) { c.value[0] = 4; }),
              testing::HasSubstr("says 4"));
  EXPECT_THAT(refused_after("clones/founder", [](FieldColumn& c) { c.value[0] = 1ULL << 32; }),
              testing::HasSubstr("too large"));
  EXPECT_THAT(refused_after("patient/clinical", [](FieldColumn& c) { c.value[0] = 6; }),
              testing::HasSubstr("clinical state"));
  EXPECT_THAT(refused_after("time/step",
                            [](FieldColumn& c) {
                              c.index.clear();
                              c.value.clear();
                            }),
              testing::HasSubstr("0 entries, not 1"));
  EXPECT_THAT(refused_after("patient/progenitors",
                            [](FieldColumn& c) {
                              c.index.push_back(16);
                              c.value.push_back(1);
                            }),
              testing::HasSubstr("17 entries, not 16"));
}

TEST(FieldImport, RefusesAColumnThatIsThereTwice) {
  auto columns = export_fields(filled());
  columns.push_back(columns[3]);
  EXPECT_THAT(refusal(columns), testing::HasSubstr("twice"));
}

}  // namespace
}  // namespace marrow
