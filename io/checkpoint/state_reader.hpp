// SPDX-License-Identifier: BSD-3-Clause
// Reads one state.h5 on one process, without MPI and without locking the file: many ranks read
// shares of it side by side, and a login node reads it alone. One rank's failure can therefore
// block no other. Everything found wrong is a Failure(no_usable_checkpoint).
#pragma once

#include "core/cells/state.hpp"
#include "core/tissue/tissue_kind.hpp"
#include "io/checkpoint/hdf5.hpp"
#include "io/checkpoint/manifest.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

class StateReader {
 public:
  explicit StateReader(std::filesystem::path state_h5);

  /// What the file says about itself; series and file size are not in it.
  [[nodiscard]] Manifest header() const;

  /// Where all values lie, by offset. Empty datasets take no place.
  [[nodiscard]] std::vector<RawExtent> raw_extents() const;

  /// Throws unless the file is the one `manifest` describes: same header, all registered fields
  /// with these lengths, texts that match their fingerprints. Reads no field values.
  void require_matches(const Manifest& manifest) const;

  [[nodiscard]] std::uint64_t entries(const FieldSpec& spec) const;
  /// Entries first … last-1 of a field's column.
  [[nodiscard]] FieldColumn read(const FieldSpec& spec, std::uint64_t first,
                                 std::uint64_t last) const;
  [[nodiscard]] FieldColumn read(const FieldSpec& spec) const {
    return read(spec, 0, entries(spec));
  }

  [[nodiscard]] std::string text(const char* dataset) const;
  [[nodiscard]] bool has(const char* dataset) const;
  [[nodiscard]] TissueBox read_tissue(const Lattice& lattice, const Box& box) const;
  [[nodiscard]] std::vector<SiteIndex> niche_sites() const;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  [[noreturn]] void fail(const std::string& what) const;
  [[noreturn]] void reject(const std::string& why) const;
  [[nodiscard]] std::uint64_t file_bytes() const;
  [[nodiscard]] h5::Handle open(const std::string& dataset) const;
  [[nodiscard]] std::uint64_t length(const std::string& dataset, hid_t type) const;
  [[nodiscard]] std::vector<std::uint64_t> words(const std::string& dataset, FieldType type,
                                                 std::uint64_t first, std::uint64_t last) const;
  [[nodiscard]] std::string string_attribute(hid_t object, const char* name) const;
  [[nodiscard]] std::vector<std::int64_t> integers(hid_t object, const char* name,
                                                   std::size_t count) const;
  [[nodiscard]] double number(hid_t object, const char* name) const;
  [[nodiscard]] std::uint64_t digest_attribute(hid_t object, const char* name) const;

  std::filesystem::path path_;
  h5::Handle file_;
};

}  // namespace marrow::io
