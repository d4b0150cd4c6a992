// SPDX-License-Identifier: BSD-3-Clause
#include "io/biopsy/png_file.hpp"

#include "core/model/failure.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <png.h>
#include <string>
#include <system_error>
#include <utility>

namespace marrow::io {
namespace {

// Stained tissue is noisy: more effort costs time and saves little.
constexpr int compression = 4;

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& why) {
  throw Failure(ExitCode::files, "cannot write " + file.string() + ": " + why);
}

/// Never because of the disk (see put): the caller asked for something that PNG cannot hold.
[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  fail(*static_cast<const std::filesystem::path*>(png_get_error_ptr(png)), message);
}

void on_warning(png_structp, png_const_charp) {}

/// Where libpng's bytes go. Remembers the first failure instead of leaving libpng in the middle.
struct Stream {
  std::FILE* file = nullptr;
  int error = 0;
};

void put(png_structp png, png_bytep bytes, std::size_t count) {
  auto* stream = static_cast<Stream*>(png_get_io_ptr(png));
  if (stream->error == 0 && std::fwrite(bytes, 1, count, stream->file) != count) {
    stream->error = errno;
  }
}

void flush(png_structp) {}

}  // namespace

struct PngFile::Writer {
  Stream stream;
  png_structp png = nullptr;
  png_infop info = nullptr;

  Writer() = default;
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() {
    if (png != nullptr) png_destroy_write_struct(&png, &info);
    if (stream.file != nullptr) std::fclose(stream.file);
  }
};

PngFile::PngFile(std::filesystem::path file, std::int64_t width, std::int64_t height,
                 double um_per_pixel)
    : file_(std::move(file)), partial_(file_.string() + ".part"), writer_(new Writer) {
  writer_->stream.file = std::fopen(partial_.c_str(), "wb");
  if (writer_->stream.file == nullptr) fail(file_, std::strerror(errno));
  writer_->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &file_, on_error, on_warning);
  writer_->info = writer_->png != nullptr ? png_create_info_struct(writer_->png) : nullptr;
  if (writer_->info == nullptr) fail(file_, "out of memory");
  png_set_write_fn(writer_->png, &writer_->stream, put, flush);
  png_set_IHDR(writer_->png, writer_->info, static_cast<png_uint_32>(width),
               static_cast<png_uint_32>(height), 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  const auto per_metre = static_cast<png_uint_32>(1e6 / um_per_pixel + 0.5);
  png_set_pHYs(writer_->png, writer_->info, per_metre, per_metre, PNG_RESOLUTION_METER);
  png_set_compression_level(writer_->png, compression);
  png_set_filter(writer_->png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
  png_write_info(writer_->png, writer_->info);
}

PngFile::~PngFile() {
  if (writer_ == nullptr) return;
  writer_.reset();
  std::error_code ignored;
  std::filesystem::remove(partial_, ignored);
}

void PngFile::write_row(const std::uint8_t* rgb) {
  png_write_row(writer_->png, rgb);
  if (writer_->stream.error != 0) fail(file_, std::strerror(writer_->stream.error));
}

void PngFile::finish() {
  png_write_end(writer_->png, nullptr);
  Stream& stream = writer_->stream;
  std::FILE* file = std::exchange(stream.file, nullptr);
  if (std::fclose(file) != 0 && stream.error == 0) stream.error = errno;
  if (stream.error != 0) fail(file_, std::strerror(stream.error));
  std::error_code error;
  std::filesystem::rename(partial_, file_, error);
  if (error) fail(file_, error.message());
  writer_.reset();
}

}  // namespace marrow::io
