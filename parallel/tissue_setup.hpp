// SPDX-License-Identifier: BSD-3-Clause
// The static tissue of a run, from the scenario or from an image, on every rank its own box; niche
// table, report, census and hash of the whole lattice on every rank. The result depends on scenario
// and seed alone, never on the ranks or their boxes. Knows nothing of files.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/model/parameters.hpp"
#include "core/tissue/imported_tissue.hpp"
#include "core/tissue/tissue_census.hpp"
#include "core/tissue/tissue_kind.hpp"
#include "parallel/communicator.hpp"

#include <cstdint>

namespace marrow::parallel {

struct Tissue {
  TissueBox box;           // this rank's own voxels and the halo
  NicheTable niches;       // of the lattice
  TissueReport report;     // of the lattice
  TissueCensus census;     // of the lattice
  std::uint64_t hash = 0;  // sum over all voxels of the lattice of mix64(site, kind), modulo 2^64
};

/// Collective. The `own` boxes of all ranks divide the lattice; an empty one is allowed. Tissue.box
/// is own.grown(halo_layers), clipped to a reflecting lattice; beyond a periodic one it holds the
/// voxels that wrap there. `imported`: the image's tissue on the root (elsewhere ignored), or null
/// everywhere for procedural tissue. Throws a Failure on every rank where the asked niches do not
/// fit.
Tissue build_tissue(const Communicator& comm, const Parameters& parameters, const Box& own,
                    std::int64_t halo_layers, const ImportedTissue* imported);

}  // namespace marrow::parallel
