// SPDX-License-Identifier: BSD-3-Clause
// The fields against exact theory: lattice Green's functions (TARGETS.md 4.11), conservation,
// walls.
#include "core/signals/signal_fields.hpp"

#include "core/model/failure.hpp"
#include "signal_box.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace marrow {
namespace {

SignalParameters parameters_with(double ifn_um, double tnf_um, double cxcl_um, double tolerance,
                                 std::int64_t voxels_per_cell = 1) {
  return {24.0, voxels_per_cell, ifn_um, tnf_um, cxcl_um, tolerance};
}

/// The sum over open cells of one field.
template <class Field>
double total(const SignalBox& box, const Field& field) {
  double sum = 0.0;
  for_each_cell(box.grid.all(), [&](const Index3& cell) {
    if (box.is_open(cell)) sum += field(box.grid.first_voxel(cell));
  });
  return sum;
}

/// A point source in the middle of an open box of 20 screening lengths: what the Green's function
/// of (L + 1/lam^2) is at an offset.
class PointSource {
 public:
  explicit PointSource(double length_cells)
      : screening_(1.0 / (length_cells * length_cells)),
        box_({{71, 71, 71}, false, 10.0}, parameters_with(10.0 * length_cells, 20.0, 25.0, 1e-7),
             no_bone) {
    box_.update({{box_.grid.id(centre), 1000}});
  }
  [[nodiscard]] double green(const Index3& offset) const {
    return box_.fields.ifn(centre + offset) * box_.hours_of_level_one() / (1000.0 * screening_);
  }
  [[nodiscard]] double screening() const { return screening_; }

  static constexpr Index3 centre{35, 35, 35};

 private:
  double screening_;
  SignalBox box_;
};

TEST(SignalFields, PointSourceIsTheLatticeGreensFunction) {
  const PointSource wide(3.5);
  const std::vector<std::pair<Index3, double>> of_wide = {
      {{0, 0, 0}, 0.229236},    {{1, 0, 0}, 0.0656890},   {{0, -2, 0}, 0.0252803},
      {{0, 0, 3}, 0.0121295},   {{-4, 0, 0}, 0.00665573}, {{0, 5, 0}, 0.00394755},
      {{0, 0, -6}, 0.00245507}, {{8, 0, 0}, 0.00103379},  {{0, 10, 0}, 4.66203e-4},
      {{3, -3, 3}, 0.00337631}};
  for (const auto& [offset, expected] : of_wide) {
    EXPECT_NEAR(wide.green(offset), expected, 1e-4 * expected);
  }
  const PointSource narrow(2.0);
  const std::vector<std::pair<Index3, double>> of_narrow = {
      {{0, 0, 0}, 0.211154},   {{1, 0, 0}, 0.0532864},   {{0, -2, 0}, 0.0170870},
      {{0, 0, 3}, 0.00664200}, {{-4, 0, 0}, 0.00293417}, {{0, 5, 0}, 0.00140252},
      {{0, 0, -6}, 7.0429e-4}, {{8, 0, 0}, 1.9401e-4},   {{0, 10, 0}, 5.7350e-5},
      {{3, 3, -3}, 0.00107934}};
  for (const auto& [offset, expected] : of_narrow) {
    EXPECT_NEAR(narrow.green(offset), expected, 1e-4 * expected);
  }
  for (const PointSource* p : {&wide, &narrow}) {
    EXPECT_NEAR((p->screening() + 6.0) * p->green({0, 0, 0}) - 6.0 * p->green({0, 1, 0}), 1.0,
                1e-5);
  }
}

/// (L + s) c / s at a cell: the source that a field with screening s would have.
template <class Field>
double source_of(const SignalBox& box, const Field& field, double s, const Index3& cell) {
  const double here = field(box.grid.first_voxel(cell));
  double outflow = 0.0;
  for (const Index3& step : face_offsets) {
    const Index3 there = cell + step;
    if (!box.is_open(there)) continue;
    outflow += here - static_cast<double>(field(box.grid.first_voxel(there)));
  }
  return outflow / s + here;
}

TEST(SignalFields, EachFieldSolvesItsEquationAroundBone) {
  SignalBox box({{24, 27, 31}, true, 10.0}, parameters_with(35.0, 20.0, 45.0, 1e-7),
                scattered_bone(0.3));
  const std::vector<SignalSource> sources = scattered_sources(box, 0.02, 20);
  box.update(sources);
  std::vector<double> source(static_cast<std::size_t>(box.grid.all().volume()), 0.0);
  for (const SignalSource& s : sources) {
    source[s.cell] = static_cast<double>(s.hours) / box.hours_of_level_one();
  }
  const double largest = *std::ranges::max_element(source);
  const auto ifn = [&](const Index3& p) { return box.fields.ifn(p); };
  const auto tnf = [&](const Index3& p) { return box.fields.tnf(p); };
  const auto cxcl = [&](const Index3& p) { return box.fields.cxcl(p); };
  double highest_ifn = 0.0;
  for_each_cell(box.grid.all(),
                [&](const Index3& p) { highest_ifn = std::max(highest_ifn, ifn(p)); });
  for_each_cell(box.grid.all(), [&](const Index3& p) {
    if (!box.is_open(p)) {
      EXPECT_EQ(ifn(p) + tnf(p) + cxcl(p), 0.0) << "a level in bone";
      return;
    }
    const double expected = source[static_cast<std::size_t>(offset_in(box.grid.all(), p))];
    ASSERT_NEAR(source_of(box, ifn, 1.0 / 12.25, p), expected, 1e-5 * largest);
    ASSERT_NEAR(source_of(box, tnf, 1.0 / 4.0, p), expected, 1e-5 * largest);
    ASSERT_NEAR(source_of(box, cxcl, 1.0 / 20.25, p), ifn(p), 1e-4 * highest_ifn);
  });
}

TEST(SignalFields, AlternatingSourcesReachBothEndsOfTheSpectrum) {
  // Planes alternate along x (L = 4) or cells alternate in all directions (L = 12): the mean stays,
  // the difference shrinks by s/(s + L).
  const SignalParameters p = parameters_with(35.0, 60.0, 100.0, 1e-6, 2);
  for (const Index3& mode : {Index3{1, 0, 0}, Index3{1, 1, 1}}) {
    const auto eigenvalue = static_cast<double>(4 * (mode.x + mode.y + mode.z));
    SignalBox box({{24, 24, 24}, true, 10.0}, p, no_bone);
    std::vector<SignalSource> sources;
    for_each_cell(box.grid.all(), [&](const Index3& cell) {
      const bool even = (mode.x * cell.x + mode.y * cell.y + mode.z * cell.z) % 2 == 0;
      sources.push_back({box.grid.id(cell), even ? 300 : 100});
    });
    box.update(sources);
    const auto expected = [&](double length_um) {
      const double s = 400.0 / (length_um * length_um);
      return s / (s + eigenvalue);
    };
    const double unit = box.hours_of_level_one();
    const double tolerance = 1e-5 * 200.0 / unit;
    const double ifn = 100.0 * expected(35.0);
    EXPECT_NEAR(box.fields.ifn({0, 0, 0}), (200.0 + ifn) / unit, tolerance);
    EXPECT_NEAR(box.fields.ifn({2, 0, 0}), (200.0 - ifn) / unit, tolerance);
    EXPECT_NEAR(box.fields.tnf({3, 0, 0}), (200.0 - 100.0 * expected(60.0)) / unit, tolerance);
    EXPECT_NEAR(box.fields.cxcl({4, 0, 0}), (200.0 + ifn * expected(100.0)) / unit, tolerance);
  }
}

TEST(SignalFields, EvenTCellsGiveLevelOneAtAnyTolerance) {
  for (const double tolerance : {0.1, 1e-3}) {
    for (const std::int64_t factor : {1, 2, 4}) {
      SignalBox box({{50, 33, 40}, false, 10.0},
                    parameters_with(35.0, 60.0, 100.0, tolerance, factor), scattered_bone(0.4));
      std::vector<SignalSource> sources;
      for_each_cell(box.grid.all(), [&](const Index3& cell) {
        if (box.is_open(cell)) sources.push_back({box.grid.id(cell), 7});
      });
      box.update(sources);
      const double expected = 7.0 / box.hours_of_level_one();
      for_each_cell(box.grid.all(), [&](const Index3& cell) {
        if (!box.is_open(cell)) return;
        const Index3 p = box.grid.first_voxel(cell);
        ASSERT_NEAR(box.fields.ifn(p), expected, 1e-5 * expected);
        ASSERT_NEAR(box.fields.tnf(p), expected, 1e-5 * expected);
        ASSERT_NEAR(box.fields.cxcl(p), expected, 1e-5 * expected);
      });
    }
  }
}

TEST(SignalFields, MeanLevelIsTheMeanAttack) {
  SignalBox box({{40, 40, 40}, false, 10.0}, parameters_with(35.0, 60.0, 100.0, 1e-3, 2),
                scattered_bone(0.5));
  const std::vector<SignalSource> sources = scattered_sources(box, 0.05, 30);
  double hours = 0.0;
  for (const SignalSource& s : sources) hours += static_cast<double>(s.hours);
  // A = T cells / (reference density x volume of the box), as the census has it.
  const double attack =
      hours / box.parameters.period_h / (box.reference_density * box.grid.lattice().volume_mm3());
  box.update(sources);
  const auto cells = static_cast<double>(box.open_cells_in_lattice);
  EXPECT_NEAR(total(box, [&](const Index3& p) { return box.fields.ifn(p); }) / cells, attack,
              1e-5 * attack);
  EXPECT_NEAR(total(box, [&](const Index3& p) { return box.fields.tnf(p); }) / cells, attack,
              1e-5 * attack);
  EXPECT_NEAR(total(box, [&](const Index3& p) { return box.fields.cxcl(p); }) / cells, attack,
              1e-5 * attack);
}

/// Root mean square over all cells of the difference of two solutions.
template <class Field>
double rms_difference(const SignalBox& a, const SignalBox& b, const Field& field) {
  double sum = 0.0;
  for_each_cell(a.grid.all(), [&](const Index3& cell) {
    const Index3 p = a.grid.first_voxel(cell);
    const double d = field(a.fields, p) - field(b.fields, p);
    sum += d * d;
  });
  return std::sqrt(sum / static_cast<double>(a.open_cells_in_lattice));
}

TEST(SignalFields, ErrorIsWithinTheTolerance) {
  const Lattice lattice{{64, 64, 64}, false, 10.0};
  SignalBox exact(lattice, parameters_with(35.0, 60.0, 100.0, 1e-7, 2), scattered_bone(0.8));
  const std::vector<SignalSource> sources = scattered_sources(exact, 0.002, 20);
  exact.update(sources);
  double squares = 0.0;
  for (const SignalSource& s : sources) {
    const double level = static_cast<double>(s.hours) / exact.hours_of_level_one();
    squares += level * level;
  }
  const double source_rms = std::sqrt(squares / static_cast<double>(exact.open_cells_in_lattice));
  const auto ifn = [](const SignalFields& f, const Index3& p) { return f.ifn(p); };
  const auto tnf = [](const SignalFields& f, const Index3& p) { return f.tnf(p); };
  const auto cxcl = [](const SignalFields& f, const Index3& p) { return f.cxcl(p); };
  for (const double tolerance : {0.1, 0.01, 1e-3}) {
    SignalBox box(lattice, parameters_with(35.0, 60.0, 100.0, tolerance, 2), scattered_bone(0.8));
    box.update(sources);
    for (const double error : {rms_difference(box, exact, ifn), rms_difference(box, exact, tnf),
                               rms_difference(box, exact, cxcl)}) {
      EXPECT_LE(error, tolerance * source_rms);
      EXPECT_GE(error, 0.01 * tolerance * source_rms) << "far more work than asked for";
    }
  }
}

TEST(SignalFields, NothingPassesThroughBone) {
  // Two walls; the right one has a hole of one cell. Cells of two voxels: only walls as thick as a
  // cell, on cell edges, are closed.
  const auto walls = [](const Index3& p) {
    const bool hole = p.x >= 28 && p.y / 2 == 5 && p.z / 2 == 5;
    return (p.x / 2 == 7 || p.x / 2 == 14) && !hole;
  };
  SignalBox box({{44, 20, 20}, false, 10.0}, parameters_with(35.0, 60.0, 100.0, 1e-6, 2), walls);
  box.update({{box.grid.id({10, 2, 2}), 1000}});
  double sealed = 0.0;
  double middle = 0.0;
  double beyond = 0.0;
  for_each_cell(box.grid.all(), [&](const Index3& cell) {
    const Index3 p = box.grid.first_voxel(cell);
    const double level = box.fields.cxcl(p);
    (cell.x < 7 ? sealed : cell.x < 14 ? middle : beyond) += level;
    if (cell.x < 7) {
      EXPECT_EQ(box.fields.ifn(p) + box.fields.tnf(p) + level, 0.0);
    }
  });
  EXPECT_GT(beyond, 0.01 * middle);
  EXPECT_LT(beyond, 0.3 * middle);
  EXPECT_NEAR((middle + beyond) * box.hours_of_level_one(), 1000.0, 0.01);
  EXPECT_GT(box.fields.ifn(box.grid.first_voxel({15, 5, 5})),
            3.0 * box.fields.ifn(box.grid.first_voxel({15, 1, 5})))
      << "the hole is not where it comes through";
}

TEST(SignalFields, PartlyOpenCellsAndVesselsConduct) {
  const Lattice lattice{{16, 16, 16}, false, 10.0};
  const SignalGrid grid(lattice, lattice.box(), 2);
  TissueBox tissue = tissue_of(lattice.box(), [](const Index3&) { return true; });
  const auto set = [&](const Index3& p, TissueKind kind) {
    tissue.kind[static_cast<std::size_t>(offset_in(tissue.box, p))] =
        static_cast<std::uint8_t>(kind);
  };
  set({3, 5, 7}, TissueKind::marrow);
  set({4, 4, 6}, TissueKind::sinusoid);
  set({6, 4, 6}, TissueKind::arteriole);
  set({9, 4, 6}, TissueKind::niche);
  set({10, 4, 6}, TissueKind::sealed);
  const std::vector<std::uint8_t> open = open_cells(grid, tissue);
  EXPECT_EQ(count_open(grid, open), 5);
  for (std::int64_t x = 1; x < 6; ++x) EXPECT_EQ(open[grid.offset({x, 2, 3})], 1);
}

TEST(SignalFields, APeriodicBoxHasNoPlaceOfItsOwn) {
  // Moving all sources moves the fields, bit for bit; 17 and 9 cells: the last ones are partial.
  for (const std::int64_t layers : {2, 5}) {
    const SignalParameters p = parameters_with(35.0, 60.0, 100.0, 1e-3, 2);
    const Lattice lattice{{33, 32, 17}, true, 10.0};
    SignalBox here(lattice, p, no_bone, layers);
    SignalBox there(lattice, p, no_bone, layers);
    const Index3 e = here.grid.all().hi;
    const auto moved = [&](const Index3& cell) {
      return Index3{(cell.x + 9) % e.x, (cell.y + 13) % e.y, (cell.z + 5) % e.z};
    };
    const std::vector<SignalSource> sources = scattered_sources(here, 0.02, 9);
    std::vector<SignalSource> elsewhere;
    for (const SignalSource& s : sources) {
      elsewhere.push_back({here.grid.id(moved(here.grid.cell(s.cell))), s.hours});
    }
    here.update(sources);
    there.update(elsewhere);
    for_each_cell(here.grid.all(), [&](const Index3& cell) {
      const Index3 a = here.grid.first_voxel(cell);
      const Index3 b = here.grid.first_voxel(moved(cell));
      ASSERT_EQ(here.fields.ifn(a), there.fields.ifn(b));
      ASSERT_EQ(here.fields.tnf(a), there.fields.tnf(b));
      ASSERT_EQ(here.fields.cxcl(a), there.fields.cxcl(b));
      for (const int axis : {0, 1, 2}) {
        ASSERT_EQ(here.fields.cxcl_gradient_per_um(a, axis),
                  there.fields.cxcl_gradient_per_um(b, axis));
      }
    });
  }
}

TEST(SignalFields, SweepsTogetherOrAloneAndTwiceGiveTheSameBits) {
  // Wide enough for several tiles of rows; the last one ends with the box for 3 and 8 layers.
  const Lattice lattice{{200, 74, 24}, false, 10.0};
  const SignalParameters p = parameters_with(35.0, 60.0, 100.0, 1e-3, 1);
  SignalBox few(lattice, p, scattered_bone(0.2), 2);
  const std::vector<SignalSource> sources = scattered_sources(few, 0.01, 9);
  few.update(sources);
  for (const std::int64_t layers : {3, 4, 8}) {
    SignalBox many(lattice, p, scattered_bone(0.2), layers);
    many.update(scattered_sources(few, 0.5, 5));
    many.update(sources);
    for_each_cell(lattice.box(), [&](const Index3& q) {
      ASSERT_EQ(few.fields.ifn(q), many.fields.ifn(q));
      ASSERT_EQ(few.fields.tnf(q), many.fields.tnf(q));
      ASSERT_EQ(few.fields.cxcl(q), many.fields.cxcl(q));
    });
  }
}

TEST(SignalFields, GradientIsTheMeanOfTheDifferencesToOpenNeighbours) {
  const auto wall = [](const Index3& p) { return p.x == 12; };
  SignalBox box({{20, 20, 20}, false, 10.0}, parameters_with(35.0, 60.0, 100.0, 1e-6), wall);
  box.update({{box.grid.id({6, 10, 10}), 500}, {box.grid.id({15, 3, 4}), 200}});
  const auto level = [&](std::int64_t x) { return box.fields.cxcl({x, 9, 11}); };
  const auto gradient = [&](std::int64_t x) {
    return box.fields.cxcl_gradient_per_um({x, 9, 11}, 0);
  };
  EXPECT_DOUBLE_EQ(gradient(4), (level(5) - level(3)) / 20.0);
  EXPECT_DOUBLE_EQ(gradient(11), (level(11) - level(10)) / 20.0) << "beside bone";
  EXPECT_DOUBLE_EQ(gradient(13), (level(14) - level(13)) / 20.0) << "behind bone";
  EXPECT_DOUBLE_EQ(gradient(0), (level(1) - level(0)) / 20.0) << "at the face of the box";
  EXPECT_GT(gradient(2), 0.0);
  EXPECT_LT(gradient(9), 0.0);
  EXPECT_GT(box.fields.cxcl_gradient_per_um({6, 4, 10}, 1), 0.0);
  EXPECT_LT(box.fields.cxcl_gradient_per_um({6, 10, 16}, 2), 0.0);
}

TEST(SignalFields, ASourceInBoneEndsTheProgram) {
  SignalBox box({{16, 16, 16}, false, 10.0}, parameters_with(35.0, 60.0, 100.0, 1e-3),
                [](const Index3& p) { return p.x == 5; });
  EXPECT_THROW(box.update({{box.grid.id({5, 1, 1}), 1}}), std::logic_error);
  EXPECT_EQ(box.fields.ifn({4, 1, 1}), 0.0);
}

TEST(SignalFields, OneCellAloneKeepsItsLevel) {
  SignalBox box({{16, 16, 16}, false, 10.0}, parameters_with(35.0, 60.0, 100.0, 1e-3),
                [](const Index3& p) {
                  return p != Index3{4, 5, 6};
                });
  box.update({{box.grid.id({4, 5, 6}), 12}});
  const double expected = 12.0 / box.hours_of_level_one();
  EXPECT_NEAR(box.fields.ifn({4, 5, 6}), expected, 1e-5 * expected);
  EXPECT_NEAR(box.fields.cxcl({4, 5, 6}), expected, 1e-5 * expected);
}

}  // namespace
}  // namespace marrow
