// SPDX-License-Identifier: BSD-3-Clause
// Row 4.3: among the niches of a real marrow, placed beside vessels and bone, the neutral cell that
// takes everything over descends from niche i with chance proportional to 1/k_i under birth-death
// and to k_i under death-birth, where k_i is the number of its neighbours (Antal 2006 PRL
// 96:188104). Every stem cell carries a barcode; the winner's is read at the end of each run. Each
// seed makes its own tissue and niches.
#include "core/cells/niche_graph.hpp"
#include "tests/verify/checks.hpp"
#include "tests/verify/stem_systems.hpp"

#include <numeric>

namespace marrow::verify {
namespace {

Parameters irregular_marrow(StemCellUpdate update, std::uint64_t seed) {
  Parameters p;
  p.scenario.name = "irregular";
  p.scenario.seed = seed;
  p.domain = {{64, 64, 64}, 10.0, Boundary::reflecting};
  p.niches.density_per_mm3 = 200;
  p.hspc.placement_radius_um = 200;
  p.hspc.update = update;
  p.hspc.events_per_hour = 500;
  p.clones.barcodes = true;
  return p;
}

/// Neighbours of each niche, counted from the places of the niches alone.
std::vector<double> degrees(const Model& model) {
  const double reach_voxels = model.parameters.hspc.placement_radius_um / model.lattice.spacing_um;
  std::vector<double> k;
  for (const Niche& niche : model.niches) {
    const Index3 here = model.lattice.position(niche.site);
    double neighbours = -1;  // not itself
    for (const Niche& other : model.niches) {
      const Index3 d = model.lattice.position(other.site) - here;
      const auto square = static_cast<double>(d.x * d.x + d.y * d.y + d.z * d.z);
      if (square <= reach_voxels * reach_voxels) neighbours += 1;
    }
    k.push_back(neighbours);
  }
  return k;
}

/// Where the graph falls apart no clone can take all.
bool connected(const NicheGraph& graph) {
  std::vector<bool> seen(graph.size());
  std::vector<std::uint32_t> open = {0};
  std::size_t found = 1;
  seen[0] = true;
  while (!open.empty()) {
    const std::uint32_t place = open.back();
    open.pop_back();
    for (const std::uint32_t other : graph.neighbours(place)) {
      if (seen[other]) continue;
      seen[other] = true;
      open.push_back(other);
      ++found;
    }
  }
  return found == graph.size();
}

/// The niche whose cell took all over.
std::size_t winner(parallel::Simulation& simulation) {
  const auto& niches = simulation.state().niches;
  while (std::ranges::adjacent_find(niches, std::not_equal_to{}) != niches.end()) {
    simulation.step();
  }
  return niches.front().clone() - 1;  // barcodes come after the normal clone, by niche
}

/// Of one run: the winner's degree over its expectation; the variance of that; the same ratio were
/// all niches alike; the third moment of the first. Empty for a graph in parts.
std::vector<double> one_run(StemCellUpdate update, std::uint64_t seed) {
  const parallel::Communicator alone(MPI_COMM_SELF);
  parallel::Simulation simulation(alone, irregular_marrow(update, seed));
  simulation.start();
  const Model& model = simulation.model();
  const NicheIndex index(model.niches, model.lattice, model.parameters.hspc);
  const Replicas whole(model.parameters.niches, model.lattice, model.niche_count());
  const NicheGraph graph(model, whole, index);
  if (!connected(graph)) return {};
  const std::vector<double> k = degrees(model);
  double all = 0;
  double mean = 0;
  double square = 0;
  double cube = 0;
  for (const double degree : k) {
    const double pi = update == StemCellUpdate::moran_birth_death ? 1.0 / degree : degree;
    all += pi;
    mean += pi * degree;
    square += pi * degree * degree;
    cube += pi * degree * degree * degree;
  }
  mean /= all;
  square /= all;
  cube /= all;
  const double plain = std::accumulate(k.begin(), k.end(), 0.0) / static_cast<double>(k.size());
  return {k[winner(simulation)] / mean, square / (mean * mean) - 1.0, plain / mean,
          cube / (mean * mean * mean) - 3.0 * square / (mean * mean) + 2.0};
}

void row(Verifier& verify, StemCellUpdate update, const std::string& law, std::uint64_t first) {
  double sum = 0;
  double variance = 0;
  double third = 0;
  double alike = 0;
  double runs = 0;
  for (const auto& run : verify.over_seeds(first, verify.effort(480, 1600),
                                           [&](std::uint64_t s) { return one_run(update, s); })) {
    if (run.empty()) continue;
    sum += run[0];
    variance += run[1];
    alike += run[2];
    third += run[3];
    runs += 1;
  }
  verify.random("4.3", "degree of the winning niche over its expectation, " + law,
                "bone-constrained niches of 64^3 voxels, neighbours within 200 um; were all niches "
                "alike the ratio would be " +
                    short_text(alike / runs),
                1.0,
                {sum / runs, std::sqrt(variance) / runs, static_cast<std::int64_t>(runs),
                 third / std::pow(variance, 1.5)});
}

}  // namespace

void neutral_graph(Verifier& verify) {
  row(verify, StemCellUpdate::moran_birth_death, "birth-death, chance ~ 1/k", 43000);
  row(verify, StemCellUpdate::moran_death_birth, "death-birth, chance ~ k", 53000);
  row(verify, StemCellUpdate::voter, "voter, chance ~ k", 63000);
}

}  // namespace marrow::verify
