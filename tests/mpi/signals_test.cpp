// SPDX-License-Identifier: BSD-3-Clause
// The cytokine fields are the same bits on every number of ranks: each rank compares its part,
// ghost cells included, with the solution that it finds alone.
#include "core/signals/signal_fields.hpp"
#include "parallel/grid_exchange.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace marrow::parallel {
namespace {

struct Case {
  Index3 extent;
  bool periodic;
  std::int64_t voxels_per_cell;
  std::int64_t layers;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.extent.x << "x" << c.extent.y << "x" << c.extent.z
             << (c.periodic ? " periodic" : " reflecting") << " factor " << c.voxels_per_cell
             << " layers " << c.layers;
}

std::uint64_t scramble(std::uint64_t h) {
  h *= 0x9E3779B97F4A7C15U;
  h ^= h >> 29;
  h *= 0xBF58476D1CE4E5B9U;
  return h ^ (h >> 32);
}

/// Slabs of bone with windows, and crumbs.
TissueKind kind_at(const Lattice& lattice, const Index3& p) {
  const bool slab = p.z % 20 >= 16 && (p.x / 8 + p.y / 8) % 3 != 0;
  const bool crumb = scramble(lattice.site({p.x / 4, p.y / 4, p.z / 4})) % 5 == 0;
  return slab || crumb ? TissueKind::bone : TissueKind::marrow;
}

TissueBox tissue_in(const Lattice& lattice, const Box& box) {
  TissueBox tissue{box, {}};
  for (std::int64_t z = box.lo.z; z < box.hi.z; ++z) {
    for (std::int64_t y = box.lo.y; y < box.hi.y; ++y) {
      for (std::int64_t x = box.lo.x; x < box.hi.x; ++x) {
        tissue.kind.push_back(static_cast<std::uint8_t>(kind_at(lattice, {x, y, z})));
      }
    }
  }
  return tissue;
}

/// One rank's part of the fields, as a run would hold it.
class Part {
 public:
  Part(const Communicator& comm, const Decomposition& decomposition, const Lattice& lattice,
       const Case& c)
      : tissue_(tissue_in(lattice, decomposition.box(comm.rank()))),
        grid_(lattice, tissue_.box, c.voxels_per_cell, c.layers),
        exchange_(comm, decomposition, lattice, c.voxels_per_cell, c.layers),
        sources_(grid_) {
    std::vector<std::uint8_t> open = open_cells(grid_, tissue_);
    exchange_.refresh(std::span(open));
    SignalParameters parameters;
    parameters.voxels_per_cell = c.voxels_per_cell;
    fields_ = std::make_unique<SignalFields>(grid_, open, comm.sum(count_open(grid_, open)),
                                             parameters, 300.0);
  }

  /// The T cells of hour 0, 1, ... at voxels that any rank can name.
  void gather(std::uint64_t hour) {
    const Lattice& lattice = grid_.lattice();
    for (std::uint64_t cell = 0; cell < 500; ++cell) {
      const std::uint64_t place = scramble(1000 * hour + cell + 1);
      const Index3 p = lattice.position(place % static_cast<std::uint64_t>(volume(lattice.extent)));
      if (tissue_.box.contains(p) && enterable(tissue_.at(p))) sources_.add(p);
    }
  }

  void solve(std::span<const SignalSource> sources) {
    fields_->update(sources, [this](std::initializer_list<std::span<float>> arrays) {
      exchange_.refresh(arrays);
    });
  }

  [[nodiscard]] SignalSources& sources() { return sources_; }
  [[nodiscard]] const SignalFields& fields() const { return *fields_; }
  [[nodiscard]] const SignalGrid& grid() const { return grid_; }
  [[nodiscard]] const TissueBox& tissue() const { return tissue_; }

 private:
  TissueBox tissue_;
  SignalGrid grid_;
  GridExchange exchange_;
  SignalSources sources_;
  std::unique_ptr<SignalFields> fields_;
};

class SignalsTest : public testing::TestWithParam<Case> {
 protected:
  const Communicator comm{MPI_COMM_WORLD};
  const Communicator self{MPI_COMM_SELF};
  const Lattice lattice{GetParam().extent, GetParam().periodic, 10.0};
};

void expect_same(const Part& mine, const Part& whole) {
  const Lattice& lattice = whole.grid().lattice();
  const std::int64_t seen = mine.grid().voxels_per_cell();
  const Box own = mine.grid().own_voxels();
  const Box ghosts = lattice.periodic ? own.grown(seen) : own;
  std::int64_t levels = 0;
  for (std::int64_t z = ghosts.lo.z; z < ghosts.hi.z; ++z) {
    for (std::int64_t y = ghosts.lo.y; y < ghosts.hi.y; ++y) {
      for (std::int64_t x = ghosts.lo.x; x < ghosts.hi.x; ++x) {
        const Index3 p{x, y, z};
        const Index3 q = wrapped(lattice, p);
        ASSERT_EQ(mine.fields().ifn(p), whole.fields().ifn(q));
        ASSERT_EQ(mine.fields().tnf(p), whole.fields().tnf(q));
        ASSERT_EQ(mine.fields().cxcl(p), whole.fields().cxcl(q));
        levels += mine.fields().cxcl(p) > 0.0 ? 1 : 0;
        if (!own.contains(p)) continue;
        for (const int axis : {0, 1, 2}) {
          ASSERT_EQ(mine.fields().cxcl_gradient_per_um(p, axis),
                    whole.fields().cxcl_gradient_per_um(p, axis));
        }
      }
    }
  }
  EXPECT_GT(levels, own.volume() / 3) << "an empty field tells nothing";
}

TEST_P(SignalsTest, FieldsAreTheSameBitsOnEveryNumberOfRanks) {
  Part mine(comm, Decomposition(lattice, comm.size()), lattice, GetParam());
  Case alone = GetParam();
  alone.layers = 4;
  Part whole(self, Decomposition(lattice, 1), lattice, alone);
  for (std::uint64_t hour = 0; hour < 24; ++hour) {
    mine.gather(hour);
    whole.gather(hour);
  }
  mine.solve(mine.sources().take());
  whole.solve(whole.sources().take());
  expect_same(mine, whole);
}

TEST_P(SignalsTest, FieldsComeBackFromTheSourcesOfAllRanks) {
  // As after a restart on another number of ranks: every rank sees all entries.
  Part before(comm, Decomposition(lattice, comm.size()), lattice, GetParam());
  for (std::uint64_t hour = 0; hour < 10; ++hour) before.gather(hour);
  const std::vector<SignalSource> kept =
      comm.all_gather(std::span<const SignalSource>(before.sources().entries()));
  Part whole(self, Decomposition(lattice, 1), lattice, GetParam());
  whole.sources().restore(kept);
  std::vector<SignalSource> ordered = kept;
  std::ranges::sort(ordered, {}, &SignalSource::cell);
  EXPECT_EQ(whole.sources().entries(), ordered);
  before.solve(kept);
  whole.solve(kept);
  expect_same(before, whole);
}

INSTANTIATE_TEST_SUITE_P(
    Lattices, SignalsTest,
    testing::Values(Case{{80, 64, 96}, false, 2, 4}, Case{{80, 64, 96}, true, 2, 4},
                    Case{{50, 33, 70}, false, 2, 3}, Case{{50, 33, 70}, true, 2, 4},
                    Case{{50, 33, 70}, true, 4, 2}, Case{{50, 33, 70}, false, 1, 4},
                    // Boxes of 4 cells and fewer: ghosts of ghosts.
                    Case{{48, 17, 39}, true, 4, 4}));

}  // namespace
}  // namespace marrow::parallel
