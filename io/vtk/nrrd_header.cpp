// SPDX-License-Identifier: BSD-3-Clause
// NRRD headers (teem.sourceforge.net/nrrd/format.html).
#include "io/vtk/image_header.hpp"
#include "io/vtk/text_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;

std::size_t nrrd_value_bytes(const fs::path& path, const std::string& type) {
  static const std::map<std::string, std::size_t> bytes = {{"signed char", 1},
                                                           {"int8", 1},
                                                           {"int8_t", 1},
                                                           {"uchar", 1},
                                                           {"unsigned char", 1},
                                                           {"uint8", 1},
                                                           {"uint8_t", 1},
                                                           {"short", 2},
                                                           {"short int", 2},
                                                           {"int16", 2},
                                                           {"int16_t", 2},
                                                           {"signed short", 2},
                                                           {"signed short int", 2},
                                                           {"ushort", 2},
                                                           {"uint16", 2},
                                                           {"uint16_t", 2},
                                                           {"unsigned short", 2},
                                                           {"unsigned short int", 2},
                                                           {"int", 4},
                                                           {"signed int", 4},
                                                           {"int32", 4},
                                                           {"int32_t", 4},
                                                           {"uint", 4},
                                                           {"unsigned int", 4},
                                                           {"uint32", 4},
                                                           {"uint32_t", 4},
                                                           {"longlong", 8},
                                                           {"long long", 8},
                                                           {"long long int", 8},
                                                           {"signed long long", 8},
                                                           {"signed long long int", 8},
                                                           {"int64", 8},
                                                           {"int64_t", 8},
                                                           {"ulonglong", 8},
                                                           {"unsigned long long", 8},
                                                           {"unsigned long long int", 8},
                                                           {"uint64", 8},
                                                           {"uint64_t", 8},
                                                           {"float", 4},
                                                           {"double", 8}};
  const auto found = bytes.find(type);
  if (found == bytes.end()) refuse_image(path, fmt::format("its type '{}' is not known", type));
  return found->second;
}

/// "(1,0,0) (0,1,0) (0,0,1)" -> the lengths of the vectors, as words.
std::vector<std::string> direction_lengths(const fs::path& path, const std::string& text) {
  std::vector<std::string> lengths;
  for (std::string vector : words(text)) {
    if (vector == "none") {
      refuse_image(path, "it holds more than one value per voxel; save a single-component image");
    }
    std::replace_if(
        vector.begin(), vector.end(), [](char c) { return c == '(' || c == ')' || c == ','; }, ' ');
    double square = 0;
    for (const std::string& part : words(vector)) {
      const double value = real_number(part).value_or(0.0);
      square += value * value;
    }
    lengths.push_back(fmt::format("{}", std::sqrt(square)));
  }
  return lengths;
}

/// The unit of the first axis out of `"mm" "mm" "mm"`.
std::optional<LengthUnit> nrrd_unit(const HeaderFields& fields) {
  const std::string text = value_of(fields, "space units", value_of(fields, "units", ""));
  const auto from = text.find('"');
  const auto to = text.find('"', from + 1);
  if (from == std::string::npos || to == std::string::npos) return std::nullopt;
  return length_unit(text.substr(from + 1, to - from - 1));
}

/// Fields that make VTK's reader guess, loop or fail without a word.
void refuse_nrrd_surprises(const fs::path& path, const HeaderFields& fields) {
  const std::string dimension = required(path, fields, "dimension");
  if (dimension != "3") {
    refuse_image(path, fmt::format("it has {} dimensions; a scalar image of 3 is needed (more than "
                                   "one value per voxel counts as a dimension)",
                                   dimension));
  }
  if (const std::string space = value_of(fields, "space dimension", "3"); space != "3") {
    refuse_image(path, fmt::format("its space dimension is {}, not 3", space));
  }
  for (const char* key : {"line skip", "lineskip", "byte skip", "byteskip"}) {
    if (value_of(fields, key, "0") != "0") {
      refuse_image(path, fmt::format("its header asks for a '{}', which is not supported", key));
    }
  }
}

/// Where the voxel data are: the file itself, or one other file.
fs::path nrrd_data_file(const fs::path& path, const HeaderFields& fields) {
  const std::string name = value_of(fields, "data file", value_of(fields, "datafile", ""));
  if (name.empty()) return path;
  if (name.starts_with("LIST") || words(name).size() >= 4) {
    refuse_image(path, "its data are split into several files; save it as one .nrrd file");
  }
  return path.parent_path() / name;
}

}  // namespace

ImageHeader read_nrrd_header(const fs::path& path) {
  bool first = true;
  const TextHeader text = read_text_header(path, ": ", [&](const std::string& line) {
    if (std::exchange(first, false) && !line.starts_with("NRRD")) {
      refuse_image(path, "it does not begin with 'NRRD'");
    }
    return line.empty();
  });
  refuse_nrrd_surprises(path, text.fields);
  ImageHeader header;
  header.extent = read_extent(path, "sizes", required(path, text.fields, "sizes"));
  if (header.extent.x <= 9) {
    refuse_image(path, "its first axis has fewer than 10 voxels, which VTK takes for vector data");
  }
  if (text.fields.contains("space directions")) {
    header.spacing = read_spacing(path, "space directions",
                                  direction_lengths(path, text.fields.at("space directions")));
  } else if (text.fields.contains("spacings")) {
    header.spacing = read_spacing(path, "spacings", words(text.fields.at("spacings")));
  }
  header.unit = nrrd_unit(text.fields);
  const fs::path data = nrrd_data_file(path, text.fields);
  if (!text.complete &&
      (data == path || !text.ends_with_newline)) {  // VTK would never stop reading
    refuse_image(path, "its header is cut short: it does not end with an empty line");
  }
  const auto bytes =
      static_cast<std::int64_t>(nrrd_value_bytes(path, required(path, text.fields, "type"))) *
      volume(header.extent);
  const std::string encoding = lower(required(path, text.fields, "encoding"));
  if (encoding == "raw") {
    check_data_size(path, data, data == path ? text.bytes : 0, bytes);
  } else if (encoding == "gzip" || encoding == "gz") {
    constexpr std::int64_t most = (std::int64_t{1} << 31) - 1;  // one gzread call
    if (bytes > most) refuse_image(path, "gzip data of 2 GiB and more cannot be read; save it raw");
    check_data_size(path, data, 0, 1);
  } else {
    refuse_image(path,
                 fmt::format("its encoding '{}' cannot be read; save it raw or gzip", encoding));
  }
  return header;
}

}  // namespace marrow::io
