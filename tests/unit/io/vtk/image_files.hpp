// SPDX-License-Identifier: BSD-3-Clause
// Images for the import tests: each voxel's label is a function of its position without any
// symmetry, so that a swapped or mirrored axis shows.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/random/mix.hpp"
#include "io/vtk/vtk_messages.hpp"
#include "tests/unit/io/vtk/file_bytes.hpp"

#include <vtkAOSDataArrayTemplate.h>
#include <vtkCellData.h>
#include <vtkImageData.h>
#include <vtkMetaImageWriter.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkSmartPointer.h>
#include <vtkTIFFWriter.h>
#include <vtkXMLImageDataWriter.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace marrow::io {

inline constexpr Index3 image_extent{12, 7, 5};

/// 0 marrow, 1 bone, 2 sinusoid, 3 arteriole: bits of a hash, so that no mirror image looks alike.
inline std::uint8_t label_at(const Index3& p) {
  return static_cast<std::uint8_t>(
      mix64(static_cast<std::uint64_t>(p.x + 1000 * p.y + 1000000 * p.z)) % 4);
}

inline std::vector<std::uint8_t> labels_of(const Index3& extent) {
  std::vector<std::uint8_t> labels;
  for (std::int64_t z = 0; z < extent.z; ++z) {
    for (std::int64_t y = 0; y < extent.y; ++y) {
      for (std::int64_t x = 0; x < extent.x; ++x) labels.push_back(label_at({x, y, z}));
    }
  }
  return labels;
}

template <class T>
std::vector<T> values_of(const Index3& extent, T factor = 1, T offset = 0) {
  std::vector<T> values;
  for (const std::uint8_t label : labels_of(extent)) {
    values.push_back(static_cast<T>(static_cast<T>(label) * factor + offset));
  }
  return values;
}

enum class Held { points, cells };

template <class T>
vtkSmartPointer<vtkImageData> image_of(const std::vector<T>& values, const Index3& extent,
                                       double spacing, Held held = Held::points,
                                       int components = 1) {
  const int one = held == Held::cells ? 1 : 0;
  auto image = vtkSmartPointer<vtkImageData>::New();
  image->SetDimensions(static_cast<int>(extent.x) + one, static_cast<int>(extent.y) + one,
                       static_cast<int>(extent.z) + one);
  image->SetSpacing(spacing, spacing, spacing);
  vtkNew<vtkAOSDataArrayTemplate<T>> array;
  array->SetName("grey");
  array->SetNumberOfComponents(components);
  for (const T value : values) array->InsertNextValue(value);
  if (held == Held::cells) {
    image->GetCellData()->SetScalars(array);
  } else {
    image->GetPointData()->SetScalars(array);
  }
  return image;
}

inline void write_vti(const std::filesystem::path& path, vtkImageData* image) {
  vtkNew<vtkXMLImageDataWriter> writer;
  writer->SetFileName(path.c_str());
  writer->SetInputData(image);
  writer->EncodeAppendedDataOff();
  writer->Write();
}

inline void write_meta_image(const std::filesystem::path& path, vtkImageData* image,
                             bool compress) {
  vtkNew<vtkMetaImageWriter> writer;
  writer->SetFileName(path.c_str());
  writer->SetCompression(compress);
  writer->SetInputData(image);
  writer->Write();
}

inline void write_tiff(const std::filesystem::path& path, vtkImageData* image, int compression) {
  vtkNew<vtkTIFFWriter> writer;
  writer->SetFileName(path.c_str());
  writer->SetCompression(compression);
  writer->SetInputData(image);
  const VtkMessages quiet;  // a word about patents for LZW
  writer->Write();
}

template <class T>
std::string raw_bytes(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

inline std::string nrrd_header(const std::string& type, const std::string& more,
                               const std::string& encoding = "raw") {
  return "NRRD0004\n# a comment\ntype: " + type +
         "\ndimension: 3\nsizes: 12 7 5\nendian: little\n" + "encoding: " + encoding + "\n" + more;
}

/// Every occurrence of `from` (of the same length as `to`) replaced.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + 1)) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// `value` in `bytes` bytes, low byte first.
inline std::string little_endian(std::uint64_t value, std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xff);
  return text;
}

/// Tag, type SHORT, count 1, value: an entry of a little-endian TIFF directory.
inline std::string short_tag(std::uint64_t tag, std::uint64_t value) {
  return little_endian(tag, 2) + little_endian(3, 2) + little_endian(1, 4) +
         little_endian(value, 4);
}

/// A gzip member (RFC 1952) of one stored block; for less than 64 KiB.
inline std::string gzip_stored(const std::string& bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const char c : bytes) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
  }
  const std::string head("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01", 11);
  return head + little_endian(bytes.size(), 2) + little_endian(~bytes.size(), 2) + bytes +
         little_endian(~crc, 4) + little_endian(bytes.size(), 4);
}

/// A BigTIFF of 8-bit pages, one strip each.
inline std::string big_tiff(const std::vector<std::uint8_t>& values, const Index3& extent) {
  const auto entry = [](std::uint64_t tag, std::uint64_t value) {
    return little_endian(tag, 2) + little_endian(16, 2) + little_endian(1, 8) +
           little_endian(value, 8);
  };
  std::string text = "II" + little_endian(43, 2) + little_endian(8, 2) + little_endian(0, 2);
  const auto page_bytes = static_cast<std::size_t>(extent.x * extent.y);
  for (std::int64_t page = 0; page < extent.z; ++page) {
    const std::uint64_t data = text.size() + 8;
    text += little_endian(data + page_bytes, 8);
    text.append(
        reinterpret_cast<const char*>(values.data()) + static_cast<std::size_t>(page) * page_bytes,
        page_bytes);
    text += little_endian(9, 8) + entry(256, static_cast<std::uint64_t>(extent.x)) +
            entry(257, static_cast<std::uint64_t>(extent.y)) + entry(258, 8) + entry(259, 1) +
            entry(262, 1) + entry(273, data) + entry(277, 1) +
            entry(278, static_cast<std::uint64_t>(extent.y)) + entry(279, page_bytes);
  }
  return text + little_endian(0, 8);
}

}  // namespace marrow::io
