// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/sick_output.hpp"

#include "io/vtk/frame_file.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace marrow::tool {
namespace {

constexpr std::int64_t reach_voxels = 8;

Box around(const Index3& voxel, const Box& own) {
  const Index3 reach{reach_voxels, reach_voxels, reach_voxels};
  const Index3 behind{reach_voxels + 1, reach_voxels + 1, reach_voxels + 1};
  return intersection({voxel - reach, voxel + behind}, own);
}

/// One value per voxel of the box, x-fastest.
template <class T, class Value>
io::FrameArray array_of(const char* name, const Box& box, const Value& value) {
  std::vector<T> values;
  Index3 p;
  for (p.z = box.lo.z; p.z < box.hi.z; ++p.z) {
    for (p.y = box.lo.y; p.y < box.hi.y; ++p.y) {
      for (p.x = box.lo.x; p.x < box.hi.x; ++p.x) values.push_back(static_cast<T>(value(p)));
    }
  }
  return {name, std::move(values)};
}

/// What kind of cell each voxel holds, 0: none.
io::FrameArray cells_in(const Box& box, const parallel::Simulation& simulation) {
  std::vector<std::uint8_t> kinds(static_cast<std::size_t>(box.volume()), 0);
  const auto put = [&](SiteIndex site, CellRecord cell) {
    const Index3 p = simulation.model().lattice.position(site);
    if (!box.contains(p)) return;
    kinds[static_cast<std::size_t>(offset_in(box, p))] = static_cast<std::uint8_t>(cell.state());
  };
  const ModelState state = simulation.snapshot();
  for (const TCell& cell : state.tcells) put(cell.site, cell.record);
  for (std::size_t n = 0; n < state.niches.size(); ++n) {
    put(simulation.model().niches[n].site, state.niches[n]);
  }
  return {"cell_kind", std::move(kinds)};
}

void write_sick_neighbourhood(const std::filesystem::path& file,
                              const parallel::Simulation& simulation, const Index3& voxel) {
  const Box box = around(voxel, simulation.own());
  io::ImagePiece piece;
  piece.cells = box;
  piece.spacing_um = simulation.model().lattice.spacing_um;
  piece.arrays.push_back(
      array_of<std::uint8_t>("sick", box, [&](const Index3& p) { return p == voxel ? 1 : 0; }));
  piece.arrays.push_back(array_of<std::uint8_t>(
      "tissue", box, [&](const Index3& p) { return simulation.tissue().box.at(p); }));
  piece.arrays.push_back(cells_in(box, simulation));
  if (const SignalFields* fields = simulation.signals()) {
    piece.arrays.push_back(
        array_of<float>("ifn_level", box, [&](const Index3& p) { return fields->ifn(p); }));
    piece.arrays.push_back(
        array_of<float>("tnf_level", box, [&](const Index3& p) { return fields->tnf(p); }));
    piece.arrays.push_back(
        array_of<float>("cxcl_level", box, [&](const Index3& p) { return fields->cxcl(p); }));
  }
  io::FrameFacts facts;
  facts.step = simulation.state().step;
  facts.labels.scenario = simulation.model().parameters.scenario.name;
  io::write_piece(file, piece, facts, io::Compression::none);
}

}  // namespace

std::string show_sickness(const parallel::Communicator& comm,
                          const parallel::Simulation& simulation,
                          const parallel::SickState& sickness, const std::filesystem::path& run) {
  const auto file = run / fmt::format("sick_hour_{:09}.vti", simulation.state().step);
  std::string outcome;
  if (sickness.voxel()) {
    try {
      write_sick_neighbourhood(file, simulation, *sickness.voxel());
      outcome = "the neighbourhood of the first of these voxels is in " + file.string();
    } catch (const Failure& failure) {
      outcome = failure.what();
    }
  }
  const auto all = comm.all_gather(std::span<const char>(outcome));
  return {all.begin(), all.end()};
}

}  // namespace marrow::tool
