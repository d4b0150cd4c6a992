// SPDX-License-Identifier: BSD-3-Clause
// The switches of the immune system: each is off unless the scenario writes its section, and has
// its default values here. Plain data; see core/model/parameters.hpp.
#pragma once

#include <cstdint>

namespace marrow {

/// How T cells move: hop by hop, or as counts per block with a well-mixed hazard (MODEL.md,
/// "Kernel motion").
enum class Motion { hops, kernel };

/// Effectors tire under lasting antigen: they walk on, but neither kill nor divide.
struct ExhaustionParameters {
  double half_time_h = 60.0 * 24;  // with plenty of antigen
};

/// Contraction when antigen is gone, and the memory that it leaves.
struct MemoryParameters {
  double contraction_rate_per_h = 0.5 / 24;  // death of effectors without antigen
  double share = 0.05;                       // of the contracting effectors that become memory
  double death_rate_per_h = 0.0;
  double activation_rate_per_h = 0.12 / 24;  // back to effectors, with plenty of antigen
};

/// A stem cell that took a sublethal hit within the window is easier to kill.
struct CooperativityParameters {
  double factor = 3.0;
  double window_h = 24.0;
};

/// Bias of the walk, and of the doors by which T cells enter, up the CXCL9/10 field.
struct ChemotaxisParameters {
  double directed_share = 0.1;        // chi: largest share of directed hops
  double half_gradient_per_mm = 5.0;  // g1/2: gradient of the relative level at half of it
};

/// Regulatory T cells: counts per block that suppress division and killing of T cells there.
struct TregParameters {
  double density_per_mm3 = 13.0;  // kept up by the body
  double half_ratio = 0.2;        // Treg : T cells of the full attack, at which half is suppressed
  double half_life_h = 14.0 * 24;
};

/// Quasi-steady cytokine fields (MODEL.md, "Cytokines").
struct SignalParameters {
  double period_h = 24.0;  // between two solutions
  std::int64_t voxels_per_cell = 2;
  double ifn_length_um = 35.0;
  double tnf_length_um = 60.0;
  double cxcl_length_um = 100.0;
  double tolerance = 1e-3;  // RMS error of a level over the RMS of its source
};

}  // namespace marrow
