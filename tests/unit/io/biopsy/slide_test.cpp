// SPDX-License-Identifier: BSD-3-Clause
// Pictures: the same bytes for the same section, no seams, and the colours of a slide.
#include "io/biopsy/slide.hpp"

#include "core/model/failure.hpp"
#include "io/biopsy/tables.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/whole_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>

namespace marrow::io {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Lattice lattice{{60, 60, 60}, false, 10.0};
const Draws draws(3);

/// 0.6 mm of marrow, half of it fat, with bone for y below 150 um.
SectionContent example() {
  const FatShare fat(lattice, std::vector<double>(64, 0.5));
  const TissueSupply supply = [](const Box& box) {
    TissueBox tissue{box, std::vector<std::uint8_t>(static_cast<std::size_t>(box.volume()))};
    for (std::int64_t i = 0; i < box.volume(); ++i) {
      const std::int64_t y = box.lo.y + i / box.extent().x % box.extent().y;
      tissue.kind[static_cast<std::size_t>(i)] =
          static_cast<std::uint8_t>(y < 15 ? TissueKind::bone : TissueKind::marrow);
    }
    return tissue;
  };
  const Needle needle{{305, 300, 300}, {0, 1, 0}, 600.0, 600.0};
  const Pass pass = needle_passes(lattice, needle, LongCore::cut).front();
  SectionTissue tissue(lattice, pass, AdipocyteParameters{}, draws, fat, supply);
  auto scenery = scenery_in_section(lattice, tissue, draws, 3.0, fat, 0.0);
  const std::vector<MarrowAgent> agents = {
      {lattice.site({30, 40, 30}), CellRecord::make(CellState::effector, 0)},
      {lattice.site({30, 20, 20}), CellRecord::make(CellState::stem, 0)}};
  auto seen = agents_in_section(lattice, tissue, draws, 3.0, agents);
  return {std::move(tissue), std::move(scenery), std::move(seen)};
}

RgbTile whole(const SectionPainter& painter, std::int64_t tile_edge) {
  RgbTile picture{painter.width(), painter.height(), {}};
  picture.rgb.resize(static_cast<std::size_t>(3 * picture.width * picture.height));
  for (std::int64_t y = 0; y < picture.height; y += tile_edge) {
    const std::int64_t high = std::min(tile_edge, picture.height - y);
    RgbTile strip{picture.width, high, {}};
    strip.rgb.resize(static_cast<std::size_t>(3 * strip.width * high));
    for (std::int64_t x = 0; x < picture.width; x += tile_edge) {
      painter.paint(x, y, std::min(tile_edge, picture.width - x), high, strip, x);
    }
    std::ranges::copy(strip.rgb, picture.at(0, y));
  }
  return picture;
}

std::array<double, 3> mean_colour(RgbTile& picture, std::int64_t x, std::int64_t y,
                                  std::int64_t edge) {
  std::array<double, 3> sum{};
  for (std::int64_t j = y; j < y + edge; ++j) {
    for (std::int64_t i = x; i < x + edge; ++i) {
      for (std::size_t c = 0; c < 3; ++c) {
        sum[c] += picture.at(i, j)[c] / static_cast<double>(edge * edge);
      }
    }
  }
  return sum;
}

TEST(SectionPainter, TilesJoinWithoutASeam) {
  const SectionContent section = example();
  for (const Stain stain : {Stain::he, Stain::cd34, Stain::cd8}) {
    const SectionPainter painter(section, stain, 1.0, 3.0);
    const RgbTile one = whole(painter, 600), many = whole(painter, 150);
    std::size_t differ = 0;
    for (std::size_t i = 0; i < one.rgb.size(); ++i) {
      ASSERT_NEAR(one.rgb[i], many.rgb[i], 4) << stain_name(stain) << ", byte " << i;
      if (one.rgb[i] != many.rgb[i]) ++differ;
    }
    // cairo rounds outlines that leave the canvas by themselves.
    EXPECT_LT(differ, one.rgb.size() / 10000) << stain_name(stain);
  }
}

TEST(SectionPainter, ColoursOfASlide) {
  const SectionContent section = example();
  RgbTile he = whole(SectionPainter(section, Stain::he, 1.0, 3.0), 600);
  const auto bone = mean_colour(he, 40, 200, 60);
  EXPECT_GT(bone[0], bone[2] + 20) << "bone is pink";
  EXPECT_GT(bone[2], bone[1]);
  EXPECT_GT(bone[0], 180);
  // In the middle of the largest fat cell all is glass; around it there is violet.
  FatProfile largest;
  for (const FatProfile& p : section.tissue.fat().profiles()) {
    if (p.s_um > 200 && p.s_um < 550 && std::fabs(p.t_um) < 250 &&
        p.radius_squared_um2 > largest.radius_squared_um2 &&
        section.tissue.fat().at(static_cast<double>(p.s_um), static_cast<double>(p.t_um)).wall_um >
            6) {
      largest = p;
    }
  }
  ASSERT_GT(largest.radius_squared_um2, 100.0F);
  const auto fat = mean_colour(he, static_cast<std::int64_t>(largest.s_um) - 2,
                               static_cast<std::int64_t>(largest.t_um + 300) - 2, 4);
  for (const double c : fat) EXPECT_GT(c, 238);
  const auto all = mean_colour(he, 200, 100, 380);
  EXPECT_GT(all[2], all[1] + 8) << "violet";

  ASSERT_EQ(section.agents.size(), 2U);
  for (const SectionCell& cell : section.agents) {
    const bool stem = cell.look == CellLook::stem;
    RgbTile picture =
        whole(SectionPainter(section, stem ? Stain::cd34 : Stain::cd8, 1.0, 3.0), 600);
    const auto brown =
        mean_colour(picture, std::lround(cell.s_um) - 2, std::lround(cell.t_um + 300) - 2, 4);
    EXPECT_GT(brown[0], brown[2] + 15) << "brown";
    EXPECT_LT(brown[2], 130);
    RgbTile negative =
        whole(SectionPainter(section, stem ? Stain::cd8 : Stain::cd34, 1.0, 3.0), 600);
    const auto blue =
        mean_colour(negative, std::lround(cell.s_um) - 2, std::lround(cell.t_um + 300) - 2, 4);
    EXPECT_GT(blue[2], blue[0]) << "counterstained";
  }
}

TEST(Slide, SameBytesTwiceAndNothingHalf) {
  const test::TemporaryDirectory directory;
  const std::vector<SectionContent> sections = {example()};
  SlideRequest request;
  request.um_per_pixel = 0.5;
  request.legend = "HE \u00b7 example";
  request.picture = directory.path() / "a.png";
  request.overview = directory.path() / "a_overview.png";
  const SlideResult first = write_slide(sections, request);
  const std::string bytes = test::content_of(request.picture);
  EXPECT_EQ(first.width, 1200 + 2 * 120);
  EXPECT_FALSE(first.has_overview);
  ASSERT_EQ(bytes.substr(1, 3), "PNG");
  request.picture = directory.path() / "b.png";
  write_slide(sections, request);
  EXPECT_EQ(bytes, test::content_of(request.picture));
  request.um_per_pixel = 0.2;
  request.picture = directory.path() / "c.png";
  EXPECT_TRUE(write_slide(sections, request).has_overview);
  EXPECT_GT(test::content_of(request.overview).size(), 10000U);
  request.picture = directory.path() / "missing" / "d.png";
  EXPECT_THROW(write_slide(sections, request), Failure);
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    EXPECT_EQ(entry.path().extension(), ".png");
  }
}

TEST(Stains, AreFoundByNameAndAddUp) {
  EXPECT_EQ(parse_stain("he"), Stain::he);
  EXPECT_EQ(parse_stain("H&E"), Stain::he);
  EXPECT_EQ(parse_stain("cd34"), Stain::cd34);
  try {
    parse_stain("Giemsa");
    FAIL() << "accepted";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::command_line);
    EXPECT_THAT(failure.what(), HasSubstr("CD34"));
  }
  const StainColours colours;
  EXPECT_EQ(colours(0, 0, 0), (std::array<std::uint8_t, 3>{247, 246, 243}));
  for (std::uint32_t more = 1; more < 256; ++more) {
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_LE(colours(more, 40, 10)[c], colours(more - 1, 40, 10)[c]) << "more dye, less light";
    }
  }
}

BiopsyFacts example_facts() {
  return {"example", "run/checkpoints/step", 12.5,         std::nullopt, 3.0, 0.25,
          8.0,       {"clone 0", "clone 1"}, "scale: 250", 250.0};
}

TEST(Tables, CsvAndTextSayTheSame) {
  const BiopsyFacts facts = example_facts();
  BiopsyRow row;
  row.site = "here";
  row.counts.length_um = 2000;
  row.counts.areas = {1.0, 0.5, 2.0, 0.5};
  row.counts.seen[static_cast<std::size_t>(CellLook::stem)] = 6;
  row.counts.core = {10, 4, 0, 0, 0, 1, 4};
  const std::string text = biopsy_text(facts, row);
  EXPECT_THAT(text, HasSubstr("20.0 %: below the 25 % of severe aplastic anemia"));
  EXPECT_THAT(text, HasSubstr("2.0 /mm2 of marrow with its vessels (6 cells"));
  EXPECT_THAT(text, HasSubstr("HLA-lacking 40.0 % (4 of 10; 95 % interval 16.8 to 68.7 %)"));
  const std::string caption = slide_caption(facts, row, Stain::cd34);
  EXPECT_THAT(caption, HasSubstr("CD34 \u00b7 example \u00b7 day 12.5 \u00b7 here\n"));
  EXPECT_THAT(caption, HasSubstr("\nCD34+ 2 per mm\u00b2 of marrow with its vessels; brown vessel "
                                 "walls are not counted\ncellularity 20 %, below"));
  EXPECT_THAT(slide_caption(facts, row, Stain::cd8),
              HasSubstr("\nCD8+ 0 per mm\u00b2 of marrow with its vessels\ncellularity"));
  EXPECT_THAT(caption, HasSubstr("\n10 live stem cells in the core: 40 % HLA-lacking (4)"));
  const std::vector<BiopsyRow> rows = {row, row};
  const std::string csv = biopsy_csv(facts, rows);
  EXPECT_EQ(std::ranges::count(csv, '\n'), 4);
  EXPECT_TRUE(csv.starts_with("# scale: 250\ncore,"));
  EXPECT_THAT(text, HasSubstr("scale: 250"));
  EXPECT_EQ(std::ranges::count(csv, ',') % 3, 0);
  EXPECT_THAT(csv, HasSubstr(",0.2,6,2.0,6,"));
  const auto json = biopsy_json(facts, rows);
  EXPECT_EQ(json["real_cells_per_niche"], 250.0);
  EXPECT_EQ(json["cores"][1]["core_hla_lacking"], 4);
  EXPECT_EQ(json["cellularity"]["sd"], 0.0);
  EXPECT_THAT(spread_text(facts, rows), HasSubstr("100.0 % of the cores lie below 25 %"));
}

TEST(Tables, AMarrowAfterDeathIsSaidToBe) {
  BiopsyFacts facts = example_facts();
  EXPECT_EQ(biopsy_json(facts, {})["death_day"], nullptr);
  facts.death_day = 10.25;
  BiopsyRow row;
  EXPECT_THAT(slide_caption(facts, row, Stain::he), HasSubstr("day 12.5, dead since day 10.25 "));
  EXPECT_THAT(biopsy_text(facts, row), HasSubstr("day 12.5, dead since day 10.25 ("));
  EXPECT_EQ(biopsy_json(facts, {})["death_day"], 10.25);
}

/// Cores with that many stem cells, of which that many lack HLA.
std::vector<BiopsyRow> cores(const std::vector<std::pair<int, int>>& stem_cells) {
  std::vector<BiopsyRow> rows;
  for (const auto& [all, lacking] : stem_cells) {
    BiopsyRow row;
    row.needle.width_um = 2000.0;
    row.counts.length_um = 1000.0;
    row.counts.core.all = all;
    row.counts.core.hla_lacking = lacking;
    rows.push_back(row);
  }
  return rows;
}

TEST(Tables, CoresWithoutStemCellsHaveNoShareOfThem) {
  const auto rows = cores({{10, 8}, {0, 0}, {5, 3}, {0, 0}});
  EXPECT_THAT(spread_text({}, rows),
              testing::ContainsRegex("HLA-lacking of these +70\\.0 .* % \\(in 2 of 4 cores"));
  const auto json = biopsy_json({}, rows)["hla_lacking_share"];
  EXPECT_EQ(json["mean"], 0.7);
  EXPECT_EQ(json["cores_with_stem_cells"], 2);
  EXPECT_THAT(spread_text({}, cores({{0, 0}, {0, 0}})), HasSubstr("no core holds a stem cell"));
}

TEST(Tables, ACoreThatReachesBeyondTheBoxSaysSo) {
  auto rows = cores({{10, 8}, {20, 8}});
  EXPECT_THAT(spread_text({}, rows), Not(HasSubstr("lies in the box")));
  rows[1].counts.share_in_box = 0.5;
  const std::string text = spread_text({}, rows);
  EXPECT_THAT(text, HasSubstr("On average 75 % of a core's cylinder lies in the box"));
  // pi mm3 hold 10 cells, half of it 20.
  EXPECT_THAT(text, testing::ContainsRegex("stem cells per mm3 +8\\.0 .* 3\\.2 +12\\.7"));
  EXPECT_THAT(biopsy_text({}, rows[1]), HasSubstr("50 % of the core's cylinder lies in the box"));
}

TEST(Tables, AFewTenthsOfAPercentAreNotNothing) {
  BiopsyRow row;
  row.counts.areas = {0.0, 0.0, 0.996, 0.004};
  EXPECT_THAT(slide_caption({}, row, Stain::he), HasSubstr("cellularity 0.4 %"));
}

TEST(Tables, HoursStayApartInLongRuns) {
  EXPECT_EQ(day_text(90.0), "90");
  EXPECT_EQ(day_text(12.5), "12.5");
  EXPECT_EQ(day_text(29219.0 + 1.0 / 24.0), "29219.04");
}

}  // namespace
}  // namespace marrow::io
