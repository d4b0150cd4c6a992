// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/census.hpp"

namespace marrow {

Census census_of_niches(const ModelState& state) {
  Census census;
  for (const CellRecord cell : state.niches) {
    switch (cell.state()) {
      case CellState::stem:
        ++census.stem;
        census.antigen += state.clones[cell.clone()].presentation;
        break;
      case CellState::apoptotic:
        ++census.apoptotic;
        break;
      case CellState::lost:
        ++census.lost;
        break;
      default:
        ++census.vacant;
    }
  }
  return census;
}

std::vector<std::int64_t> census_of_founders(const ModelState& state, std::size_t founders) {
  std::vector<std::int64_t> cells(founders + 1, 0);
  for (const CellRecord cell : state.niches) {
    if (cell.state() == CellState::stem) ++cells[state.clones[cell.clone()].founder];
  }
  return cells;
}

}  // namespace marrow
