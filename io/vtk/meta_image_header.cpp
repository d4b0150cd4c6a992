// SPDX-License-Identifier: BSD-3-Clause
// Headers of MetaImage files (the format of the MetaIO library).
#include "io/vtk/image_header.hpp"
#include "io/vtk/text_header.hpp"
#include "io/vtk/vtk_messages.hpp"

#include <fmt/format.h>
#include <vtkNew.h>
#include <vtkZLibDataCompressor.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;

std::size_t meta_image_value_bytes(const fs::path& path, const std::string& type) {
  static const std::map<std::string, std::size_t> bytes = {
      {"MET_CHAR", 1}, {"MET_UCHAR", 1}, {"MET_SHORT", 2}, {"MET_USHORT", 2},
      {"MET_INT", 4},  {"MET_UINT", 4},  {"MET_FLOAT", 4}, {"MET_DOUBLE", 8}};
  const auto found = bytes.find(type);
  if (found == bytes.end()) {
    // MetaIO's MET_LONG has 4 bytes, VTK's long 8: half the image would be noise.
    refuse_image(path,
                 fmt::format("its ElementType '{}' cannot be read safely; convert it to MET_INT, "
                             "MET_SHORT, MET_UCHAR or MET_FLOAT",
                             type));
  }
  return found->second;
}

void refuse_meta_image_surprises(const fs::path& path, const HeaderFields& fields) {
  if (const std::string type = value_of(fields, "ObjectType", "Image"); type != "Image") {
    refuse_image(path, fmt::format("it holds a MetaIO '{}', not an Image", type));
  }
  if (const std::string dims = required(path, fields, "NDims"); dims != "3") {
    refuse_image(path, fmt::format("it has {} dimensions; 3 are needed", dims));
  }
  if (const std::string n = value_of(fields, "ElementNumberOfChannels", "1"); n != "1") {
    refuse_image(path,
                 fmt::format("it holds {} values per voxel; save a single-component image", n));
  }
  if (lower(value_of(fields, "BinaryData", "True")) != "true") {
    refuse_image(path, "its data are text; save it with BinaryData = True");
  }
}

/// MetaIO loops for ever over a compressed stream that is damaged or cut short, so the stream is
/// unpacked once before MetaIO sees it.
void check_compressed_data(const fs::path& path, const fs::path& data, std::int64_t skipped,
                           const HeaderFields& fields, std::int64_t unpacked_bytes) {
  const std::int64_t there = check_data_size(path, data, skipped, 1);
  const auto stated = whole_number(value_of(fields, "CompressedDataSize", std::to_string(there)));
  if (!stated || *stated < 1 || *stated > there) {
    refuse_image(path,
                 fmt::format("it is cut short: {} bytes of compressed data are there, its header "
                             "says '{}'",
                             there, value_of(fields, "CompressedDataSize", "")));
  }
  std::vector<unsigned char> packed(static_cast<std::size_t>(*stated));
  std::vector<unsigned char> unpacked(static_cast<std::size_t>(unpacked_bytes));
  std::ifstream file(data, std::ios::binary);
  file.seekg(skipped);
  file.read(reinterpret_cast<char*>(packed.data()), *stated);
  const VtkMessages messages;
  const vtkNew<vtkZLibDataCompressor> zlib;
  if (!file || zlib->Uncompress(packed.data(), packed.size(), unpacked.data(), unpacked.size()) !=
                   unpacked.size()) {
    refuse_image(path, "its compressed data are damaged or cut short");
  }
}

/// Where the voxel data are.
struct DataPlace {
  fs::path file;
  std::int64_t skipped = 0;
};

DataPlace data_place(const fs::path& path, const TextHeader& text) {
  const std::string name = required(path, text.fields, "ElementDataFile");
  if (name.starts_with("LIST") || name.find('%') != std::string::npos) {
    refuse_image(path, "its data are split into several files; save it as one .mha file");
  }
  if (lower(name) == "local") return {path, text.bytes};
  const auto stated = whole_number(value_of(text.fields, "HeaderSize", "0")).value_or(0);
  return {path.parent_path() / name, std::max<std::int64_t>(stated, 0)};
}

TextHeader read_text(const fs::path& path) {
  return read_text_header(
      path, "=", [](const std::string& line) { return line.starts_with("ElementDataFile"); });
}

ImageHeader header_of(const fs::path& path, const HeaderFields& fields) {
  ImageHeader header;
  header.extent = read_extent(path, "DimSize", required(path, fields, "DimSize"));
  for (const char* key :
       {"ElementSize", "ElementSpacing"}) {  // the latter, if there, is the distance
    if (!fields.contains(key)) continue;
    header.spacing = read_spacing(path, key, words(fields.at(key)));
  }
  header.unit = length_unit(value_of(fields, "DistanceUnits", ""));
  return header;
}

}  // namespace

ImageHeader read_meta_image_header(const fs::path& path) {
  const HeaderFields fields = read_text(path).fields;
  refuse_meta_image_surprises(path, fields);
  return header_of(path, fields);
}

void check_meta_image_data(const fs::path& path) {
  const TextHeader text = read_text(path);
  const auto bytes = static_cast<std::int64_t>(
                         meta_image_value_bytes(path, required(path, text.fields, "ElementType"))) *
                     volume(header_of(path, text.fields).extent);
  const DataPlace place = data_place(path, text);
  if (lower(value_of(text.fields, "CompressedData", "False")) == "true") {
    check_compressed_data(path, place.file, place.skipped, text.fields, bytes);
  } else {
    check_data_size(path, place.file, place.skipped, bytes);
  }
}

}  // namespace marrow::io
