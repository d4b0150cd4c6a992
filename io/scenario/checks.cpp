// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/checks.hpp"

#include "io/scenario/checker.hpp"
#include "io/text/number.hpp"

namespace marrow::io {

namespace {

bool check_volume(Checker& check) {
  const Index3 size = check.parameters().domain.size_voxels;
  const double voxels =
      static_cast<double>(size.x) * static_cast<double>(size.y) * static_cast<double>(size.z);
  if (voxels <= static_cast<double>(max_sites)) return true;
  check.contradiction({"domain.size"},
                      "the lattice would have " + format_rounded(voxels, 4) + " voxels",
                      {"at most 2^48 = " + format_number(max_sites) + " are possible"});
  return false;
}

void check_crop(Checker& check) {
  const Parameters& p = check.parameters();
  if (!p.output.frames.crop_voxels) return;
  const Box crop = *p.output.frames.crop_voxels;
  if (crop.empty()) {
    check.contradiction(
        {"output.frames.crop.to", "output.frames.crop"}, "the crop holds no voxel",
        {check.states("output.frames.crop.from") + ", " + check.states("output.frames.crop.to"),
         "'to' is one past the last voxel shown and must be above 'from'"});
    return;
  }
  if (intersection(crop, p.lattice().box()) == crop) return;
  check.contradiction({"output.frames.crop.to", "output.frames.crop"},
                      "the crop reaches outside the box",
                      {check.states("output.frames.crop.to") + ", " + check.states("domain.size")});
}

}  // namespace

void check_scenario(const Parameters& parameters, const Origins& origins, const std::string& source,
                    std::vector<Diagnostic>& errors) {
  Checker check(parameters, origins, source, errors);
  if (!check_volume(check)) return;  // every density check multiplies with the volume
  check_tissue(check);
  check_clones(check);
  check_mutations(check);
  check_verification(check);
  check_tcells(check);
  check_signals(check);
  check_patient(check);
  check_therapy(check);
  check_crop(check);
}

}  // namespace marrow::io
