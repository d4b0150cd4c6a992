// SPDX-License-Identifier: BSD-3-Clause
// Registry entries of `scenario` and `domain`.
#include "io/scenario/declare.hpp"

namespace marrow::io {

namespace {

void declare_scenario(Declarations& d) {
  d.section("scenario", RestartPolicy::free, "Name, description and seed.");
  d.add(
       ParameterType::name, "name", [](auto& p, auto) -> auto& { return p.scenario.name; })
      .required("healthy_adult")
      .means("Short name; used for directories and titles.");
  d.add(
       ParameterType::text, "text", [](auto& p, auto) -> auto& { return p.scenario.text; })
      .means("What the scenario shows, for reports.");
  d.add(
       ParameterType::integer, "seed", [](auto& p, auto) -> auto& { return p.scenario.seed; })
      .at_least(0)
      .on_restart(RestartPolicy::fixed)
      .means(
          "Seed of every random draw; the result is a function of the scenario and this number.");
}

}  // namespace

void declare_domain(Declarations& d) {
  declare_scenario(d);
  d.section("domain", RestartPolicy::fixed, "The lattice: extent, voxel size, walls.");
  d.add(
       ParameterType::extent, "size", [](auto& p, auto) -> auto& { return p.domain.size_voxels; })
      .at_least(3)
      .at_most(static_cast<double>(max_sites))
      .required("[200, 200, 200]")
      .means("Extent of the lattice in voxels along x, y and z.")
      .source("200^3 voxels of 10 um hold 800 niches, 1000^3 hold 100,000 [D]");
  d.quantity(
       "spacing", {"um"}, [](auto& p, auto) -> auto& { return p.domain.spacing_um; })
      .at_least(1.0)
      .at_most(100.0)
      .means("Edge of a voxel: about one cell.")
      .source("one lymphocyte or stem cell per voxel [A]");
  d.add(ParameterType::choice, "boundary", [](auto& p, auto) -> auto& { return p.domain.boundary; },
        {"reflecting", "periodic"})
      .means("What a cell meets at the faces of the box.");
}

}  // namespace marrow::io
