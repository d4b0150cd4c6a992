// SPDX-License-Identifier: BSD-3-Clause
// Gathering: from values on the ranks that own them to whole pieces on the ranks that write.
#include "core/model/failure.hpp"
#include "io/vtk/frame_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace marrow::io {
namespace {

/// Calls visit(cell) for every cell of a box, x fastest.
template <class Visit>
void for_each_cell(const Box& box, Visit visit) {
  for (std::int64_t z = box.lo.z; z < box.hi.z; ++z) {
    for (std::int64_t y = box.lo.y; y < box.hi.y; ++y) {
      for (std::int64_t x = box.lo.x; x < box.hi.x; ++x) visit(Index3{x, y, z});
    }
  }
}

/// Takes values from the front of a message.
class Unpacker {
 public:
  explicit Unpacker(std::span<const std::byte> bytes) : rest_(bytes) {}

  template <class T>
  T next() {
    if (rest_.size() < sizeof(T)) {
      throw Failure(ExitCode::internal_error, "a message of frame data is too short");
    }
    T value;
    std::memcpy(&value, rest_.data(), sizeof(T));
    rest_ = rest_.subspan(sizeof(T));
    return value;
  }
  [[nodiscard]] bool empty() const { return rest_.empty(); }

 private:
  std::span<const std::byte> rest_;
};

template <class T>
std::vector<T>& values_of(FrameArray& array) {
  return std::get<std::vector<T>>(array.values);
}

ImagePiece image_piece(const FrameGrid& grid, const Box& slab) {
  return {slab, grid.origin_um, grid.spacing_um, {}};
}

void check_complete(std::int64_t filled, std::int64_t cells, const char* what) {
  if (filled == cells) return;
  throw Failure(ExitCode::internal_error,
                fmt::format("the ranks gave {} of the {} {} of this piece", filled, cells, what));
}

/// Whether the ranks pass a reveal array; each must pass all of it or all ranks none.
bool has_reveal(const parallel::Communicator& communicator, const TissueBox& mine,
                std::span<const std::uint8_t> reveal) {
  const bool given = communicator.max(reveal.empty() ? 0 : 1) == 1;
  communicator.agree([&] {
    const auto voxels = static_cast<std::size_t>(mine.box.volume());
    if (mine.kind.size() != voxels || (given && reveal.size() != voxels)) {
      throw Failure(ExitCode::internal_error,
                    fmt::format("a rank gave {} tissue and {} reveal bytes for its {} voxels",
                                mine.kind.size(), reveal.size(), voxels));
    }
  });
  return given;
}

}  // namespace

template <class T>
FrameWriter::Pieces FrameWriter::gather_dense(const FrameGrid& grid, const Box& mine,
                                              std::span<const DenseColumn<T>> columns,
                                              const std::vector<Box>& slabs) const {
  const std::vector<Box> boxes = communicator_.all_gather(std::span<const Box>(&mine, 1));
  const auto part = [&](const Box& box, std::size_t piece) {
    return box.empty() ? Box{} : intersection(cells_shown(grid, box), slabs[piece]);
  };
  std::vector<Bytes> outgoing(boxes.size());
  Pieces pieces;
  communicator_.agree([&] {
    for (std::size_t piece = 0; piece < slabs.size(); ++piece) {
      auto& bytes =
          outgoing[static_cast<std::size_t>(writer_of(piece, slabs.size(), communicator_.size()))];
      const Box cells = part(mine, piece);
      bytes.reserve(bytes.size() +
                    static_cast<std::size_t>(cells.volume()) * columns.size() * sizeof(T));
      for_each_cell(cells, [&](const Index3& cell) {
        const auto at = static_cast<std::size_t>(offset_in(mine, source_of(grid, cell)));
        for (const DenseColumn<T>& column : columns) append(bytes, column.values.subspan(at, 1));
      });
    }
    for (const std::size_t piece : my_pieces(slabs.size())) {
      ImagePiece image = image_piece(grid, slabs[piece]);
      const std::vector<T> blank(static_cast<std::size_t>(slabs[piece].volume()));
      for (const DenseColumn<T>& column : columns) image.arrays.push_back({column.name, blank});
      pieces.emplace(piece, std::move(image));
    }
  });
  std::map<std::size_t, std::int64_t> filled;
  exchange(communicator_, outgoing, [&](int source, std::span<const std::byte> bytes) {
    Unpacker values(bytes);
    for (auto& [number, piece] : pieces) {
      ImagePiece& image = std::get<ImagePiece>(piece);
      const Box cells = part(boxes[static_cast<std::size_t>(source)], number);
      for_each_cell(cells, [&](const Index3& cell) {
        const auto at = static_cast<std::size_t>(offset_in(image.cells, cell));
        for (FrameArray& array : image.arrays) values_of<T>(array)[at] = values.next<T>();
      });
      filled[number] += cells.volume();
    }
  });
  for (const auto& [number, piece] : pieces) {
    check_complete(filled[number], slabs[number].volume(), "cells");
  }
  return pieces;
}

FrameWriter::Pieces FrameWriter::gather_tissue(const TissueBox& mine,
                                               std::span<const std::uint8_t> reveal,
                                               const std::vector<Box>& slabs) const {
  std::vector<DenseColumn<std::uint8_t>> columns = {{"tissue", mine.kind}};
  if (has_reveal(communicator_, mine, reveal)) columns.push_back({"adipocyte_reveal", reveal});
  return gather_dense<std::uint8_t>(voxels_, mine.box, columns, slabs);
}

FrameWriter::Pieces FrameWriter::gather_signals(const FrameGrid& grid, const Box& mine,
                                                std::span<const DenseColumn<float>> levels,
                                                const std::vector<Box>& slabs) const {
  communicator_.agree([&] {
    for (const DenseColumn<float>& column : levels) {
      if (column.values.size() == static_cast<std::size_t>(mine.volume())) continue;
      throw Failure(ExitCode::internal_error,
                    fmt::format("{} values of '{}' were given for {} cells", column.values.size(),
                                column.name, mine.volume()));
    }
  });
  return gather_dense<float>(grid, mine, levels, slabs);
}

FrameWriter::Pieces FrameWriter::gather_fields(std::span<const std::uint64_t> block_index,
                                               std::span<const BlockColumn> columns,
                                               const std::vector<Box>& slabs) const {
  const BlockGrid grid(lattice_.extent);
  const Lattice blocks{grid.extent};
  std::vector<Bytes> outgoing(static_cast<std::size_t>(communicator_.size()));
  Pieces pieces;
  communicator_.agree([&] {
    for (const BlockColumn& column : columns) {
      if (column.values.size() == block_index.size()) continue;
      throw Failure(ExitCode::internal_error,
                    fmt::format("{} values of '{}' were given for {} blocks", column.values.size(),
                                column.name, block_index.size()));
    }
    for (std::size_t i = 0; i < block_index.size(); ++i) {
      const Index3 block = blocks.position(block_index[i]);
      if (!blocks_.crop.contains(block)) continue;
      const std::size_t piece = slab_of(slabs, block.z - blocks_.crop.lo.z);
      auto& bytes =
          outgoing[static_cast<std::size_t>(writer_of(piece, slabs.size(), communicator_.size()))];
      append(bytes, block_index.subspan(i, 1));
      for (const BlockColumn& column : columns) append(bytes, column.values.subspan(i, 1));
    }
    for (const std::size_t piece : my_pieces(slabs.size())) {
      ImagePiece image = image_piece(blocks_, slabs[piece]);
      const std::vector<float> blank(static_cast<std::size_t>(slabs[piece].volume()));
      for (const BlockColumn& column : columns) image.arrays.push_back({column.name, blank});
      pieces.emplace(piece, std::move(image));
    }
  });
  std::map<std::size_t, std::int64_t> filled;
  exchange(communicator_, outgoing, [&](int, std::span<const std::byte> bytes) {
    for (Unpacker values(bytes); !values.empty();) {
      const Index3 cell = blocks.position(values.next<std::uint64_t>()) - blocks_.crop.lo;
      const std::size_t number = slab_of(slabs, cell.z);
      ImagePiece& image = std::get<ImagePiece>(pieces.at(number));
      const auto at = static_cast<std::size_t>(offset_in(image.cells, cell));
      for (FrameArray& array : image.arrays) values_of<float>(array)[at] = values.next<float>();
      ++filled[number];
    }
  });
  for (const auto& [number, piece] : pieces) {
    check_complete(filled[number], slabs[number].volume(), "blocks");
  }
  return pieces;
}

namespace {

template <class T, class Item, class Get>
FrameArray column(const char* name, const std::vector<Item>& items, Get get) {
  std::vector<T> values;
  values.reserve(items.size());
  for (const Item& item : items) values.push_back(static_cast<T>(get(item)));
  return {name, std::move(values)};
}

template <class Item>
PointPiece points_at(const Lattice& lattice, const std::vector<Item>& items) {
  PointPiece piece;
  piece.xyz_um.reserve(items.size() * 3);
  for (const Item& item : items) {
    const auto centre = centre_um(lattice, lattice.position(item.site));
    piece.xyz_um.insert(piece.xyz_um.end(), centre.begin(), centre.end());
  }
  return piece;
}

bool is_stem_cell(CellState state) {
  return state == CellState::stem || state == CellState::apoptotic;
}

PointPiece cell_piece(const Lattice& lattice, const std::vector<CellPoint>& cells) {
  PointPiece piece = points_at(lattice, cells);
  using Point = CellPoint;
  const auto add = [&]<class T>(const char* name, T Point::*member) {
    piece.arrays.push_back(column<T>(name, cells, [&](const Point& p) { return p.*member; }));
  };
  piece.arrays.push_back(column<std::uint8_t>(
      "cell_kind", cells, [](const Point& p) { return is_stem_cell(p.state) ? 1 : 2; }));
  piece.arrays.push_back(
      column<std::uint8_t>("cell_state", cells, [](const Point& p) { return p.state; }));
  add("clone", &Point::clone);
  add("clone_age_d", &Point::clone_age_d);
  add("founder", &Point::founder);
  add("genotype", &Point::genotype);
  add("presentation", &Point::presentation);
  add("timer_h", &Point::timer_h);
  add("kills", &Point::kills);
  add("site", &Point::site);
  return piece;
}

PointPiece niche_piece(const Lattice& lattice, const std::vector<Niche>& niches) {
  PointPiece piece = points_at(lattice, niches);
  piece.arrays.push_back(
      column<std::uint8_t>("niche_type", niches, [](const Niche& n) { return n.type; }));
  piece.arrays.push_back(column<float>("bone_distance_um", niches, [&](const Niche& n) {
    return static_cast<double>(n.bone_distance_voxels) * lattice.spacing_um;
  }));
  piece.arrays.push_back(
      column<std::uint64_t>("site", niches, [](const Niche& n) { return n.site; }));
  return piece;
}

}  // namespace

FrameWriter::Pieces FrameWriter::gather_cells(std::span<const CellPoint> mine,
                                              const std::vector<Box>& slabs) const {
  std::vector<Bytes> outgoing(static_cast<std::size_t>(communicator_.size()));
  communicator_.agree([&] {
    for (std::size_t i = 0; i < mine.size(); ++i) {
      const Index3 at = lattice_.position(mine[i].site);
      if (!voxels_.crop.contains(at)) continue;
      const int writer = writer_of(slab_of(slabs, at.z), slabs.size(), communicator_.size());
      append(outgoing[static_cast<std::size_t>(writer)], mine.subspan(i, 1));
    }
  });
  std::map<std::size_t, std::vector<CellPoint>> cells;
  for (const std::size_t piece : my_pieces(slabs.size())) cells[piece];
  exchange(communicator_, outgoing, [&](int, std::span<const std::byte> bytes) {
    for (Unpacker values(bytes); !values.empty();) {
      const auto cell = values.next<CellPoint>();
      cells.at(slab_of(slabs, lattice_.position(cell.site).z)).push_back(cell);
    }
  });
  Pieces pieces;
  for (auto& [number, points] : cells) {
    std::sort(points.begin(), points.end());
    pieces.emplace(number, cell_piece(lattice_, points));
  }
  return pieces;
}

FrameWriter::Pieces FrameWriter::niche_pieces(std::span<const Niche> niches,
                                              const std::vector<Box>& slabs) const {
  Pieces pieces;
  for (const std::size_t number : my_pieces(slabs.size())) {
    std::vector<Niche> inside;
    std::copy_if(niches.begin(), niches.end(), std::back_inserter(inside), [&](const Niche& niche) {
      return slabs[number].contains(lattice_.position(niche.site));
    });
    pieces.emplace(number, niche_piece(lattice_, inside));
  }
  return pieces;
}

}  // namespace marrow::io
