// SPDX-License-Identifier: BSD-3-Clause
#include "io/biopsy/tables.hpp"

#include "io/text/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace marrow::io {
namespace {

using Json = nlohmann::ordered_json;

/// A column of the table: its name, and its value in a row.
struct Column {
  const char* name;
  std::function<Json(const BiopsyFacts&, const BiopsyRow&)> value;
};

Json rounded(double v) { return std::stod(format_rounded(v, 6)); }

const std::vector<Column>& columns() {
  using F = BiopsyFacts;
  using R = BiopsyRow;
  static const std::vector<Column> all = {
      {"site", [](const F&, const R& r) -> Json { return r.site; }},
      {"x_um", [](const F&, const R& r) { return rounded(r.needle.through_um.x); }},
      {"y_um", [](const F&, const R& r) { return rounded(r.needle.through_um.y); }},
      {"z_um", [](const F&, const R& r) { return rounded(r.needle.through_um.z); }},
      {"along_x", [](const F&, const R& r) { return rounded(r.needle.along.x); }},
      {"along_y", [](const F&, const R& r) { return rounded(r.needle.along.y); }},
      {"along_z", [](const F&, const R& r) { return rounded(r.needle.along.z); }},
      {"section_thickness_um", [](const F& f, const R&) { return rounded(f.thickness_um); }},
      {"length_um", [](const F&, const R& r) { return rounded(r.counts.length_um); }},
      {"share_in_box", [](const F&, const R& r) { return rounded(r.counts.share_in_box); }},
      {"stretches", [](const F&, const R& r) -> Json { return r.stretches; }},
      {"bone_mm2", [](const F&, const R& r) { return rounded(r.counts.areas.bone); }},
      {"vessel_mm2", [](const F&, const R& r) { return rounded(r.counts.areas.vessel); }},
      {"fat_mm2", [](const F&, const R& r) { return rounded(r.counts.areas.fat); }},
      {"hematopoietic_mm2",
       [](const F&, const R& r) { return rounded(r.counts.areas.hematopoietic); }},
      {"cellularity", [](const F&, const R& r) { return rounded(r.counts.areas.cellularity()); }},
      {"cd34_cells", [](const F&, const R& r) -> Json { return r.counts.cd34(); }},
      {"cd34_per_mm2",
       [](const F&, const R& r) { return rounded(r.counts.per_mm2(r.counts.cd34())); }},
      {"of_these_stem_cells",
       [](const F&, const R& r) -> Json { return r.counts.count(CellLook::stem); }},
      {"cd8_cells", [](const F&, const R& r) -> Json { return r.counts.cd8(); }},
      {"cd8_per_mm2",
       [](const F&, const R& r) { return rounded(r.counts.per_mm2(r.counts.cd8())); }},
      {"of_these_attacking",
       [](const F&, const R& r) -> Json { return r.counts.count(CellLook::attacking_tcell); }},
      {"core_stem_cells", [](const F&, const R& r) -> Json { return r.counts.core.all; }},
      {"core_hla_lacking", [](const F&, const R& r) -> Json { return r.counts.core.hla_lacking; }},
      {"core_gpi_negative",
       [](const F&, const R& r) -> Json { return r.counts.core.gpi_negative; }},
      {"core_driver", [](const F&, const R& r) -> Json { return r.counts.core.driver; }},
      {"core_monosomy_7", [](const F&, const R& r) -> Json { return r.counts.core.monosomy_7; }},
      {"core_in_largest_clone",
       [](const F&, const R& r) -> Json { return r.counts.core.in_largest_clone; }},
      {"largest_clone",
       [](const F& f, const R& r) -> Json {
         const auto id = r.counts.core.largest_clone;
         return r.counts.core.in_largest_clone > 0 ? f.clone_names[id] : "";
       }},
  };
  return all;
}

std::string line(std::string_view name, const std::string& text) {
  return fmt::format("  {:<14} {}\n", name, text);
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100.0 * share); }

std::string clone_line(const std::string& name, std::int64_t k, std::int64_t n) {
  const ShareInterval interval = wilson_interval(k, n);
  const double share = n > 0 ? static_cast<double>(k) / static_cast<double>(n) : 0.0;
  return line("", fmt::format("{} {} ({} of {}; 95 % interval {:.1f} to {:.1f} %)", name,
                              percent(share), k, n, 100.0 * interval.lo, 100.0 * interval.hi));
}

std::string clone_lines(const BiopsyFacts& facts, const CoreStemCells& core) {
  std::string text = line("clones", fmt::format("{} live stem cells in the whole core", core.all));
  if (core.all == 0) return text + line("", "no clone can be seen");
  text += clone_line("HLA-lacking", core.hla_lacking, core.all);
  for (const auto& [name, cells] : {std::pair{"GPI-negative", core.gpi_negative},
                                    {"with a driver", core.driver},
                                    {"monosomy 7", core.monosomy_7}}) {
    if (cells > 0) text += clone_line(name, cells, core.all);
  }
  if (core.in_largest_clone > 0) {
    text += clone_line("largest clone: " + facts.clone_names[core.largest_clone],
                       core.in_largest_clone, core.all);
  }
  return text;
}

std::string stain_line(const BiopsyCounts& counts, std::int64_t all, std::int64_t own,
                       std::string_view own_name, std::string_view other_name) {
  return fmt::format("{:.1f} /mm2 of marrow with its vessels ({} cells: {} {} of the model, {} {})",
                     counts.per_mm2(all), all, own, own_name, all - own, other_name);
}

/// A row of the table of spread.
std::string spread_line(std::string_view name, const BiopsySpread& s, double scale,
                        std::string_view unit) {
  return fmt::format("  {:<26} {:>8.1f} {:>8.1f} {:>8.1f} {:>8.1f}  {}\n", name, scale * s.mean,
                     scale * s.sd, scale * s.least, scale * s.most, unit);
}

std::vector<double> values_of(std::span<const BiopsyRow> rows,
                              const std::function<double(const BiopsyCounts&)>& value) {
  std::vector<double> values;
  for (const BiopsyRow& row : rows) values.push_back(value(row.counts));
  return values;
}

/// Of the cores that hold a stem cell: the others have no such share.
BiopsySpread hla_lacking_spread(std::span<const BiopsyRow> rows) {
  std::vector<double> shares;
  for (const BiopsyRow& row : rows) {
    const CoreStemCells& core = row.counts.core;
    if (core.all == 0) continue;
    shares.push_back(static_cast<double>(core.hla_lacking) / static_cast<double>(core.all));
  }
  return spread_of(shares, 0.0, 0.0);
}

/// Of the cylinder, as far as it lies in the box; right for a core of one stretch.
double core_mm3(const BiopsyRow& row) {
  const double radius_mm = 0.5e-3 * row.needle.width_um;
  return 3.141592653589793 * radius_mm * radius_mm * 1e-3 * row.counts.length_um *
         row.counts.share_in_box;
}

BiopsySpread stem_density_spread(std::span<const BiopsyRow> rows) {
  std::vector<double> densities;
  for (const BiopsyRow& row : rows) {
    densities.push_back(static_cast<double>(row.counts.core.all) / core_mm3(row));
  }
  return spread_of(densities, 0.0, 0.0);
}

std::string percent_rounded(double share) {
  return fmt::format("{:.{}f} %", 100.0 * share, share > 0.0 && share < 0.01 ? 1 : 0);
}

BiopsySpread cellularity_spread(const BiopsyFacts& facts, std::span<const BiopsyRow> rows) {
  const auto values = values_of(rows, [](const BiopsyCounts& c) { return c.areas.cellularity(); });
  return spread_of(values, cellularity_far_apart, facts.severe_cellularity);
}

std::string cellularity_words(const BiopsyFacts& facts, const BiopsyCounts& counts) {
  const double cellularity = counts.areas.cellularity();
  if (cellularity >= facts.severe_cellularity) {
    return "cellularity " + percent_rounded(cellularity);
  }
  return fmt::format("cellularity {}, below the {:g} % of severe aplastic anemia",
                     percent_rounded(cellularity), 100.0 * facts.severe_cellularity);
}

std::string genotype_words(const CoreStemCells& core) {
  if (core.all == 0) return "no live stem cell in the core";
  std::string words;
  for (const auto& [name, cells] : {std::pair{"HLA-lacking", core.hla_lacking},
                                    {"GPI-negative", core.gpi_negative},
                                    {"with a driver", core.driver},
                                    {"monosomy 7", core.monosomy_7}}) {
    if (cells == 0) continue;
    words += fmt::format("{}{:.0f} % {} ({})", words.empty() ? "" : ", ",
                         100.0 * static_cast<double>(cells) / static_cast<double>(core.all), name,
                         cells);
  }
  return fmt::format("{} live stem cells in the core: {}", core.all,
                     words.empty() ? "all normal" : words);
}

/// A line of its own: in CD34 the brown of vessels catches the eye and is not what was counted.
std::string stained_words(const BiopsyCounts& counts, Stain stain) {
  if (stain == Stain::he) return "";
  const bool cd34 = stain == Stain::cd34;
  return fmt::format("{}+ {:.0f} per mm\u00b2 of marrow with its vessels{}\n", stain_name(stain),
                     counts.per_mm2(cd34 ? counts.cd34() : counts.cd8()),
                     cd34 ? "; brown vessel walls are not counted" : "");
}

std::string death_words(const BiopsyFacts& facts) {
  if (!facts.death_day) return "";
  return fmt::format(", dead since day {}", day_text(*facts.death_day));
}

}  // namespace

std::string day_text(double day) { return format_rounded(std::round(100.0 * day) / 100.0, 12); }

std::string slide_caption(const BiopsyFacts& facts, const BiopsyRow& row, Stain stain) {
  std::string site = row.site;
  if (site.ends_with("-crest")) std::ranges::replace(site, '-', ' ');
  return fmt::format("{} \u00b7 {} \u00b7 day {}{} \u00b7 {}\n{}{}\n{}", stain_name(stain),
                     facts.scenario, day_text(facts.day), death_words(facts), site,
                     stained_words(row.counts, stain), cellularity_words(facts, row.counts),
                     genotype_words(row.counts.core));
}

std::string biopsy_text(const BiopsyFacts& facts, const BiopsyRow& row) {
  const BiopsyCounts& counts = row.counts;
  const SectionAreas& a = counts.areas;
  const double all = a.bone + a.marrow();
  const auto of_all = [&](double area) { return percent(all > 0 ? area / all : 0.0); };
  std::string text = fmt::format("Biopsy of {}, day {}{} ({})\n", facts.scenario,
                                 day_text(facts.day), death_words(facts), facts.checkpoint);
  const Vector3& p = row.needle.through_um;
  text += line("site", fmt::format("{}: through ({:.2f}, {:.2f}, {:.2f}) mm along ({:g}, {:g}, "
                                   "{:g})",
                                   row.site, 1e-3 * p.x, 1e-3 * p.y, 1e-3 * p.z, row.needle.along.x,
                                   row.needle.along.y, row.needle.along.z));
  text += line(
      "core",
      fmt::format("{:.2f} of {:.2f} mm{}, {:g} mm wide, section {:g} um thick",
                  1e-3 * counts.length_um, 1e-3 * row.needle.length_um,
                  row.stretches > 1 ? fmt::format(" in {} parallel stretches", row.stretches) : "",
                  1e-3 * row.needle.width_um, facts.thickness_um));
  if (counts.share_in_box < 0.995) {
    text += line("", fmt::format("{:.0f} % of the core's cylinder lies in the box; the clones are "
                                 "counted in this part",
                                 100.0 * counts.share_in_box));
  }
  text += line("section", fmt::format("{:.2f} mm2: bone {}, vessels {}, fat {}, hematopoietic {}",
                                      all, of_all(a.bone), of_all(a.vessel), of_all(a.fat),
                                      of_all(a.hematopoietic)));
  text += line("cellularity", percent(a.cellularity()) +
                                  (a.cellularity() < facts.severe_cellularity
                                       ? fmt::format(": below the {:g} % of severe aplastic anemia",
                                                     100.0 * facts.severe_cellularity)
                                       : ""));
  text += line("CD34+", stain_line(counts, counts.cd34(), counts.count(CellLook::stem),
                                   "stem cells", "progenitors by density"));
  text += line("CD8+", stain_line(counts, counts.cd8(), counts.count(CellLook::attacking_tcell),
                                  "attacking T cells", "others by density"));
  return text + clone_lines(facts, counts.core) + line("", facts.scale);
}

std::string spread_text(const BiopsyFacts& facts, std::span<const BiopsyRow> rows) {
  const BiopsySpread cellularity = cellularity_spread(facts, rows);
  const auto spread = [&](double (*value)(const BiopsyCounts&)) {
    return spread_of(values_of(rows, value), 0.0, 0.0);
  };
  std::string text =
      fmt::format("{} random cores of {}, day {}{} ({})\n", rows.size(), facts.scenario,
                  day_text(facts.day), death_words(facts), facts.checkpoint);
  text += fmt::format("  {:<26} {:>8} {:>8} {:>8} {:>8}\n", "", "mean", "SD", "least", "most");
  text +=
      spread_line("length", spread([](const BiopsyCounts& c) { return 1e-3 * c.length_um; }), 1.0,
                  fmt::format("mm, cut where the box ends; {:g} mm were asked for",
                              1e-3 * rows.front().needle.length_um));
  text += spread_line("cellularity", cellularity, 100.0, "%");
  text += spread_line("CD34+", spread([](const BiopsyCounts& c) { return c.per_mm2(c.cd34()); }),
                      1.0, "/mm2 of marrow");
  text += spread_line("CD8+", spread([](const BiopsyCounts& c) { return c.per_mm2(c.cd8()); }), 1.0,
                      "/mm2 of marrow");
  text += spread_line("stem cells in the core",
                      spread([](const BiopsyCounts& c) { return static_cast<double>(c.core.all); }),
                      1.0, "");
  const BiopsySpread lacking = hla_lacking_spread(rows);
  if (lacking.n > 0) {
    text += spread_line("HLA-lacking of these", lacking, 100.0,
                        lacking.n == rows.size()
                            ? "%"
                            : fmt::format("% (in {} of {} cores; the others hold no stem cell)",
                                          lacking.n, rows.size()));
  } else {
    text += "  HLA-lacking of these       no core holds a stem cell\n";
  }
  text += spread_line("stem cells per mm3", stem_density_spread(rows), 1.0,
                      "of the cylinder in the box");
  text +=
      fmt::format("  Two cores differ by more than {:g} points of cellularity with chance {}.\n",
                  100.0 * cellularity_far_apart, percent(cellularity.pairs_apart));
  text += fmt::format(
      "  {} of the cores lie below {:g} % (severe aplastic anemia); two disagree about it with "
      "chance {}.\n",
      percent(cellularity.below), 100.0 * facts.severe_cellularity,
      percent(cellularity.pairs_disagree));
  double mean_mm3 = 0.0, mean_share = 0.0;
  for (const BiopsyRow& row : rows) {
    mean_mm3 += core_mm3(row) / static_cast<double>(rows.size());
    mean_share += row.counts.share_in_box / static_cast<double>(rows.size());
  }
  if (mean_share < 0.995) {
    text += fmt::format(
        "  On average {:.0f} % of a core's cylinder lies in the box: the box is not twice as wide "
        "as "
        "the\n  needle. Compare stem cells per mm3, not per core.\n",
        100.0 * mean_share);
  }
  text += fmt::format(
      "  The box ({:.4g} mm3) holds {:.1f} cores side by side: cores share tissue, and none shows "
      "more of the\n  patient than this box. Take larger boxes for differences between far "
      "places.\n",
      facts.box_mm3, mean_mm3 > 0.0 ? facts.box_mm3 / mean_mm3 : 0.0);
  return text;
}

std::string biopsy_csv(const BiopsyFacts& facts, std::span<const BiopsyRow> rows) {
  std::string text = "# " + facts.scale + "\ncore";
  for (const Column& column : columns()) text += std::string(",") + column.name;
  text += '\n';
  for (std::size_t i = 0; i < rows.size(); ++i) {
    text += std::to_string(i + 1);
    for (const Column& column : columns()) {
      const Json value = column.value(facts, rows[i]);
      text += "," + (value.is_string() ? value.get<std::string>() : value.dump());
    }
    text += '\n';
  }
  return text;
}

Json biopsy_json(const BiopsyFacts& facts, std::span<const BiopsyRow> rows) {
  Json json = {{"scenario", facts.scenario},
               {"checkpoint", facts.checkpoint},
               {"day", facts.day},
               {"death_day", facts.death_day ? Json(*facts.death_day) : Json(nullptr)},
               {"section_thickness_um", facts.thickness_um},
               {"box_mm3", rounded(facts.box_mm3)},
               {"real_cells_per_niche", rounded(facts.real_cells_per_niche)},
               {"cores", Json::array()}};
  for (const BiopsyRow& row : rows) {
    Json core;
    for (const Column& column : columns()) core[column.name] = column.value(facts, row);
    json["cores"].push_back(core);
  }
  if (rows.size() > 1) {
    const BiopsySpread s = cellularity_spread(facts, rows);
    const BiopsySpread lacking = hla_lacking_spread(rows);
    json["hla_lacking_share"] = {{"cores_with_stem_cells", lacking.n}};
    if (lacking.n > 0) {
      json["hla_lacking_share"].update({{"mean", rounded(lacking.mean)},
                                        {"sd", rounded(lacking.sd)},
                                        {"least", rounded(lacking.least)},
                                        {"most", rounded(lacking.most)}});
    }
    json["cellularity"] = {{"mean", rounded(s.mean)},
                           {"sd", rounded(s.sd)},
                           {"least", rounded(s.least)},
                           {"most", rounded(s.most)},
                           {"share_below_severe", rounded(s.below)},
                           {"pairs_more_than_20_points_apart", rounded(s.pairs_apart)},
                           {"pairs_that_disagree_about_severe", rounded(s.pairs_disagree)}};
  }
  return json;
}

}  // namespace marrow::io
