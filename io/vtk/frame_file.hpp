// SPDX-License-Identifier: BSD-3-Clause
// The files of one frame: pieces through VTK (inline binary data, 64-bit headers), and the small
// header that joins several pieces. Plain inputs; knows nothing of ranks, of series, or of what the
// values mean.
#pragma once

#include "core/lattice/geometry.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace marrow::io {

enum class Compression { none, zlib };

using ArrayValues =
    std::variant<std::vector<std::uint8_t>, std::vector<std::uint16_t>, std::vector<std::uint32_t>,
                 std::vector<std::uint64_t>, std::vector<float>>;

/// One named array. Names are ASCII without spaces or brackets, units as a suffix: ParaView's
/// calculator takes them as variables.
struct FrameArray {
  std::string name;
  ArrayValues values;
};

/// A clone that the scenario places, as legends name it.
struct FounderLabel {
  std::string name;
  std::uint8_t genotype = 0;  // GenotypeBit mask
};

/// Names that all frames of a run carry.
struct FrameLabels {
  std::string scenario;
  std::vector<FounderLabel> founders = {};  // "founder" of a cell counts these from 1; 0 is normal
};

/// What every file says about itself, as VTK field data.
struct FrameFacts {
  std::int64_t step = 0;  // hours
  std::uint64_t digest = 0;
  FrameLabels labels;
  double real_cells_per_niche = 0.0;  // N_real/K; 0: not given
};

/// Time as ParaView shows it.
double time_days(std::int64_t step);
/// Digests are written as 16 hexadecimal digits.
std::string digest_text(std::uint64_t digest);

/// A box of cells of a frame's grid with cell data, x-fastest.
struct ImagePiece {
  Box cells;
  std::array<double, 3> origin_um{};  // of the whole grid, the same in every piece
  double spacing_um = 0.0;
  std::vector<FrameArray> arrays;  // the first is what ParaView shows at first
};

/// Points with point data; one vertex each, so that ParaView draws them.
struct PointPiece {
  std::vector<float> xyz_um;  // x, y, z of each point
  std::vector<FrameArray> arrays;
};

using Piece = std::variant<ImagePiece, PointPiece>;

/// Writes one piece as .vti or .vtp. The bytes depend on the arguments only. Throws Failure(files).
void write_piece(const std::filesystem::path& path, const Piece& piece, const FrameFacts& facts,
                 Compression compression);

/// Text of the .pvti or .pvtp that joins pieces of equal arrays. `whole` is the grid of an image
/// frame, `slabs` its parts in the order of `sources`; both are unused for points.
std::string pieces_header(const Piece& like, const Box& whole, const std::vector<Box>& slabs,
                          const std::vector<std::string>& sources);

}  // namespace marrow::io
