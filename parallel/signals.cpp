// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/signals.hpp"

#include "core/model/fault.hpp"

#include <bit>
#include <utility>

namespace marrow::parallel {
namespace {

SignalFields build_fields(const Communicator& comm, const Model& model, const TissueBox& tissue,
                          const SignalGrid& grid, GridExchange& exchange) {
  std::vector<std::uint8_t> open = open_cells(grid, tissue);
  const std::int64_t open_in_lattice = comm.sum(count_open(grid, open));
  exchange.refresh(std::span(open));
  return {grid, open, open_in_lattice, *model.parameters.signals,
          model.parameters.tcells.reference_density_per_mm3};
}

}  // namespace

Signals::Signals(const Communicator& comm, const Decomposition& decomposition, const Model& model,
                 const TissueBox& tissue, std::int64_t reach_voxels)
    : comm_(comm),
      model_(model),
      grid_(model.lattice, decomposition.box(comm.rank()),
            model.parameters.signals->voxels_per_cell),
      exchange_(comm, decomposition, model.lattice, grid_.voxels_per_cell(), grid_.layers()),
      fields_(build_fields(comm, model, tissue, grid_, exchange_)),
      gathering_(grid_) {
  if (!model.parameters.tcells.chemotaxis) return;
  const std::int64_t edge = grid_.voxels_per_cell();
  wide_.emplace(comm, decomposition, model.lattice, edge, (reach_voxels + edge - 1) / edge + 1);
}

void Signals::gather(const TCellSwarm& swarm) {
  swarm.for_each([&](const SwarmCell& cell) {
    const CellState kind = cell.record.state();
    if (injected(Fault::silent_engaged_tcell) && kind == CellState::engaged) return;
    if (kind == CellState::effector || kind == CellState::engaged) gathering_.add(cell.position);
  });
}

void Signals::solve() { solve_for(gathering_.take()); }

void Signals::solve_for(std::vector<SignalSource> source) {
  source_ = std::move(source);
  fields_.update(source_, [this](std::initializer_list<std::span<float>> arrays) {
    exchange_.refresh(arrays);
  });
  if (!wide_) return;
  std::int64_t hours = 0;
  for (const SignalSource& entry : source_) hours += entry.hours;
  const double cells = static_cast<double>(comm_.sum(hours)) / model_.parameters.signals->period_h;
  mean_level_ =
      cells / (model_.parameters.tcells.reference_density_per_mm3 * model_.lattice.volume_mm3());
  map_chemotaxis(mean_level_);
}

void Signals::map_chemotaxis(double mean_level) {
  chemotaxis_ = {wide_->covered(),
                 std::countr_zero(static_cast<std::uint64_t>(grid_.voxels_per_cell())),
                 std::vector<HopBias>(static_cast<std::size_t>(wide_->covered().volume()))};
  if (mean_level > 0.0) {
    Index3 cell;
    const Box& own = wide_->own();
    for (cell.z = own.lo.z; cell.z < own.hi.z; ++cell.z) {
      for (cell.y = own.lo.y; cell.y < own.hi.y; ++cell.y) {
        for (cell.x = own.lo.x; cell.x < own.hi.x; ++cell.x) {
          if (!fields_.open(cell)) continue;
          const Index3 voxel = grid_.first_voxel(cell);
          std::array<double, 3> gradient{};
          for (std::size_t axis = 0; axis < 3; ++axis) {
            gradient[axis] =
                fields_.cxcl_gradient_per_um(voxel, static_cast<int>(axis)) / mean_level;
          }
          chemotaxis_.bias[static_cast<std::size_t>(offset_in(chemotaxis_.covered, cell))] =
              hop_bias(*model_.parameters.tcells.chemotaxis, fields_.cxcl(voxel) / mean_level,
                       gradient, model_.lattice.spacing_um);
        }
      }
    }
  }
  wide_->refresh(std::span(chemotaxis_.bias));
}

std::vector<NicheSignal> Signals::ifn_at(std::span<const std::uint32_t> own_niches) const {
  std::vector<NicheSignal> signals;
  signals.reserve(own_niches.size());
  for (const std::uint32_t n : own_niches) {
    const Index3 voxel = model_.lattice.position(model_.niches[n].site);
    signals.push_back({n, static_cast<float>(fields_.ifn(voxel))});
  }
  return signals;
}

double Signals::tnf_at(std::uint32_t niche) const {
  return fields_.tnf(model_.lattice.position(model_.niches[niche].site));
}

const ChemotaxisMap* Signals::chemotaxis() const {
  return chemotaxis_.bias.empty() ? nullptr : &chemotaxis_;
}

bool Signals::admits(SiteIndex site, const Index3& voxel, std::uint64_t step) const {
  const double level = mean_level_ > 0.0 ? fields_.cxcl(voxel) / mean_level_ : 0.0;
  const std::uint64_t u = model_.draws(Purpose::chemokine_door, Entity::site, site, step).first;
  return Threshold::of(door_openness(level)).happens(u);
}

void Signals::save(ModelState& state) const {
  state.signal_source = source_;
  state.signal_gathering = gathering_.entries();
}

void Signals::restore(const ModelState& state) {
  gathering_.restore(state.signal_gathering);
  if (comm_.sum(static_cast<std::int64_t>(state.signal_source.size())) == 0) return;
  solve_for(state.signal_source);
}

}  // namespace marrow::parallel
