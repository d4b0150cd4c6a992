// SPDX-License-Identifier: BSD-3-Clause
// series.csv: one row per sample, never lost and never doubled. Rows that cannot be written stay in
// memory and are tried again; checkpoints record length and hash, and a resumed run cuts the file
// back to them. Knows no quantities: cells come as text, already free of locale, wall time and
// ranks.
#pragma once

#include "io/file/file_calls.hpp"
#include "io/run/series_hash.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

/// The state of series.csv that belongs to a checkpoint.
struct SeriesPosition {
  std::uint64_t length_bytes = 0;
  std::uint64_t hash = 0;  // SeriesHash of the first length_bytes

  bool operator==(const SeriesPosition&) const = default;

  /// The hash as manifests store it: 16 hexadecimal digits.
  [[nodiscard]] std::string hash_text() const;
};
/// From what a manifest holds; Failure(no_usable_checkpoint) if the text is no such hash.
[[nodiscard]] SeriesPosition series_position(std::uint64_t length_bytes,
                                             std::string_view hash_text);

enum class ExistingSeries { refuse, replace };

struct SeriesCut {
  std::uint64_t bytes_removed = 0;
  std::uint64_t rows_removed = 0;
};

class SeriesWriter {
 public:
  /// A new file: the comment lines ("# " is put in front where missing), then the header row.
  /// Nothing of this need be on disk yet when the disk is full; it is then pending like a row.
  static SeriesWriter create(const std::filesystem::path& file,
                             std::span<const std::string> comments,
                             std::span<const std::string> columns,
                             ExistingSeries existing = ExistingSeries::refuse,
                             const FileCalls& calls = system_file_calls());

  /// The file of an earlier segment, cut back to the position. Failure(no_usable_checkpoint) if it
  /// does not match it, Failure(files) if it may not be written or has other columns.
  static SeriesWriter resume(const std::filesystem::path& file, const SeriesPosition& position,
                             std::span<const std::string> columns,
                             const FileCalls& calls = system_file_calls());

  /// Adds a row. True if it is in the file, false if rows are pending; never throws for a full
  /// disk.
  bool append(std::span<const std::string> cells);

  /// Tries pending rows again; true if none is left.
  bool retry();

  /// Lines of the file that are not completely written. While it is not 0, no checkpoint is good.
  [[nodiscard]] std::int64_t pending() const;

  /// Why rows are pending; empty if none is.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

  /// Makes all rows durable and tells what a checkpoint has to record. Failure(files) if a row
  /// cannot be written, or if somebody has removed, replaced or shortened the file; then no
  /// checkpoint is good.
  SeriesPosition sync();

  /// What a checkpoint has to record when the last row, which sync has made durable, is there for
  /// the end of the run alone: a run that goes on begins without it.
  [[nodiscard]] const SeriesPosition& before_last_row() const { return before_last_row_; }

  /// The first cell of the last line in the file.
  [[nodiscard]] std::string last_name() const;

  /// What resume removed.
  [[nodiscard]] const SeriesCut& cut() const { return cut_; }

 private:
  SeriesWriter(std::filesystem::path path, FileDescriptor file, std::size_t columns,
               const FileCalls& calls);
  void add_line(std::string line);
  bool make_durable();
  void check_file_in_place() const;

  std::filesystem::path path_;
  FileDescriptor file_;
  std::size_t columns_;
  const FileCalls* calls_;
  SeriesHash durable_;  // of the bytes that an fsync has confirmed
  SeriesPosition before_last_row_;
  std::string tail_;              // all bytes after those, kept until the next successful fsync
  std::size_t tail_written_ = 0;  // how many of them are in the file
  std::string trouble_;
  SeriesCut cut_;
};

/// Why the file cannot be cut back to the position; nothing if it can. Changes nothing. For
/// choosing among checkpoints. Failure(files) if the file is there but may not be read: that says
/// nothing about any of them.
[[nodiscard]] std::optional<std::string> series_problem(const std::filesystem::path& file,
                                                        const SeriesPosition& position);

/// Verifies that the first position.length_bytes have the recorded hash, then removes the rest.
/// Failure(no_usable_checkpoint) if they have not, Failure(files) if it may not be written; then
/// the file is as before.
SeriesCut cut_back(const std::filesystem::path& file, const SeriesPosition& position);

}  // namespace marrow::io
