// SPDX-License-Identifier: BSD-3-Clause
// Publication: from pieces in memory to a frame that is there on all ranks or on none.
#include "io/vtk/frame_writer.hpp"

#include "core/model/failure.hpp"
#include "io/file/files.hpp"
#include "io/vtk/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;

FrameName main_name(Series series, std::int64_t step, std::size_t pieces) {
  return {series, step, std::nullopt, pieces > 1, false};
}

FrameName piece_name(Series series, std::int64_t step, std::size_t piece, std::size_t pieces) {
  if (pieces == 1) return main_name(series, step, pieces);
  return {series, step, piece, false, false};
}

void make_directory(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error || !fs::is_directory(directory, error)) {
    throw Failure(ExitCode::files,
                  fmt::format("cannot create the directory of frames '{}': {}", directory.string(),
                              error ? error.message() : "a file is in its place"));
  }
}

/// Files that a failed frame must not leave behind. Only names that were free before are removed: a
/// frame that is written again keeps what it had.
class Traces {
 public:
  void expect(const fs::path& path) {
    std::error_code error;
    if (!fs::exists(path, error)) new_.push_back(path);
    partial_.push_back(partial_name(path));
  }
  void remove() const {
    std::error_code ignored;
    for (const fs::path& path : partial_) fs::remove(path, ignored);
    for (const fs::path& path : new_) fs::remove(path, ignored);
  }

 private:
  std::vector<fs::path> new_;
  std::vector<fs::path> partial_;
};

}  // namespace

FrameWriter::FrameWriter(const parallel::Communicator& communicator, fs::path directory,
                         const FrameParameters& parameters, const Lattice& lattice,
                         FrameLabels labels, Compression compression)
    : communicator_(communicator),
      directory_(std::move(directory)),
      lattice_(lattice),
      voxels_(voxel_grid(lattice, parameters.crop_voxels, parameters.stride)),
      blocks_(block_grid(lattice, parameters.crop_voxels)),
      parameters_(parameters),
      labels_(std::move(labels)),
      compression_(compression) {
  z_slabs(voxels_.box(),
          parameters_.pieces);  // refuses a wrong number of pieces now, not at the first frame
  communicator_.agree([&] {
    if (!communicator_.is_root()) return;
    for (const Series series : all_series) frames_[series] = list_frames(directory_, series);
  });
}

FrameResult FrameWriter::write_tissue(std::uint64_t digest, const TissueBox& mine,
                                      std::span<const std::uint8_t> adipocyte_reveal) {
  return attempt(Series::tissue, {0, digest}, voxels_.box(), [&](const std::vector<Box>& slabs) {
    return gather_tissue(mine, adipocyte_reveal, slabs);
  });
}

FrameResult FrameWriter::write_niches(std::uint64_t digest, std::span<const Niche> niches) {
  return attempt(Series::niches, {0, digest}, voxels_.crop,
                 [&](const std::vector<Box>& slabs) { return niche_pieces(niches, slabs); });
}

FrameResult FrameWriter::write_cells(const FrameStamp& stamp, std::span<const CellPoint> mine) {
  return attempt(Series::cells, stamp, voxels_.crop,
                 [&](const std::vector<Box>& slabs) { return gather_cells(mine, slabs); });
}

FrameResult FrameWriter::write_fields(const FrameStamp& stamp,
                                      std::span<const std::uint64_t> block_index,
                                      std::span<const BlockColumn> columns) {
  return attempt(Series::fields, stamp, blocks_.box(), [&](const std::vector<Box>& slabs) {
    return gather_fields(block_index, columns, slabs);
  });
}

FrameResult FrameWriter::write_signals(const FrameStamp& stamp, const SignalLevels& mine) {
  const FrameGrid grid =
      signal_grid(lattice_, parameters_.crop_voxels, parameters_.stride, mine.voxels_per_cell);
  return attempt(Series::signals, stamp, grid.box(), [&](const std::vector<Box>& slabs) {
    return gather_signals(grid, mine.cells, mine.columns, slabs);
  });
}

bool FrameWriter::has(Series series) const {
  const bool found = communicator_.is_root() && !frames_.at(series).empty();
  return communicator_.max(found ? 1 : 0) == 1;
}

std::vector<std::size_t> FrameWriter::my_pieces(std::size_t pieces) const {
  std::vector<std::size_t> mine;
  for (std::size_t piece = 0; piece < pieces; ++piece) {
    if (writer_of(piece, pieces, communicator_.size()) == communicator_.rank()) {
      mine.push_back(piece);
    }
  }
  return mine;
}

FrameResult FrameWriter::attempt(
    Series series, const FrameStamp& stamp, const Box& whole,
    const std::function<Pieces(const std::vector<Box>& slabs)>& gather) {
  try {
    const std::vector<Box> slabs = z_slabs(whole, parameters_.pieces);
    Pieces pieces;
    communicator_.agree([&] { pieces = gather(slabs); });
    return {"", publish(series, stamp, whole, slabs, pieces)};
  } catch (const Failure& failure) {
    return {fmt::format("{} frame of step {} was not written: {}", name_of(series), stamp.step,
                        failure.what()),
            0};
  }
}

std::int64_t FrameWriter::publish(Series series, const FrameStamp& stamp, const Box& whole,
                                  const std::vector<Box>& slabs, const Pieces& pieces) {
  const FrameFacts facts{stamp.step, stamp.digest, labels_, stamp.real_cells_per_niche};
  const auto path_of = [&](std::size_t piece) {
    return directory_ / file_name(piece_name(series, stamp.step, piece, slabs.size()));
  };
  Traces traces;
  std::int64_t bytes = 0;
  try {
    communicator_.agree([&] {
      if (communicator_.is_root()) make_directory(directory_);
    });
    communicator_.agree([&] {
      if (communicator_.is_root()) {
        traces.expect(directory_ / file_name(main_name(series, stamp.step, slabs.size())));
      }
      for (const auto& [number, piece] : pieces) {
        const fs::path path = path_of(number);
        traces.expect(path);
        write_piece(partial_name(path), piece, facts, compression_);
        bytes += static_cast<std::int64_t>(fs::file_size(partial_name(path)));
      }
    });
    communicator_.agree([&] {
      for (const auto& [number, piece] : pieces) reveal(path_of(number));
    });
    communicator_.agree([&] {
      if (!communicator_.is_root()) return;
      std::vector<std::string> sources;
      for (std::size_t piece = 0; piece < slabs.size(); ++piece) {
        sources.push_back(path_of(piece).filename().string());
      }
      // The root writes piece 0 of every frame.
      reveal_frame(series, stamp.step, pieces_header(pieces.at(0), whole, slabs, sources),
                   slabs.size());
    });
  } catch (const Failure&) {
    traces.remove();
    throw;
  }
  return communicator_.sum(bytes);
}

void FrameWriter::reveal_frame(Series series, std::int64_t step, const std::string& header,
                               std::size_t pieces) {
  const std::string name = file_name(main_name(series, step, pieces));
  if (pieces > 1) replace_text(directory_ / name, header);
  FrameList frames = frames_[series];
  const bool written_before = !frames.insert_or_assign(step, name).second;
  write_pvd(directory_, series, frames);
  frames_[series] = std::move(frames);
  if (written_before) remove_other_shapes(directory_, series, step, pieces);
  sync_path(directory_);
}

}  // namespace marrow::io
