// SPDX-License-Identifier: BSD-3-Clause
// Writes the values that ranks share into a state.h5 whose structure stands (state_skeleton.hpp).
// The ranks first sort the values among themselves into the order of the file, so that a few of
// them write long consecutive pieces. These are independent writes of a file opened together: a
// collective write that fails on one rank never returns on the others (seen with OMPIO of Open
// MPI 4.1.4, from 3 ranks). After every round all ranks agree on its status, because a full disk
// makes a write fail on one rank only and nothing later complains. Every call is collective and
// throws the same Failure on all ranks.
#pragma once

#include "core/cells/state.hpp"
#include "core/tissue/tissue_kind.hpp"
#include "io/checkpoint/hdf5.hpp"
#include "io/checkpoint/transfer_sizes.hpp"
#include "parallel/communicator.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

class StateWriter {
 public:
  using AtPoint = std::function<void(std::string_view point)>;

  /// `at_point` is called with "write:1", "write:2" … before each round of writes.
  StateWriter(const parallel::Communicator& comm, std::filesystem::path path, TransferSizes sizes,
              AtPoint at_point);

  void put(const FieldColumn& mine);
  void put_tissue(const Lattice& lattice, const TissueBox& mine);

  /// Flushes to the device and closes.
  void close();

 private:
  /// Consecutive rows of a dataset, a row being one step of its slowest dimension.
  struct Rows {
    std::uint64_t first;
    std::uint64_t count;
    std::span<const hsize_t> row;  // extent of one row; empty: one element
    const void* data;
  };

  void act(std::string_view what, const std::function<bool()>& work) const;
  h5::Handle open(const std::string& dataset) const;
  void write(const std::string& dataset, hid_t target, hid_t type, const Rows& rows);
  void put_words(const std::string& dataset, FieldType type, std::uint64_t offset,
                 const std::vector<std::uint64_t>& words);

  const parallel::Communicator& comm_;
  std::filesystem::path path_;
  TransferSizes sizes_;
  AtPoint at_point_;
  h5::Handle file_;
  std::uint64_t rounds_ = 0;
};

}  // namespace marrow::io
