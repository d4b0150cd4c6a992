// SPDX-License-Identifier: BSD-3-Clause
// Where daughters and travelling cells settle (MODEL.md, "Placement").
#include "core/rules/placement.hpp"

#include "core/rules/niche_clocks.hpp"
#include "tests/unit/core/rules/statistics.hpp"
#include "tests/unit/core/rules/stem_cell_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace marrow {
namespace {

using test::chi_square;
using test::chi_square_limit;
using test::five_sigma;
using test::NicheGrid;
using test::StemCellWorld;
using test::z_score;

Parameters with_blood_share(double share) {
  Parameters p;
  p.hspc.blood_share = share;
  return p;
}

void settle(StemCellWorld& w, const std::vector<StemEvent>& events) {
  apply_stem_events(w.state, w.model, w.neighbourhoods, events);
}

std::int64_t live_cells(const StemCellWorld& w) {
  return std::ranges::count(w.state.niches, CellState::stem, &CellRecord::state);
}

/// The same events in the same marrow at many different hours; `seen` gets the state after each.
template <class Seen>
void repeat(StemCellWorld& w, const std::vector<StemEvent>& events, int hours, Seen&& seen) {
  const ModelState before = w.state;
  for (int h = 0; h < hours; ++h) {
    w.state = before;
    w.state.step = h;
    settle(w, events);
    seen(w.state);
  }
}

constexpr NicheGrid row{{100, 1, 1}, 4};  // 40 um apart: a neighbourhood is 7 niches on each side

TEST(Placement, OneDaughterWinsANicheAndTheOthersAreLost) {
  StemCellWorld w(row, with_blood_share(0.0));
  w.vacate(50);
  settle(w, {{47, StemAct::divide}, {48, StemAct::divide}, {51, StemAct::divide}});
  EXPECT_EQ(live_cells(w), 100);
  EXPECT_EQ(w.count(Counter::stem_divisions), 3);
  EXPECT_EQ(w.count(Counter::stem_daughters_lost), 2);
  EXPECT_EQ(w.count(Counter::stem_differentiations), 0);
  EXPECT_EQ(w.count(Counter::stem_relocations), 0);
}

TEST(Placement, RivalsForANicheWinEquallyOften) {
  StemCellWorld w(row, with_blood_share(0.0));
  w.vacate(50);
  w.state.clones.resize(4);
  for (std::uint32_t c = 1; c <= 3; ++c) w.put(50 - 2 * c, c);
  std::array<double, 3> wins{};
  repeat(w, {{44, StemAct::divide}, {46, StemAct::divide}, {48, StemAct::divide}}, 6000,
         [&](const ModelState& s) { wins[s.niches[50].clone() - 1] += 1; });
  EXPECT_LT(chi_square(wins), chi_square_limit(2));
}

TEST(Placement, LosersOfALocalContestGoToTheBlood) {
  StemCellWorld w(row, with_blood_share(0.0));
  w.vacate(50);
  w.vacate(90);  // far out of reach of both mothers
  settle(w, {{48, StemAct::divide}, {52, StemAct::divide}});
  EXPECT_FALSE(w.vacant(50));
  EXPECT_FALSE(w.vacant(90));
  EXPECT_EQ(w.count(Counter::stem_daughters_lost), 0);
}

TEST(Placement, ADaughterThatFindsNothingNearbyGoesToTheBlood) {
  StemCellWorld w(row, with_blood_share(0.0));
  w.vacate(90);
  settle(w, {{10, StemAct::divide}});
  EXPECT_FALSE(w.vacant(90));
  EXPECT_FALSE(w.vacant(10)) << "the mother keeps her niche";
  EXPECT_EQ(w.count(Counter::stem_daughters_lost), 0);
}

TEST(Placement, ThreeDaughtersInTenTravelByBlood) {
  // One vacant niche beside the mother, 39 far ones: a traveller takes each with chance 1/40.
  StemCellWorld w(row);
  w.vacate(11);
  for (std::uint32_t n = 60; n < 99; ++n) w.vacate(n);
  constexpr int hours = 20'000;
  double near = 0;
  repeat(w, {{10, StemAct::divide}}, hours,
         [&](const ModelState& s) { near += s.niches[11] == CellRecord() ? 0 : 1; });
  EXPECT_LT(std::abs(z_score(near, hours, 0.7 + 0.3 / 40)), five_sigma);
}

TEST(Placement, NearNichesAreChosenByWeightsThatFallWithDistance) {
  StemCellWorld w(row, with_blood_share(0.0));
  const std::array<std::uint32_t, 6> vacant = {43, 47, 49, 52, 54, 57};  // mother at 50
  for (const std::uint32_t n : vacant) w.vacate(n);
  std::array<double, 6> weight{};
  double total = 0;
  for (std::size_t i = 0; i < vacant.size(); ++i) {
    const double distance_um = 40.0 * std::abs(static_cast<double>(vacant[i]) - 50.0);
    total += weight[i] = std::exp(-distance_um / 100.0);
  }
  constexpr int hours = 30'000;
  std::array<double, 6> chosen{};
  repeat(w, {{50, StemAct::divide}}, hours, [&](const ModelState& s) {
    for (std::size_t i = 0; i < vacant.size(); ++i) {
      chosen[i] += s.niches[vacant[i]] == CellRecord() ? 0 : 1;
    }
  });
  for (double& e : weight) e *= hours / total;
  EXPECT_LT(chi_square(chosen, weight), chi_square_limit(5));
}

TEST(Placement, TheNicheBeyondTheRadiusIsNotNearby) {
  // 7 · 40 = 280 um lies inside 300 um, 8 · 40 = 320 um outside.
  StemCellWorld w(row, with_blood_share(0.0));
  w.vacate(57);
  w.vacate(58);
  repeat(w, {{50, StemAct::divide}}, 300,
         [&](const ModelState& s) { EXPECT_EQ(s.niches[58], CellRecord()); });
}

TEST(Placement, TravellersReachEveryVacantNicheAlike) {
  StemCellWorld w(row);
  const std::array<std::uint32_t, 8> vacant = {1, 2, 3, 30, 60, 61, 98, 99};
  for (const std::uint32_t n : vacant) w.vacate(n);
  std::array<double, 8> chosen{};
  repeat(w, {{0, StemAct::relocate}}, 16'000, [&](const ModelState& s) {
    for (std::size_t i = 0; i < vacant.size(); ++i) {
      chosen[i] += s.niches[vacant[i]] == CellRecord() ? 0 : 1;
    }
  });
  EXPECT_LT(chi_square(chosen), chi_square_limit(7));
}

TEST(Placement, BloodClaimantsWinEquallyOftenWhateverTheyAre) {
  StemCellWorld w(row, with_blood_share(1.0));
  w.vacate(50);
  w.state.clones.resize(4);
  w.put(10, 1);
  w.put(30, 2);
  w.put(70, 3);
  std::array<double, 3> wins{};
  repeat(w, {{10, StemAct::divide}, {30, StemAct::relocate}, {70, StemAct::divide}}, 6000,
         [&](const ModelState& s) { wins[s.niches[50].clone() - 1] += 1; });
  EXPECT_LT(chi_square(wins), chi_square_limit(2));
}

TEST(Placement, NichesLeftInThisHourOpenInTheNext) {
  StemCellWorld w(row);
  const std::vector<StemEvent> events = {{10, StemAct::differentiate}, {12, StemAct::divide}};
  settle(w, events);
  EXPECT_TRUE(w.vacant(10));
  EXPECT_EQ(w.count(Counter::stem_differentiations), 1);
  EXPECT_EQ(w.count(Counter::stem_daughters_lost), 1);
  ++w.state.step;
  settle(w, {{12, StemAct::divide}});
  EXPECT_FALSE(w.vacant(10));
  EXPECT_EQ(w.count(Counter::stem_daughters_lost), 1);
}

TEST(Placement, ARelocatorsNicheOpensInTheNextHour) {
  StemCellWorld w(row, with_blood_share(1.0));
  w.vacate(50);
  w.state.clones.resize(2);
  w.put(10, 1);
  constexpr int hours = 4000;
  double moved = 0;
  repeat(w, {{10, StemAct::relocate}, {30, StemAct::divide}}, hours, [&](const ModelState& s) {
    const bool travelled = s.niches[50].clone() == 1;
    moved += travelled ? 1 : 0;
    EXPECT_NE(s.niches[50], CellRecord());
    EXPECT_EQ(s.niches[10] == CellRecord(), travelled);
    const auto at = [&](Counter c) { return s.counters[static_cast<std::size_t>(c)]; };
    EXPECT_EQ(at(Counter::stem_relocations), travelled ? 1 : 0);
    EXPECT_EQ(at(Counter::stem_daughters_lost), travelled ? 1 : 0);
  });
  EXPECT_LT(std::abs(z_score(moved, hours, 0.5)), five_sigma);
}

TEST(Placement, InAFullMarrowDaughtersAreLostRelocatorsStayAndNobodyElseChanges) {
  StemCellWorld w(row);
  w.state.clones.resize(3);
  for (std::uint32_t n = 0; n < 100; ++n) w.put(n, n % 3);
  const std::vector<CellRecord> before = w.state.niches;
  std::vector<StemEvent> events;
  for (std::uint32_t n = 0; n < 100; ++n) {
    events.push_back({n, n % 2 == 0 ? StemAct::divide : StemAct::relocate});
  }
  settle(w, events);
  EXPECT_EQ(w.state.niches, before);
  EXPECT_EQ(w.state.clones.size(), 3u);
  EXPECT_EQ(w.count(Counter::stem_divisions), 50);
  EXPECT_EQ(w.count(Counter::stem_daughters_lost), 50);
  EXPECT_EQ(w.count(Counter::stem_relocations), 0);
}

TEST(Placement, ARelocatorTakesItsWholeRecordAndDoesNotMutate) {
  Parameters p;
  p.clones.mutations.push_back({"sure", gpi_negative, 1.0, 0.5, 0.0});
  StemCellWorld w(row, p);
  w.state.clones.resize(2);
  const CellRecord traveller(CellRecord::make(CellState::stem, 1).bits() |
                             (std::uint64_t{9} << 48));
  w.state.niches[10] = traveller;
  w.vacate(80);
  settle(w, {{10, StemAct::relocate}});
  EXPECT_EQ(w.state.niches[80], traveller);
  EXPECT_TRUE(w.vacant(10));
  EXPECT_EQ(w.count(Counter::stem_relocations), 1);
  EXPECT_EQ(w.count(Counter::mutations), 0);
  EXPECT_EQ(w.state.clones.size(), 2u);
}

TEST(Placement, DaughtersInheritTheCloneOfTheirMother) {
  StemCellWorld w(row, with_blood_share(0.0));
  w.state.clones.resize(6);
  w.put(10, 5);
  w.vacate(11);
  settle(w, {{10, StemAct::divide}});
  EXPECT_EQ(w.state.niches[10], CellRecord::make(CellState::stem, 5));
  EXPECT_EQ(w.state.niches[11], CellRecord::make(CellState::stem, 5));
}

TEST(Placement, NobodySettlesInTheNicheOfADyingCell) {
  StemCellWorld w(row);
  w.state.niches[50] = CellRecord::make(CellState::apoptotic, 0, 3);
  settle(w, {{49, StemAct::divide}, {51, StemAct::relocate}, {60, StemAct::hit}});
  EXPECT_EQ(w.state.niches[50], CellRecord::make(CellState::apoptotic, 0, 3));
  EXPECT_EQ(w.state.niches[60].state(), CellState::apoptotic);
  EXPECT_EQ(w.count(Counter::stem_daughters_lost), 1);
}

/// A marrow under attack in which everything happens often.
class LongRun {
 public:
  explicit LongRun(std::uint64_t seed) : w_({{8, 8, 8}, 4}, parameters(seed)) {
    w_.state.clones.resize(3);
    for (std::uint32_t n = 0; n < 512; ++n) w_.put(n, n % 3);
  }

  StemCellWorld& world() { return w_; }

  /// The hits and acts of one hour, ascending.
  std::vector<StemEvent> events() {
    std::vector<std::uint32_t> hits;
    for (std::uint32_t n = 0; n < 512; ++n) {
      const Bits128 draw = w_.model.draws(Purpose::measurement, Entity::niche, n, hour());
      const bool live = w_.state.niches[n].state() == CellState::stem;
      if (live && Threshold::of(0.04).happens(draw.first)) hits.push_back(n);
    }
    std::vector<std::uint32_t> all(512);
    std::iota(all.begin(), all.end(), 0u);
    const Levels levels{0.5, 0.5, static_cast<double>(census_of_niches(w_.state).vacant) / 512};
    std::vector<StemEvent> events =
        choose_stem_acts(w_.state, w_.model, w_.neighbourhoods, levels, {}, all, hits);
    for (const std::uint32_t n : hits) events.push_back({n, StemAct::hit});
    std::ranges::sort(events);
    return events;
  }

 private:
  [[nodiscard]] std::uint64_t hour() const { return static_cast<std::uint64_t>(w_.state.step); }

  static Parameters parameters(std::uint64_t seed) {
    Parameters p;
    p.scenario.seed = seed;
    p.hspc.homeostatic_rate_per_h = 0.03;
    p.hspc.stress_rate_per_h = 0.6;
    p.hspc.relocation_rate_per_h = 0.1;
    p.clones.mutations.push_back({"often", driver, 1e-4, 1.0, 0.0});
    return p;
  }

  StemCellWorld w_;
};

TEST(Placement, ConservesCellsAndNichesExactlyOverALongRun) {
  LongRun run(3);
  StemCellWorld& w = run.world();
  Census before = census_of_niches(w.state);
  const std::int64_t first = before.stem;
  for (int hour = 0; hour < 500; ++hour) {
    const auto counters = w.state.counters;
    const auto grown = [&](Counter c) {
      return w.count(c) - counters[static_cast<std::size_t>(c)];
    };
    const std::vector<StemEvent> events = run.events();
    const auto chosen = [&](StemAct act) {
      return std::ranges::count(events, act, &StemEvent::act);
    };
    settle(w, events);
    const Census after = census_of_niches(w.state);
    ASSERT_EQ(after.stem + after.apoptotic + after.vacant, 512);
    ASSERT_EQ(grown(Counter::stem_divisions), chosen(StemAct::divide));
    ASSERT_EQ(grown(Counter::stem_killed), chosen(StemAct::hit));
    ASSERT_EQ(grown(Counter::stem_differentiations), chosen(StemAct::differentiate));
    ASSERT_GE(grown(Counter::stem_daughters_lost), 0);
    ASSERT_LE(grown(Counter::stem_relocations), chosen(StemAct::relocate));
    ASSERT_EQ(after.apoptotic - before.apoptotic, chosen(StemAct::hit));
    ASSERT_EQ(after.stem - before.stem,
              grown(Counter::stem_divisions) - grown(Counter::stem_daughters_lost) -
                  grown(Counter::stem_differentiations) - grown(Counter::stem_killed));
    const std::int64_t claims = chosen(StemAct::divide) + chosen(StemAct::relocate);
    const std::int64_t settled = grown(Counter::stem_divisions) + grown(Counter::stem_relocations) -
                                 grown(Counter::stem_daughters_lost);
    ASSERT_EQ(settled, std::min(claims, before.vacant))
        << "nobody is refused while a niche is free";
    advance_niche_clocks(w.state, w.model, Levels{});
    ++w.state.step;
    before = census_of_niches(w.state);
  }
  EXPECT_EQ(before.stem - first,
            w.count(Counter::stem_divisions) - w.count(Counter::stem_daughters_lost) -
                w.count(Counter::stem_differentiations) - w.count(Counter::stem_killed));
  EXPECT_GT(w.count(Counter::stem_daughters_lost), 0);
  EXPECT_GT(w.count(Counter::stem_relocations), 500);
  EXPECT_GT(w.count(Counter::mutations), 20);
}

TEST(Placement, GathersTheSameMarrowFromEventsOfAnyNumberOfRanks) {
  LongRun one(11);
  LongRun many(11);
  for (int hour = 0; hour < 60; ++hour) {
    const std::vector<StemEvent> whole = one.events();
    std::vector<StemEvent> gathered;
    const std::vector<StemEvent> again = many.events();
    for (std::uint32_t rank = 0; rank < 5; ++rank) {
      std::ranges::copy_if(again, std::back_inserter(gathered),
                           [&](const StemEvent& e) { return e.niche % 5 == rank; });
    }
    std::ranges::sort(gathered);
    settle(one.world(), whole);
    settle(many.world(), gathered);
    for (LongRun* run : {&one, &many}) {
      advance_niche_clocks(run->world().state, run->world().model, Levels{});
      ++run->world().state.step;
    }
    ASSERT_EQ(one.world().state, many.world().state);
  }
}

TEST(Placement, OfOneMarrowDiffersFromHourToHourAndFromSeedToSeed) {
  StemCellWorld w(row);
  for (std::uint32_t n = 1; n < 100; n += 2) w.vacate(n);
  std::vector<StemEvent> events;
  for (std::uint32_t n = 0; n < 100; n += 4) events.push_back({n, StemAct::divide});
  std::vector<std::vector<CellRecord>> outcomes;
  repeat(w, events, 3, [&](const ModelState& s) { outcomes.push_back(s.niches); });
  EXPECT_NE(outcomes[0], outcomes[1]);
  EXPECT_NE(outcomes[1], outcomes[2]);
  Parameters p;
  p.scenario.seed = 2;
  StemCellWorld other(row, p);
  for (std::uint32_t n = 1; n < 100; n += 2) other.vacate(n);
  settle(other, events);
  EXPECT_NE(other.state.niches, outcomes[0]);
}

}  // namespace
}  // namespace marrow
