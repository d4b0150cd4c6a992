// SPDX-License-Identifier: BSD-3-Clause
#include "io/report/moments.hpp"

#include "core/model/failure.hpp"
#include "io/checkpoint/directory.hpp"
#include "io/checkpoint/manifest.hpp"
#include "io/checkpoint/state_reader.hpp"
#include "io/run/run_paths.hpp"
#include "io/vtk/frame_read.hpp"
#include "io/vtk/frame_series.hpp"

#include <algorithm>
#include <numeric>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;

constexpr double hours_per_day = 24.0;

std::vector<Moment> chosen(const std::vector<Moment>& moments, std::size_t most) {
  std::vector<Moment> few;
  const std::size_t n = std::min(most, moments.size());
  for (std::size_t i = 0; i < n; ++i) {
    few.push_back(moments[n == 1 ? moments.size() - 1 : i * (moments.size() - 1) / (n - 1)]);
  }
  return few;
}

/// A clone that only a frame tells of; its parent is not known, only whose founder's line it is.
void note_clone(const CellPoint& cell, CloneTable& table, std::size_t known) {
  if (cell.clone >= table.size()) table.resize(cell.clone + 1);
  if (cell.clone < known) return;
  table[cell.clone].genotype = cell.genotype;
  table[cell.clone].founder = cell.founder;
}

}  // namespace

std::vector<Moment> moments_of(const fs::path& run_directory) {
  const RunPaths paths(run_directory);
  std::map<std::int64_t, Moment> moments;
  for (const CheckpointPlace& place : list_checkpoints(paths.checkpoints())) {
    moments[place.step].checkpoint = place.directory;
  }
  for (const auto& [step, file] : list_frames(paths.frames(), Series::cells)) {
    moments[step].cells = paths.frames() / file;
  }
  for (const auto& [step, file] : list_frames(paths.frames(), Series::fields)) {
    moments[step].fields = paths.frames() / file;
  }
  std::vector<Moment> all;
  for (auto& [step, moment] : moments) {
    moment.step = step;
    all.push_back(std::move(moment));
  }
  return all;
}

StoredState read_state(const fs::path& checkpoint) {
  const Manifest manifest = read_manifest(checkpoint);
  const StateReader reader(checkpoint / "state.h5");
  reader.require_matches(manifest);
  std::vector<FieldColumn> columns;
  for (const FieldSpec& spec : field_specs()) columns.push_back(reader.read(spec));
  return {import_fields(columns), reader.niche_sites()};
}

CloneRecords clone_records(const std::vector<Moment>& moments, FrameExtent frames, std::size_t most,
                           std::vector<std::string>& trouble) {
  std::vector<Moment> telling = moments;
  if (frames == FrameExtent::cropped) {
    for (Moment& moment : telling) moment.cells.clear();
  }
  std::erase_if(telling, [](const Moment& m) { return m.cells.empty() && m.checkpoint.empty(); });
  CloneRecords records;
  std::map<std::int64_t, CloneCount> counts;
  const auto attempt = [&](auto work) {
    try {
      work();
      return true;
    } catch (const Failure& failure) {
      trouble.emplace_back(failure.what());
      return false;
    }
  };
  const auto count_state = [&](const Moment& moment, CloneTable* table) {
    const ModelState state = read_state(moment.checkpoint).state;
    CloneCount& count = counts[moment.step];
    for (const CellRecord cell : state.niches) {
      if (cell.state() == CellState::stem) ++count.cells[cell.clone()];
    }
    if (table != nullptr) *table = state.clones;
  };
  for (auto moment = telling.rbegin(); moment != telling.rend(); ++moment) {
    if (moment->checkpoint.empty()) continue;
    if (attempt([&] { count_state(*moment, &records.table); })) break;
  }
  const std::size_t known = records.table.size();
  for (const Moment& moment : chosen(telling, most)) {
    if (counts.contains(moment.step)) continue;
    attempt([&] {
      if (moment.cells.empty()) {
        count_state(moment, nullptr);
        return;
      }
      const std::vector<CellPoint> cells = read_cell_frame(moment.cells);
      CloneCount& count = counts[moment.step];
      for (const CellPoint& cell : cells) {
        if (cell.state != CellState::stem) continue;
        ++count.cells[cell.clone];
        note_clone(cell, records.table, known);
      }
    });
  }
  for (auto& [step, count] : counts) {
    count.day = static_cast<double>(step) / hours_per_day;
    records.counts.push_back(std::move(count));
  }
  return records;
}

}  // namespace marrow::io
