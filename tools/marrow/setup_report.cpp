// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/setup_report.hpp"

#include <fmt/format.h>

namespace marrow::tool {
namespace {

std::string row(std::string_view what, const std::string& asked, const std::string& achieved) {
  return fmt::format("  {:<34}{:>12}{:>12}", what, asked, achieved);
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100.0 * share); }
std::string um(double length_um) { return fmt::format("{:.0f} um", length_um); }

std::vector<std::string> tissue_rows(const parallel::Simulation& simulation) {
  const Parameters& asked = simulation.model().parameters;
  const TissueReport& got = simulation.tissue().report;
  const TissueSource source = asked.tissue.source;
  const auto if_procedural = [&](const std::string& text) {
    if (source == TissueSource::procedural) return text;
    return std::string(source == TissueSource::image ? "image" : "open");
  };
  const double weights =
      asked.niches.perisinusoidal + asked.niches.periarteriolar + asked.niches.endosteal;
  const auto niches = static_cast<double>(simulation.model().niche_count());
  const auto by_type = [&](int type) {
    return percent(static_cast<double>(got.niches_by_type[type]) / niches);
  };
  return {
      row("tissue", "asked", "achieved"),
      row("bone volume share (BV/TV)", if_procedural(percent(asked.tissue.bone.volume_share)),
          percent(got.bone_volume_share)),
      row("trabecular thickness (Tb.Th)", if_procedural(um(asked.tissue.bone.thickness_um)),
          um(got.bone_thickness_um)),
      row("trabecular spacing (Tb.Sp)", if_procedural(um(asked.tissue.bone.spacing_um)),
          um(got.bone_spacing_um)),
      row("sinusoid volume share", "-", percent(got.sinusoid_volume_share)),
      row("arteriole volume share", "-", percent(got.arteriole_volume_share)),
      row("open to T cells", "-", percent(got.enterable_share)),
      row("enclosed marrow, no T cells", "-", percent(got.sealed_share)),
      row("niches per mm3", fmt::format("{:.1f}", asked.niches.density_per_mm3),
          fmt::format("{:.1f}", got.niches_per_mm3)),
      row(fmt::format("niches within {:.0f} um of bone", asked.niches.near_bone_distance_um),
          percent(asked.niches.near_bone_share), percent(got.niches_near_bone)),
      row("perisinusoidal niches", percent(asked.niches.perisinusoidal / weights), by_type(0)),
      row("periarteriolar niches", percent(asked.niches.periarteriolar / weights), by_type(1)),
      row("endosteal niches", percent(asked.niches.endosteal / weights), by_type(2)),
  };
}

}  // namespace

std::vector<std::string> setup_report(const parallel::Simulation& simulation) {
  const Model& model = simulation.model();
  const Index3 e = model.lattice.extent;
  std::vector<std::string> lines = {fmt::format(
      "lattice {} x {} x {} voxels of {} um: {:.3g} mm3, {} niches; N_real/K = {:.4g}", e.x, e.y,
      e.z, model.lattice.spacing_um, model.lattice.volume_mm3(), model.niche_count(),
      model.parameters.clones.n_real / static_cast<double>(model.niche_count()))};
  for (const std::string& line : tissue_rows(simulation)) lines.push_back(line);
  const TissueReport& tissue = simulation.tissue().report;
  if (tissue.sealed_share > 0.05 * (tissue.sealed_share + tissue.enterable_share)) {
    lines.push_back(
        fmt::format("note: {} of the box is marrow that bone and the faces of the box enclose; T "
                    "cells cannot reach "
                    "it and it holds no niches. A larger box (domain.size) encloses less.",
                    percent(tissue.sealed_share)));
  }
  if (model.parameters.clones.standing && simulation.state().step == 0) {
    const StandingCensus& standing = simulation.standing();
    lines.push_back(fmt::format(
        "standing variation at {} y: {} clones in the patient, {} of them with {} cells in the box",
        model.parameters.patient.age_y, standing.clones, standing.placed_clones,
        standing.placed_cells));
  }
  const KillChance& k = model.kill;
  if (model.parameters.tcells.motion == Motion::kernel) {
    lines.push_back(fmt::format(
        "motion kernel: hazard of a stem cell = kappa {:.4g} mm3/d x density of T cells smoothed "
        "over 150 um; reference multiplier {:.3g}",
        k.coefficient_mm3_per_d, k.reference_multiplier));
    return lines;
  }
  lines.push_back(
      fmt::format("kill chance per contact p = {:.4g} from kappa = {:.4g} mm3/d: open share "
                  "{:.4f}, contact voxels "
                  "{:.3f}, {:.0f} hops/d, depletion q = {:.4f}, reference multiplier {:.3g}",
                  k.per_contact, k.coefficient_mm3_per_d, k.accessible_share, k.contact_voxels,
                  k.hops_per_day, k.depletion, k.reference_multiplier));
  return lines;
}

}  // namespace marrow::tool
