// SPDX-License-Identifier: BSD-3-Clause
// The data blocks of a .vti file. VTK's reader trusts the sizes that stand before each array and
// runs out of bounds when they are damaged: they are checked against the file and against the
// extent first.
#include "io/vtk/image_header.hpp"
#include "io/vtk/text_header.hpp"
#include "io/vtk/vtk_messages.hpp"

#include <fmt/format.h>
#include <vtkBase64Utilities.h>
#include <vtkNew.h>
#include <vtkXMLDataElement.h>
#include <vtkXMLDataParser.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t any_size = -1;

std::string attribute(vtkXMLDataElement& element, const char* name, const std::string& otherwise) {
  const char* value = element.GetAttribute(name);
  return value == nullptr ? otherwise : value;
}

std::int64_t value_bytes(const std::string& type) {
  static const std::map<std::string, std::int64_t> bytes = {
      {"Int8", 1},   {"UInt8", 1}, {"Int16", 2},  {"UInt16", 2},  {"Int32", 4},
      {"UInt32", 4}, {"Int64", 8}, {"UInt64", 8}, {"Float32", 4}, {"Float64", 8}};
  const auto found = bytes.find(type);
  return found == bytes.end() ? any_size : found->second;
}

/// Checks the arrays of one parsed file.
class VtiArrays {
 public:
  VtiArrays(const fs::path& path, vtkXMLDataParser& parser)
      : path_(path),
        file_(path, std::ios::binary),
        file_bytes_(static_cast<std::int64_t>(fs::file_size(path))) {
    vtkXMLDataElement& root = *parser.GetRootElement();
    const std::string words = attribute(root, "header_type", "UInt32");
    if (words != "UInt32" && words != "UInt64") damaged("its header_type is unknown");
    word_bytes_ = words == "UInt64" ? 8 : 4;
    const std::string order = attribute(root, "byte_order", "");
    if (order != "LittleEndian" && order != "BigEndian") damaged("its byte_order is unknown");
    big_endian_ = order == "BigEndian";
    compressed_ = root.GetAttribute("compressor") != nullptr;
    appended_at_ = static_cast<std::int64_t>(parser.GetAppendedDataPosition());
    if (vtkXMLDataElement* appended = root.FindNestedElementWithName("AppendedData")) {
      appended_base64_ = attribute(*appended, "encoding", "base64") != "raw";
    }
    walk(root, any_size, 0);
  }

 private:
  [[noreturn]] void damaged(const std::string& why) const {
    refuse_image(path_, "it is damaged or cut short: " + why);
  }

  /// `tuples`: how many values each array below this element holds.
  void walk(vtkXMLDataElement& element, std::int64_t tuples, int depth) {
    if (depth > 20) damaged("its elements are nested too deeply");
    const std::string name = element.GetName() == nullptr ? "" : element.GetName();
    if (name == "Piece") read_extent(element);
    if (name == "PointData") tuples = points_;
    if (name == "CellData") tuples = cells_;
    if (name == "DataArray" || name == "Array") return check_array(element, tuples);
    for (int i = 0; i < element.GetNumberOfNestedElements(); ++i) {
      walk(*element.GetNestedElement(i), tuples, depth + 1);
    }
  }

  void read_extent(vtkXMLDataElement& piece) {
    constexpr std::int64_t most = std::int64_t{1} << 31;
    points_ = cells_ = 1;
    const std::vector<std::string> limits = words(attribute(piece, "Extent", ""));
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const auto lo = limits.size() == 6 ? whole_number(limits[2 * axis]) : std::nullopt;
      const auto hi = limits.size() == 6 ? whole_number(limits[2 * axis + 1]) : std::nullopt;
      if (!lo || !hi || *lo <= -most || *hi >= most || *hi < *lo ||
          points_ > max_sites / (*hi - *lo + 1)) {
        damaged("the extent of a piece makes no sense");
      }
      points_ *= *hi - *lo + 1;
      cells_ *= *hi - *lo;
    }
  }

  void check_array(vtkXMLDataElement& array, std::int64_t tuples) {
    const auto components = whole_number(attribute(array, "NumberOfComponents", "1"));
    const std::string type = attribute(array, "type", "");
    if (!components || *components < 1 || *components > 1000) {
      damaged("an array has no sensible number of components");
    }
    const bool sized = tuples != any_size && value_bytes(type) != any_size;
    const std::int64_t expected = sized ? tuples * *components * value_bytes(type) : any_size;
    const std::string format = attribute(array, "format", "ascii");
    if (format == "appended") {
      const auto offset = whole_number(attribute(array, "offset", ""));
      if (!offset || *offset < 0 || *offset > file_bytes_ - appended_at_) {
        damaged("an array lies outside the file");
      }
      check_blocks(appended_at_ + *offset, appended_base64_, expected);
    } else if (format == "binary") {
      check_blocks(inline_position(array), true, expected);
    } else if (format != "ascii") {
      damaged("an array is in an unknown format");
    }
  }

  /// Inline data follow the '>' that ends the element's start tag.
  std::int64_t inline_position(vtkXMLDataElement& array) {
    file_.clear();
    file_.seekg(static_cast<std::streamoff>(array.GetXMLByteIndex()));
    char c = 0;
    while (file_.get(c) && c != '>') {
    }
    while (file_.get(c) && std::isspace(static_cast<unsigned char>(c)) != 0) {
    }
    if (!file_) damaged("an array has no data");
    return static_cast<std::int64_t>(file_.tellg()) - 1;
  }

  /// `count` header words at a position of the file; base64 packs a header as one unit.
  std::vector<std::uint64_t> header_words(std::int64_t at, bool base64, std::int64_t count) {
    const std::int64_t bytes = count * word_bytes_;
    const std::int64_t stored = base64 ? (bytes + 2) / 3 * 4 : bytes;
    if (count < 1 || stored > file_bytes_ - at) damaged("the sizes before an array are wrong");
    std::vector<unsigned char> raw(static_cast<std::size_t>(stored) + 8);
    file_.clear();
    file_.seekg(at);
    file_.read(reinterpret_cast<char*>(raw.data()), stored);
    if (base64) {
      std::vector<unsigned char> decoded(raw.size());
      // Fewer bytes come out when characters are not of the alphabet.
      if (vtkBase64Utilities::DecodeSafely(raw.data(), static_cast<std::size_t>(stored),
                                           decoded.data(),
                                           decoded.size()) < static_cast<std::size_t>(bytes)) {
        damaged("the sizes before an array are wrong");
      }
      raw = std::move(decoded);
    }
    std::vector<std::uint64_t> values(static_cast<std::size_t>(count));
    const auto width = static_cast<std::size_t>(word_bytes_);
    for (std::size_t i = 0; i < values.size(); ++i) {
      for (std::size_t j = 0; j < width; ++j) {
        values[i] = values[i] << 8 | raw[i * width + (big_endian_ ? j : width - 1 - j)];
      }
    }
    return values;
  }

  void check_blocks(std::int64_t at, bool base64, std::int64_t expected) {
    const auto file_bytes = static_cast<std::uint64_t>(file_bytes_);
    if (!compressed_) {
      const std::uint64_t bytes = header_words(at, base64, 1)[0];
      if (bytes > file_bytes) damaged("an array is longer than the file");
      check_total(bytes, expected);
      return;
    }
    const std::uint64_t blocks = header_words(at, base64, 3)[0];
    if (blocks > file_bytes) damaged("an array has more blocks than the file has bytes");
    const std::vector<std::uint64_t> header =
        header_words(at, base64, 3 + static_cast<std::int64_t>(blocks));
    // Number of blocks, bytes of a block, bytes of the last one (0: a whole block), packed bytes of
    // each.
    const std::uint64_t whole = header[1];
    const std::uint64_t last = header[2];
    constexpr std::uint64_t most = std::uint64_t{1} << 40;
    if (blocks > 0 && (whole == 0 || whole > most || last >= whole || blocks > most)) {
      damaged("the sizes before an array are wrong");
    }
    std::uint64_t packed = 0;
    for (std::size_t i = 3; i < header.size(); ++i) {
      if (header[i] == 0 || header[i] > file_bytes - packed)
        damaged("an array ends outside the file");
      packed += header[i];
    }
    if (blocks > most / std::max<std::uint64_t>(whole, 1) * 256)
      damaged("an array is far too long");
    check_total(blocks == 0 ? 0 : (last == 0 ? blocks * whole : (blocks - 1) * whole + last),
                expected);
  }

  void check_total(std::uint64_t bytes, std::int64_t expected) const {
    if (expected != any_size && bytes != static_cast<std::uint64_t>(expected)) {
      damaged(fmt::format("an array has {} bytes instead of {}", bytes, expected));
    }
  }

  fs::path path_;
  std::ifstream file_;
  std::int64_t file_bytes_;
  std::int64_t appended_at_ = 0;
  std::int64_t word_bytes_ = 4;
  std::int64_t points_ = any_size;
  std::int64_t cells_ = any_size;
  bool big_endian_ = false;
  bool compressed_ = false;
  bool appended_base64_ = true;
};

}  // namespace

void check_vti_data(const fs::path& path) {
  const VtkMessages messages;
  vtkNew<vtkXMLDataParser> parser;
  parser->SetFileName(path.c_str());
  if (parser->Parse() == 0 || parser->GetRootElement() == nullptr) {
    refuse_image(path, "it is not a readable XML file of VTK: " + messages.text());
  }
  VtiArrays(path, *parser);
}

}  // namespace marrow::io
