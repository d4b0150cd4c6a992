// SPDX-License-Identifier: BSD-3-Clause
// Checks of the switches that compare with theory: niches on a grid, replicas, single events.
#include "core/cells/record.hpp"
#include "core/rules/replacement.hpp"
#include "core/tissue/niche_grid.hpp"
#include "io/scenario/checker.hpp"
#include "io/scenario/registry.hpp"
#include "io/text/number.hpp"
#include "io/text/utf8.hpp"

#include <cmath>
#include <string>

namespace marrow::io {

namespace {

bool single_events(const Checker& check) {
  return check.parameters().hspc.update != StemCellUpdate::synchronous;
}

bool on_grid(const Checker& check) {
  return check.parameters().niches.arrangement == NicheArrangement::grid;
}

bool is_default(const Checker& check, const std::string& path) {
  const ParameterSpec* spec = registry().parameter(path);
  return same_value(spec->get(check.parameters(), 0), spec->get(Parameters{}, 0));
}

/// A switch that only another one makes act.
void unused(Checker& check, const std::string& path, const std::string& message,
            const std::string& advice) {
  if (is_default(check, path)) return;
  check.contradiction({path}, message, {check.states(path), advice});
}

bool divides(double part, double whole) {
  const double n = whole / part;
  return std::fabs(n - std::floor(n + 0.5)) <= 1e-9 * n;
}

void check_grid(Checker& check) {
  const Parameters& p = check.parameters();
  if (p.tissue.source != TissueSource::open) {
    check.contradiction({"niches.arrangement", "tissue.source"},
                        "a grid of niches needs tissue without bone and vessels",
                        {check.states("tissue.source") + "; write 'source: open' below 'tissue'"});
  }
  const std::string spacing = "niches.grid_spacing";
  if (!divides(p.domain.spacing_um, p.niches.grid_spacing_um) ||
      p.niches.grid_spacing_um * slack < 3.0 * p.domain.spacing_um) {
    check.contradiction({spacing, "domain.spacing", "niches.arrangement"},
                        check.states(spacing) + ", not a whole number of at least 3 voxels of " +
                            um(p.domain.spacing_um),
                        {"write a multiple of " + um(p.domain.spacing_um) + ", at least " +
                         um(3.0 * p.domain.spacing_um)});
    return;
  }
  const std::int64_t pitch = niche_grid_pitch(p.niches, p.lattice());
  const Index3 size = p.domain.size_voxels;
  if (size.x % pitch == 0 && size.y % pitch == 0 && size.z % pitch == 0) return;
  check.contradiction({"domain.size", spacing, "niches.arrangement"},
                      "the box does not hold a whole number of niches along each edge",
                      {check.states("domain.size") + ", " + check.states(spacing) + ", that is " +
                       format_number(pitch) + " voxels"});
}

void check_replicas(Checker& check) {
  const Parameters& p = check.parameters();
  const std::int64_t edge = p.niches.replica_edge;
  const std::string path = "niches.replica_edge";
  if (edge == 0) return;
  if (edge < 3) {
    check.contradiction({path}, check.states(path) + ", and a closed cube needs at least 3",
                        {"with 2 a niche would meet the same neighbour on both sides"});
    return;
  }
  if (!on_grid(check)) {
    check.contradiction({path, "niches.arrangement"}, "replicas need niches on a grid",
                        {"write 'arrangement: grid' below 'niches'"});
    return;
  }
  if (!single_events(check)) {
    check.contradiction({path, "hspc.update"},
                        "replicas need stem cells that turn over by single events",
                        {check.states("hspc.update") + "; write e.g. 'update: voter' below "
                                                       "'hspc', or 'replica_edge: 0'"});
  }
  const Index3 grid = niche_grid_extent(p.niches, p.lattice());
  if (grid.x % edge != 0 || grid.y % edge != 0 || grid.z % edge != 0) {
    check.contradiction({path, "domain.size"},
                        "replicas of " + format_number(edge) + " niches do not tile the grid",
                        {"the grid has " + format_number(grid.x) + " x " + format_number(grid.y) +
                         " x " + format_number(grid.z) + " niches"});
  }
}

/// Events need neighbours, which are never closer than the niches may stand.
void check_reach(Checker& check) {
  const Parameters& p = check.parameters();
  const double closest_um = on_grid(check) ? p.niches.grid_spacing_um : p.niches.min_spacing_um;
  if (p.hspc.placement_radius_um * slack >= closest_um) return;
  const std::string closest = on_grid(check) ? "niches.grid_spacing" : "niches.min_spacing";
  check.contradiction({"hspc.placement_radius", closest},
                      "no niche has a neighbour, so nothing could ever change",
                      {check.states("hspc.placement_radius") + ", " + check.states(closest) +
                       (on_grid(check) ? "; write a radius of at least that"
                                       : "; write a radius of a few mean distances of niches")});
}

/// Only one process may change the stem cells.
void nothing_else(Checker& check, bool there, const std::string& path, const std::string& what) {
  if (!there) return;
  check.contradiction({path, "hspc.update"},
                      what + ", and stem cells that turn over by single events do nothing else",
                      {check.states("hspc.update"),
                       "write 'update: synchronous' below 'hspc', or remove '" + path + "'"});
}

void check_alone(Checker& check) {
  const Parameters& p = check.parameters();
  nothing_else(check, p.tcells.trigger.has_value(), "tcells.trigger", "T cells would attack");
  nothing_else(check, p.tcells.recruitment_per_mm3_h > 0.0, "tcells.recruitment",
               "T cells would attack");
  nothing_else(check, !p.therapy.empty(), "therapy", "treatment would change the stem cells");
  nothing_else(check, p.niches.loss.has_value(), "niches.loss", "niches would be lost");
  nothing_else(check, p.clones.tabulated, "clones.tabulated", "mutations would strike");
  nothing_else(check, !p.clones.mutations.empty(), "clones.mutations", "mutations would strike");
  nothing_else(check, p.hspc.bystander_rate_per_h > 0.0, "hspc.bystander_rate",
               "bystanders would die");
}

void check_fitness(Checker& check) {
  const Parameters& p = check.parameters();
  const bool voter = p.hspc.update == StemCellUpdate::voter;
  if (p.hspc.fitness_acts_on == FitnessActsOn::death &&
      p.hspc.update != StemCellUpdate::moran_death_birth) {
    check.contradiction({"hspc.fitness_acts_on", "hspc.update"},
                        "fitness can act on death only with 'update: moran_death_birth'",
                        {check.states("hspc.update")});
  }
  if (p.hspc.homeostatic_rate_per_h == 0.0) {
    check.contradiction({"hspc.homeostatic_rate", "hspc.update"},
                        "relative fitness is growth over the homeostatic rate, and that is 0",
                        {"write a rate above 0"});
    return;
  }
  for (std::size_t i = 0; i < p.clones.founders.size(); ++i) {
    const FounderClone& founder = p.clones.founders[i];
    const std::string path = element("clones.founders", i);
    Clone clone;
    clone.growth_per_h = founder.growth_per_h;
    const double fitness = relative_fitness(clone, p.hspc);
    const std::string whose = "the founder " + in_quotes(founder.name);
    if (voter && founder.growth_per_h != 0.0) {
      check.contradiction({path + ".growth"},
                          whose + " has a growth, and the voter model knows no fitness",
                          {"write 'update: moran_birth_death' below 'hspc'"});
    } else if (fitness * slack < least_fitness || fitness > most_fitness * slack) {
      check.contradiction({path + ".growth", path},
                          whose + " has the relative fitness " + format_rounded(fitness, 4),
                          {"0.01 to 100 are possible: 1 + growth/homeostatic_rate, " +
                           check.states("hspc.homeostatic_rate")});
    }
    if (founder.share > 0.0 && p.niches.replica_edge > 0) {
      check.contradiction({path + ".share"}, whose + " is given as a share of replicas",
                          {"write 'cells': how many there are in each replica"});
    }
  }
}

void check_barcodes(Checker& check) {
  const Parameters& p = check.parameters();
  const double clones = check.whole_niches() + static_cast<double>(p.clones.founders.size());
  if (!p.clones.barcodes || clones <= static_cast<double>(CellRecord::max_clone)) return;
  check.contradiction({"clones.barcodes", "domain.size"},
                      "barcodes would need " + format_number(clones) + " clones",
                      {"at most " + format_number(std::int64_t{CellRecord::max_clone}) +
                       " niches and founders are possible"});
}

}  // namespace

void check_verification(Checker& check) {
  const std::string not_grid = "acts only on niches of a grid: write 'arrangement: grid'";
  if (on_grid(check)) {
    check_grid(check);
  } else {
    unused(check, "niches.grid_spacing", "niches that are thinned have no grid", not_grid);
  }
  check_replicas(check);
  check_barcodes(check);
  const std::string synchronous = "the synchronous update of stem cells has no single events";
  const std::string advice = "write another 'update' below 'hspc', or remove it";
  if (single_events(check)) {
    check_alone(check);
    check_reach(check);
    check_fitness(check);
  } else {
    unused(check, "hspc.events_per_hour", synchronous, advice);
    unused(check, "hspc.fitness_acts_on", synchronous, advice);
  }
}

}  // namespace marrow::io
