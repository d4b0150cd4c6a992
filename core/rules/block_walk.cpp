// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/block_walk.hpp"

#include "core/model/fault.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>
#include <string>

namespace marrow {
namespace {

/// Largest share of an open block's cells that leaves in one round.
constexpr double most_leaving = 0.75;
/// Largest share that leaves by one face of a block whose openings are wide for its room.
constexpr double most_per_face = 0.16;

/// Which cells a draw is about: two of them share one.
constexpr int block_bits = 36;
constexpr std::int64_t most_in_block = 2 * (std::int64_t{1} << (48 - block_bits));

enum class Class : std::uint32_t { effector = 0, exhausted = 1, memory = 2, treg = 3 };

double length_along(std::int64_t block, std::int64_t extent) {
  return static_cast<double>(std::min(block_edge, extent - block * block_edge));
}

std::int64_t component(const Index3& p, std::size_t axis) {
  return axis == 0 ? p.x : (axis == 1 ? p.y : p.z);
}

/// Distance of the centres of two blocks that share a face, in voxels.
double distance_voxels(const Index3& a, const Index3& b, std::size_t axis, const Index3& extent) {
  const std::int64_t n = component(extent, axis);
  return 0.5 * (length_along(component(a, axis), n) + length_along(component(b, axis), n));
}

/// The block of the lattice that a covered block is, or is an image of.
Index3 block_at_home(const Lattice& lattice, const Index3& block) {
  const Lattice blocks{BlockGrid(lattice.extent).extent, lattice.periodic, lattice.spacing_um};
  return wrapped(blocks, block);
}

/// The words from `begin` on, stretched over all words: what a draw decides for those that its
/// first interval leaves. x becomes x·2^64/(2^64 - begin), but for the two lowest bits.
class Remainder {
 public:
  explicit Remainder(std::uint64_t begin) : begin_(begin) {
    if (begin == 0) return;
    const std::uint64_t left = ~begin + 1;  // 2^64 - begin
    shift_ = std::countl_zero(left);
    const unsigned __int128 one = 1;
    const unsigned __int128 factor = (one << 127) / (left << shift_);  // in [2^63, 2^64]
    factor_ = factor >> 64 != 0 ? ~std::uint64_t{0} : static_cast<std::uint64_t>(factor);
  }
  [[nodiscard]] std::uint64_t of(std::uint64_t word) const {
    const std::uint64_t x = (word - begin_) << shift_;
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(x) * factor_) >> 64) << 1;
  }

 private:
  std::uint64_t begin_;
  int shift_ = 0;
  std::uint64_t factor_ = std::uint64_t{1} << 63;
};

/// A cell's own outcomes before its moves: death first. Those who have none of them move or stay.
struct OwnFates {
  std::uint64_t death = 0;
  FateEnds end;
  Remainder moves{0};
};

OwnFates own_fates(const FateChances& p) {
  const std::uint64_t death = interval_end(0, p.death);
  const FateEnds end = ends_after(death, p);
  return {death, end, Remainder(end.activation)};
}

/// Two cells of a block that share a draw, or the last one alone.
struct CellPair {
  std::uint32_t here;  // offset of the block
  std::uint32_t pair;  // number within the block
};

void check_count(std::int64_t cells) {
  if (cells <= most_in_block) return;
  // Only the ranks around see it, so this ends the program rather than a run that others go on
  // with.
  throw std::length_error(std::to_string(cells) +
                          " T cells in one block of 16^3 voxels; motion kernel counts at most " +
                          std::to_string(most_in_block));
}

std::vector<CellPair> pairs_of(std::span<const std::int64_t> counts) {
  // Four pairs are written for every block, needed or not: a branch on chance costs more.
  constexpr std::uint32_t at_once = 4;
  std::int64_t all = at_once;
  for (const std::int64_t cells : counts) all += (cells + 1) / 2;
  std::vector<CellPair> pairs(static_cast<std::size_t>(all));
  CellPair* next = pairs.data();
  for (std::uint32_t here = 0; here < counts.size(); ++here) {
    const std::int64_t needed = (counts[here] + 1) / 2;
    for (std::uint32_t pair = 0; pair < at_once; ++pair) next[pair] = {here, pair};
    if (needed > at_once) [[unlikely]] {
      check_count(counts[here]);
      for (std::uint32_t pair = at_once; pair < needed; ++pair) next[pair] = {here, pair};
    }
    next += needed;
  }
  pairs.resize(static_cast<std::size_t>(next - pairs.data()));
  return pairs;
}

/// What the cells of one kind do in one round: the key of their draws.
struct RoundKey {
  Purpose purpose;
  Class of;
  std::uint64_t step;
  std::uint32_t round;
};

/// Calls visit(offset, word, cells) with a 64-bit draw for each of the cells of all blocks. A cell
/// that has no partner is followed by one of 0 cells whose word is the largest: visits must not
/// branch on chance, which would leave the generator waiting (half of its draws, measured).
template <class Visit>
void for_each_cell(const BlockWays& ways, const Draws& draws, const RoundKey& key,
                   const BlockArray& counts, Visit&& visit) {
  const std::uint32_t substep = (key.round << 2) | static_cast<std::uint32_t>(key.of);
  for (const CellPair& p : pairs_of(std::span(counts).first(ways.blocks()))) {
    const std::uint64_t index =
        ways.exits(p.here).block | (static_cast<std::uint64_t>(p.pair) << block_bits);
    const Bits128 bits = draws(key.purpose, Entity::block, index, key.step, substep);
    visit(p.here, bits.first, std::int64_t{1});
    const std::int64_t second = counts[p.here] > 2 * std::int64_t{p.pair} + 1 ? 1 : 0;
    visit(p.here, bits.second | static_cast<std::uint64_t>(second - 1), second);
  }
}

/// Where a cell goes whose draw is `word`. Counts instead of searching: half of
/// the cells move, so branches on `word` would be mispredicted more often than not.
std::size_t destination(const BlockWays::Exits& exits, std::uint64_t word) {
  std::size_t passed = exits.end.size();
  for (const std::uint64_t end : exits.end) passed -= word < end ? 1 : 0;
  if (injected(Fault::closed_face) && passed == 5) return exits.to[6];
  return exits.to[passed];
}

class Round {
 public:
  Round(const BlockWays& ways, const Model& model, const Levels& levels,
        const Suppression& suppression, std::uint64_t step, std::uint32_t round,
        const BlockPopulation& before, BlockPopulation& after, TCellTurnover& turnover)
      : ways_(ways),
        model_(model),
        levels_(levels),
        suppression_(suppression),
        step_(step),
        round_(round),
        before_(before),
        after_(after),
        turnover_(turnover) {}

  void run() {
    after_.effector.assign(ways_.blocks() + 1, 0);
    if (!before_.exhausted.empty()) after_.exhausted.assign(ways_.blocks() + 1, 0);
    if (!before_.memory.empty()) after_.memory.assign(ways_.blocks() + 1, 0);
    run_class(Class::effector, CellState::effector, before_.effector, after_.effector);
    run_class(Class::exhausted, CellState::exhausted, before_.exhausted, after_.exhausted);
    run_class(Class::memory, CellState::memory, before_.memory, after_.memory);
  }

 private:
  void run_class(Class of, CellState kind, const BlockArray& before, BlockArray& after) {
    if (before.empty()) return;
    const std::vector<OwnFates> fates = fates_of(kind, before);
    const std::size_t each = fates.size() > 1 ? 1 : 0;
    for_each_cell(ways_, model_.draws, {Purpose::kernel_act, of, step_, round_}, before,
                  [&](std::uint32_t here, std::uint64_t word, std::int64_t cells) {
                    const OwnFates& fate = fates[each * here];
                    if (word < fate.end.activation) [[unlikely]] {
                      befall(fate, here, word);
                    } else {
                      const BlockWays::Exits& exits = ways_.exits(here);
                      after[destination(exits, fate.moves.of(word))] += cells;
                    }
                  });
  }

  /// One for all blocks, or by block where regulatory T cells make them differ.
  [[nodiscard]] std::vector<OwnFates> fates_of(CellState kind, const BlockArray& before) const {
    if (round_ > 0) return {OwnFates{}};
    if (suppression_.freedom.empty() || kind == CellState::exhausted) {
      return {own_fates(fate_chances(kind, model_, levels_, 1.0))};
    }
    std::vector<OwnFates> fates(ways_.blocks());
    for (std::size_t here = 0; here < ways_.blocks(); ++here) {
      if (before[here] == 0 || !ways_.exits(here).exists) continue;
      const double freedom = suppression_.freedom[ways_.exits(here).block];
      fates[here] = own_fates(fate_chances(kind, model_, levels_, freedom));
    }
    return fates;
  }

  void befall(const OwnFates& fates, std::size_t here, std::uint64_t word) {
    TCellTurnover unseen;
    TCellTurnover& seen = ways_.exits(here).own ? turnover_ : unseen;
    if (word < fates.death) {
      ++seen.deaths;
    } else if (word < fates.end.division) {
      ++seen.divisions;
      after_.effector[here] += 2;
    } else if (word < fates.end.exhaustion) {
      ++seen.exhausted;
      ++after_.exhausted[here];
    } else if (word < fates.end.memory) {
      ++seen.memory;
      ++after_.memory[here];
    } else {
      ++seen.reactivated;
      ++after_.effector[here];
    }
  }

  const BlockWays& ways_;
  const Model& model_;
  const Levels& levels_;
  const Suppression& suppression_;
  std::uint64_t step_;
  std::uint32_t round_;
  const BlockPopulation& before_;
  BlockPopulation& after_;
  TCellTurnover& turnover_;
};

}  // namespace

BlockWays::BlockWays(const BlockSpace& space, const Lattice& lattice, double motility_um2_per_h)
    : own_(space.own), covered_(space.covered) {
  const double a2 = lattice.spacing_um * lattice.spacing_um;
  const double open_rate = 6.0 * motility_um2_per_h / (a2 * block_edge * block_edge);  // per h
  rounds_ = static_cast<std::uint32_t>(std::ceil(std::max(1.0, open_rate / most_leaving)));
  const double d_voxels2 = motility_um2_per_h / a2 / static_cast<double>(rounds_);  // per round
  const BlockGrid grid(lattice.extent);
  exits_.resize(static_cast<std::size_t>(covered_.volume()));
  Index3 b;
  for (b.z = covered_.lo.z; b.z < covered_.hi.z; ++b.z) {
    for (b.y = covered_.lo.y; b.y < covered_.hi.y; ++b.y) {
      for (b.x = covered_.lo.x; b.x < covered_.hi.x; ++b.x) {
        const Index3 home = block_at_home(lattice, b);
        if (!grid.box().contains(home)) continue;
        Exits& exits = exits_[offset(b)];
        exits.exists = true;
        exits.own = own_.contains(b);
        exits.block = static_cast<std::uint64_t>(grid.index(home));
        std::uint64_t end = 0;
        for (std::size_t face = 0; face < 6; ++face) {
          const Index3 next = b + face_offsets[face];
          exits.to[face] =
              covered_.contains(next) ? static_cast<std::uint32_t>(offset(next)) : nowhere();
          if (exits.own) end = interval_end(end, share_leaving(space, lattice, b, face, d_voxels2));
          exits.end[face] = end;
        }
        exits.to[6] = static_cast<std::uint32_t>(offset(b));
      }
    }
  }
}

double BlockWays::share_leaving(const BlockSpace& space, const Lattice& lattice, const Index3& from,
                                std::size_t face, double d_voxels2) const {
  const auto open = static_cast<double>(space.openings[face][offset(from)]);
  if (open == 0.0) return 0.0;
  const Index3 to = from + face_offsets[face];
  const auto room = static_cast<double>(space.enterable[offset(from)]);
  const auto room_there = static_cast<double>(space.enterable[offset(to)]);
  const double flow = d_voxels2 * open /
                      distance_voxels(block_at_home(lattice, from), block_at_home(lattice, to),
                                      face / 2, lattice.extent);
  // Capped alike seen from both sides, so that an even density stays even.
  return std::min(flow, most_per_face * std::min(room, room_there)) / room;
}

std::vector<std::uint64_t> BlockWays::ends(std::size_t face) const {
  std::vector<std::uint64_t> ends;
  ends.reserve(exits_.size());
  for (const Exits& exits : exits_) ends.push_back(exits.end[face]);
  return ends;
}

void BlockWays::set_ends(std::size_t face, std::span<const std::uint64_t> ends) {
  for (std::size_t i = 0; i < exits_.size(); ++i) exits_[i].end[face] = ends[i];
}

std::vector<std::int64_t> BlockWays::own_part(std::span<const std::int64_t> covered) const {
  std::vector<std::int64_t> own;
  own.reserve(static_cast<std::size_t>(own_.volume()));
  for_each_own_row([&](std::size_t row, std::size_t length) {
    const auto values = covered.subspan(row, length);
    own.insert(own.end(), values.begin(), values.end());
  });
  return own;
}

void walk_blocks(const BlockWays& ways, const Model& model, const Levels& levels,
                 const Suppression& suppression, std::uint64_t step, std::uint32_t round,
                 const BlockPopulation& before, BlockPopulation& after, TCellTurnover& turnover) {
  Round(ways, model, levels, suppression, step, round, before, after, turnover).run();
}

std::int64_t walk_tregs(const BlockWays& ways, const Draws& draws, double death, std::uint64_t step,
                        std::uint32_t round, const BlockArray& before, BlockArray& after) {
  after.assign(ways.blocks() + 1, 0);
  const std::uint64_t death_end = round == 0 ? interval_end(0, death) : 0;
  const Remainder moves(death_end);
  std::int64_t deaths = 0;
  for_each_cell(ways, draws, {Purpose::treg_act, Class::treg, step, round}, before,
                [&](std::uint32_t here, std::uint64_t word, std::int64_t cells) {
                  const BlockWays::Exits& exits = ways.exits(here);
                  if (word < death_end) [[unlikely]] {
                    deaths += exits.own ? 1 : 0;
                  } else {
                    after[destination(exits, moves.of(word))] += cells;
                  }
                });
  return deaths;
}

std::vector<std::int64_t> smoothed_blocks(const BlockWays& ways,
                                          std::span<const std::int64_t> counts) {
  const Index3 e = ways.covered().extent();
  std::vector<std::int64_t> whole(counts.begin(), counts.begin() + volume(e));
  std::vector<std::int64_t> next(whole.size(), 0);
  for (const std::int64_t stride : {std::int64_t{1}, e.x, e.x * e.y}) {
    const auto n = std::ssize(whole);
    for (std::int64_t i = stride; i + stride < n; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const auto by = static_cast<std::size_t>(stride);
      next[at] = whole[at - by] + 2 * whole[at] + whole[at + by];
    }
    std::swap(whole, next);
  }
  return ways.own_part(whole);
}

}  // namespace marrow
