// SPDX-License-Identifier: BSD-3-Clause
// TARGETS 4.12: connected marrow against the site percolation of the simple cubic lattice, through
// the code that closes enclosed marrow to T cells. The other thresholds of that table (18 and 26
// neighbours, bcc, fcc, bonds) have no counterpart in the program, which connects through faces.
#include "core/random/draws.hpp"
#include "core/tissue/adipocytes.hpp"
#include "core/tissue/marrow_parts.hpp"
#include "core/tissue/procedural.hpp"
#include "tests/verify/checks.hpp"
#include "tests/verify/statistics.hpp"
#include "tests/verify/table.hpp"

#include <algorithm>
#include <functional>

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

/// The program's own tissue of a box: trabecular bone, vessels, and fat as the sections show it,
/// whose share of the marrow is `fat`. T cells walk through fat; here only what is not fat is open.
TissueBox generated_marrow(std::uint64_t seed, std::int64_t edge, double fat) {
  Parameters p;
  p.scenario.seed = seed;
  p.domain.size_voxels = {edge, edge, edge};
  const Lattice lattice = p.lattice();
  TissueBox tissue = ProceduralTissue(p).in(lattice.box());
  const std::vector<std::uint8_t> reveal =
      adipocyte_reveal(lattice, p.tissue.adipocytes, Draws(seed), lattice.box());
  for (std::size_t i = 0; i < reveal.size(); ++i) {
    if (shows_fat(reveal[i], fat)) tissue.kind[i] = static_cast<std::uint8_t>(TissueKind::bone);
  }
  return tissue;
}

/// 1 if a part reaches from the lowest to the highest layer of z.
double spans(const TissueBox& tissue) {
  const Box box = tissue.box;
  const MarrowParts marrow(tissue, box, Lattice{box.extent()});
  std::vector<SiteIndex> bottom = marrow.names({box.lo, {box.hi.x, box.hi.y, 1}});
  const std::vector<SiteIndex> top = marrow.names({{0, 0, box.hi.z - 1}, box.hi});
  std::ranges::sort(bottom);
  const auto connected = [&](SiteIndex name) {
    return name != no_part && std::ranges::binary_search(bottom, name);
  };
  return std::ranges::any_of(top, connected) ? 1.0 : 0.0;
}

struct Spanning {
  double cubes = 0;
  double open = 0;  // mean share of open voxels
};

/// Number of `count` cubes, of the seeds from `first` on, with a spanning part.
Spanning spanning(Verifier& verify, std::uint64_t first, std::int64_t count,
                  const std::function<TissueBox(std::uint64_t)>& tissue_of) {
  Spanning all;
  for (const auto& cube : verify.over_seeds(first, count, [&](std::uint64_t seed) {
         const TissueBox tissue = tissue_of(seed);
         const auto open = std::ranges::count(tissue.kind, 0);  // TissueKind::marrow
         return std::vector{spans(tissue),
                            static_cast<double>(open) / static_cast<double>(tissue.kind.size())};
       })) {
    all.cubes += cube[0];
    all.open += cube[1] / static_cast<double>(count);
  }
  return all;
}

/// All cubes span far above the threshold and none far below. 0.035 from it the correlation length
/// is about 0.035^-0.88 = 19 voxels, a fifth of the cube. Smaller cubes on the wrong side (39, 10
/// and 2 of 3000 below the threshold at edges 20, 28 and 36) become fewer by exp(-0.18) a voxel.
void threshold(Verifier& verify) {
  const std::int64_t count = verify.effort(16, 100);
  std::uint64_t first = 412'000'000;
  for (const double open : {0.277, 0.346}) {
    const Spanning found = spanning(verify, first, count, [open](std::uint64_t seed) {
      return random_medium(seed, 100, open);
    });
    verify.exact(
        "4.12", "site percolation, 6 neighbours: cubes with a spanning part",
        "independent voxels, open share " + number_text(open) + ", threshold 0.3116, edge 100",
        open > 0.3116 ? static_cast<double>(count) : 0.0, found.cubes, 0.0, Chance::rare);
    first += 1000;
  }
}

/// Were bone and fat thrown voxel by voxel, the healthy hematopoietic space would hang together,
/// and at a cellularity of 10 % it would not.
void independent_voxels(Verifier& verify) {
  const std::int64_t count = verify.effort(8, 40);
  std::uint64_t first = 412'100'000;
  for (const double open : {0.41, 0.10}) {
    const Spanning found = spanning(verify, first, count, [open](std::uint64_t seed) {
      return random_medium(seed, 100, open);
    });
    verify.exact(
        "4.12", "hematopoietic space thrown by voxel: cubes with a spanning part",
        open > 0.3 ? "BV/TV 0.18, fat 0.5: open share 0.41" : "cellularity 10 %: open share 0.10",
        open > 0.3 ? static_cast<double>(count) : 0.0, found.cubes, 0.0, Chance::rare);
    first += 1000;
  }
}

/// The tissue that the program lays. Fat in spheres leaves gaps that hang together better than
/// voxels do: boxes of 128^3 come apart at an open share of 0.086, vessels not counted, that is at
/// a fat share of 0.88. The healthy marrow lies far above, a cellularity of 5 % far below.
void generated_tissue(Verifier& verify) {
  const std::int64_t count = verify.effort(2, 20);
  std::uint64_t first = 412'200'000;
  for (const double fat : {0.5, 0.95}) {
    const Spanning found = spanning(verify, first, count, [fat](std::uint64_t seed) {
      return generated_marrow(seed, 128, fat);
    });
    verify.exact("4.12", "hematopoietic space of generated tissue: boxes with a spanning part",
                 "BV/TV 0.18, vessels, fat " + number_text(fat) + ", 128^3: open share " +
                     number_text(found.open, 2),
                 fat < 0.88 ? static_cast<double>(count) : 0.0, found.cubes, 0.0, Chance::rare);
    first += 1000;
  }
}

/// Mean numbers of parts of one and of two voxels: p(1-p)^6 and 3 p^2 (1-p)^10 per voxel inside,
/// with fewer neighbours at the faces of the cube.
void small_parts(Verifier& verify, double p, std::uint64_t first) {
  constexpr std::int64_t edge = 32;
  const std::int64_t count = verify.effort(200, 4000);
  const auto runs = verify.over_seeds(first, count, [&](std::uint64_t seed) {
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
  const std::string conditions = "open share " + number_text(p) + ", edge 32";
  verify.random("4.12", "parts of one voxel in a cube", conditions, alone_theory, mean_of(alone));
  verify.random("4.12", "parts of two voxels in a cube", conditions, pairs_theory, mean_of(pairs));
}

}  // namespace

void percolation(Verifier& verify) {
  threshold(verify);
  independent_voxels(verify);
  generated_tissue(verify);
  small_parts(verify, 0.2, 412'300'000);
  small_parts(verify, 0.1, 412'400'000);
}

}  // namespace marrow::verify
