// SPDX-License-Identifier: BSD-3-Clause
// The progenitor pools: one per genotype class for the whole box, fed by the stem cells, emptied by
// maturation and by the T cells. Integers in and out, so a pool's change is exactly the sum of its
// flows and every rank computes the same one. Knows nothing of voxels, ranks or blood. Rules:
// core/MODEL.md, "Progenitors".
#pragma once

#include "core/cells/clones.hpp"
#include "core/cells/record.hpp"
#include "core/model/parameters.hpp"
#include "core/patient/patient_state.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace marrow {

/// Live stem cells of the whole box, by genotype class.
struct StemCensus {
  std::int64_t niches = 0;
  std::array<std::int64_t, genotype_classes> cells{};
  std::array<std::int64_t, genotype_classes>
      presentation{};  // summed; full_presentation each at most

  [[nodiscard]] std::int64_t total() const;
};

/// Counts the niche table's records; every clone they name must be in `clones`.
StemCensus count_stem_cells(std::span<const CellRecord> niches, std::span<const Clone> clones);

/// What went through each pool in one hour, in the pools' fixed point: pool += produced - matured -
/// killed.
struct ProgenitorFlows {
  std::array<std::int64_t, genotype_classes> produced{};
  std::array<std::int64_t, genotype_classes> matured{};
  std::array<std::int64_t, genotype_classes> killed{};
};

/// The pool that each class's stem cells would hold in the long run without an attack: G x_g with
/// G = min(gain, 1/sum x) and x_g = n_g/niches, in fixed point.
std::array<std::int64_t, genotype_classes> progenitor_targets(
    const ProgenitorParameters& parameters, const StemCensus& stem);

/// The mean presentation of each class's stem cells; a class without any keeps what it had, which
/// its progenitors still show.
void update_presentation(PatientState& state, const StemCensus& stem);

/// One hour of dP_g/dt = k (G x_g - P_g) - delta eps_g A P_g, exactly for constant stem cells and
/// attack. `attack` is A: T cells over their number at the reference density, times what therapy
/// leaves of their killing and of the antigen (Modifiers). Each flow is rounded up once, so that a
/// pool without stem cells reaches exactly zero. Updates state.progenitors and state.presentation.
ProgenitorFlows advance_progenitors(PatientState& state, const ProgenitorParameters& parameters,
                                    const StemCensus& stem, double attack);

/// Sum of P_g; fixed_one is normal.
std::int64_t progenitor_total(const PatientState& state);

/// Share of the progenitors whose class has `bit`, in fixed point; 0 when there are none.
std::int64_t progenitor_share(const PatientState& state, GenotypeBit bit);
/// The share that lacks the risk HLA allele.
std::int64_t hla_lacking_share(const PatientState& state);

}  // namespace marrow
