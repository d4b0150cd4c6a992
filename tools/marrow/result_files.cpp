// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/result_files.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace marrow::tool {

void name_results(const io::RunPaths& paths, bool frames, io::Messages& messages) {
  std::vector<std::pair<std::filesystem::path, std::string>> files = {
      {paths.series(), "counts, cells and clinical state, one row per sample"},
      {paths.events(), "diagnoses, responses and treatments, with dates"},
      {paths.phylogeny(), "family tree of the living clones, in Newick format"},
      {paths.effective_scenario(), "every parameter that was used, with its origin"}};
  if (frames) {
    files.emplace_back(paths.frames() / "cells.pvd", "stem cells and T cells, for ParaView");
    files.emplace_back(paths.frames() / "tissue.pvd", "bone, vessels and niches, for ParaView");
    files.emplace_back(paths.frames() / "fields.pvd", "cellularity and fat, for ParaView");
  }
  messages.info("open:");
  for (const auto& [file, what] : files) {
    if (std::filesystem::exists(file)) {
      messages.info(fmt::format("  {}  ({})", file.string(), what));
    }
  }
}

}  // namespace marrow::tool
