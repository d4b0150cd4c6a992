// SPDX-License-Identifier: BSD-3-Clause
// Sections against marrows of known composition. Numbers of cells are compared with Abercrombie's
// expectation, density x area x (thickness + diameter), within four standard deviations.
#include "core/observe/biopsy_counts.hpp"
#include "core/observe/section_cells.hpp"
#include "core/observe/section_tissue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

namespace marrow {
namespace {

const Lattice one_mm{{100, 100, 100}, false, 10.0};
const AdipocyteParameters usual{50.0, 6000.0};
const Draws draws(5);

FatShare even_fat(double share) {
  return {one_mm,
          std::vector<double>(static_cast<std::size_t>(BlockGrid(one_mm.extent).count()), share)};
}

/// Tissue by a rule for voxel centres in um.
TissueSupply tissue_of(std::function<TissueKind(const Vector3&)> kind) {
  return [kind = std::move(kind)](const Box& box) {
    TissueBox tissue{box, std::vector<std::uint8_t>(static_cast<std::size_t>(box.volume()))};
    for (std::int64_t z = box.lo.z; z < box.hi.z; ++z) {
      for (std::int64_t y = box.lo.y; y < box.hi.y; ++y) {
        for (std::int64_t x = box.lo.x; x < box.hi.x; ++x) {
          tissue.kind[static_cast<std::size_t>(offset_in(box, {x, y, z}))] =
              static_cast<std::uint8_t>(kind(voxel_centre_um(one_mm, {x, y, z})));
        }
      }
    }
    return tissue;
  };
}

const TissueSupply all_marrow = tissue_of([](const Vector3&) { return TissueKind::marrow; });

Pass plane_at(double x_um) {
  const Needle needle{{x_um, 500, 500}, {0, 1, 0}, 1000.0, 1000.0};
  return needle_passes(one_mm, needle, LongCore::cut).front();
}

SectionTissue section(double x_um, double fat, const TissueSupply& supply) {
  return {one_mm, plane_at(x_um), usual, draws, even_fat(fat), supply};
}

void expect_count(std::int64_t seen, double expected, const char* what) {
  EXPECT_NEAR(static_cast<double>(seen), expected, 4.0 * std::sqrt(expected)) << what;
}

TEST(Section, CellularityIsWhatTheBlocksHold) {
  for (const double fat : {0.0, 0.3, 0.5, 0.9}) {
    SectionAreas areas;
    for (const double x : {105.0, 305.0, 505.0, 705.0, 905.0}) {
      areas += measure_areas(section(x, fat, all_marrow));
    }
    EXPECT_NEAR(areas.cellularity(), 1.0 - fat, 0.03);
    EXPECT_NEAR(areas.marrow(), 5.0, 1e-9);
    EXPECT_EQ(areas.bone, 0.0);
  }
}

TEST(Section, OutlinesKeepTheirAreas) {
  const auto ball = tissue_of([](const Vector3& p) {
    const Vector3 d = p - Vector3{500, 500, 500};
    return dot(d, d) < 300.0 * 300.0 ? TissueKind::bone : TissueKind::marrow;
  });
  EXPECT_NEAR(measure_areas(section(505.0, 0.0, ball)).bone, 3.14159 * 0.09, 0.02 * 0.2827);
  // Tubes of 25 um along x, cut across.
  const auto tubes = tissue_of([](const Vector3& p) {
    const double y = std::fmod(p.y, 100.0) - 50.0, z = std::fmod(p.z, 100.0) - 50.0;
    return y * y + z * z < 12.5 * 12.5 ? TissueKind::sinusoid : TissueKind::marrow;
  });
  const double voxels = measure_areas(section(505.0, 0.0, tubes)).vessel;
  EXPECT_NEAR(voxels, 100 * 3.14159 * 0.0125 * 0.0125, 0.25 * 0.0491);
}

TEST(Section, FatCellsShareTheirWalls) {
  const SectionTissue tissue = section(505.0, 0.9, all_marrow);
  int inside = 0;
  for (double s = 100.0; s < 900.0; s += 13.0) {
    for (double t = -400.0; t < 400.0; t += 13.0) {
      const SectionFat::Place here = tissue.fat().at(s, t);
      ASSERT_EQ(here.inside, tissue.fat().inside(s, t));
      if (!here.inside || here.wall_um > SectionFat::exact_wall_um) continue;
      ++inside;
      ASSERT_GE(here.wall_um, 0.0F);
      // Straight to the wall: there the distance to it is 0, on this side or the other.
      const SectionFat::Place wall =
          tissue.fat().at(s + static_cast<double>(here.wall_um * here.out_s),
                          t + static_cast<double>(here.wall_um * here.out_t));
      EXPECT_LT(wall.inside ? wall.wall_um : 0.0F, 0.1F);
    }
  }
  EXPECT_GT(inside, 1500);
}

TEST(Section, FatCellsAreRoundedWhereWallsMeet) {
  SectionFat::Place place{true, 3.0F, 20.0F, 1, 0};
  EXPECT_EQ(rounded_wall_um(place), 3.0F) << "a single wall is straight";
  place.second_wall_um = 3.0F;
  EXPECT_LT(rounded_wall_um(place), 3.0F);
  place = {true, 0.0F, 0.0F, 1, 0};
  EXPECT_LT(rounded_wall_um(place), 0.0F) << "the gusset of a corner";
  place = {true, 9.0F, 9.0F, 1, 0};
  EXPECT_EQ(rounded_wall_um(place), 9.0F) << "the middle of a cell";
}

TEST(Section, AgentsAreSeenByAbercrombie) {
  std::vector<MarrowAgent> agents;
  std::set<SiteIndex> sites;
  const std::size_t tcells = 40000, stem = 20000;
  for (std::uint64_t i = 0; sites.size() < tcells + stem; ++i) {
    const SiteIndex site = uniform_below(draws(Purpose::measurement, Entity::site, i).first,
                                         static_cast<std::uint64_t>(volume(one_mm.extent)));
    if (!sites.insert(site).second) continue;
    const CellState state = agents.size() < tcells ? CellState::effector : CellState::stem;
    agents.push_back({site, CellRecord::make(state, 0)});
  }
  for (const double thickness : {3.0, 8.0}) {
    BiopsyCounts counts;
    for (const double x : {105.0, 255.0, 405.0, 555.0, 705.0}) {
      const SectionTissue tissue = section(x, 0.5, all_marrow);
      counts.areas += measure_areas(tissue);
      counts.add(agents_in_section(one_mm, tissue, draws, thickness, agents));
    }
    expect_count(counts.count(CellLook::attacking_tcell), 5 * 40.0 * (thickness + 7), "T cells");
    expect_count(counts.count(CellLook::stem), 5 * 20.0 * (thickness + 9), "stem cells");
    EXPECT_NEAR(counts.per_mm3(counts.count(CellLook::stem), CellLook::stem, thickness), 2e4,
                0.12 * 2e4);
  }
}

TEST(Section, SceneryHasItsDensities) {
  BiopsyCounts healthy, aplastic;
  // Evenly over the cubes of 60 um that hold one erythroid island each.
  constexpr int planes = 12;
  for (int i = 0; i < planes; ++i) {
    const SectionTissue tissue = section(102.5 + 65.0 * i, 0.0, all_marrow);
    healthy.add(scenery_in_section(one_mm, tissue, draws, 3.0, even_fat(0.0), 0.0));
    aplastic.add(scenery_in_section(one_mm, tissue, draws, 3.0, even_fat(0.0), 1.0));
  }
  // All of each 1 mm2 is hematopoietic.
  const auto expected = [](double per_mm3, double diameter) {
    return planes * per_mm3 * 1e-3 * (3.0 + diameter);
  };
  expect_count(healthy.count(CellLook::other_cd8), expected(1.7e4, 7), "CD8, healthy");
  expect_count(aplastic.count(CellLook::other_cd8), expected(3e4, 7), "CD8, aplastic");
  expect_count(healthy.count(CellLook::lymphocyte), expected(1.08e5 - 1.7e4, 7), "lymphocytes");
  expect_count(healthy.count(CellLook::cd34_progenitor), expected(1.8e6 * 8 / 900, 9), "CD34");
  const double rest = 1.8e6 - 1.08e5 - 16000.0;
  EXPECT_NEAR(static_cast<double>(healthy.count(CellLook::myeloid)) / expected(rest, 10.5), 0.776,
              0.03);
  EXPECT_EQ(healthy.cd8(), healthy.count(CellLook::other_cd8));
  EXPECT_EQ(healthy.count(CellLook::osteocyte), 0);
}

TEST(Section, NeighbouringCoresShowTheSameCells) {
  const SectionTissue tissue = section(505.0, 0.4, all_marrow);
  Needle shifted{{505.0, 600, 500}, {0, 1, 0}, 1000.0, 600.0};
  const Pass other = needle_passes(one_mm, shifted, LongCore::cut).front();
  const SectionTissue there(one_mm, other, usual, draws, even_fat(0.4), all_marrow);
  using Key = std::pair<int, std::uint32_t>;  // random bits tell cells apart
  const auto keys = [](const Pass& pass, const std::vector<SectionCell>& cells) {
    std::set<Key> found;
    for (const SectionCell& c : cells) {
      const Vector3 p = pass.point(static_cast<double>(c.s_um), static_cast<double>(c.t_um));
      if (p.y < 320.0 || p.y > 880.0) continue;
      found.insert({static_cast<int>(c.look), c.bits});
    }
    return found;
  };
  const auto here_cells =
      keys(tissue.pass(), scenery_in_section(one_mm, tissue, draws, 3.0, even_fat(0.4), 0.0));
  const auto there_cells =
      keys(other, scenery_in_section(one_mm, there, draws, 3.0, even_fat(0.4), 0.0));
  EXPECT_GT(here_cells.size(), 3000U);
  EXPECT_EQ(here_cells, there_cells);
}

TEST(BiopsyCounts, StemCellsOfTheCoreOnce) {
  CloneTable clones(2);
  clones[1].genotype = hla_lost;
  NicheTable niches;
  std::vector<CellRecord> records;
  const auto add = [&](const Index3& p, CellState state, std::uint32_t clone) {
    Niche niche;
    niche.site = one_mm.site(p);
    niches.push_back(niche);
    records.push_back(CellRecord::make(state, clone));
  };
  add({50, 10, 50}, CellState::stem, 0);
  add({50, 50, 50}, CellState::stem, 1);
  add({50, 50, 60}, CellState::stem, 1);
  add({50, 60, 50}, CellState::apoptotic, 0);
  add({50, 50, 90}, CellState::stem, 1);  // beside the core
  add({51, 50, 50}, CellState::none, 0);
  const Needle needle{{505, 505, 505}, {0, 1, 0}, 400.0, 1000.0};
  const Pass pass = needle_passes(one_mm, needle, LongCore::cut).front();
  const std::vector<Pass> twice = {pass, pass};
  const CoreStemCells core = stem_cells_in_core(one_mm, twice, niches, records, clones);
  EXPECT_EQ(core.all, 3);
  EXPECT_EQ(core.hla_lacking, 2);
  EXPECT_EQ(core.largest_clone, 1U);
  EXPECT_EQ(core.in_largest_clone, 2);
  EXPECT_EQ(core.driver, 0);
}

TEST(BiopsyCounts, WilsonInterval) {
  EXPECT_NEAR(wilson_interval(5, 10).lo, 0.2366, 1e-4);
  EXPECT_NEAR(wilson_interval(5, 10).hi, 0.7634, 1e-4);
  EXPECT_NEAR(wilson_interval(0, 10).hi, 0.2775, 1e-4);
  EXPECT_EQ(wilson_interval(0, 10).lo, 0.0);
  EXPECT_EQ(wilson_interval(0, 0).hi, 1.0);
}

TEST(BiopsyCounts, SpreadOfSeveral) {
  const std::vector<double> values = {0.1, 0.4, 0.5};
  const BiopsySpread s = spread_of(values, 0.2, 0.25);
  EXPECT_NEAR(s.mean, 1.0 / 3.0, 1e-12);
  EXPECT_NEAR(s.sd, std::sqrt(0.13 / 3.0), 1e-12);
  EXPECT_NEAR(s.below, 1.0 / 3.0, 1e-12);
  EXPECT_NEAR(s.pairs_apart, 2.0 / 3.0, 1e-12);
  EXPECT_NEAR(s.pairs_disagree, 2.0 / 3.0, 1e-12);
  EXPECT_EQ(spread_of(std::vector<double>{0.3}, 0.2, 0.25).sd, 0.0);
  EXPECT_EQ(spread_of({}, 0.2, 0.25).n, 0U);
}

}  // namespace
}  // namespace marrow
