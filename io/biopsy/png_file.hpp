// SPDX-License-Identifier: BSD-3-Clause
// Writes a PNG row by row, so that a picture need not fit into memory. The same rows give the same
// bytes: no time stamp, no text. The file gets its name when it is complete.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

namespace marrow::io {

class PngFile {
 public:
  /// 8-bit RGB; `um_per_pixel` becomes the physical size of a pixel. Throws Failure(files).
  PngFile(std::filesystem::path file, std::int64_t width, std::int64_t height, double um_per_pixel);
  /// Removes what is not finished.
  ~PngFile();
  PngFile(const PngFile&) = delete;
  PngFile& operator=(const PngFile&) = delete;

  void write_row(const std::uint8_t* rgb);
  /// After the last row.
  void finish();

 private:
  struct Writer;
  std::filesystem::path file_, partial_;
  std::unique_ptr<Writer> writer_;
};

}  // namespace marrow::io
