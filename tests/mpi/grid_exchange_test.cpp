// SPDX-License-Identifier: BSD-3-Clause
// Ghost cells of coarse arrays: every cell tells which cell of the lattice it is, so what each
// ghost must hold is known.
#include "parallel/grid_exchange.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace marrow::parallel {
namespace {

struct Case {
  Index3 extent;
  bool periodic;
  std::int64_t cell_edge;
  std::int64_t layers;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.extent.x << "x" << c.extent.y << "x" << c.extent.z
             << (c.periodic ? " periodic" : " reflecting") << " edge " << c.cell_edge << " layers "
             << c.layers;
}

class GridExchangeTest : public testing::TestWithParam<Case> {
 protected:
  [[nodiscard]] Index3 cells() const {
    const auto up = [this](std::int64_t n) { return (n + edge - 1) / edge; };
    return {up(lattice.extent.x), up(lattice.extent.y), up(lattice.extent.z)};
  }

  /// The number of the lattice's cell at p, images included; `outside` where there is none.
  [[nodiscard]] std::int64_t number_at(Index3 p, std::int64_t outside) const {
    const Box all{{0, 0, 0}, cells()};
    if (lattice.periodic) {
      const auto wrap = [](std::int64_t v, std::int64_t n) { return ((v % n) + n) % n; };
      p = {wrap(p.x, all.hi.x), wrap(p.y, all.hi.y), wrap(p.z, all.hi.z)};
    }
    return all.contains(p) ? 1 + offset_in(all, p) : outside;
  }

  /// What an array holds: value_of(number of the cell), and `fill` where there is no cell or,
  /// before the exchange, in every ghost.
  enum class Ghosts { unknown, known };
  template <class T>
  [[nodiscard]] std::vector<T> filled(const GridExchange& exchange, Ghosts ghosts, T fill,
                                      std::int64_t factor) const {
    const Box& covered = exchange.covered();
    std::vector<T> values;
    for (std::int64_t z = covered.lo.z; z < covered.hi.z; ++z) {
      for (std::int64_t y = covered.lo.y; y < covered.hi.y; ++y) {
        for (std::int64_t x = covered.lo.x; x < covered.hi.x; ++x) {
          const Index3 p{x, y, z};
          const std::int64_t number = number_at(p, -1);
          const bool known = number > 0 && (ghosts == Ghosts::known || exchange.own().contains(p));
          values.push_back(known ? static_cast<T>(number * factor) : fill);
        }
      }
    }
    return values;
  }

  const Communicator comm{MPI_COMM_WORLD};
  const std::int64_t edge = GetParam().cell_edge;
  const Lattice lattice{GetParam().extent, GetParam().periodic, 10.0};
};

TEST_P(GridExchangeTest, GhostsHoldTheirOwnersValues) {
  const Decomposition decomposition(lattice, comm.size());
  GridExchange exchange(comm, decomposition, lattice, edge, GetParam().layers);
  std::vector<std::int64_t> values =
      filled<std::int64_t>(exchange, Ghosts::unknown, -7, std::int64_t{1} << 33);
  const std::vector<std::int64_t> right =
      filled<std::int64_t>(exchange, Ghosts::known, -7, std::int64_t{1} << 33);
  exchange.refresh(std::span(values));
  EXPECT_EQ(values, right);
  exchange.refresh(std::span(values));
  EXPECT_EQ(values, right) << "a second refresh changed something";
}

TEST_P(GridExchangeTest, SeveralArraysAndOtherTypesTravel) {
  const Decomposition decomposition(lattice, comm.size());
  GridExchange exchange(comm, decomposition, lattice, edge, GetParam().layers);
  std::vector<float> first = filled<float>(exchange, Ghosts::unknown, -1.0F, 1);
  std::vector<float> second = filled<float>(exchange, Ghosts::unknown, 0.5F, 3);
  exchange.refresh({std::span(first), std::span(second)});
  EXPECT_EQ(first, filled<float>(exchange, Ghosts::known, -1.0F, 1));
  EXPECT_EQ(second, filled<float>(exchange, Ghosts::known, 0.5F, 3));
  std::vector<std::uint8_t> bytes = filled<std::uint8_t>(exchange, Ghosts::unknown, 0, 1);
  exchange.refresh(std::span(bytes));
  EXPECT_EQ(bytes, filled<std::uint8_t>(exchange, Ghosts::known, 0, 1));
}

TEST_P(GridExchangeTest, UnevenBoxesServeToo) {
  // The first block weighs as much as all others: boxes of very different sizes meet.
  std::vector<std::int64_t> weight(static_cast<std::size_t>(BlockGrid(lattice.extent).count()), 1);
  weight[0] = static_cast<std::int64_t>(weight.size());
  const Decomposition decomposition(lattice, comm.size(), weight);
  GridExchange exchange(comm, decomposition, lattice, edge, GetParam().layers);
  std::vector<std::int64_t> values = filled<std::int64_t>(exchange, Ghosts::unknown, -7, 1);
  exchange.refresh(std::span(values));
  EXPECT_EQ(values, filled<std::int64_t>(exchange, Ghosts::known, -7, 1));
}

INSTANTIATE_TEST_SUITE_P(
    Grids, GridExchangeTest,
    testing::Values(Case{{64, 64, 64}, false, 2, 1}, Case{{64, 64, 64}, true, 2, 4},
                    Case{{80, 64, 96}, true, 16, 1}, Case{{80, 64, 96}, false, 16, 2},
                    Case{{50, 33, 70}, true, 2, 2}, Case{{50, 33, 70}, false, 4, 3},
                    Case{{50, 33, 70}, true, 16, 1}, Case{{50, 33, 70}, true, 1, 1},
                    // Fewer cells than ghost layers: several images of one cell.
                    Case{{16, 17, 70}, true, 16, 4}, Case{{7, 64, 5}, true, 4, 2},
                    Case{{64, 16, 16}, true, 16, 0}));

TEST(GridExchange, CellsMustDivideBlocks) {
  const Communicator self(MPI_COMM_SELF);
  const Lattice lattice{{48, 48, 48}, false, 10.0};
  const Decomposition decomposition(lattice, 1);
  EXPECT_THROW(GridExchange(self, decomposition, lattice, 3), Failure);
  EXPECT_THROW(GridExchange(self, decomposition, lattice, 32), Failure);
}

}  // namespace
}  // namespace marrow::parallel
