// SPDX-License-Identifier: BSD-3-Clause
// Checks of `tissue` and `niches`.
#include "io/scenario/checker.hpp"
#include "io/scenario/registry.hpp"
#include "io/text/number.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace marrow::io {

namespace {

void at_least_voxels(Checker& check, const std::string& path, double value_um, double voxels) {
  const double least = voxels * check.parameters().domain.spacing_um;
  if (value_um * slack >= least) return;
  check.contradiction({path, "domain.spacing"},
                      check.states(path) + ", less than " + format_number(voxels) +
                          (voxels == 1.0 ? " voxel" : " voxels") + " of " +
                          um(check.parameters().domain.spacing_um),
                      {"the lattice cannot show it: write at least " + um(least) +
                       ", or a smaller 'domain.spacing'"});
}

void check_vessel(Checker& check, const std::string& section, const VesselParameters& vessel) {
  at_least_voxels(check, section + ".diameter", vessel.diameter_um, 1.0);
  if (vessel.spacing_um > vessel.diameter_um) return;
  check.contradiction({section + ".spacing", section + ".diameter"},
                      check.states(section + ".spacing") + ", not more than the diameter",
                      {check.states(section + ".diameter"),
                       "the spacing is the distance between centres: write a larger one"});
}

void check_procedural_tissue(Checker& check) {
  const TissueParameters& t = check.parameters().tissue;
  if (t.bone.volume_share > 0.0) {
    at_least_voxels(check, "tissue.bone.thickness", t.bone.thickness_um, 2.0);
    at_least_voxels(check, "tissue.bone.spacing", t.bone.spacing_um, 2.0);
  }
  check_vessel(check, "tissue.sinusoids", t.sinusoids);
  check_vessel(check, "tissue.arterioles", t.arterioles);
  at_least_voxels(check, "tissue.adipocytes.diameter", t.adipocytes.diameter_um, 1.0);
}

bool is_changed(const Checker& check, const std::string& path) {
  const ParameterSpec* spec = registry().parameter(path);
  return !same_value(spec->get(check.parameters(), 0), spec->get(Parameters{}, 0));
}

/// Open tissue has none of what these sections describe.
void check_open_tissue(Checker& check) {
  for (const char* path :
       {"tissue.bone.volume_share", "tissue.bone.thickness", "tissue.bone.spacing",
        "tissue.sinusoids.diameter", "tissue.sinusoids.spacing", "tissue.arterioles.diameter",
        "tissue.arterioles.spacing", "tissue.adipocytes.diameter", "tissue.adipocytes.density"}) {
    if (!is_changed(check, path)) continue;
    check.contradiction({path, "tissue.source"},
                        "open tissue has no bone, no vessels and no fat cells: " +
                            check.states(path) + ", and 'tissue.source' is open",
                        {"write 'source: procedural' below 'tissue', or remove the section"});
  }
}

/// Bone and vessels need room; a few voxels will do for theory.
void check_size(Checker& check) {
  constexpr std::int64_t least = 16;
  const Index3 size = check.parameters().domain.size_voxels;
  if (std::min({size.x, size.y, size.z}) >= least) return;
  check.contradiction({"domain.size", "tissue.source"},
                      "the box is less than " + format_number(least) + " voxels wide",
                      {check.states("domain.size") + ", " + check.states("tissue.source"),
                       "only a box of 'source: open' may be so small"});
}

void unused_image(Checker& check, const std::string& path) {
  const std::string source = check.value("tissue.source");
  check.contradiction(
      {path, "tissue.source"}, "an image is given, but 'tissue.source' is " + source,
      {"write 'source: image' below 'tissue', or remove the section 'tissue.image'"});
}

void check_labels(Checker& check) {
  std::map<std::int64_t, std::size_t> first;
  const auto& labels = check.parameters().tissue.image.labels;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto [known, is_new] = first.emplace(labels[i].value, i);
    if (is_new) continue;
    check.contradiction(
        {element("tissue.image.labels", i) + ".value"},
        "the image value " + format_number(labels[i].value) + " has two labels",
        {"it is also 'tissue.image.labels[" + std::to_string(known->second) + "]'"});
  }
}

void check_image(Checker& check) {
  const ImageParameters& image = check.parameters().tissue.image;
  if (check.parameters().tissue.source != TissueSource::image) {
    for (const char* path : {"tissue.image.file", "tissue.image.bone_threshold"}) {
      if (!is_changed(check, path)) continue;
      unused_image(check, path);
      return;
    }
    if (!image.labels.empty()) unused_image(check, "tissue.image.labels");
    return;
  }
  if (image.file.empty()) {
    check.contradiction(
        {"tissue.source", "tissue.image"},
        "'tissue.source' is image, and 'tissue.image.file' is missing",
        {"write the image's file name below 'tissue.image', e.g. 'file: bone.mha'"});
  }
  const bool threshold = image.bone_threshold.has_value();
  if (threshold && !image.labels.empty()) {
    check.contradiction(
        {"tissue.image.bone_threshold", "tissue.image.labels"},
        "an image is read by threshold or by labels, not by both",
        {"keep 'bone_threshold' for grey values or 'labels' for a segmented image"});
  } else if (!threshold && image.labels.empty()) {
    check.contradiction({"tissue.image", "tissue.source"},
                        "nothing says which voxels of the image are bone",
                        {"write 'bone_threshold: 1200' for grey values, or",
                         "'labels: [{value: 1, tissue: bone}]' for a segmented image"});
  }
  check_labels(check);
}

void check_niches(Checker& check) {
  at_least_voxels(check, "niches.min_spacing", check.parameters().niches.min_spacing_um, 3.0);
  if (check.niche_count() * slack < 1.0) {
    check.contradiction(
        {"niches.density", "domain.size"},
        "the box holds " + format_rounded(check.niche_count(), 3) + " niches, less than one",
        {check.states("niches.density") + "; the box has " +
             format_rounded(check.parameters().lattice().volume_mm3(), 3) + " mm^3",
         "write a larger 'domain.size' or a higher density"});
  }
  // Spheres of this diameter cannot be packed more densely than sqrt(2) per diameter cubed.
  const double edge_mm = check.parameters().niches.min_spacing_um * 1e-3;
  const double packed = check.parameters().niches.density_per_mm3 * edge_mm * edge_mm * edge_mm;
  if (packed > std::sqrt(2.0)) {
    check.contradiction(
        {"niches.density", "niches.min_spacing"}, "so many niches cannot stand so far apart",
        {check.states("niches.density") + ", " + check.states("niches.min_spacing"),
         "the closest packing has " +
             format_rounded(std::sqrt(2.0) / (edge_mm * edge_mm * edge_mm), 3) + " /mm^3"});
  }
  if (check.parameters().niches.perisinusoidal + check.parameters().niches.periarteriolar +
          check.parameters().niches.endosteal >
      0.0)
    return;
  check.contradiction({"niches.weights.perisinusoidal", "niches.weights"},
                      "the weights of all kinds of niche are 0", {"at least one must be above 0"});
}

}  // namespace

void check_tissue(Checker& check) {
  const TissueSource source = check.parameters().tissue.source;
  if (source == TissueSource::procedural) check_procedural_tissue(check);
  if (source == TissueSource::open) {
    check_open_tissue(check);
  } else {
    check_size(check);
  }
  check_image(check);
  check_niches(check);
}

}  // namespace marrow::io
