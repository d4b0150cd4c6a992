// SPDX-License-Identifier: BSD-3-Clause
#include "core/patient/hematopoiesis.hpp"

#include "core/model/failure.hpp"
#include "core/patient/patient_state.hpp"
#include "core/random/draws.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

namespace {

using namespace marrow;

constexpr double one = static_cast<double>(fixed_one);
constexpr double range_um = 300.0;

Lattice lattice_of(Index3 extent, bool periodic = false) { return {extent, periodic, 10.0}; }

/// `n` niches at keyed places of a box, in ascending site order.
NicheTable scattered(const Lattice& lattice, const Box& box, std::uint64_t n) {
  const Draws draws(9);
  std::vector<SiteIndex> sites;
  for (std::uint64_t i = 0; i < n; ++i) {
    const auto place = [&](std::uint32_t axis, std::int64_t low, std::int64_t high) {
      const auto bits = draws(Purpose::measurement, Entity::niche, i, 0, axis).first;
      return low +
             static_cast<std::int64_t>(uniform_below(bits, static_cast<std::uint64_t>(high - low)));
    };
    sites.push_back(lattice.site({place(0, box.lo.x, box.hi.x), place(1, box.lo.y, box.hi.y),
                                  place(2, box.lo.z, box.hi.z)}));
  }
  std::sort(sites.begin(), sites.end());
  sites.erase(std::unique(sites.begin(), sites.end()), sites.end());
  NicheTable table;
  for (const SiteIndex site : sites) table.push_back({site, NicheType::perisinusoidal, 255});
  return table;
}

std::vector<std::uint64_t> all_blocks(const Lattice& lattice) {
  std::vector<std::uint64_t> blocks(static_cast<std::size_t>(BlockGrid(lattice.extent).count()));
  std::iota(blocks.begin(), blocks.end(), std::uint64_t{0});
  return blocks;
}

std::vector<CellRecord> full(const NicheTable& niches) {
  return std::vector<CellRecord>(niches.size(), CellRecord::make(CellState::stem, 0));
}

/// Every niche outside `hole` holds a stem cell.
std::vector<CellRecord> full_outside(const Lattice& lattice, const NicheTable& niches,
                                     const Box& hole) {
  std::vector<CellRecord> records = full(niches);
  for (std::size_t i = 0; i < niches.size(); ++i) {
    if (hole.contains(lattice.position(niches[i].site))) records[i] = CellRecord();
  }
  return records;
}

TEST(BlockStencil, CountsThePairsOfVoxelsWithinReach) {
  EXPECT_EQ(block_stencil(0), (std::vector<std::int64_t>{16}));
  EXPECT_EQ(block_stencil(1), (std::vector<std::int64_t>{16 + 30, 1}));
  EXPECT_EQ(block_stencil(30), (std::vector<std::int64_t>{256, 255, 105}));
  for (const std::int64_t reach : {0, 7, 15, 16, 30, 100}) {
    const auto weights = block_stencil(reach);
    std::int64_t sum = -weights[0];
    for (const auto w : weights) sum += 2 * w;
    EXPECT_EQ(sum, block_edge * (2 * reach + 1)) << reach;  // each voxel reaches 2 reach + 1 others
  }
}

TEST(Hematopoiesis, AFullMarrowIsUniformAndStandsStill) {
  const PatientParameters parameters;
  for (const bool periodic : {false, true}) {
    const Lattice lattice = lattice_of({200, 184, 90}, periodic);
    const NicheTable niches = scattered(lattice, lattice.box(), 320);
    const HematopoiesisMap map(lattice, niches, all_blocks(lattice), range_um);
    std::vector<std::int64_t> blocks(all_blocks(lattice).size(), fixed_one);
    const auto before = blocks;
    for (int day = 0; day < 3653; ++day) {
      advance_hematopoiesis(map, full(niches), fixed_one, parameters, blocks);
    }
    EXPECT_EQ(blocks, before);
    EXPECT_EQ(mean_hematopoiesis(map, hematopoiesis_sum(map, blocks)), 1.0);
  }
}

TEST(Hematopoiesis, RelaxesInThirtyDays) {
  const PatientParameters parameters;
  const Lattice lattice = lattice_of({64, 64, 64});
  const NicheTable niches = scattered(lattice, lattice.box(), 40);
  const HematopoiesisMap map(lattice, niches, all_blocks(lattice), range_um);
  std::vector<std::int64_t> blocks(all_blocks(lattice).size(), fixed_one);
  for (int day = 1; day <= 200; ++day) {
    advance_hematopoiesis(map, full(niches), fixed_one / 10, parameters, blocks);
    for (const std::int64_t level : blocks) {
      ASSERT_NEAR(static_cast<double>(level) / one, 0.1 + 0.9 * std::exp(-day / 30.0), 1e-9) << day;
    }
  }
}

TEST(Hematopoiesis, DipsWhereTheNichesAreEmptyAndOnlyThere) {
  const PatientParameters parameters;
  const Lattice lattice = lattice_of({320, 320, 320});
  const NicheTable niches = scattered(lattice, lattice.box(), 3200);
  const HematopoiesisMap map(lattice, niches, all_blocks(lattice), range_um);
  const Box hole{{0, 0, 0}, {128, 128, 128}};
  const auto records = full_outside(lattice, niches, hole);
  std::vector<std::int64_t> blocks(all_blocks(lattice).size(), fixed_one);
  for (int day = 0; day < 2000; ++day) {
    advance_hematopoiesis(map, records, fixed_one, parameters, blocks);
  }
  const BlockGrid grid(lattice.extent);
  const auto level = [&](std::int64_t x, std::int64_t y, std::int64_t z) {
    return static_cast<double>(blocks[static_cast<std::size_t>(grid.index({x, y, z}))]) / one;
  };
  EXPECT_LT(level(5, 2, 2), 1e-9);  // more than 300 um inside the hole
  EXPECT_GT(level(6, 2, 2), 0.01);  // cells beyond the border reach this one
  EXPECT_LT(level(6, 2, 2), 0.5);
  const double outside =
      static_cast<double>(niches.size()) /
      static_cast<double>(std::count_if(records.begin(), records.end(),
                                        [](CellRecord r) { return r.state() == CellState::stem; }));
  for (const Index3 far : {Index3{11, 2, 2}, Index3{2, 15, 19}, Index3{19, 19, 19}}) {
    EXPECT_NEAR(level(far.x, far.y, far.z), outside, 1e-9);
  }
  EXPECT_NEAR(mean_hematopoiesis(map, hematopoiesis_sum(map, blocks)), 1.0, 1e-9);
}

TEST(Hematopoiesis, ApoptoticCellsDoNotCount) {
  const Lattice lattice = lattice_of({48, 48, 48});
  const NicheTable niches = scattered(lattice, lattice.box(), 12);
  const HematopoiesisMap map(lattice, niches, all_blocks(lattice), range_um);
  auto records = full(niches);
  const auto before = map.stem_levels(records);
  records[3] = records[3].with_state(CellState::apoptotic, 6);
  auto vacant = full(niches);
  vacant[3] = CellRecord();
  EXPECT_NE(map.stem_levels(records), before);
  EXPECT_EQ(map.stem_levels(records), map.stem_levels(vacant));
}

// Smoothing moves no weight out of the box, so the mean over the marrow is the progenitors' level.
TEST(Hematopoiesis, TheMeanOverTheMarrowIsTheProgenitors) {
  const PatientParameters parameters;
  const Draws draws(4);
  for (const bool periodic : {false, true}) {
    for (const Index3 extent : {Index3{200, 120, 70}, Index3{16, 16, 16}, Index3{20, 300, 33}}) {
      const Lattice lattice = lattice_of(extent, periodic);
      const NicheTable niches = scattered(lattice, lattice.box(), 150);
      const HematopoiesisMap map(lattice, niches, all_blocks(lattice), range_um);
      const auto& levels = map.niche_levels();
      EXPECT_EQ(std::accumulate(levels.begin(), levels.end(), std::int64_t{0}), map.whole_level());
      std::vector<CellRecord> records = full(niches);
      for (std::size_t i = 0; i < records.size(); ++i) {
        if (draws(Purpose::measurement, Entity::niche, i).second % 10 != 0) records[i] = {};
      }
      std::vector<std::int64_t> blocks(levels.size(), fixed_one);
      for (int day = 1; day <= 60; ++day) {
        advance_hematopoiesis(map, records, fixed_one / 4, parameters, blocks);
        ASSERT_NEAR(mean_hematopoiesis(map, hematopoiesis_sum(map, blocks)),
                    0.25 + 0.75 * std::exp(-day / 30.0), 1e-9);
      }
    }
  }
}

TEST(Hematopoiesis, BlocksWithoutNichesInReachFollowTheMean) {
  const PatientParameters parameters;
  const Lattice lattice = lattice_of({320, 48, 48});
  const NicheTable niches = scattered(lattice, {{0, 0, 0}, {48, 48, 48}}, 30);
  const HematopoiesisMap map(lattice, niches, all_blocks(lattice), range_um);
  const std::size_t far = 19;  // block (19, 0, 0)
  ASSERT_EQ(map.niche_levels()[far], 0);
  std::vector<std::int64_t> blocks(map.niche_levels().size(), fixed_one);
  for (int day = 0; day < 2000; ++day) {
    advance_hematopoiesis(map, full(niches), fixed_one / 2, parameters, blocks);
  }
  EXPECT_NEAR(static_cast<double>(blocks[far]) / one, 0.5, 1e-9);
}

TEST(Hematopoiesis, AnEmptyMarrowFallsToZero) {
  const PatientParameters parameters;
  const Lattice lattice = lattice_of({64, 64, 64});
  const NicheTable niches = scattered(lattice, lattice.box(), 40);
  const HematopoiesisMap map(lattice, niches, all_blocks(lattice), range_um);
  const std::vector<CellRecord> nobody(niches.size());
  std::vector<std::int64_t> blocks(map.niche_levels().size(), fixed_one);
  for (int day = 0; day < 1000; ++day) advance_hematopoiesis(map, nobody, 0, parameters, blocks);
  EXPECT_LT(mean_hematopoiesis(map, hematopoiesis_sum(map, blocks)), 1e-9);
}

// A lone cell far from the others' niches must not take a block beyond what the sums can hold.
TEST(Hematopoiesis, ABlockIsCappedWhenOneCellFeedsIt) {
  const PatientParameters parameters;
  const Lattice lattice = lattice_of({800, 48, 48});
  NicheTable niches = scattered(lattice, {{0, 0, 0}, {48, 48, 48}}, 300);
  niches.push_back({lattice.site({799, 47, 47}), NicheType::endosteal, 3});
  std::vector<CellRecord> records(niches.size());
  records.back() = CellRecord::make(CellState::stem, 0);
  const HematopoiesisMap map(lattice, niches, all_blocks(lattice), range_um);
  std::vector<std::int64_t> blocks(map.niche_levels().size(), fixed_one);
  for (int day = 0; day < 2000; ++day) {
    advance_hematopoiesis(map, records, fixed_one, parameters, blocks);
  }
  EXPECT_NEAR(static_cast<double>(*std::max_element(blocks.begin(), blocks.end())),
              static_cast<double>(highest_hematopoiesis), 100.0);
}

struct Split {
  std::vector<std::int64_t> blocks;  // of the whole lattice
  std::array<std::int64_t, 2> sums{};
};

/// Runs 50 days with the blocks dealt to ranks by `rank_of`, each rank on its own.
template <class RankOf>
Split run_split(const Lattice& lattice, const NicheTable& niches,
                const std::vector<CellRecord>& records, std::size_t ranks, RankOf rank_of) {
  const auto every = all_blocks(lattice);
  Split result{std::vector<std::int64_t>(every.size()), {}};
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    std::vector<std::uint64_t> own;
    for (const std::uint64_t block : every) {
      if (rank_of(block) == rank) own.push_back(block);
    }
    const HematopoiesisMap map(lattice, niches, own, range_um);
    std::vector<std::int64_t> blocks(own.size(), fixed_one);
    for (int day = 0; day < 50; ++day) {
      advance_hematopoiesis(map, records, fixed_one / 3, PatientParameters{}, blocks);
    }
    const auto part = hematopoiesis_sum(map, blocks);
    result.sums[0] += part[0];
    result.sums[1] += part[1];
    for (std::size_t i = 0; i < own.size(); ++i) result.blocks[own[i]] = blocks[i];
  }
  return result;
}

TEST(Hematopoiesis, GivesTheSameNumbersForAnySplitOfTheBlocks) {
  for (const bool periodic : {false, true}) {
    const Lattice lattice =
        lattice_of({200, 136, 88}, periodic);  // 13 x 9 x 6 blocks, partial ones too
    const NicheTable niches = scattered(lattice, lattice.box(), 240);
    const auto records = full_outside(lattice, niches, {{40, 0, 20}, {200, 60, 80}});
    const auto whole = run_split(lattice, niches, records, 1, [](std::uint64_t) { return 0u; });
    const auto halves = run_split(lattice, niches, records, 2,
                                  [](std::uint64_t b) { return b % 13 < 7 ? 0u : 1u; });
    const auto slabs = run_split(lattice, niches, records, 7,
                                 [](std::uint64_t b) { return b / 117; });  // rank 6: none
    const auto scattered_blocks =
        run_split(lattice, niches, records, 5, [](std::uint64_t b) { return b * 7 % 5; });
    for (const Split* split : {&halves, &slabs, &scattered_blocks}) {
      EXPECT_EQ(split->blocks, whole.blocks);
      EXPECT_EQ(mean_hematopoiesis(HematopoiesisMap(lattice, niches, {}, range_um), split->sums),
                mean_hematopoiesis(HematopoiesisMap(lattice, niches, {}, range_um), whole.sums));
    }
  }
}

TEST(Hematopoiesis, WallsReflectAndPeriodicBoxesWrap) {
  const Lattice walled = lattice_of({320, 64, 64}, false);
  const Lattice wrapping = lattice_of({320, 64, 64}, true);
  NicheTable one_niche{{walled.site({5, 5, 5}), NicheType::perisinusoidal, 255}};
  const auto level = [&](const Lattice& lattice, std::size_t block) {
    return HematopoiesisMap(lattice, one_niche, all_blocks(lattice), range_um)
        .niche_levels()[block];
  };
  // Along x: weights 256, 255, 105 at distance 0, 1, 2; the mirror of block 0 stands at place -1.
  EXPECT_EQ(level(walled, 0) * 105, level(walled, 2) * (256 + 255));
  EXPECT_EQ(level(walled, 1) * 105, level(walled, 2) * (255 + 105));
  EXPECT_EQ(level(walled, 19), 0);
  EXPECT_EQ(level(wrapping, 19), level(wrapping, 1));
  EXPECT_EQ(level(wrapping, 18), level(wrapping, 2));
  EXPECT_EQ(level(wrapping, 1) * 256, level(wrapping, 0) * 255);
}

// Moving everything by whole blocks around a periodic box moves the field with it.
TEST(Hematopoiesis, APeriodicBoxHasNoPreferredPlace) {
  const Lattice lattice = lattice_of({96, 80, 64}, true);
  const BlockGrid grid(lattice.extent);
  const NicheTable niches = scattered(lattice, lattice.box(), 60);
  const Index3 shift{32, 16, 48};
  std::vector<SiteIndex> moved_sites;
  for (const Niche& niche : niches) {
    moved_sites.push_back(lattice.site(wrapped(lattice, lattice.position(niche.site) + shift)));
  }
  std::sort(moved_sites.begin(), moved_sites.end());
  NicheTable moved;
  for (const SiteIndex site : moved_sites) moved.push_back({site, NicheType::perisinusoidal, 255});
  const HematopoiesisMap here(lattice, niches, all_blocks(lattice), range_um);
  const HematopoiesisMap there(lattice, moved, all_blocks(lattice), range_um);
  for (std::int64_t z = 0; z < grid.extent.z; ++z) {
    for (std::int64_t y = 0; y < grid.extent.y; ++y) {
      for (std::int64_t x = 0; x < grid.extent.x; ++x) {
        const auto from = static_cast<std::size_t>(grid.index({x, y, z}));
        const auto to = static_cast<std::size_t>(grid.index(
            {(x + 2) % grid.extent.x, (y + 1) % grid.extent.y, (z + 3) % grid.extent.z}));
        ASSERT_EQ(here.niche_levels()[from], there.niche_levels()[to]);
      }
    }
  }
}

TEST(Hematopoiesis, RefusesABoxWithoutNichesAndSmoothingOutOfRange) {
  const Lattice lattice = lattice_of({32, 32, 32});
  const NicheTable niches = scattered(lattice, lattice.box(), 3);
  EXPECT_THROW(HematopoiesisMap(lattice, {}, all_blocks(lattice), range_um), Failure);
  for (const double smoothing : {-10.0, 2570.0, 1e300, std::nan("")}) {
    try {
      const HematopoiesisMap map(lattice, niches, all_blocks(lattice), smoothing);
      FAIL() << smoothing;
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.code(), ExitCode::scenario);
      EXPECT_NE(std::string(failure.what()).find("patient.smoothing"), std::string::npos);
    }
  }
}

TEST(FatShare, IsWhatTheHematopoieticCellsLeave) {
  const PatientParameters parameters;
  EXPECT_EQ(fat_share(fixed_one, parameters), 0.5);
  EXPECT_EQ(fat_share(0, parameters), 1.0);
  EXPECT_EQ(fat_share(fixed_one / 2, parameters), 0.75);
  EXPECT_EQ(fat_share(3 * fixed_one, parameters), 0.0);
}

}  // namespace
