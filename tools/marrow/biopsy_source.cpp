// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/biopsy_source.hpp"

#include "core/model/failure.hpp"
#include "core/observe/kernel_places.hpp"
#include "core/patient/hematopoiesis.hpp"
#include "core/tissue/procedural.hpp"
#include "io/checkpoint/directory.hpp"
#include "io/checkpoint/examine.hpp"
#include "io/checkpoint/state_file.hpp"
#include "io/checkpoint/state_reader.hpp"
#include "io/scenario/scenario_file.hpp"
#include "io/text/shell_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <set>
#include <span>
#include <utility>

namespace marrow::tool {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t most_kept_voxels = std::int64_t{1} << 28;

struct Chosen {
  fs::path checkpoint, state_file, home;
};

/// The newest checkpoint that is whole, or the one that was named.
Chosen choose(const fs::path& path) {
  const io::CheckpointPath what = io::resolve(path);
  if (what.kind != io::PathKind::run_directory) {
    const io::Examination seen = what.kind == io::PathKind::state_file
                                     ? io::examine_state_file(what.state, io::Depth::deep)
                                     : io::examine(what.holder, io::Depth::deep);
    if (!seen.problem.empty()) throw Failure(ExitCode::no_usable_checkpoint, seen.problem);
    const fs::path holder = fs::absolute(what.holder).lexically_normal();
    const bool of_run = holder.parent_path().filename() == "checkpoints";
    return {path, what.state, of_run ? holder.parent_path().parent_path() : holder.parent_path()};
  }
  std::string rejected;
  for (const io::CheckpointPlace& place : io::list_checkpoints(what.holder)) {
    const io::Examination seen = io::examine(place.directory, io::Depth::deep);
    if (seen.problem.empty()) {
      if (!rejected.empty()) {
        std::cerr << fmt::format(
            "marrow: the biopsy is taken from {}; newer checkpoints are damaged:{}\n",
            place.directory.string(), rejected);
      }
      return {place.directory, place.directory / "state.h5", path};
    }
    rejected += "\n  " + place.directory.string() + ": " + seen.problem;
  }
  throw Failure(ExitCode::no_usable_checkpoint,
                rejected.empty()
                    ? fmt::format("{} holds no checkpoint yet: a biopsy is taken from one; let the "
                                  "run go on until its first (checkpoint.every), or ask it for "
                                  "one (touch {})",
                                  path.string(), io::shell_word((path / "CHECKPOINT").string()))
                    : fmt::format("no checkpoint of {} is usable:{}", path.string(), rejected));
}

/// Marks the niches of a box that lies in the lattice.
void mark_niches(const NicheTable& niches, const Lattice& lattice, TissueBox& tissue) {
  for (const Niche& niche : niches) {
    const Index3 p = lattice.position(niche.site);
    if (!tissue.box.contains(p)) continue;
    tissue.kind[static_cast<std::size_t>(offset_in(tissue.box, p))] =
        static_cast<std::uint8_t>(TissueKind::niche);
  }
}

/// The smallest box of whole blocks around `voxels`, inside the lattice.
Box whole_blocks(const Lattice& lattice, const Box& voxels) {
  const auto down = [](std::int64_t v) { return v / block_edge * block_edge; };
  const auto up = [](std::int64_t v) { return (v + block_edge - 1) / block_edge * block_edge; };
  return intersection(lattice.box(), {{down(voxels.lo.x), down(voxels.lo.y), down(voxels.lo.z)},
                                      {up(voxels.hi.x), up(voxels.hi.y), up(voxels.hi.z)}});
}

}  // namespace

BiopsySource::BiopsySource(const fs::path& path) {
  Chosen chosen = choose(path);
  checkpoint_ = std::move(chosen.checkpoint);
  home_ = std::move(chosen.home);
  state_file_ = std::move(chosen.state_file);
  read(state_file_);
}

void BiopsySource::read(const fs::path& state_file) {
  const io::StateReader file(state_file);
  parameters_ = io::scenario_or_throw(
                    io::read_scenario_text(file.text(io::scenario_effective_dataset),
                                           state_file.string() + io::scenario_effective_dataset))
                    .parameters;
  lattice_ = parameters_.lattice();
  std::vector<FieldColumn> columns;
  for (const FieldSpec& spec : field_specs()) columns.push_back(file.read(spec));
  state_ = import_fields(columns);
  for (const SiteIndex site : file.niche_sites()) {
    Niche niche;
    niche.site = site;
    niches_.push_back(niche);
  }
  if (niches_.size() != state_.niches.size()) {
    throw Failure(ExitCode::no_usable_checkpoint,
                  fmt::format("{} holds {} niches and the sites of {}: cells cannot be placed",
                              state_file.string(), state_.niches.size(), niches_.size()));
  }
  lay_out();
}

BiopsySource::BiopsySource(const parallel::Communicator& comm,
                           const parallel::Simulation& simulation)
    : parameters_(simulation.model().parameters),
      lattice_(simulation.model().lattice),
      state_(simulation.snapshot()),
      niches_(simulation.model().niches) {
  const auto gather = [&comm](auto& values) {
    values = comm.all_gather(std::span(std::as_const(values)));
  };
  gather(state_.tcells);
  gather(state_.block_index);
  gather(state_.block_hematopoiesis);
  gather(state_.blocks.effector);
  gather(state_.blocks.exhausted);
  gather(state_.blocks.memory);
  lay_out();
}

/// Agents and fat from the state.
void BiopsySource::lay_out() {
  for (std::size_t i = 0; i < niches_.size(); ++i) {
    const CellState state = state_.niches[i].state();
    if (state == CellState::stem || state == CellState::apoptotic) {
      agents_.push_back({niches_[i].site, state_.niches[i]});
    }
  }
  for (const TCell& cell : state_.tcells) agents_.push_back({cell.site, cell.record});
  std::vector<double> fat(static_cast<std::size_t>(BlockGrid(lattice_.extent).count()), 0.0);
  for (std::size_t i = 0; i < state_.block_index.size(); ++i) {
    fat[state_.block_index[i]] = fat_share(state_.block_hematopoiesis[i], parameters_.patient);
  }
  fat_share_ = std::make_unique<FatShare>(lattice_, std::move(fat));
}

void BiopsySource::prepare(TissueUse use) {
  if (parameters_.tissue.source == TissueSource::image) {
    supply_ = [this, file = std::make_shared<io::StateReader>(state_file_)](const Box& box) {
      return file->read_tissue(lattice_, box);
    };
  } else {
    supply_ = [made = std::make_shared<ProceduralTissue>(parameters_)](const Box& box) {
      return made->in(box);
    };
  }
  if (use == TissueUse::many_cores && volume(lattice_.extent) <= most_kept_voxels) {
    supply_ = [whole = std::make_shared<TissueBox>(supply_(lattice_.box()))](const Box& box) {
      return part_of(*whole, box);
    };
  }
}

std::optional<double> BiopsySource::death_day() const {
  if (state_.patient.death_h == never) return std::nullopt;
  return static_cast<double>(state_.patient.death_h) / 24.0;
}

std::vector<std::string> BiopsySource::clone_names() const {
  std::vector<std::string> names;
  for (std::size_t id = 0; id < state_.clones.size(); ++id) {
    const Clone& clone = state_.clones[id];
    const std::uint32_t founder = clone.founder;
    const std::string origin = founder > 0 && founder <= parameters_.clones.founders.size()
                                   ? " of " + parameters_.clones.founders[founder - 1].name
                                   : "";
    names.push_back(fmt::format("clone {}{}", id, origin));
  }
  return names;
}

SectionTissue BiopsySource::section(const Pass& pass) const {
  return SectionTissue(lattice_, pass, parameters_.tissue.adipocytes,
                       Draws(parameters_.scenario.seed), *fat_share_, supply_);
}

double BiopsySource::attack() const {
  const double full = parameters_.tcells.reference_density_per_mm3 * lattice_.volume_mm3();
  const auto attacking = static_cast<double>(state_.census.effector + state_.census.engaged);
  return full > 0.0 ? attacking / full : 0.0;
}

/// T cells that the model counts by block, at places drawn for this hour (as in frames).
void BiopsySource::add_drawn_tcells(const Pass& pass, double reach_um,
                                    std::vector<MarrowAgent>& agents) const {
  if (parameters_.tcells.motion != Motion::kernel) return;
  const BlockGrid grid(lattice_.extent);
  std::set<std::uint64_t> done;
  for_each_piece(lattice_, pass, reach_um, [&](double, double, const Box& near) {
    if (near.empty()) return;
    TissueBox tissue = supply_(whole_blocks(lattice_, near));
    mark_niches(niches_, lattice_, tissue);
    ModelState part;
    part.step = state_.step;
    const auto take = [](const std::vector<std::int64_t>& from, std::size_t i,
                         std::vector<std::int64_t>& to) {
      if (!from.empty()) to.push_back(from[i]);
    };
    for (std::size_t i = 0; i < state_.block_index.size(); ++i) {
      const Index3 block = Lattice{grid.extent}.position(state_.block_index[i]);
      const Index3 first{block.x * block_edge, block.y * block_edge, block.z * block_edge};
      if (!tissue.box.contains(first) || !done.insert(state_.block_index[i]).second) continue;
      part.block_index.push_back(state_.block_index[i]);
      take(state_.blocks.effector, i, part.blocks.effector);
      take(state_.blocks.exhausted, i, part.blocks.exhausted);
      take(state_.blocks.memory, i, part.blocks.memory);
    }
    const Draws draws(parameters_.scenario.seed);
    for (const TCell& cell : drawn_places(part, lattice_, draws, tissue)) {
      agents.push_back({cell.site, cell.record});
    }
  });
}

std::vector<SectionCell> BiopsySource::agents(const SectionTissue& tissue,
                                              double thickness_um) const {
  std::vector<MarrowAgent> all = agents_;
  add_drawn_tcells(tissue.pass(), thickness_um + 2.0 * lattice_.spacing_um, all);
  return agents_in_section(lattice_, tissue, Draws(parameters_.scenario.seed), thickness_um, all);
}

std::vector<SectionCell> BiopsySource::scenery(const SectionTissue& tissue,
                                               double thickness_um) const {
  return scenery_in_section(lattice_, tissue, Draws(parameters_.scenario.seed), thickness_um,
                            *fat_share_, attack());
}

CoreStemCells BiopsySource::core_stem_cells(std::span<const Pass> passes) const {
  return stem_cells_in_core(lattice_, passes, niches_, state_.niches, state_.clones);
}

}  // namespace marrow::tool
