// SPDX-License-Identifier: BSD-3-Clause
// Writes the values that ranks share into a state.h5 whose structure stands (state_skeleton.hpp),
// all ranks together. After every transfer they agree on its status, because a full disk makes a
// write fail on one rank only and nothing later complains. Every call is collective and throws the
// same Failure(files) on every rank.
#pragma once

#include "core/tissue/tissue_kind.hpp"
#include "io/checkpoint/hdf5.hpp"
#include "io/checkpoint/redistribute.hpp"
#include "parallel/communicator.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace marrow::io {

class StateWriter {
 public:
  using AtPoint = std::function<void(std::string_view point)>;

  /// `at_point` is called with "write:1", "write:2" … before each transfer; no transfer moves more
  /// than `transfer_bytes` per rank, or one row if that is more.
  StateWriter(const parallel::Communicator& comm, std::filesystem::path path,
              std::uint64_t transfer_bytes, AtPoint at_point);

  void put(const Slice& slice);
  void put_tissue(const TissueBox& mine);

  /// Flushes to the device and closes.
  void close();

 private:
  struct Slab;

  void act(std::string_view what, const std::function<bool()>& work) const;
  void transfer(const std::string& dataset, hid_t type, const Slab& slab);
  void put_words(const std::string& dataset, FieldType type, const Slice& slice,
                 const std::vector<std::uint64_t>& words);

  const parallel::Communicator& comm_;
  std::filesystem::path path_;
  std::uint64_t transfer_bytes_;
  AtPoint at_point_;
  h5::Handle collective_;
  h5::Handle file_;
  std::uint64_t transfers_ = 0;
};

}  // namespace marrow::io
