// SPDX-License-Identifier: BSD-3-Clause
// The pages of a TIFF stack (TIFF revision 6.0, and BigTIFF). VTK's reader takes every page for a
// copy of the first, goes on when a page's directory could not be read (libtiff then divides by
// zero), inverts white-is-zero images and maps palettes to grey: all of that is refused.
#include "io/vtk/image_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <vector>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;

/// The tags that decide whether VTK reads a page correctly; defaults as in TIFF 6.0.
struct TiffPage {
  std::uint64_t subfile = 0;
  std::uint64_t width = 0;
  std::uint64_t height = 0;
  std::uint64_t bits = 1;
  std::uint64_t compression = 1;
  std::uint64_t photometric = 4;  // none given: not readable
  std::uint64_t samples = 1;
  std::uint64_t sample_format = 1;
  std::uint64_t rows_per_strip = 0xffffffff;
  std::uint64_t planar = 1;
  std::uint64_t unreadable = 0;  // tiles, depth, extra samples

  friend bool operator==(const TiffPage&, const TiffPage&) = default;
};

std::uint64_t* member_for(TiffPage& page, std::uint64_t tag) {
  switch (tag) {
    case 254:
      return &page.subfile;
    case 256:
      return &page.width;
    case 257:
      return &page.height;
    case 258:
      return &page.bits;
    case 259:
      return &page.compression;
    case 262:
      return &page.photometric;
    case 277:
      return &page.samples;
    case 278:
      return &page.rows_per_strip;
    case 284:
      return &page.planar;
    case 339:
      return &page.sample_format;
    case 322:  // tile width, length, offsets, bytes
    case 323:
    case 324:
    case 325:
    case 338:    // extra samples
    case 32997:  // image depth
    case 32998:  // tile depth
      return &page.unreadable;
    default:
      return nullptr;
  }
}

/// Where the strips of a page lie.
struct TiffStrips {
  std::vector<std::uint64_t> offsets;
  std::vector<std::uint64_t> bytes;
};

class TiffDirectories {
 public:
  explicit TiffDirectories(const fs::path& path) : path_(path), file_(path, std::ios::binary) {
    const std::uint64_t order = number(2);
    if (order != 0x4949 && order != 0x4d4d) refuse_image(path_, "it is not a TIFF file");
    big_endian_ = order == 0x4d4d;
    const std::uint64_t version = number(2);
    if (version != 42 && version != 43) refuse_image(path_, "it is not a TIFF file");
    big_tiff_ = version == 43;
    if (big_tiff_) number(4);  // size of offsets: always 8
    next_ = number(big_tiff_ ? 8 : 4);
  }

  [[nodiscard]] bool more() const { return next_ != 0; }

  TiffPage next_page() {
    seek(next_);
    TiffPage page;
    TiffStrips strips;
    std::uint64_t before = 0;
    for (std::uint64_t entries = number(big_tiff_ ? 8 : 2); entries > 0; --entries) {
      const std::uint64_t tag = number(2);
      if (tag <= before) refuse_image(path_, "it is damaged: the tags of a page are out of order");
      before = tag;
      if (tag == 273) {
        strips.offsets = read_values();
      } else if (tag == 279) {
        strips.bytes = read_values();
      } else if (std::uint64_t* member = member_for(page, tag)) {
        const std::vector<std::uint64_t> values = read_values();
        *member = values.size() == 1 ? values[0] : 0xffff;  // several: never what is wanted
      } else {
        skip_values();
      }
    }
    next_ = number(big_tiff_ ? 8 : 4);
    check_strips(page, strips);
    return page;
  }

 private:
  std::uint64_t number(std::size_t bytes) {
    unsigned char raw[8] = {};
    if (!file_.read(reinterpret_cast<char*>(raw), static_cast<std::streamsize>(bytes))) {
      refuse_image(path_, "it is cut short or damaged: a page directory lies outside the file");
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
      value = value << 8 | raw[big_endian_ ? i : bytes - 1 - i];
    }
    return value;
  }

  void seek(std::uint64_t to) {
    file_.seekg(static_cast<std::streamoff>(std::min<std::uint64_t>(to, INT64_MAX)));
  }

  /// The unsigned numbers of an entry, after its tag.
  std::vector<std::uint64_t> read_values() {
    const std::uint64_t field_bytes = big_tiff_ ? 8 : 4;
    const std::uint64_t type = number(2);
    const std::uint64_t count = number(field_bytes);
    const std::size_t size = type == 3 ? 2 : type == 4 ? 4 : type == 16 ? 8 : 0;
    if (size == 0 || count == 0 || count > file_bytes_ / size) {
      refuse_image(path_, "it is damaged: a tag that should hold numbers does not");
    }
    const auto field = static_cast<std::uint64_t>(file_.tellg());
    if (count * size > field_bytes) seek(number(field_bytes));
    std::vector<std::uint64_t> values(count);
    for (std::uint64_t& value : values) value = number(size);
    seek(field + field_bytes);
    return values;
  }

  void skip_values() {
    number(2);
    number(big_tiff_ ? 8 : 4);
    number(big_tiff_ ? 8 : 4);
  }

  void check_strips(const TiffPage& page, const TiffStrips& strips) const {
    if (page.rows_per_strip == 0 || page.height == 0) {
      refuse_image(path_, "it is damaged: a page has no rows");
    }
    if (page.unreadable != 0) {
      refuse_image(path_, "it is tiled or has extra samples; save it as plain greyscale in strips");
    }
    const std::uint64_t count = (page.height - 1) / page.rows_per_strip + 1;
    bool inside = strips.offsets.size() == count && strips.bytes.size() == count;
    for (std::uint64_t i = 0; inside && i < count; ++i) {
      inside =
          strips.offsets[i] <= file_bytes_ && strips.bytes[i] <= file_bytes_ - strips.offsets[i];
    }
    if (!inside) {
      refuse_image(path_,
                   "it is cut short or damaged: the strips of a page are not all in the file");
    }
  }

  fs::path path_;
  std::ifstream file_;
  std::uint64_t file_bytes_ = fs::file_size(path_);
  bool big_endian_ = false;
  bool big_tiff_ = false;
  std::uint64_t next_ = 0;
};

void refuse_tiff_surprises(const fs::path& path, const TiffPage& page) {
  if (page.samples != 1) {
    refuse_image(path, fmt::format("it holds {} values per pixel; save it as plain greyscale",
                                   page.samples));
  }
  if (page.photometric != 1) {
    refuse_image(path,
                 "its grey values are indirect (palette, white is zero, or not stated); "
                 "save it as plain greyscale with black as zero");
  }
  if (page.bits != 8 && page.bits != 16 && page.bits != 32) {
    refuse_image(path, fmt::format("it has {} bits per pixel; 8, 16 or 32 can be read", page.bits));
  }
  constexpr std::array<std::uint64_t, 4> readable = {1, 5, 8, 32773};
  if (std::find(readable.begin(), readable.end(), page.compression) == readable.end()) {
    refuse_image(path,
                 fmt::format("its compression ({}) cannot be read; save it uncompressed or with "
                             "LZW, deflate or packbits",
                             page.compression));
  }
  if (page.planar != 1 && page.planar != 2)
    refuse_image(path, "it is damaged: its planes are mixed up");
  if (page.subfile == 1) refuse_image(path, "its first page is a thumbnail; save the stack alone");
  constexpr std::uint64_t most = std::uint64_t{1} << 30;
  if (page.width == 0 || page.height == 0 || page.width > most || page.height > most) {
    refuse_image(path, fmt::format("its pages are {} x {} pixels", page.width, page.height));
  }
}

}  // namespace

ImageHeader read_tiff_header(const fs::path& path) {
  constexpr std::int64_t most_pages = 65535;  // VTK counts pages in 16 bits
  TiffDirectories directories(path);
  if (!directories.more()) refuse_image(path, "it has no pages");
  const TiffPage first = directories.next_page();
  refuse_tiff_surprises(path, first);
  std::int64_t pages = 1;
  for (; directories.more(); ++pages) {
    if (pages == most_pages) {
      refuse_image(path, "it has more than 65535 pages; save it as .nrrd or .mha");
    }
    if (directories.next_page() != first) {
      refuse_image(path,
                   fmt::format("page {} differs from the first in size or kind of pixels", pages));
    }
  }
  ImageHeader header;
  header.extent = {static_cast<std::int64_t>(first.width), static_cast<std::int64_t>(first.height),
                   pages};
  if (volume({header.extent.x, header.extent.y, 1}) > (std::int64_t{1} << 32) / pages) {
    refuse_image(path,
                 "a TIFF stack of 4 G voxels and more cannot be read; save it as .nrrd or .mha");
  }
  return header;
}

}  // namespace marrow::io
