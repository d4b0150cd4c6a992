// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/replacement.hpp"

#include "core/rules/replacement.hpp"

#include <array>
#include <span>

namespace marrow::parallel {
namespace {

/// A niche whose cell changed; two whole words, so that records have no padding.
struct Change {
  std::uint64_t niche = 0;
  CellRecord cell;
};

}  // namespace

Replacement::Replacement(const Communicator& comm, const Model& model,
                         const NicheIndex& neighbourhoods, const Box& own)
    : comm_(comm),
      model_(model),
      replicas_(model.parameters.niches, model.lattice, model.niche_count()),
      graph_(model, replicas_, neighbourhoods) {
  for (std::int64_t r = 0; r < replicas_.count(); ++r) {
    const Niche& first = model.niches[replicas_.niche(r, 0)];
    if (own.contains(model.lattice.position(first.site))) own_replicas_.push_back(r);
  }
}

void Replacement::step(ModelState& state) const {
  const std::vector<std::uint64_t> weights =
      replacement_weights(state.clones, model_.parameters.hspc);
  const std::span<const std::uint32_t> offset = replicas_.offsets();
  std::vector<CellRecord> cells(static_cast<std::size_t>(replicas_.size()));
  std::array<std::int64_t, 2> count{};
  std::vector<Change> mine;
  for (const std::int64_t r : own_replicas_) {
    const std::uint32_t first = replicas_.first(r);
    for (std::size_t place = 0; place < cells.size(); ++place) {
      cells[place] = state.niches[first + offset[place]];
    }
    const ReplacementCount done =
        replace_stem_cells(cells, graph_, weights, model_, static_cast<std::uint64_t>(r),
                           static_cast<std::uint64_t>(state.step));
    count[0] += done.settled;
    count[1] += done.lost;
    for (std::size_t place = 0; place < cells.size(); ++place) {
      const std::uint32_t n = first + offset[place];
      if (state.niches[n] != cells[place]) mine.push_back({n, cells[place]});
    }
  }
  for (const Change& change : comm_.all_gather(std::span<const Change>(mine))) {
    state.niches[change.niche] = change.cell;
  }
  comm_.sum(count);
  const auto add = [&](Counter which, std::int64_t n) {
    state.counters[static_cast<std::size_t>(which)] += n;
  };
  add(Counter::stem_divisions, count[0] + count[1]);
  add(Counter::stem_differentiations, count[0]);
  add(Counter::stem_daughters_lost, count[1]);
}

}  // namespace marrow::parallel
