// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/biopsy_core.hpp"

#include <utility>

namespace marrow::tool {

BiopsyCore take_core(const BiopsySource& source, const Needle& needle, LongCore rule,
                     double thickness_um) {
  const std::vector<Pass> passes = needle_passes(source.lattice(), needle, rule);
  BiopsyCore core;
  core.stretches = passes.size();
  double inside_um = 0.0;
  for (const Pass& pass : passes) {
    const SectionTissue tissue = source.section(pass);
    io::SectionContent section{tissue, source.scenery(tissue, thickness_um),
                               source.agents(tissue, thickness_um)};
    core.counts.length_um += pass.length_um;
    inside_um += pass.length_um * share_in_box(source.lattice(), pass);
    core.counts.areas += measure_areas(tissue);
    core.counts.add(section.scenery);
    core.counts.add(section.agents);
    if (rule == LongCore::several_passes) core.sections.push_back(std::move(section));
  }
  core.counts.share_in_box = core.counts.length_um > 0.0 ? inside_um / core.counts.length_um : 1.0;
  core.counts.core = source.core_stem_cells(passes);
  return core;
}

}  // namespace marrow::tool
