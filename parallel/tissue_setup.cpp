// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/tissue_setup.hpp"

#include "core/tissue/procedural.hpp"
#include "core/tissue/vessels.hpp"
#include "parallel/tissue_import.hpp"
#include "parallel/tissue_measure.hpp"
#include "parallel/tissue_niches.hpp"
#include "parallel/tissue_sealing.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace marrow::parallel {
namespace {

Box clipped(const Box& box, const Lattice& lattice) {
  return lattice.periodic ? box : intersection(box, lattice.box());
}

void check_boxes(const Communicator& comm, const Lattice& lattice, const Box& own) {
  comm.agree([&] {
    if (!own.empty() && intersection(own, lattice.box()) != own) {
      throw Failure(ExitCode::internal_error, "tissue: a rank's box reaches out of the lattice");
    }
  });
  const std::int64_t covered = comm.sum(own.volume());
  if (covered != volume(lattice.extent)) {
    throw Failure(ExitCode::internal_error, "tissue: the ranks' boxes hold " +
                                                std::to_string(covered) + " voxels, the lattice " +
                                                std::to_string(volume(lattice.extent)));
  }
}

TissueBox lay_tissue(const Communicator& comm, const Parameters& parameters, const Box& own,
                     const Box& work, const ImportedTissue* imported) {
  if (comm.sum(comm.is_root() && imported != nullptr ? std::int64_t{1} : std::int64_t{0}) == 0) {
    return ProceduralTissue(parameters, own, [&](auto levels) { comm.sum(levels); }).in(work);
  }
  const Lattice lattice = parameters.lattice();
  TissueBox tissue{work, {}};
  const bool has_vessels = distribute_image(comm, lattice, imported, tissue);
  if (!has_vessels) {
    carve_vessels(tissue, lattice, parameters.tissue, Draws(parameters.tissue_seed()));
  }
  return tissue;
}

/// Marks the niche voxels, with all their images in a periodic box.
void mark_niches(const NicheTable& niches, const Lattice& lattice, TissueBox& tissue) {
  const Box& box = tissue.box;
  const auto first = [&](std::int64_t lo, std::int64_t p, std::int64_t n) {
    if (!lattice.periodic) return p;
    return lo + (((p - lo) % n) + n) % n;
  };
  for (const Niche& niche : niches) {
    const Index3 p = lattice.position(niche.site);
    if (!lattice.periodic && !box.contains(p)) continue;
    for (std::int64_t z = first(box.lo.z, p.z, lattice.extent.z); z < box.hi.z;
         z += lattice.extent.z) {
      for (std::int64_t y = first(box.lo.y, p.y, lattice.extent.y); y < box.hi.y;
           y += lattice.extent.y) {
        for (std::int64_t x = first(box.lo.x, p.x, lattice.extent.x); x < box.hi.x;
             x += lattice.extent.x) {
          tissue.kind[static_cast<std::size_t>(offset_in(box, {x, y, z}))] =
              static_cast<std::uint8_t>(TissueKind::niche);
        }
      }
    }
  }
}

TissueCensus sum_census(const Communicator& comm, const TissueCensus& mine) {
  std::int64_t v[] = {mine.voxels, mine.bone,   mine.sinusoid,  mine.arteriole,
                      mine.niche,  mine.sealed, mine.enterable, mine.niche_neighbours};
  comm.sum(std::span<std::int64_t>(v));
  return {v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]};
}

TissueBox cropped(TissueBox&& tissue, const Box& box) {
  if (box == tissue.box) return std::move(tissue);
  TissueBox out{box, std::vector<std::uint8_t>(static_cast<std::size_t>(box.volume()))};
  const Index3 e = box.empty() ? Index3{} : box.extent();
  for (std::int64_t z = 0; z < e.z; ++z) {
    for (std::int64_t y = 0; y < e.y; ++y) {
      const Index3 p = box.lo + Index3{0, y, z};
      const auto* from = &tissue.kind[static_cast<std::size_t>(offset_in(tissue.box, p))];
      std::copy(from, from + e.x, &out.kind[static_cast<std::size_t>(offset_in(box, p))]);
    }
  }
  return out;
}

void fill_report(const Parameters& parameters, const NicheChoice& choice, Tissue& tissue) {
  const auto share = [&](std::int64_t voxels) {
    return static_cast<double>(voxels) / static_cast<double>(tissue.census.voxels);
  };
  TissueReport& report = tissue.report;
  report.bone_volume_share = share(tissue.census.bone);
  report.sinusoid_volume_share = share(tissue.census.sinusoid);
  report.arteriole_volume_share = share(tissue.census.arteriole);
  report.enterable_share = tissue.census.accessible_share();
  report.sealed_share = share(tissue.census.sealed);
  const auto count = static_cast<double>(tissue.niches.size());
  report.niches_per_mm3 = count / parameters.lattice().volume_mm3();
  std::int64_t near_bone = 0;
  for (int t = 0; t < niche_types; ++t) {
    report.niches_by_type[t] = choice.placed[t][0] + choice.placed[t][1];
    near_bone += choice.placed[t][0];
  }
  report.niches_near_bone = count > 0 ? static_cast<double>(near_bone) / count : 0.0;
}

}  // namespace

Tissue build_tissue(const Communicator& comm, const Parameters& parameters, const Box& own,
                    std::int64_t halo_layers, const ImportedTissue* imported) {
  const Lattice lattice = parameters.lattice();
  check_boxes(comm, lattice, own);
  const Box wanted = own.empty() ? Box{} : clipped(own.grown(halo_layers), lattice);
  const Box work =
      own.empty() ? Box{} : clipped(own.grown(std::max(halo_layers, niche_reach)), lattice);

  Tissue tissue;
  TissueBox laid = lay_tissue(comm, parameters, own, work, imported);
  if (parameters.tissue.source != TissueSource::open) {
    // Niches placed later take single voxels at walls; what they may close off is not looked for.
    seal_enclosed_marrow(comm, lattice, own, laid);
    const BoneMeasure bone = measure_bone(comm, lattice, own, laid);
    tissue.report.bone_thickness_um = bone.thickness_um;
    tissue.report.bone_spacing_um = bone.spacing_um;
  }
  NicheChoice choice = choose_niches(comm, parameters, own, laid);
  tissue.niches = std::move(choice.niches);
  mark_niches(tissue.niches, lattice, laid);
  tissue.census = sum_census(comm, census_of(laid, own));
  tissue.hash = comm.sum(tissue_hash(laid, own, lattice));
  fill_report(parameters, choice, tissue);
  tissue.box = cropped(std::move(laid), wanted);
  return tissue;
}

}  // namespace marrow::parallel
