// SPDX-License-Identifier: BSD-3-Clause
// Keeps the ghost cells of coarse arrays true. A coarse cell is a cube of `cell_edge` voxels of the
// lattice and belongs to the rank that owns its voxels; an array covers a rank's box of cells grown
// by some ghost layers, x-fastest. The plan is built once from intersections of boxes with ghost
// regions, periodic images included, so any decomposition works, and knows nothing of what the
// arrays hold.
#pragma once

#include "core/lattice/geometry.hpp"
#include "parallel/communicator.hpp"
#include "parallel/decomposition.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <vector>

namespace marrow::parallel {

class GridExchange {
 public:
  /// `cell_edge`: voxels per edge of a cell, a divisor of the block edge. The last cells of a
  /// lattice may be partial; on a periodic lattice they neighbour the first ones. The communicator
  /// must outlive the exchange.
  GridExchange(const Communicator& comm, const Decomposition& decomposition, const Lattice& lattice,
               std::int64_t cell_edge, std::int64_t layers = 1);

  /// This rank's cells.
  [[nodiscard]] const Box& own() const { return own_; }
  /// What an array covers: own() with the ghost layers.
  [[nodiscard]] const Box& covered() const { return covered_; }

  /// Gives every ghost cell that is a cell of the lattice, or an image of one, its owner's value;
  /// ghost cells outside a reflecting box keep theirs. All arrays travel in one message per
  /// neighbour. Collective; every rank passes as many arrays of the same type.
  template <class T>
  void refresh(std::span<const std::span<T>> arrays);
  template <class T>
  void refresh(std::initializer_list<std::span<T>> arrays) {
    refresh(std::span<const std::span<T>>(arrays.begin(), arrays.size()));
  }
  template <class T>
  void refresh(std::span<T> array) {
    refresh(std::initializer_list<std::span<T>>{array});
  }

 private:
  /// One box of cells that one array holds in its own part and another in its ghost layers; each
  /// side in its own coordinates.
  struct Peer {
    int rank = 0;
    std::vector<Box> sent;      // own cells, in the order in which the peer lists them as received
    std::vector<Box> received;  // ghost cells
    std::vector<std::byte> out;
    std::vector<std::byte> in;
  };
  /// A part of the own box and where it appears in the own ghost layers (periodic lattices).
  struct Image {
    Box from;
    Box to;
  };

  void plan_peer(const Box& theirs, int rank, const Index3& extent, const Index3& reach,
                 std::int64_t layers);
  void start_receiving(std::size_t bytes_per_cell);
  void send_to(Peer& peer);
  void finish();

  /// Visits the rows of a box of cells: offset in an array and length.
  template <class Visit>
  void for_each_row(const Box& cells, Visit&& visit) const {
    for (std::int64_t z = cells.lo.z; z < cells.hi.z; ++z) {
      for (std::int64_t y = cells.lo.y; y < cells.hi.y; ++y) {
        visit(offset_in(covered_, {cells.lo.x, y, z}), cells.hi.x - cells.lo.x);
      }
    }
  }
  template <class T>
  void copy_images(std::span<T> array) const;

  const Communicator& comm_;
  Box own_;
  Box covered_;
  std::vector<Peer> peers_;  // ascending rank
  std::vector<Image> images_;
  std::vector<MPI_Request> requests_;
};

template <class T>
void GridExchange::copy_images(std::span<T> array) const {
  for (const Image& image : images_) {
    const std::int64_t jump = offset_in(covered_, image.to.lo) - offset_in(covered_, image.from.lo);
    for_each_row(image.from, [&](std::int64_t row, std::int64_t length) {
      std::copy_n(array.data() + row, length, array.data() + row + jump);
    });
  }
}

template <class T>
void GridExchange::refresh(std::span<const std::span<T>> arrays) {
  static_assert(std::is_trivially_copyable_v<T>);
  start_receiving(arrays.size() * sizeof(T));
  for (Peer& peer : peers_) {
    auto* to = reinterpret_cast<T*>(peer.out.data());
    for (const std::span<T>& array : arrays) {
      for (const Box& cells : peer.sent) {
        for_each_row(cells, [&](std::int64_t row, std::int64_t length) {
          to = std::copy_n(array.data() + row, length, to);
        });
      }
    }
    send_to(peer);
  }
  for (const std::span<T>& array : arrays) copy_images(array);
  finish();
  for (const Peer& peer : peers_) {
    const auto* from = reinterpret_cast<const T*>(peer.in.data());
    for (const std::span<T>& array : arrays) {
      for (const Box& cells : peer.received) {
        for_each_row(cells, [&](std::int64_t row, std::int64_t length) {
          std::copy_n(from, length, array.data() + row);
          from += length;
        });
      }
    }
  }
}

}  // namespace marrow::parallel
