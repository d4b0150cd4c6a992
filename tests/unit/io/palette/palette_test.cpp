// SPDX-License-Identifier: BSD-3-Clause
// Everything that a frame can hold has a name and a colour.
#include "io/palette/palette.hpp"

#include "core/cells/record.hpp"
#include "core/model/failure.hpp"
#include "core/model/parameters.hpp"
#include "core/observe/sample.hpp"
#include "core/patient/patient_state.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <string>

namespace marrow::io {
namespace {

std::map<int, PaletteEntry> entries(Palette which) {
  std::map<int, PaletteEntry> by_value;
  int last = -1;
  for (const PaletteEntry& entry : palette(which)) {
    EXPECT_GT(entry.value, last) << entry.name;
    EXPECT_FALSE(entry.name.empty());
    last = entry.value;
    by_value[entry.value] = entry;
  }
  return by_value;
}

TEST(Palette, NamesEveryTissue) {
  auto tissue = entries(Palette::tissue);
  EXPECT_EQ(tissue.size(), 7U);
  EXPECT_EQ(tissue[static_cast<int>(TissueKind::marrow)].name, "marrow");
  EXPECT_EQ(tissue[static_cast<int>(TissueKind::bone)].name, "bone");
  EXPECT_EQ(tissue[static_cast<int>(TissueKind::sinusoid)].name, "sinusoid");
  EXPECT_EQ(tissue[static_cast<int>(TissueKind::arteriole)].name, "arteriole");
  EXPECT_EQ(tissue[static_cast<int>(TissueKind::niche)].name, "niche");
  EXPECT_EQ(tissue[static_cast<int>(TissueKind::sealed)].name, "sealed marrow");
  EXPECT_EQ(tissue[6].name, "fat");
}

TEST(Palette, NamesEveryNicheType) {
  auto types = entries(Palette::niche_type);
  EXPECT_EQ(types.size(), 3U);
  EXPECT_EQ(types[static_cast<int>(NicheType::perisinusoidal)].name, "perisinusoidal");
  EXPECT_EQ(types[static_cast<int>(NicheType::periarteriolar)].name, "periarteriolar");
  EXPECT_EQ(types[static_cast<int>(NicheType::endosteal)].name, "endosteal");
}

TEST(Palette, NamesEveryStateOfACell) {
  auto states = entries(Palette::cell_state);
  EXPECT_EQ(states.size(), 8U);
  EXPECT_EQ(states[static_cast<int>(CellState::none)].name, "vacant niche");
  EXPECT_EQ(states[static_cast<int>(CellState::lost)].name, "lost niche");
  EXPECT_EQ(states[static_cast<int>(CellState::stem)].name, "stem cell");
  EXPECT_EQ(states[static_cast<int>(CellState::apoptotic)].name, "dying stem cell");
  EXPECT_EQ(states[static_cast<int>(CellState::effector)].name, "T cell, active");
  EXPECT_EQ(states[static_cast<int>(CellState::engaged)].name, "T cell, killing");
  EXPECT_EQ(states[static_cast<int>(CellState::exhausted)].name, "T cell, exhausted");
  EXPECT_EQ(states[static_cast<int>(CellState::memory)].name, "T cell, memory");
  EXPECT_EQ(entries(Palette::cell_kind).size(), 2U);
}

TEST(Palette, NamesEveryGenotypeByItsLosses) {
  auto genotypes = entries(Palette::genotype);
  ASSERT_EQ(genotypes.size(), static_cast<std::size_t>(genotype_classes));
  EXPECT_EQ(genotypes[0].name, "normal");
  const std::map<int, std::string> words = {{hla_lost, "HLA-lacking"},
                                            {gpi_negative, "GPI-negative"},
                                            {driver, "driver"},
                                            {monosomy_7, "monosomy 7"}};
  for (const auto& [mask, entry] : genotypes) {
    for (const auto& [bit, word] : words) {
      EXPECT_EQ(entry.name.find(word) != std::string::npos, (mask & bit) != 0) << entry.name;
    }
  }
}

TEST(Palette, NamesClinicalStatesAsTheSeriesDoes) {
  auto states = entries(Palette::clinical_state);
  ASSERT_EQ(states.size(), static_cast<std::size_t>(ClinicalState::dead) + 1);
  for (const auto& [value, entry] : states) {
    EXPECT_EQ(entry.name, clinical_state_name(static_cast<ClinicalState>(value)));
  }
}

TEST(Palette, AnEntryIsFoundByItsValue) {
  EXPECT_EQ(palette_entry(Palette::genotype, hla_lost).name, "HLA-lacking");
  EXPECT_EQ(palette_entry(Palette::tissue, 6).name, "fat");
  EXPECT_THROW(palette_entry(Palette::genotype, genotype_classes), Failure);
}

TEST(Palette, ScriptsGetTheSameLists) {
  const nlohmann::json lists = nlohmann::json::parse(palette_json());
  EXPECT_EQ(lists.size(), 9U);
  EXPECT_EQ(lists["genotype"][1],
            (nlohmann::json{{"value", 1}, {"name", "HLA-lacking"}, {"colour", "#009e73"}}));
  EXPECT_EQ(lists["clinical state"].size(), entries(Palette::clinical_state).size());
  EXPECT_EQ(lists["curve"].size(), entries(Palette::curve).size());
  EXPECT_EQ(lists["process"].size(), entries(Palette::process).size());
}

TEST(Palette, ColoursAreThoseOfTheTable) {
  EXPECT_EQ(html_colour(entries(Palette::genotype)[0].colour), "#0072b2");
  EXPECT_EQ(html_colour(entries(Palette::cell_state)[3].colour), "#d55e00");
  EXPECT_EQ(entries(Palette::clone).size(), 8U);
}

}  // namespace
}  // namespace marrow::io
