// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/frame_output.hpp"

#include "core/observe/kernel_places.hpp"
#include "core/patient/hematopoiesis.hpp"
#include "core/tissue/adipocytes.hpp"

namespace marrow::tool {
namespace {

void note(std::vector<std::string>& failures, const io::FrameResult& result) {
  if (!result.ok()) failures.push_back(result.failure);
}

std::vector<io::CellPoint> cell_points(const parallel::Simulation& simulation) {
  const ModelState state = simulation.snapshot();
  const Model& model = simulation.model();
  std::vector<io::CellPoint> points;
  for (std::size_t n = 0; n < state.niches.size(); ++n) {
    const CellRecord cell = state.niches[n];
    const SiteIndex site = model.niches[n].site;
    if (cell.state() == CellState::none || cell.state() == CellState::lost ||
        !simulation.own().contains(model.lattice.position(site))) {
      continue;
    }
    const Clone& clone = state.clones[cell.clone()];
    points.push_back({.site = site,
                      .kind = cell.state(),
                      .genotype = static_cast<std::uint8_t>(clone.genotype),
                      .kills = 0,
                      .clock = static_cast<std::uint16_t>(cell.clock()),
                      .clone = cell.clone(),
                      .founder = clone.founder,
                      .presentation = static_cast<float>(clone.presentation) /
                                      static_cast<float>(full_presentation)});
  }
  const bool kernel = model.parameters.tcells.motion == Motion::kernel;
  for (const TCell& cell :
       kernel ? drawn_places(state, model, simulation.tissue().box) : state.tcells) {
    points.push_back({.site = cell.site,
                      .kind = cell.record.state(),
                      .genotype = 0,
                      .kills = static_cast<std::uint8_t>(cell.record.count()),
                      .clock = static_cast<std::uint16_t>(cell.record.clock()),
                      .clone = cell.record.clone(),
                      .founder = 0,
                      .presentation = 0.0F});
  }
  return points;
}

io::FrameResult write_block_fields(io::FrameWriter& writer, const parallel::Simulation& simulation,
                                   const io::FrameStamp& stamp) {
  const ModelState& state = simulation.state();
  const PatientParameters& patient = simulation.model().parameters.patient;
  std::vector<float> hematopoiesis;
  std::vector<float> cellularity;
  std::vector<float> fat;
  for (const std::int64_t level : state.block_hematopoiesis) {
    const double healthy = static_cast<double>(level) / static_cast<double>(fixed_one);
    hematopoiesis.push_back(static_cast<float>(healthy));
    fat.push_back(static_cast<float>(fat_share(level, patient)));
    cellularity.push_back(1.0F - fat.back());
  }
  const std::vector<io::BlockColumn> columns = {
      {"hematopoiesis", hematopoiesis}, {"cellularity", cellularity}, {"fat", fat}};
  return writer.write_fields(stamp, state.block_index, columns);
}

}  // namespace

std::vector<std::string> write_static_frames(io::FrameWriter& writer,
                                             const parallel::Simulation& simulation,
                                             std::uint64_t digest) {
  const Parameters& p = simulation.model().parameters;
  std::vector<std::string> failures;
  if (p.output.frames.tissue) {
    const TissueBox tissue = part_of(simulation.tissue().box, simulation.own());
    AdipocyteParameters adipocytes = p.tissue.adipocytes;
    if (p.tissue.source == TissueSource::open) adipocytes.density_per_mm3 = 0.0;
    note(failures, writer.write_tissue(digest, tissue,
                                       adipocyte_reveal(simulation.model().lattice, adipocytes,
                                                        simulation.model().draws, tissue.box)));
  }
  if (p.output.frames.cells) {
    note(failures, writer.write_niches(digest, simulation.model().niches));
  }
  return failures;
}

std::vector<std::string> write_moving_frames(io::FrameWriter& writer,
                                             const parallel::Simulation& simulation,
                                             std::uint64_t digest) {
  const FrameParameters& frames = simulation.model().parameters.output.frames;
  const io::FrameStamp stamp{simulation.state().step, digest,
                             simulation.model().real_cells_per_niche()};
  std::vector<std::string> failures;
  if (frames.cells) note(failures, writer.write_cells(stamp, cell_points(simulation)));
  if (frames.fields) note(failures, write_block_fields(writer, simulation, stamp));
  return failures;
}

}  // namespace marrow::tool
