// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/ground.hpp"

#include "parallel/balance.hpp"
#include "parallel/shares.hpp"

namespace marrow::parallel {

std::shared_ptr<const Ground> prepare_ground(const Communicator& comm, const Parameters& parameters,
                                             const ImportedTissue* imported,
                                             std::int64_t hops_per_exchange) {
  Decomposition decomposition = balanced_decomposition(comm, parameters, imported);
  const std::int64_t window = hops_window(decomposition, parameters, hops_per_exchange);
  Tissue tissue = build_tissue(comm, parameters, decomposition.box(comm.rank()),
                               ghost_layers(decomposition, window), imported);
  return std::make_shared<const Ground>(
      Ground{std::move(decomposition), window, std::move(tissue)});
}

bool same_ground(const Parameters& a, const Parameters& b) {
  return a.domain == b.domain && a.tissue == b.tissue && a.niches == b.niches &&
         a.tissue_seed() == b.tissue_seed() && a.tcells.contact == b.tcells.contact &&
         a.tcells.motion == b.tcells.motion &&
         a.tcells.motility_um2_per_h == b.tcells.motility_um2_per_h &&
         a.run.hops_per_exchange == b.run.hops_per_exchange;
}

}  // namespace marrow::parallel
