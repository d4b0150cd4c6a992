// SPDX-License-Identifier: BSD-3-Clause
// Checks of `tcells` and `signals`.
#include "core/cells/record.hpp"
#include "core/model/model.hpp"
#include "io/scenario/checker.hpp"
#include "io/text/number.hpp"

namespace marrow::io {

namespace {

constexpr double most_hops_per_h = 4095.0;

void check_hops(Checker& check) {
  const Parameters& p = check.parameters();
  const double hops = hops_per_hour(p.tcells.motility_um2_per_h, p.domain.spacing_um);
  const std::string rule =
      "hops per hour = 6 x motility / spacing^2: " + check.states("tcells.motility") + ", " +
      check.states("domain.spacing");
  if (hops < 1.0 || hops > most_hops_per_h) {
    check.contradiction({"tcells.motility", "domain.spacing"},
                        "T cells would make " + format_number(hops) + " hops per hour",
                        {rule, "1 to 4095 are possible; 10 um voxels and 50 um^2/min give 180"});
    return;
  }
  const double clock = hops * p.tcells.engagement_h;
  if (clock <= static_cast<double>(CellRecord::max_clock)) return;
  check.contradiction(
      {"tcells.engagement", "tcells.motility"},
      "an engagement would last " + format_number(clock) + " hop sub-steps",
      {"a cell's clock counts to " + format_number(std::int64_t{CellRecord::max_clock}), rule});
}

void check_trigger(Checker& check) {
  const Parameters& p = check.parameters();
  if (!p.tcells.trigger || p.tcells.trigger->at_h < p.run.duration_h) return;
  check.contradiction({"tcells.trigger.at", "run.duration"},
                      "the trigger comes after the end of the run",
                      {check.states("tcells.trigger.at") + ", " + check.states("run.duration"),
                       "write an earlier trigger, a longer run, or 'trigger: none'"});
}

/// The chance of a contact comes from the kill coefficient or is given.
void check_contact(Checker& check) {
  const TCellParameters& t = check.parameters().tcells;
  const bool kernel = t.motion == Motion::kernel;
  if (kernel && t.contact != ContactRule::adjacent) {
    check.contradiction({"tcells.contact", "tcells.motion"},
                        "T cells that move as counts (motion: kernel) touch nothing",
                        {"write 'motion: hops' below 'tcells', or remove 'contact'"});
  }
  if (!t.kill_chance) return;
  if (kernel) {
    check.contradiction(
        {"tcells.kill_chance", "tcells.motion"},
        "T cells that move as counts (motion: kernel) touch nothing",
        {"write 'motion: hops' below 'tcells', or 'kill_coefficient' for 'kill_chance'"});
  }
  if (t.kill_coefficient_mm3_per_h != TCellParameters{}.kill_coefficient_mm3_per_h) {
    check.contradiction(
        {"tcells.kill_coefficient", "tcells.kill_chance"}, "the chance of a kill is given twice",
        {check.states("tcells.kill_coefficient") + ", " + check.states("tcells.kill_chance"),
         "remove one of the two"});
  }
  if (t.cooperativity) {
    check.contradiction(
        {"tcells.cooperativity", "tcells.kill_chance"},
        "cooperativity is calibrated by 'tcells.kill_coefficient', and the chance is given",
        {"remove 'kill_chance' or 'cooperativity'"});
  }
}

/// Counts per block have no place, so they can follow no gradient and keep no names.
void check_kernel(Checker& check) {
  const Parameters& p = check.parameters();
  if (p.tcells.motion != Motion::kernel) return;
  const std::string hops = "write 'motion: hops' below 'tcells', or ";
  if (p.tcells.chemotaxis) {
    check.contradiction({"tcells.chemotaxis", "tcells.motion"},
                        "T cells that move as counts (motion: kernel) cannot follow a gradient",
                        {hops + "remove 'chemotaxis'"});
  }
  if (p.signals) {
    check.contradiction(
        {"signals", "tcells.motion"},
        "cytokine fields need T cells with a place, and motion: kernel only counts them",
        {hops + "remove 'signals': the mean strength of the attack then acts everywhere"});
  }
  if (p.tcells.trigger && p.tcells.trigger->clonotypes > 1) {
    check.contradiction({"tcells.trigger.clonotypes", "tcells.motion"},
                        "T cells that move as counts (motion: kernel) cannot be told apart by "
                        "clonotype",
                        {hops + "'clonotypes: 1'"});
  }
}

}  // namespace

void check_tcells(Checker& check) {
  check_hops(check);
  check_trigger(check);
  check_contact(check);
  check_kernel(check);
  const Parameters& p = check.parameters();
  if (!p.tcells.chemotaxis || p.signals || p.tcells.motion == Motion::kernel) return;
  check.contradiction({"tcells.chemotaxis"},
                      "T cells cannot follow CXCL9/10: the fields are not simulated",
                      {"write a section 'signals: {}', or remove 'chemotaxis'"});
}

void check_signals(Checker& check) {
  const Parameters& p = check.parameters();
  if (!p.signals) return;
  const std::int64_t edge = p.signals->voxels_per_cell;
  if (edge == 3) {
    check.contradiction({"signals.voxels_per_cell"},
                        "'signals.voxels_per_cell' is 3, and must be 1, 2 or 4",
                        {"a coarser grid is faster, a finer one resolves shorter ranges"});
    return;
  }
  const Index3 size = p.domain.size_voxels;
  const bool fits = size.x % edge == 0 && size.y % edge == 0 && size.z % edge == 0;
  if (p.domain.boundary != Boundary::periodic || fits) return;
  check.contradiction({"domain.size", "signals.voxels_per_cell", "signals"},
                      "a periodic box must hold whole cells of the grid of 'signals', " +
                          format_number(edge) + " voxels along each axis",
                      {check.states("domain.size") + ", " + check.states("signals.voxels_per_cell"),
                       "write multiples of " + format_number(edge) +
                           ", fewer voxels per cell, or 'boundary: "
                           "reflecting'"});
}

}  // namespace marrow::io
