// SPDX-License-Identifier: BSD-3-Clause
// Registry entries of `tregs` and `signals`.
#include "io/scenario/declare.hpp"

namespace marrow::io {

namespace {

void declare_tregs(Declarations& d) {
  d.optional(
      "tregs", RestartPolicy::fixed,
      "Regulatory T cells: they suppress division and killing of T cells near them.",
      [](auto& p) -> auto& { return p.tregs; });
  d.entries_on_restart(RestartPolicy::warned);
  d.quantity(
       "density", {"/mm^3"}, [](auto& p, auto) -> auto& { return p.tregs->density_per_mm3; })
      .at_least(0.0)
      .at_most(1e4)  // a few percent of the voxels; many more would not fit
      .means("Density that the body keeps up.")
      .usual("13 to 60 /mm^3")
      .source("in blood 1.31 /uL in aplastic anemia, 5.78 /uL in health [S]; value [A]");
  d.add(
       ParameterType::number, "half_ratio",
       [](auto& p, auto) -> auto& { return p.tregs->half_ratio; })
      .above(0.0)
      .at_most(1e3)
      .means("Regulatory T cells per T cell of the full attack at which half is suppressed.")
      .usual("0.2 (1 : 5)")
      .source("[A]");
  d.quantity(
       "half_life", {"h", "d"}, [](auto& p, auto) -> auto& { return p.tregs->half_life_h; })
      .above(0.0)
      .at_most(1000.0 * 8766.0)
      .means("Half-life of a regulatory T cell in the marrow.")
      .source("[A]");
}

template <typename Access>
Entry declare_length(Declarations& d, const std::string& name, Access access) {
  return d.quantity(name, {"um"}, access).above(0.0).at_most(1e4);
}

void declare_signals(Declarations& d) {
  d.optional(
      "signals", RestartPolicy::fixed,
      "Cytokine fields: interferon, TNF and CXCL9/10 around the T cells, in quasi-steady state.",
      [](auto& p) -> auto& { return p.signals; });
  d.quantity(
       "period", {"h", "d"}, [](auto& p, auto) -> auto& { return p.signals->period_h; })
      .at_least(1.0)
      .at_most(8766.0)
      .whole_hours()
      .means("Time between two solutions; the sources are averaged over it.")
      .usual("6 to 24 h")
      .source("relaxation takes 25 s, stem cells remember for a day [D]");
  d.add(
       ParameterType::integer, "voxels_per_cell",
       [](auto& p, auto) -> auto& { return p.signals->voxels_per_cell; })
      .at_least(1)
      .at_most(4)
      .means("Edge of a cell of the grid on which the fields are solved: 1, 2 or 4 voxels.")
      .source("a grid of 20 um resolves 35 um, one of 40 um barely [D]");
  d.entries_on_restart(RestartPolicy::warned);
  declare_length(
      d, "ifn_length", [](auto& p, auto) -> auto& { return p.signals->ifn_length_um; })
      .means("Range of interferon-gamma between secretion and uptake.")
      .usual("30 to 40 um")
      .source("Centofanti 2023 [S]; Thurley 2015 PLoS Comput Biol 11:e1004206 [S]");
  declare_length(
      d, "tnf_length", [](auto& p, auto) -> auto& { return p.signals->tnf_length_um; })
      .means("Range of TNF.")
      .usual("30 to 150 um")
      .source("[M/A]");
  declare_length(
      d, "cxcl_length", [](auto& p, auto) -> auto& { return p.signals->cxcl_length_um; })
      .means("Range of CXCL9/10, which interferon induces.")
      .source("[A]");
  d.add(
       ParameterType::number, "tolerance",
       [](auto& p, auto) -> auto& { return p.signals->tolerance; })
      .at_least(1e-9)
      .at_most(0.1)
      .means("Root mean square error of a level over that of its source.")
      .usual("1e-4 to 1e-2")
      .source("far below the scatter of single T cells [A]");
}

}  // namespace

void declare_immune(Declarations& d) {
  declare_tregs(d);
  declare_signals(d);
}

}  // namespace marrow::io
