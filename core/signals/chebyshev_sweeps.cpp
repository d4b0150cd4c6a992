// SPDX-License-Identifier: BSD-3-Clause
#include "core/signals/chebyshev_sweeps.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace marrow {
namespace {

constexpr std::size_t max_sums = 3;
constexpr std::int8_t closed = 1;

/// Two more terms of a sum, and the part of its field that takes them.
struct Terms {
  float* field;
  float older;  // coefficient of T_(k-1)
  float newer;  // coefficient of T_k
};

/// T_k over T_(k-2) along one row: 2 (L/6 - 1) T_(k-1) - T_(k-2); weight is 1/3, or 1/6 for T_1.
inline float next_term(const float* current, float previous, std::int8_t coupling, std::int64_t row,
                       std::int64_t plane, float weight) {
  const float neighbours = ((current[-1] + current[1]) + (current[-row] + current[row])) +
                           (current[-plane] + current[plane]);
  const float next = weight * (static_cast<float>(coupling) * current[0] - neighbours) - previous;
  const auto mask = static_cast<std::uint32_t>((coupling - 1) >> 31);  // 0 in a closed cell
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(next) & mask);
}

/// T_k over T_(k-2) along `cells` cells, and two more terms of the first `Sums` sums. A function of
/// its own: inlined, GCC forgets that the arrays do not overlap and does not vectorise.
template <std::size_t Sums>
[[gnu::noinline]] void sweep_cells(float* __restrict previous, const float* __restrict current,
                                   const std::int8_t* __restrict coupling, std::int64_t cells,
                                   std::int64_t row, std::int64_t plane, float weight,
                                   const std::array<Terms, max_sums>& sums) {
  const Terms a = sums[0];
  const Terms b = sums[1];
  const Terms c = sums[2];
  float* __restrict field_a = a.field;
  float* __restrict field_b = b.field;
  float* __restrict field_c = c.field;
  for (std::int64_t x = 0; x < cells; ++x) {
    const float now = current[x];
    const float next = next_term(current + x, previous[x], coupling[x], row, plane, weight);
    previous[x] = next;
    if constexpr (Sums > 0) field_a[x] += a.older * now + a.newer * next;
    if constexpr (Sums > 1) field_b[x] += b.older * now + b.newer * next;
    if constexpr (Sums > 2) field_c[x] += c.older * now + c.newer * next;
  }
}

}  // namespace

/// Sweeps between two exchanges: number `first` and on, each computing the term of its number.
struct ChebyshevSweeps::Batch {
  std::array<float*, 2> term;  // T_k lies in term[k % 2]
  std::span<const ChebyshevSum> sums;
  std::int64_t first;
  std::int64_t count;
  Box existing;

  /// Where sweep `number` can be computed: neighbours in the last layer of ghosts are stale after
  /// the first sweep, those in the last but one after the second.
  [[nodiscard]] Box region(const Box& own, std::int64_t number) const {
    return intersection(own.grown(first + count - 1 - number), existing);
  }
};

ChebyshevSweeps::ChebyshevSweeps(const SignalGrid& grid, std::span<const std::uint8_t> open)
    : grid_(grid), coupling_(open.size(), closed) {
  const Box inner = intersection(grid.covered().grown(-1), grid.existing());
  const Index3 e = grid.covered().extent();
  const std::array<std::int64_t, 3> step = {1, e.x, e.x * e.y};
  for (std::int64_t z = inner.lo.z; z < inner.hi.z; ++z) {
    for (std::int64_t y = inner.lo.y; y < inner.hi.y; ++y) {
      for (std::int64_t x = inner.lo.x; x < inner.hi.x; ++x) {
        const auto i = static_cast<std::int64_t>(grid.offset({x, y, z}));
        const auto is_open = [&](std::int64_t cell) {
          return open[static_cast<std::size_t>(cell)] != 0 ? 1 : 0;
        };
        if (is_open(i) == 0) continue;
        int neighbours = 0;
        for (const std::int64_t s : step) neighbours += is_open(i - s) + is_open(i + s);
        coupling_[static_cast<std::size_t>(i)] = static_cast<std::int8_t>(neighbours - 6);
      }
    }
  }
}

void ChebyshevSweeps::sweep_rows(const Batch& batch, std::int64_t number, std::int64_t z,
                                 std::int64_t y_begin, std::int64_t y_end) const {
  const Box region = batch.region(grid_.own(), number);
  if (z < region.lo.z || z >= region.hi.z) return;
  const Index3 e = grid_.covered().extent();
  const float weight = number == 1 ? 1.0F / 6.0F : 1.0F / 3.0F;
  float* previous = batch.term[static_cast<std::size_t>(number % 2)];
  const float* current = batch.term[static_cast<std::size_t>((number + 1) % 2)];
  y_begin = std::max(y_begin, region.lo.y);
  y_end = std::min(y_end, region.hi.y);
  if (y_begin >= y_end) return;
  // Whole rows, ghost cells included, make one long loop.
  const auto begin = static_cast<std::int64_t>(grid_.offset({grid_.covered().lo.x, y_begin, z}));
  const std::int64_t cells = e.x * (y_end - y_begin);
  std::array<Terms, max_sums> terms{};
  std::size_t active = 0;
  for (const ChebyshevSum& sum : batch.sums) {
    const auto k = static_cast<std::size_t>(number);
    // Odd sweeps add two terms at once.
    if (k % 2 == 0 || k >= sum.coefficients.size()) break;
    terms[active++] = {sum.field->data() + begin, sum.coefficients[k - 1], sum.coefficients[k]};
    if (number == 1) std::fill_n(sum.field->data() + begin, cells, 0.0F);
  }
  const auto run = [&](auto sums) {
    sweep_cells<sums()>(previous + begin, current + begin, coupling_.data() + begin, cells, e.x,
                        e.x * e.y, weight, terms);
  };
  if (active == 3) run(std::integral_constant<std::size_t, 3>());
  if (active == 2) run(std::integral_constant<std::size_t, 2>());
  if (active == 1) run(std::integral_constant<std::size_t, 1>());
  if (active == 0) run(std::integral_constant<std::size_t, 0>());
}

/// Tiles of rows, and in each a wave over the planes: a sweep works one plane and one row behind
/// the sweep before it, which has then done all it reads and read all it overwrites.
void ChebyshevSweeps::advance(const Batch& batch) const {
  constexpr std::int64_t cache_bytes = 3 << 19;
  const Box whole = batch.region(grid_.own(), batch.first);
  // Per row and plane in the wave: two terms, three fields, one coupling byte.
  const std::int64_t row_bytes = whole.extent().x * (5 * 4 + 1) * (batch.count + 2);
  const std::int64_t tile = std::max<std::int64_t>(cache_bytes / row_bytes, 4);
  for (std::int64_t y = whole.lo.y; y < whole.hi.y + batch.count; y += tile) {
    for (std::int64_t front = whole.lo.z; front < whole.hi.z + batch.count; ++front) {
      for (std::int64_t lag = 0; lag < batch.count; ++lag) {
        sweep_rows(batch, batch.first + lag, front - lag, y - lag, y - lag + tile);
      }
    }
  }
}

void ChebyshevSweeps::apply(HugeVector<float>& source, std::vector<ChebyshevSum> sums,
                            const RefreshGhosts& refresh) const {
  std::ranges::sort(sums, [](const ChebyshevSum& a, const ChebyshevSum& b) {
    return a.coefficients.size() > b.coefficients.size();
  });
  HugeVector<float> other(source.size(), 0.0F);
  const auto degree = static_cast<std::int64_t>(sums.front().coefficients.size()) - 1;
  for (std::int64_t done = 0; done < degree;) {
    const std::int64_t count = std::min(grid_.layers(), degree - done);
    refresh({std::span(source), std::span(other)});
    advance({{source.data(), other.data()}, sums, done + 1, count, grid_.existing()});
    done += count;
  }
}

}  // namespace marrow
