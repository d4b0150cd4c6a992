// SPDX-License-Identifier: BSD-3-Clause
// Names of frame files and the .pvd of each series. The directory itself is the list of frames: a
// frame counts once its main file (single piece, or the header of several) bears its final name.
// Used on one rank; knows nothing of MPI and of what frames hold.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace marrow::io {

enum class Series { tissue, niches, cells, fields, signals };
inline constexpr std::array<Series, 5> all_series = {Series::tissue, Series::niches, Series::cells,
                                                     Series::fields, Series::signals};

std::string_view name_of(Series series);
/// Tissue and niches never change: one frame, named without a step.
constexpr bool is_static(Series series) {
  return series == Series::tissue || series == Series::niches;
}
constexpr bool is_image(Series series) {
  return series == Series::tissue || series == Series::fields || series == Series::signals;
}

/// "cells_000000120.vtp" | "cells_000000120.pvtp" + "cells_000000120_p0003.vtp" | "tissue.vti" …
struct FrameName {
  Series series = Series::cells;
  std::int64_t step = 0;  // 0 for static series
  std::optional<std::size_t> piece;
  bool joins_pieces = false;
  bool partial = false;

  friend bool operator==(const FrameName&, const FrameName&) = default;
};

std::string file_name(const FrameName& name);
/// The inverse; nothing for a file that is not ours.
std::optional<FrameName> parse_file_name(const std::string& name);

/// The frames of a series: step -> main file.
using FrameList = std::map<std::int64_t, std::string>;

/// What a directory holds; empty when it does not exist.
FrameList list_frames(const std::filesystem::path& directory, Series series);

/// Rewrites <series>.pvd atomically; removes it when no frame is left.
void write_pvd(const std::filesystem::path& directory, Series series, const FrameList& frames);

/// Takes away every frame later than `step` and every unfinished file: first from the .pvd files,
/// then from disk, so that no .pvd ever names a missing file.
void cut_back_frames(const std::filesystem::path& directory, std::int64_t step);

/// Removes files of the same frame that are not among its `pieces` files (it was once written in
/// another number of pieces).
void remove_other_shapes(const std::filesystem::path& directory, Series series, std::int64_t step,
                         std::size_t pieces);

}  // namespace marrow::io
