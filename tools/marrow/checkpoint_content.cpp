// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/checkpoint_content.hpp"

#include "io/run/build_info.hpp"
#include "io/run/provenance.hpp"
#include "io/scenario/effective.hpp"

#include <fmt/format.h>

#include <string_view>

namespace marrow::tool {
namespace {

constexpr std::string_view tissue_generator = "procedural 1";

}  // namespace

io::CheckpointContent checkpoint_content(const parallel::Communicator& comm,
                                         const parallel::Simulation& simulation,
                                         const io::ScenarioFile& scenario,
                                         const std::filesystem::path& provenance,
                                         std::optional<std::uint64_t>& dense_digest) {
  io::CheckpointContent content;
  content.step = simulation.state().step;
  content.lattice = simulation.model().lattice;
  content.columns = export_fields(simulation.snapshot());
  content.code_version = io::build_info().version;
  content.scenario_name = scenario.parameters.scenario.name;
  content.real_cells_per_niche = simulation.model().real_cells_per_niche();
  content.scenario_fingerprint = fmt::format("{:016x}", scenario.fingerprint);
  content.scenario_text = scenario.text;
  content.scenario_effective = io::effective_yaml(scenario.parameters, scenario.origins);
  content.provenance_json = comm.is_root() ? io::provenance_text(provenance) : "";
  comm.broadcast(content.provenance_json);
  const TissueSource source = scenario.parameters.tissue.source;
  const bool imported = source == TissueSource::image, open = source == TissueSource::open;
  content.tissue_generator = imported ? "image" : open ? "open" : std::string(tissue_generator);
  content.tissue_hash = simulation.tissue().hash;
  if (imported) {
    content.dense_tissue = part_of(simulation.tissue().box, simulation.own());
    if (!dense_digest) dense_digest = io::digest_of_dense_tissue(content);
    content.dense_digest = dense_digest;
  }
  for (const Niche& niche : simulation.model().niches) content.niche_sites.push_back(niche.site);
  return content;
}

}  // namespace marrow::tool
