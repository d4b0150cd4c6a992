// SPDX-License-Identifier: BSD-3-Clause
// Frames for ParaView from data spread over ranks: gathers each piece to one writer rank, writes it
// under a temporary name, and reveals the frame on all ranks or on none. A frame's bytes depend on
// the data and on the number of pieces, never on ranks or boxes. Knows nothing of the simulation:
// callers hand over plain values, and decide which series a run wants and when.
#pragma once

#include "core/cells/record.hpp"
#include "core/lattice/geometry.hpp"
#include "core/model/parameters.hpp"
#include "core/tissue/tissue_kind.hpp"
#include "io/vtk/exchange.hpp"
#include "io/vtk/frame_file.hpp"
#include "io/vtk/frame_geometry.hpp"
#include "io/vtk/frame_series.hpp"
#include "parallel/communicator.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace marrow::io {

/// A stem cell or a T cell as a frame shows it.
struct CellPoint {
  SiteIndex site = 0;
  CellState state = CellState::none;
  std::uint8_t genotype = 0;  // GenotypeBit mask
  std::uint8_t kills = 0;     // T cells
  std::uint32_t clone = 0;    // stem cells: clone; T cells: clonotype
  std::uint32_t founder = 0;  // 0 normal, i + 1 = i-th founder of the scenario
  float clone_age_d = 0.0F;   // stem cells: since the clone arose; a cell's own age is not kept
  float presentation = 0.0F;  // 1 = full
  float timer_h = 0.0F;       // until a dying stem cell is gone or a killing T cell is free again

  friend auto operator<=>(const CellPoint&, const CellPoint&) = default;
};

/// One quantity of the block grid; `values` runs along the block indices given with it.
struct BlockColumn {
  std::string name;  // "cellularity", "fat", "hematopoiesis"
  std::span<const float> values;
};

/// One quantity of a box of cells of a grid; `values` runs x-fastest over the box.
template <class T>
struct DenseColumn {
  std::string name;
  std::span<const T> values;
};

/// One rank's part of the cytokine fields, on cubes of `voxels_per_cell`^3 voxels.
struct SignalLevels {
  std::int64_t voxels_per_cell = 1;
  Box cells;                                // in cells of that grid
  std::vector<DenseColumn<float>> columns;  // "ifn_gamma_level", …
};

/// Names the moment that a frame shows.
struct FrameStamp {
  std::int64_t step = 0;  // hours completed
  std::uint64_t digest = 0;
  double real_cells_per_niche = 0.0;  // N_real/K, the scale of the box; 0: not given
};

/// Whether a frame is there; the same on every rank. A frame that could not be written left nothing
/// behind under its final name and is no reason to stop a run.
struct FrameResult {
  std::string failure;     // empty, or where, what and why
  std::int64_t bytes = 0;  // of all pieces

  [[nodiscard]] bool ok() const { return failure.empty(); }
};

/// All calls are collective. `communicator` must outlive the writer.
class FrameWriter {
 public:
  /// Creates nothing; continues the series that it finds. Throws Failure(scenario) for a crop,
  /// stride or number of pieces that cannot be, Failure(files) for a directory that cannot be
  /// listed.
  FrameWriter(const parallel::Communicator& communicator, std::filesystem::path directory,
              const FrameParameters& parameters, const Lattice& lattice, FrameLabels labels,
              Compression compression = Compression::zlib);

  /// The boxes of all ranks must cover the lattice. `adipocyte_reveal` runs like mine.kind, or is
  /// empty on every rank and then left out. Stride applies.
  FrameResult write_tissue(std::uint64_t digest, const TissueBox& mine,
                           std::span<const std::uint8_t> adipocyte_reveal);
  /// The whole niche table, the same on every rank.
  FrameResult write_niches(std::uint64_t digest, std::span<const Niche> niches);
  /// Each cell from exactly one rank, any rank. Crop applies, stride does not.
  FrameResult write_cells(const FrameStamp& stamp, std::span<const CellPoint> mine);
  /// Each block from exactly one rank; the same names in the same order on every rank.
  FrameResult write_fields(const FrameStamp& stamp, std::span<const std::uint64_t> block_index,
                           std::span<const BlockColumn> columns);
  /// The cells of all ranks must cover the lattice; the same names in the same order on every rank.
  /// Stride applies.
  FrameResult write_signals(const FrameStamp& stamp, const SignalLevels& mine);

  /// Whether the directory holds a frame of this series.
  [[nodiscard]] bool has(Series series) const;

 private:
  using Pieces = std::map<std::size_t, Piece>;  // those that this rank writes

  [[nodiscard]] Pieces gather_tissue(const TissueBox& mine, std::span<const std::uint8_t> reveal,
                                     const std::vector<Box>& slabs) const;
  [[nodiscard]] Pieces gather_signals(const FrameGrid& grid, const Box& mine,
                                      std::span<const DenseColumn<float>> levels,
                                      const std::vector<Box>& slabs) const;
  /// `columns` over the own cells of what `grid` shows; own boxes cover all of it.
  template <class T>
  [[nodiscard]] Pieces gather_dense(const FrameGrid& grid, const Box& mine,
                                    std::span<const DenseColumn<T>> columns,
                                    const std::vector<Box>& slabs) const;
  [[nodiscard]] Pieces gather_cells(std::span<const CellPoint> mine,
                                    const std::vector<Box>& slabs) const;
  [[nodiscard]] Pieces gather_fields(std::span<const std::uint64_t> block_index,
                                     std::span<const BlockColumn> columns,
                                     const std::vector<Box>& slabs) const;
  [[nodiscard]] Pieces niche_pieces(std::span<const Niche> niches,
                                    const std::vector<Box>& slabs) const;
  [[nodiscard]] std::vector<std::size_t> my_pieces(std::size_t pieces) const;

  /// Gathers and publishes; turns any failure, on any rank, into a result that all ranks share.
  FrameResult attempt(Series series, const FrameStamp& stamp, const Box& whole,
                      const std::function<Pieces(const std::vector<Box>& slabs)>& gather);
  std::int64_t publish(Series series, const FrameStamp& stamp, const Box& whole,
                       const std::vector<Box>& slabs, const Pieces& pieces);
  void reveal_frame(Series series, std::int64_t step, const std::string& header,
                    std::size_t pieces);

  const parallel::Communicator& communicator_;
  std::filesystem::path directory_;
  Lattice lattice_;
  FrameGrid voxels_;  // cropped and strided
  FrameGrid blocks_;
  FrameParameters parameters_;
  FrameLabels labels_;
  Compression compression_;
  std::map<Series, FrameList> frames_;  // on the root
};

}  // namespace marrow::io
