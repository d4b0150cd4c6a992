// SPDX-License-Identifier: BSD-3-Clause
// An HDF5 file of columns: one-dimensional datasets of numbers or texts in groups. One process,
// the same bytes for the same content. The file appears under its name when it is complete.
#pragma once

#include "io/checkpoint/hdf5.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace marrow::io {

class ColumnFile {
 public:
  /// Throws Failure(files), as all calls do; then there is no new file.
  explicit ColumnFile(std::filesystem::path file);
  ~ColumnFile();
  ColumnFile(const ColumnFile&) = delete;
  ColumnFile& operator=(const ColumnFile&) = delete;

  /// `text`: what it is, as the attribute "text".
  void group(const std::string& name, const std::string& text);
  /// A column of a group with so many rows: of 64-bit floats, or, with a width above 0, of UTF-8
  /// texts of so many bytes at most. Returns its number.
  std::size_t column(const std::string& group, const std::string& name, const std::string& text,
                     std::size_t rows, std::size_t width);
  /// Rows from `first` on. NaN and "" stand for what is not there.
  void write(std::size_t column, std::size_t first, std::span<const double> values);
  void write(std::size_t column, std::size_t first, std::span<const std::string> values);

  /// Makes the file lasting and gives it its name.
  void finish();

 private:
  struct Column {
    h5::Handle dataset;
    h5::Handle type;
    std::size_t width = 0;
  };
  void write_raw(const Column& column, std::size_t first, std::size_t count, const void* values);
  [[noreturn]] void fail(const char* what);

  std::filesystem::path file_;
  std::filesystem::path partial_;
  h5::Handle hdf5_;
  std::map<std::string, h5::Handle> groups_;
  std::vector<Column> columns_;
};

}  // namespace marrow::io
