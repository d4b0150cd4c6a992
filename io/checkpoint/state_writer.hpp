// SPDX-License-Identifier: BSD-3-Clause
// Writes one state.h5 collectively. After every transfer all ranks agree on its status, because a
// full disk makes a write fail on one rank only and nothing later complains. Every call is
// collective and throws the same Failure(files) on every rank.
#pragma once

#include "core/tissue/tissue_kind.hpp"
#include "io/checkpoint/hdf5.hpp"
#include "io/checkpoint/manifest.hpp"
#include "io/checkpoint/redistribute.hpp"
#include "parallel/communicator.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace marrow::io {

class StateWriter {
 public:
  using AtPoint = std::function<void(std::string_view point)>;

  /// Creates the file. `at_point` is called with "created", then "write:1", "write:2" … before each
  /// transfer; no transfer moves more than `transfer_bytes` per rank, or one row if that is more.
  StateWriter(const parallel::Communicator& comm, std::filesystem::path path,
              std::uint64_t transfer_bytes, AtPoint at_point);

  /// What a lone file must say about itself: all of the manifest but the series and the file size.
  void put_header(const Manifest& manifest);
  /// The whole column on every rank; the root's is written.
  void put_replicated(const FieldColumn& column, std::uint64_t digest);
  void put_distributed(const Slice& slice, std::uint64_t digest);
  void put_text(const std::string& dataset, std::string_view text);
  void put_tissue(const Lattice& lattice, const TissueBox& mine);
  void put_niche_sites(std::span<const SiteIndex> sites, std::uint64_t digest);

  /// Flushes to the device and closes.
  void close();

 private:
  struct Slab;

  void point(std::string_view name) const;
  void act(std::string_view what, const std::function<bool()>& work) const;
  void create_groups_of(const std::string& dataset);
  h5::Handle create(const std::string& dataset, hid_t type, std::span<const hsize_t> extent);
  void transfer(const std::string& dataset, hid_t target, hid_t type, const Slab& slab);
  void put_words(const std::string& dataset, const FieldSpec& spec, FieldType type,
                 std::span<const std::uint64_t> words, std::uint64_t total, std::uint64_t offset,
                 std::uint64_t digest);

  const parallel::Communicator& comm_;
  std::filesystem::path path_;
  std::uint64_t transfer_bytes_;
  AtPoint at_point_;
  h5::Handle collective_;
  h5::Handle file_;
  std::set<std::string> groups_;
  std::uint64_t transfers_ = 0;
};

}  // namespace marrow::io
