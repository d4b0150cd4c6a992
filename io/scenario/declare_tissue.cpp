// SPDX-License-Identifier: BSD-3-Clause
// Registry entries of `tissue` and `niches`.
#include "io/scenario/declare.hpp"

namespace marrow::io {

namespace {

constexpr RestartPolicy fixed = RestartPolicy::fixed;
constexpr double longest_um = 1e5;  // 10 cm: nothing in a marrow block is larger

void declare_bone(Declarations& d) {
  d.section("tissue.bone", fixed, "Trabecular bone (procedural source).");
  d.share(
       "volume_share", [](auto& p, auto) -> auto& { return p.tissue.bone.volume_share; })
      .at_most(0.9)
      .means("Share of the box that is bone (BV/TV).")
      .usual("0.08 to 0.25")
      .source("iliac crest, median 18.3 %: Hiller 2017 [S]");
  d.quantity(
       "thickness", {"um", "mm"}, [](auto& p, auto) -> auto& { return p.tissue.bone.thickness_um; })
      .above(0.0)
      .at_most(longest_um)
      .means("Mean thickness of a trabecula (Tb.Th).")
      .usual("0.10 to 0.20 mm")
      .source("Hildebrand 1999 [M]");
  d.quantity(
       "spacing", {"um", "mm"}, [](auto& p, auto) -> auto& { return p.tissue.bone.spacing_um; })
      .above(0.0)
      .at_most(longest_um)
      .means("Mean distance between trabeculae (Tb.Sp).")
      .usual("0.5 to 1.0 mm")
      .source("Hildebrand 1999, Chappard 2008 [M]");
}

void declare_vessels(Declarations& d) {
  d.section("tissue.sinusoids", fixed, "The sinusoid network (procedural source).");
  d.quantity(
       "diameter", {"um"}, [](auto& p, auto) -> auto& { return p.tissue.sinusoids.diameter_um; })
      .above(0.0)
      .at_most(longest_um)
      .means("Diameter of a sinusoid.")
      .usual("15 to 70 um")
      .source("dilated 50-70 um in an atlas [S]; 15-30 um typical [M]");
  d.quantity(
       "spacing", {"um"}, [](auto& p, auto) -> auto& { return p.tissue.sinusoids.spacing_um; })
      .above(0.0)
      .at_most(longest_um)
      .means("Distance between the centres of neighbouring sinusoids.")
      .usual("50 to 150 um")
      .source("mouse: Gomariz 2018, Kunisaki 2013 [M]; wider in human marrow because of fat [A]");
  d.section("tissue.arterioles", fixed, "The arterioles (procedural source).");
  d.quantity(
       "diameter", {"um"}, [](auto& p, auto) -> auto& { return p.tissue.arterioles.diameter_um; })
      .above(0.0)
      .at_most(longest_um)
      .means("Diameter of an arteriole.")
      .source("[A]");
  d.quantity(
       "spacing", {"um"}, [](auto& p, auto) -> auto& { return p.tissue.arterioles.spacing_um; })
      .above(0.0)
      .at_most(longest_um)
      .means("Distance between the centres of neighbouring arterioles.")
      .source("axial arteriole of a hematopoietic cord: Iwasaki 1992 [S]; value [A]");
}

void declare_adipocytes(Declarations& d) {
  d.section("tissue.adipocytes", fixed, "Fat cells, shown up to the fat share of their block.");
  d.quantity(
       "diameter", {"um"}, [](auto& p, auto) -> auto& { return p.tissue.adipocytes.diameter_um; })
      .above(0.0)
      .at_most(longest_um)
      .means("Diameter of a fat cell.")
      .usual("35 to 75 um")
      .source("stereology: Rozman 1989, 1990 [S]; value [M]");
  d.quantity(
       "density", {"/mm^3"},
       [](auto& p, auto) -> auto& { return p.tissue.adipocytes.density_per_mm3; })
      .at_least(0.0)
      .at_most(1e6)
      .means("Fat cells per volume of marrow.")
      .usual("1500 to 9000 /mm^3")
      .source("fat share 0.4 at 50 um gives 6,100 /mm^3 [D]");
}

void declare_image(Declarations& d) {
  d.section("tissue.image", fixed, "Segmented or grey-value image of real bone (image source).");
  d.add(
       ParameterType::text, "file", [](auto& p, auto) -> auto& { return p.tissue.image.file; })
      .on_restart(RestartPolicy::warned)
      .means("The image (.vti, .mha, .mhd, .nrrd, .nhdr, .tif), relative to the scenario file.");
  d.add(
       ParameterType::number, "bone_threshold",
       [](auto& p, auto) -> auto& { return p.tissue.image.bone_threshold; })
      .means("Grey value at and above which a voxel is bone.")
      .source("a property of the scan [D]");
  d.share(
       "spacing_tolerance", [](auto& p, auto) -> auto& { return p.tissue.image.spacing_tolerance; })
      .means("Allowed relative difference between the image's voxel size and domain.spacing.")
      .source("to the rounding of scanners' headers [A]");
  d.list(
      "tissue.image.labels", fixed, "Which tissue each value of a segmented image is.",
      [](auto& p) -> auto& { return p.tissue.image.labels; });
  d.add(
       ParameterType::integer, "value",
       [](auto& p, auto i) -> auto& { return p.tissue.image.labels[i].value; })
      .required("1")
      .means("Value of a voxel in the image.");
  d.add(ParameterType::choice, "tissue",
        [](auto& p, auto i) -> auto& { return p.tissue.image.labels[i].tissue; },
        {"marrow", "bone", "sinusoid", "arteriole"})
      .required("bone")
      .means("The tissue that this value stands for.");
}

void declare_niche_loss(Declarations& d) {
  d.optional(
      "niches.loss", fixed, "Loss of vacant niches under the attack, and their return.",
      [](auto& p) -> auto& { return p.niches.loss; });
  d.entries_on_restart(RestartPolicy::warned);
  d.quantity(
       "loss_rate", {"/h", "/d"},
       [](auto& p, auto) -> auto& { return p.niches.loss->loss_rate_per_h; })
      .at_least(0.0)
      .at_most(100.0)
      .means("Rate at which a vacant niche is lost in the full attack.")
      .source("[A]");
  d.quantity(
       "recovery_rate", {"/h", "/d"},
       [](auto& p, auto) -> auto& { return p.niches.loss->recovery_rate_per_h; })
      .at_least(0.0)
      .at_most(100.0)
      .means("Rate at which a lost niche can take a cell again.")
      .source("[A]");
}

void declare_niche_grid(Declarations& d) {
  d.add(ParameterType::choice, "arrangement",
        [](auto& p, auto) -> auto& { return p.niches.arrangement; }, {"thinned", "grid"})
      .means(
          "Niches at random beside vessels and bone, or on a regular cubic grid (verification; "
          "needs tissue.source: open).")
      .source("no patient has it [A]; core/MODEL.md, \"Verification switches\"");
  d.quantity(
       "grid_spacing", {"um"}, [](auto& p, auto) -> auto& { return p.niches.grid_spacing_um; })
      .above(0.0)
      .at_most(longest_um)
      .means("Distance of neighbouring niches of a grid: whole voxels, at least 3.")
      .source("no patient has it [A]; core/MODEL.md, \"Verification switches\"");
  d.add(
       ParameterType::integer, "replica_edge",
       [](auto& p, auto) -> auto& { return p.niches.replica_edge; })
      .at_least(0)
      .at_most(256)
      .means(
          "A grid of niches is tiled by cubes of so many niches per edge (at least 3), each closed "
          "on itself and independent of the others; 0: the whole lattice is one system.")
      .source("no patient has it [A]; core/MODEL.md, \"Verification switches\"");
}

void declare_niches(Declarations& d) {
  d.section("niches", fixed, "Stem-cell niches: permanent places that hold one stem cell each.");
  d.quantity(
       "density", {"/mm^3"}, [](auto& p, auto) -> auto& { return p.niches.density_per_mm3; })
      .above(0.0)
      .at_most(1e6)
      .means("Niches per volume of the box.")
      .usual("20 to 1000 /mm^3")
      .source("50-100 phenotypic stem cells per mm^3 from CD34+CD38-CD90+ counts [M/D]");
  d.quantity(
       "min_spacing", {"um"}, [](auto& p, auto) -> auto& { return p.niches.min_spacing_um; })
      .above(0.0)
      .at_most(longest_um)
      .means("Least distance between two niches; at least 3 voxels.")
      .source("keeps at most two niches in reach of one voxel [A]");
  d.share(
       "near_bone_share", [](auto& p, auto) -> auto& { return p.niches.near_bone_share; })
      .means("Share of the niches that lie near bone.")
      .usual("0.5 to 0.6")
      .source("human cancellous bone, CD34+ 50 %: Bourke 2009 Blood 114:4077 [S]");
  d.quantity(
       "near_bone_distance", {"um"},
       [](auto& p, auto) -> auto& { return p.niches.near_bone_distance_um; })
      .above(0.0)
      .at_most(longest_um)
      .means("How far from bone still counts as near.")
      .source("Bourke 2009 Blood 114:4077 [S]");
  declare_niche_grid(d);
  const std::string mouse = "mouse imaging: Acar 2015 [M]; niches near bone and vessels in man [S]";
  d.section("niches.weights", fixed, "Weights of the three kinds of niche; normalised when used.");
  d.share(
       "perisinusoidal", [](auto& p, auto) -> auto& { return p.niches.perisinusoidal; })
      .means("Weight of niches beside sinusoids.")
      .usual("0.60 to 0.85")
      .source(mouse);
  d.share(
       "periarteriolar", [](auto& p, auto) -> auto& { return p.niches.periarteriolar; })
      .means("Weight of niches beside arterioles.")
      .source(mouse);
  d.share(
       "endosteal", [](auto& p, auto) -> auto& { return p.niches.endosteal; })
      .means("Weight of niches beside bone.")
      .source(mouse);
  declare_niche_loss(d);
}

}  // namespace

void declare_tissue(Declarations& d) {
  d.section("tissue", fixed, "Bone, vessels and fat: made by the program or read from an image.");
  d.add(ParameterType::choice, "source", [](auto& p, auto) -> auto& { return p.tissue.source; },
        {"procedural", "image", "open"})
      .means(
          "Where the tissue comes from; open: nothing but marrow, which T cells enter anywhere, to "
          "verify the program against theory.");
  d.add(
       ParameterType::integer, "seed", [](auto& p, auto) -> auto& { return p.tissue.seed; })
      .at_least(0)
      .means(
          "Seed of bone, vessels and niches, where several patients are to have the same marrow; "
          "none: that of the scenario.");
  declare_bone(d);
  declare_vessels(d);
  declare_adipocytes(d);
  declare_image(d);
  declare_niches(d);
}

}  // namespace marrow::io
