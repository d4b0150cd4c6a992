// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/sample.hpp"

#include "core/observe/census.hpp"
#include "core/patient/blood.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <map>
#include <set>

namespace marrow {
namespace {

FounderClone named(std::string name) {
  FounderClone f;
  f.name = std::move(name);
  return f;
}

/// A patient whose numbers need all their digits, in a box of 0.064 mm3 with 8 niches.
struct Patient {
  Parameters parameters;
  ModelState state;
  double hematopoiesis = 1.0 / 7.0;
  std::uint64_t digest = 0x00fedcba98765432;

  Patient() {
    parameters.domain.size_voxels = {40, 40, 40};
    parameters.clones.founders = {named("hla_lacking"), named("piga")};
    state.step = 8771;
    state.clones = {Clone{}, Clone{0, hla_lost, 0, 0, 1, 720, 3, 0.0},
                    Clone{0, gpi_negative, 0, full_presentation / 3, 2, 720, 4, 0.0}};
    for (const std::uint32_t clone : {0u, 1u, 1u, 2u, 2u}) {
      state.niches.push_back(CellRecord::make(CellState::stem, clone));
    }
    state.niches.push_back(CellRecord::make(CellState::apoptotic, 0, 2));
    state.niches.resize(8);
    state.census = census_of_niches(state);
    state.census.effector = 13;
    state.census.engaged = 4;
    state.census.exhausted = 6;
    state.census.memory = 7;
    state.census.tregs = 9;
    state.census.lost = 3;
    for (std::size_t c = 0; c < counter_count; ++c) {
      state.counters[c] = static_cast<std::int64_t>(100 * c + 11);
    }
    state.patient.progenitors[0] = fixed_one / 3;
    state.patient.progenitors[hla_lost] = fixed_one / 5;
    PatientState& patient = state.patient;
    patient.neutrophils_1e9_per_l[0] = 0.1;
    patient.neutrophils_1e9_per_l[gpi_negative] = 0.2;
    patient.neutrophils_1e9_per_l[hla_lost | driver] = 0.4;
    patient.neutrophils_1e9_per_l[monosomy_7] = 0.05;
    patient.platelets_1e9_per_l[0] = 1e-17;
    patient.reticulocytes_1e9_per_l[0] = 80.0 / 3.0;
    patient.hemoglobin_g_per_l[0] = 61.3;
    patient.hemoglobin_g_per_l[gpi_negative] = 10.7;
    patient.transfused_hemoglobin_g_per_l = 1.0 / 3.0;
    patient.transfused_platelets_1e9_per_l = 12.1;
    patient.transfusions = 23;
    patient.clinical = ClinicalState::partial_response;
  }

  [[nodiscard]] std::map<std::string, std::string> sample() const {
    const Model model(parameters, NicheTable(8), 0.9, 20.0);
    const auto names = sample_columns(parameters);
    const auto row = sample_row(state, model, hematopoiesis, digest);
    EXPECT_EQ(names.size(), row.size());
    std::map<std::string, std::string> cells;
    for (std::size_t i = 0; i < std::min(names.size(), row.size()); ++i) cells[names[i]] = row[i];
    return cells;
  }
};

double number(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  EXPECT_EQ(end, text.c_str() + text.size()) << "'" << text << "' is not a number";
  return value;
}

TEST(Sample, HasOneValueForEachColumnWhateverTheFounders) {
  for (std::size_t founders = 0; founders < 5; ++founders) {
    Patient p;
    p.parameters.clones.founders.clear();
    p.state.clones.resize(1);
    for (CellRecord& cell : p.state.niches) {
      if (cell.state() == CellState::stem) cell = CellRecord::make(CellState::stem, 0);
    }
    for (std::size_t f = 0; f < founders; ++f) {
      p.parameters.clones.founders.push_back(named("clone" + std::to_string(f)));
    }
    const Model model(p.parameters, NicheTable(8), 0.9, 20.0);
    EXPECT_EQ(sample_row(p.state, model, 1.0, 0).size(), sample_columns(p.parameters).size());
  }
}

TEST(Sample, ColumnNamesAreUniqueAndPlain) {
  const auto names = sample_columns(Patient().parameters);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  for (const std::string& name : names) {
    EXPECT_FALSE(name.empty());
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string::npos)
        << name;
  }
}

TEST(Sample, IntegersStandAsTheyAre) {
  const auto row = Patient().sample();
  EXPECT_EQ(row.at("hour"), "8771");
  EXPECT_EQ(row.at("stem_cells"), "5");
  EXPECT_EQ(row.at("apoptotic_cells"), "1");
  EXPECT_EQ(row.at("vacant_niches"), "2");
  EXPECT_EQ(row.at("cells_normal"), "1");
  EXPECT_EQ(row.at("cells_hla_lacking"), "2");
  EXPECT_EQ(row.at("cells_piga"), "2");
  EXPECT_EQ(row.at("clones"), "3");
  EXPECT_EQ(row.at("tcells_free"), "13");
  EXPECT_EQ(row.at("tcells_engaged"), "4");
}

TEST(Sample, MutantsHaveAColumnForEachGenotype) {
  Patient p;
  p.parameters.clones.mutations = {{.name = "piga", .genotype = gpi_negative}};
  p.state.clones.push_back({.parent = 0, .genotype = gpi_negative, .mutations = 1});
  p.state.niches[0] = CellRecord::make(CellState::stem, 3);
  p.state.census = census_of_niches(p.state);
  const auto row = p.sample();
  EXPECT_EQ(row.at("cells_normal"), "1");
  EXPECT_EQ(row.at("gpi_negative_in_normal"), "1");
  EXPECT_EQ(row.at("gpi_negative_in_hla_lacking"), "0");
  EXPECT_FALSE(Patient().sample().contains("gpi_negative_in_normal")) << "nothing mutates";
}

TEST(Sample, CellsOfEachKindStandApart) {
  const auto row = Patient().sample();
  EXPECT_EQ(row.at("tcells_exhausted"), "6");
  EXPECT_EQ(row.at("tcells_memory"), "7");
  EXPECT_EQ(row.at("tregs"), "9");
  EXPECT_EQ(row.at("lost_niches"), "3");
  EXPECT_EQ(row.at("transfusions"), "23");
}

TEST(Sample, EachCounterStandsInItsOwnColumn) {
  const Patient p;
  const auto row = p.sample();
  const std::map<std::string, Counter> columns = {
      {"stem_divisions", Counter::stem_divisions},
      {"stem_differentiations", Counter::stem_differentiations},
      {"stem_daughters_lost", Counter::stem_daughters_lost},
      {"stem_relocations", Counter::stem_relocations},
      {"stem_killed", Counter::stem_killed},
      {"tcell_influx", Counter::tcell_influx},
      {"tcell_divisions", Counter::tcell_divisions},
      {"tcell_deaths", Counter::tcell_deaths},
      {"mutations", Counter::mutations},
      {"tcell_exhaustions", Counter::tcell_exhausted},
      {"tcell_memory_formed", Counter::tcell_memory},
      {"tcell_reactivations", Counter::tcell_reactivated},
      {"treg_influx", Counter::treg_influx},
      {"stem_infused", Counter::stem_infused},
      {"stem_depleted", Counter::stem_depleted},
      {"niche_losses", Counter::niches_lost},
      {"niche_returns", Counter::niches_regained}};
  EXPECT_EQ(columns.size(), counter_count);
  for (const auto& [name, counter] : columns) {
    EXPECT_EQ(row.at(name), std::to_string(p.state.counters[static_cast<std::size_t>(counter)]));
  }
}

TEST(Sample, NumbersReadBackToTheSameBits) {
  const Patient p;
  const auto row = p.sample();
  const auto expect_bits = [&](const std::string& name, double value) {
    EXPECT_EQ(std::bit_cast<std::uint64_t>(number(row.at(name))),
              std::bit_cast<std::uint64_t>(value))
        << name << " reads " << row.at(name);
  };
  expect_bits("day", 8771 / 24.0);
  const BloodCounts counts = blood_counts(p.state.patient);
  expect_bits("neutrophils_1e9_per_l", counts.neutrophils_1e9_per_l);
  expect_bits("platelets_1e9_per_l", 1e-17);
  expect_bits("reticulocytes_1e9_per_l", 80.0 / 3.0);
  expect_bits("hemoglobin_g_per_l", 61.3 + 10.7);
  expect_bits("hemoglobin_with_transfusion_g_per_l", 61.3 + 10.7 + 1.0 / 3.0);
  expect_bits("platelets_with_transfusion_1e9_per_l", 12.1);
  expect_bits("real_cells_per_niche", 25000.0);
  expect_bits("vacancy", 0.25);
  expect_bits("progenitors",
              static_cast<double>(fixed_one / 3 + fixed_one / 5) / static_cast<double>(fixed_one));
}

TEST(Sample, DerivedQuantitiesFollowFromTheState) {
  const auto row = Patient().sample();
  EXPECT_NEAR(number(row.at("tcells_per_mm3")), 17 / 0.064, 1e-9);
  EXPECT_NEAR(number(row.at("attack")), 17 / (0.064 * 300), 1e-12);
  EXPECT_NEAR(number(row.at("antigen")), (1 + 2 / 3.0) / 8, 1e-5);
  EXPECT_NEAR(number(row.at("progenitors_hla_lacking_share")), 0.2 / (1 / 3.0 + 0.2), 1e-9);
  EXPECT_NEAR(number(row.at("cellularity")), 0.5 / 7.0, 1e-15);
}

TEST(Sample, SharesAreOfTheCellsOfALine) {
  const auto row = Patient().sample();
  EXPECT_NEAR(number(row.at("neutrophils_gpi_negative_share")), 0.2 / 0.75, 1e-15);
  EXPECT_NEAR(number(row.at("neutrophils_hla_lacking_share")), 0.4 / 0.75, 1e-15);
  EXPECT_NEAR(number(row.at("neutrophils_driver_share")), 0.4 / 0.75, 1e-15);
  EXPECT_NEAR(number(row.at("neutrophils_monosomy_7_share")), 0.05 / 0.75, 1e-15);
  EXPECT_NEAR(number(row.at("red_cells_gpi_negative_share")), 10.7 / 72.0, 1e-15);
}

TEST(Sample, TestsSeeSharesFromTheirOwnLimitsOn) {
  const auto seen = [](const char* column, std::size_t genotype, double share) {
    Patient p;
    p.parameters.patient.detection = {0.001, 0.01, 0.1};
    p.state.patient.neutrophils_1e9_per_l = {};
    p.state.patient.neutrophils_1e9_per_l[0] = 1 - share;
    p.state.patient.neutrophils_1e9_per_l[genotype] = share;
    return p.sample().at(column);
  };
  EXPECT_EQ(seen("gpi_negative_detected", gpi_negative, 0.0009), "0");
  EXPECT_EQ(seen("gpi_negative_detected", gpi_negative, 0.0011), "1");
  EXPECT_EQ(seen("hla_lacking_detected", hla_lost, 0.009), "0");
  EXPECT_EQ(seen("hla_lacking_detected", hla_lost, 0.011), "1");
  EXPECT_EQ(seen("driver_detected", driver, 0.09), "0");
  EXPECT_EQ(seen("driver_detected", driver, 0.11), "1");
}

TEST(Sample, TherapyIsWhatActsNow) {
  Patient p;
  EXPECT_EQ(p.sample().at("therapy"), "none");
  p.parameters.therapy.resize(3);
  p.parameters.therapy[0].drug = Drug::eltrombopag;
  p.parameters.therapy[1].drug = Drug::cyclosporine;
  p.parameters.therapy[2].drug = Drug::horse_atg;
  p.state.patient.therapy_began_h = {8700, 8771, 8675};  // the ATG is just over
  EXPECT_EQ(p.sample().at("therapy"), "eltrombopag+cyclosporine");
}

TEST(Sample, TheClinicalStateAndTheDigestStandLast) {
  const auto names = sample_columns(Patient().parameters);
  EXPECT_EQ(names.at(names.size() - 2), "clinical_state");
  EXPECT_EQ(names.back(), "digest");
}

TEST(Sample, TheDigestIsSixteenHexadecimalDigits) {
  EXPECT_EQ(Patient().sample().at("digest"), "00fedcba98765432");
  Patient p;
  p.digest = ~std::uint64_t{0};
  EXPECT_EQ(p.sample().at("digest"), "ffffffffffffffff");
  p.digest = 0;
  EXPECT_EQ(p.sample().at("digest"), "0000000000000000");
}

TEST(Sample, TheClinicalStateStandsInWords) {
  EXPECT_EQ(clinical_state_name(ClinicalState::well), "well");
  EXPECT_EQ(clinical_state_name(ClinicalState::severe_aplastic_anemia), "severe aplastic anemia");
  EXPECT_EQ(clinical_state_name(ClinicalState::partial_response), "partial response");
  EXPECT_EQ(clinical_state_name(ClinicalState::complete_response), "complete response");
  EXPECT_EQ(clinical_state_name(ClinicalState::moderate_aplastic_anemia),
            "moderate aplastic anemia");
  EXPECT_EQ(clinical_state_name(ClinicalState::dead), "dead");
  EXPECT_EQ(Patient().sample().at("clinical_state"), "partial response");
}

TEST(Sample, NoValueWouldBreakARowOfText) {
  for (const auto& [name, value] : Patient().sample()) {
    EXPECT_FALSE(value.empty()) << name;
    EXPECT_EQ(value.find_first_of(",;\"\t\n"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace marrow
