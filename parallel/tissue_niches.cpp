// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/tissue_niches.hpp"

#include "core/tissue/bone_distance.hpp"
#include "core/tissue/niche_grid.hpp"

#include <algorithm>
#include <cstdio>

namespace marrow::parallel {
namespace {

// Candidates per wanted niche. A first try looks at 64 random voxels and keeps the best 4 that fit
// each type; each further try has 8 times the voxels and 4 times the candidates.
constexpr std::int64_t first_samples_per_niche = 64;
constexpr std::int64_t first_candidates_per_niche = 4;
constexpr std::int64_t most_candidates_per_niche = 64;
constexpr std::int64_t always_affordable = std::int64_t{1} << 16;  // candidates of the lattice
// 4 random voxels for each voxel of a block leave one in 55 unseen.
constexpr std::int64_t block_voxels = block_edge * block_edge * block_edge;
constexpr std::int64_t most_samples_per_block = 4 * block_voxels;
constexpr int tries_for_shares = 2;

/// Squared distances to the nearest bone of the lattice, for points of the whole lattice.
std::vector<std::uint16_t> bone_distances(const Communicator& comm, const Lattice& lattice,
                                          const BoneDistance& bone, const Box& own,
                                          std::span<const NicheCandidate> points) {
  std::vector<std::uint16_t> squared(points.size(), far_from_bone);
  const auto nearest_of_all = [&] {
    constexpr std::size_t piece = std::size_t{1} << 28;
    for (std::size_t at = 0; at < squared.size(); at += piece) {
      MPI_Allreduce(MPI_IN_PLACE, squared.data() + at,
                    static_cast<int>(std::min(piece, squared.size() - at)), MPI_UINT16_T, MPI_MIN,
                    comm.handle());
    }
  };
  // The owner's answer bounds the search of the others.
  for (const bool mine : {true, false}) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      const Index3 p = lattice.position(points[i].site);
      if (own.contains(p) == mine) squared[i] = bone.squared(p, squared[i]);
    }
    nearest_of_all();
  }
  return squared;
}

/// Keeps, of each type, about `keep` candidates of the lattice: those of lowest priority value.
/// Returns whether any were left out.
bool keep_best(const Communicator& comm, std::array<std::int64_t, niche_types> keep,
               std::vector<NicheCandidate>& mine) {
  std::int64_t found[niche_types] = {0, 0, 0};
  for (const NicheCandidate& c : mine) ++found[c.type];
  comm.sum(std::span<std::int64_t>(found));
  std::array<Threshold, niche_types> threshold;
  bool cut = false;
  for (int t = 0; t < niche_types; ++t) {
    threshold[t] = Threshold::of(
        found[t] > keep[t] ? static_cast<double>(keep[t]) / static_cast<double>(found[t]) : 1.0);
    cut = cut || found[t] > keep[t];
  }
  std::erase_if(mine,
                [&](const NicheCandidate& c) { return !threshold[c.type].happens(c.priority); });
  return cut;
}

std::string one_decimal(double v) {
  char text[64];
  std::snprintf(text, sizeof text, "%.1f", v);
  return text;
}

[[noreturn]] void fail_for_room(const NicheParameters& niches, const Lattice& lattice,
                                std::int64_t wanted, std::size_t placed, bool open) {
  const double fitting = static_cast<double>(placed) / lattice.volume_mm3();
  throw Failure(ExitCode::scenario, "niches: " + std::to_string(placed) + " of " +
                                        std::to_string(wanted) +
                                        " niches fit into this tissue at a distance of at least " +
                                        one_decimal(niches.min_spacing_um) + " um" +
                                        (open ? "" : " beside sinusoids, arterioles or bone") +
                                        "; lower niches.density (at most about " +
                                        one_decimal(fitting) + " /mm^3 fit) or niches.min_spacing" +
                                        (open ? "" : ", or give the tissue more vessels"));
}

/// Every niche of the grid must stand in marrow.
NicheChoice choose_grid(const Communicator& comm, const Parameters& parameters, const Box& own,
                        const TissueBox& tissue) {
  const Lattice lattice = parameters.lattice();
  NicheChoice choice;
  choice.niches = niche_grid(parameters.niches, lattice);
  std::int64_t outside = 0;
  for (const Niche& niche : choice.niches) {
    const Index3 p = lattice.position(niche.site);
    if (own.contains(p) && tissue.at(p) != TissueKind::marrow) ++outside;
    ++choice.placed[static_cast<std::size_t>(niche.type)][1];
  }
  outside = comm.sum(outside);
  if (outside == 0) return choice;
  throw Failure(ExitCode::scenario,
                "niches: " + std::to_string(outside) + " of " +
                    std::to_string(choice.niches.size()) +
                    " niches of the grid do not lie in marrow; a grid needs tissue without bone "
                    "and vessels");
}

}  // namespace

NicheChoice choose_niches(const Communicator& comm, const Parameters& parameters, const Box& own,
                          const TissueBox& tissue) {
  if (parameters.niches.arrangement == NicheArrangement::grid) {
    return choose_grid(comm, parameters, own, tissue);
  }
  const Lattice lattice = parameters.lattice();
  const bool open = parameters.tissue.source == TissueSource::open;
  const NichePlaces places = open ? NichePlaces::anywhere : NichePlaces::beside_structures;
  NicheDemand demand = niche_demand(parameters.niches, lattice);
  if (demand.count == 0) return {};
  if (open) {  // one type, and no bone to be near
    demand.weights = {1.0, 0.0, 0.0};
    demand.near_share = 0.0;
  }
  const Draws draws(parameters.tissue_seed());
  const BoneDistance bone(tissue, own, lattice);
  const std::int64_t blocks = BlockGrid(lattice.extent).count();
  std::int64_t samples =
      std::max<std::int64_t>(16, first_samples_per_niche * demand.count / blocks + 1);
  std::int64_t per_niche = first_candidates_per_niche;
  NicheSelection selection;
  for (int attempt = 1;; ++attempt, samples *= 8, per_niche *= 4) {
    samples = std::min(samples, most_samples_per_block);
    std::vector<NicheCandidate> mine =
        niche_candidates(tissue, own, lattice, draws, samples, places);
    const NicheStrata plan = plan_strata(
        demand, {{{demand.count, demand.count}, {demand.count, demand.count}, {demand.count, 0}}});
    std::array<std::int64_t, niche_types> keep{};
    for (int t = 0; t < niche_types; ++t) {
      keep[t] = per_niche * (plan[t][0] + plan[t][1]) + 1000;
    }
    const bool more_kept = keep_best(comm, keep, mine);
    const auto all = comm.all_gather(std::span<const NicheCandidate>(mine));
    selection = select_niches(lattice, demand, all, bone_distances(comm, lattice, bone, own, all));
    const bool complete = std::ssize(selection.niches) == demand.count;
    if (selection.as_planned || (complete && attempt >= tries_for_shares)) break;
    const bool exhausted = samples == most_samples_per_block && !more_kept;
    const bool too_many =
        per_niche >= most_candidates_per_niche && per_niche * demand.count >= always_affordable;
    if (exhausted || too_many) break;
  }
  if (std::ssize(selection.niches) < demand.count) {
    fail_for_room(parameters.niches, lattice, demand.count, selection.niches.size(), open);
  }
  return {std::move(selection.niches), selection.placed};
}

}  // namespace marrow::parallel
