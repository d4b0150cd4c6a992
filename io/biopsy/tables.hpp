// SPDX-License-Identifier: BSD-3-Clause
// The numbers of biopsies as a text to read, as CSV and as JSON.
#pragma once

#include "core/observe/biopsy_counts.hpp"
#include "core/observe/needle.hpp"
#include "io/biopsy/stain.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace marrow::io {

/// One core: where it was taken, what it shows.
struct BiopsyRow {
  std::string site;
  Needle needle;
  std::size_t stretches = 1;
  BiopsyCounts counts;
};

/// What all cores of one command share.
struct BiopsyFacts {
  std::string scenario;
  std::string checkpoint;
  double day = 0.0;
  std::optional<double> death_day = std::nullopt;  // the marrow stands still from then on
  double thickness_um = 3.0;
  double severe_cellularity = 0.25;  // patient.saa.cellularity
  double box_mm3 = 0.0;
  std::vector<std::string> clone_names;  // by clone id
  std::string scale;                     // scale_text: how much of the patient the box stands for
  double real_cells_per_niche = 0.0;
};

/// Two cores are said to be far apart from this difference of cellularity on.
inline constexpr double cellularity_far_apart = 0.20;

/// Two decimals at most: they tell the hours of a day apart.
std::string day_text(double day);

/// What stands below the picture of one core: lines from which the stage can be read.
std::string slide_caption(const BiopsyFacts& facts, const BiopsyRow& row, Stain stain);
std::string biopsy_text(const BiopsyFacts& facts, const BiopsyRow& row);
/// How the cores differ; two or more.
std::string spread_text(const BiopsyFacts& facts, std::span<const BiopsyRow> rows);
std::string biopsy_csv(const BiopsyFacts& facts, std::span<const BiopsyRow> rows);
nlohmann::ordered_json biopsy_json(const BiopsyFacts& facts, std::span<const BiopsyRow> rows);

}  // namespace marrow::io
