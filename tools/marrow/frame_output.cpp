// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/frame_output.hpp"

#include "core/observe/kernel_places.hpp"
#include "core/patient/hematopoiesis.hpp"
#include "core/tissue/adipocytes.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>

namespace marrow::tool {
namespace {

void note(std::vector<std::string>& failures, const io::FrameResult& result) {
  if (!result.ok()) failures.push_back(result.failure);
}

constexpr float not_kept = std::numeric_limits<float>::quiet_NaN();

io::CellPoint stem_cell_point(SiteIndex site, const CellRecord& cell, const Clone& clone,
                              std::int64_t step) {
  return {.site = site,
          .state = cell.state(),
          .genotype = static_cast<std::uint8_t>(clone.genotype),
          .kills = 0,
          .clone = cell.clone(),
          .founder = clone.founder,
          .clone_age_d = static_cast<float>(io::time_days(step - clone.birth_step)),
          .presentation =
              static_cast<float>(clone.presentation) / static_cast<float>(full_presentation),
          .timer_h = static_cast<float>(cell.clock())};
}

io::CellPoint tcell_point(const TCell& cell, std::int64_t hops_per_hour) {
  const CellRecord& record = cell.record;
  return {.site = cell.site,
          .state = record.state(),
          .genotype = 0,
          .kills = static_cast<std::uint8_t>(record.count()),
          .clone = record.clone(),
          .founder = 0,
          .clone_age_d = not_kept,
          .presentation = 0.0F,
          .timer_h = hops_per_hour > 0
                         ? static_cast<float>(record.clock()) / static_cast<float>(hops_per_hour)
                         : 0.0F};
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
    points.push_back(stem_cell_point(site, cell, state.clones[cell.clone()], state.step));
  }
  const bool kernel = model.parameters.tcells.motion == Motion::kernel;
  for (const TCell& cell :
       kernel ? drawn_places(state, model, simulation.tissue().box) : state.tcells) {
    points.push_back(tcell_point(cell, model.hops_per_hour));
  }
  return points;
}

/// Cells per mm3 of each block of this rank; blocks at the faces of the box may be partial.
std::vector<float> per_mm3(const std::vector<std::int64_t>& counts,
                           const std::vector<std::uint64_t>& block_index, const Lattice& lattice) {
  const Lattice blocks{BlockGrid(lattice.extent).extent};
  const double voxel_mm3 = std::pow(lattice.spacing_um / 1000.0, 3);
  std::vector<float> density;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const Index3 block = blocks.position(block_index[i]);
    const Index3 lo{block.x * block_edge, block.y * block_edge, block.z * block_edge};
    const Index3 edge{block_edge, block_edge, block_edge};
    const double mm3 =
        static_cast<double>(intersection(Box{lo, lo + edge}, lattice.box()).volume()) * voxel_mm3;
    density.push_back(static_cast<float>(static_cast<double>(counts[i]) / mm3));
  }
  return density;
}

/// What T cells do as counts per block: all of them in motion kernel, regulatory ones in any.
std::map<std::string, std::vector<float>> block_densities(const parallel::Simulation& simulation) {
  const ModelState& state = simulation.state();
  const Lattice& lattice = simulation.model().lattice;
  std::map<std::string, std::vector<float>> densities;
  const auto add = [&](const char* name, const std::vector<std::int64_t>& counts) {
    if (!counts.empty()) densities[name] = per_mm3(counts, state.block_index, lattice);
  };
  add("tcells_active_per_mm3", state.blocks.effector);
  add("tcells_exhausted_per_mm3", state.blocks.exhausted);
  add("tcells_memory_per_mm3", state.blocks.memory);
  add("tregs_per_mm3", state.blocks.tregs);
  return densities;
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
  std::vector<io::BlockColumn> columns = {
      {"hematopoiesis", hematopoiesis}, {"cellularity", cellularity}, {"fat", fat}};
  const auto densities = block_densities(simulation);
  for (const auto& [name, values] : densities) columns.push_back({name, values});
  return writer.write_fields(stamp, state.block_index, columns);
}

/// Eleven significant bits: the fields themselves are computed to about a thousandth, and noise in
/// the last bits would not compress.
float rounded(double level) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(level));
  return std::bit_cast<float>((bits + (1U << 12)) & ~((1U << 13) - 1));
}

io::FrameResult write_signal_fields(io::FrameWriter& writer, const SignalFields& fields,
                                    const io::FrameStamp& stamp) {
  const SignalGrid& grid = fields.grid();
  std::array<std::vector<float>, 3> levels;
  const Box own = grid.own();
  for (std::int64_t z = own.lo.z; z < own.hi.z; ++z) {
    for (std::int64_t y = own.lo.y; y < own.hi.y; ++y) {
      for (std::int64_t x = own.lo.x; x < own.hi.x; ++x) {
        const Index3 voxel = grid.first_voxel({x, y, z});
        levels[0].push_back(rounded(fields.ifn(voxel)));
        levels[1].push_back(rounded(fields.tnf(voxel)));
        levels[2].push_back(rounded(fields.cxcl(voxel)));
      }
    }
  }
  return writer.write_signals(stamp, {grid.voxels_per_cell(),
                                      own,
                                      {{"ifn_gamma_level", levels[0]},
                                       {"tnf_alpha_level", levels[1]},
                                       {"cxcl9_10_level", levels[2]}}});
}

}  // namespace

io::FrameLabels frame_labels(const Parameters& parameters) {
  io::FrameLabels labels{parameters.scenario.name};
  for (const FounderClone& founder : parameters.clones.founders) {
    labels.founders.push_back({founder.name, founder.genotype});
  }
  return labels;
}

std::vector<std::string> write_static_frames(io::FrameWriter& writer,
                                             const parallel::Simulation& simulation,
                                             std::uint64_t digest, StaticFrames which) {
  const Parameters& p = simulation.model().parameters;
  std::vector<std::string> failures;
  const auto wanted = [&](io::Series series) {
    return which == StaticFrames::all || !writer.has(series);
  };
  if (p.output.frames.tissue && wanted(io::Series::tissue)) {
    const TissueBox tissue = part_of(simulation.tissue().box, simulation.own());
    AdipocyteParameters adipocytes = p.tissue.adipocytes;
    if (p.tissue.source == TissueSource::open) adipocytes.density_per_mm3 = 0.0;
    note(failures, writer.write_tissue(digest, tissue,
                                       adipocyte_reveal(simulation.model().lattice, adipocytes,
                                                        simulation.model().draws, tissue.box)));
  }
  if (p.output.frames.cells && wanted(io::Series::niches)) {
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
  if (frames.signals && simulation.signals() != nullptr) {
    note(failures, write_signal_fields(writer, *simulation.signals(), stamp));
  }
  return failures;
}

}  // namespace marrow::tool
