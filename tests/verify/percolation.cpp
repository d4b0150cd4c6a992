// SPDX-License-Identifier: BSD-3-Clause
// TARGETS 4.12: connected marrow against the site percolation of the simple cubic lattice, through
// the code that closes enclosed marrow to T cells. The other thresholds of that table (18 and 26
// neighbours, bcc, fcc, bonds) have no counterpart in the program, which connects through faces.
#include "core/random/draws.hpp"
#include "core/tissue/marrow_parts.hpp"
#include "tests/verify/checks.hpp"
#include "tests/verify/statistics.hpp"
#include "tests/verify/table.hpp"

#include <algorithm>

namespace marrow::verify {
namespace {

/// A cube whose voxels are enterable with chance `open`, each by its own draw.
TissueBox random_medium(std::uint64_t seed, std::int64_t edge, double open) {
  const Draws draws(seed);
  const Threshold marrow = Threshold::of(open);
  TissueBox tissue{{{0, 0, 0}, {edge, edge, edge}}, {}};
  for (std::uint64_t s = 0; s < static_cast<std::uint64_t>(tissue.box.volume()); ++s) {
    const bool is_open = marrow.happens(draws(Purpose::measurement, Entity::site, s).first);
    tissue.kind.push_back(
        static_cast<std::uint8_t>(is_open ? TissueKind::marrow : TissueKind::bone));
  }
  return tissue;
}

/// 1 if a part reaches from the lowest to the highest layer of z.
double spans(std::uint64_t seed, std::int64_t edge, double open) {
  const TissueBox tissue = random_medium(seed, edge, open);
  const MarrowParts marrow(tissue, tissue.box, Lattice{{edge, edge, edge}});
  std::vector<SiteIndex> bottom = marrow.names({{0, 0, 0}, {edge, edge, 1}});
  const std::vector<SiteIndex> top = marrow.names({{0, 0, edge - 1}, {edge, edge, edge}});
  std::ranges::sort(bottom);
  const auto connected = [&](SiteIndex name) {
    return name != no_part && std::ranges::binary_search(bottom, name);
  };
  return std::ranges::any_of(top, connected) ? 1.0 : 0.0;
}

/// Number of `count` cubes with a spanning part.
double spanning(const Verifier& verify, double open, std::int64_t count) {
  double spanning = 0;
  for (const auto& cube : verify.over_seeds(
           1, count, [&](std::uint64_t seed) { return std::vector{spans(seed, 100, open)}; })) {
    spanning += cube[0];
  }
  return spanning;
}

/// All cubes span far above the threshold and none far below. 0.035 from it the correlation length
/// is about 0.035^-0.88 = 19 voxels, a fifth of the cube.
void threshold(Verifier& verify) {
  const std::int64_t count = verify.effort(16, 100);
  for (const double open : {0.277, 0.346}) {
    verify.exact("4.12", "site percolation, 6 neighbours: cubes with a spanning part",
                 "open share " + number_text(open) + ", threshold 0.3116, edge 100",
                 open > 0.3116 ? static_cast<double>(count) : 0.0, spanning(verify, open, count),
                 0.0);
  }
}

/// The healthy hematopoietic space hangs together; at a cellularity of 10 % it does not.
void marrow_space(Verifier& verify) {
  const std::int64_t count = verify.effort(8, 40);
  verify.exact("4.12", "hematopoietic space: cubes with a spanning part",
               "BV/TV 0.18, fat 0.5: open share 0.41", static_cast<double>(count),
               spanning(verify, 0.41, count), 0.0);
  verify.exact("4.12", "hematopoietic space: cubes with a spanning part",
               "cellularity 10 %: open share 0.10", 0.0, spanning(verify, 0.10, count), 0.0);
}

/// Mean numbers of parts of one and of two voxels: p(1-p)^6 and 3 p^2 (1-p)^10 per voxel inside,
/// with fewer neighbours at the faces of the cube.
void small_parts(Verifier& verify) {
  constexpr std::int64_t edge = 32;
  const double p = 0.2;
  const std::int64_t count = verify.effort(200, 4000);
  const auto runs = verify.over_seeds(1, count, [&](std::uint64_t seed) {
    const TissueBox tissue = random_medium(seed, edge, p);
    const MarrowParts marrow(tissue, tissue.box, Lattice{{edge, edge, edge}});
    double alone = 0;
    double pairs = 0;
    for (const MarrowPart& part : marrow.parts()) {
      alone += part.voxels == 1 ? 1.0 : 0.0;
      pairs += part.voxels == 2 ? 1.0 : 0.0;
    }
    return std::vector<double>{alone, pairs};
  });
  std::vector<double> alone;
  std::vector<double> pairs;
  for (const auto& run : runs) {
    alone.push_back(run[0]);
    pairs.push_back(run[1]);
  }
  // A voxel of a face, edge or corner of the cube has 5, 4 or 3 neighbours.
  const auto inner = static_cast<double>(edge - 2);
  const double q = 1.0 - p;
  const double alone_theory = p * std::pow(inner * q * q + 2.0 * q, 3.0);
  const auto n = static_cast<double>(edge);
  // A pair along one axis: 10 neighbours, fewer by one for each end at a face along the axis, and
  // by two for each face alongside.
  const double along = (n - 3.0) * q * q + 2.0 * q;
  const double across = (n - 2.0) * std::pow(q, 4) + 2.0 * q * q;
  const double pairs_theory = 3.0 * p * p * along * across * across;
  verify.random("4.12", "parts of one voxel in a cube", "open share 0.2, edge 32", alone_theory,
                mean_of(alone));
  verify.random("4.12", "parts of two voxels in a cube", "open share 0.2, edge 32", pairs_theory,
                mean_of(pairs));
}

}  // namespace

void percolation(Verifier& verify) {
  threshold(verify);
  marrow_space(verify);
  small_parts(verify);
}

}  // namespace marrow::verify
