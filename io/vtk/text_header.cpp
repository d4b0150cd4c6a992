// SPDX-License-Identifier: BSD-3-Clause
#include "io/vtk/text_header.hpp"

#include "io/vtk/image_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>
#include <system_error>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; }

void add_field(const fs::path& path, const std::string& line, const std::string& separator,
               HeaderFields& fields) {
  const auto cut = line.find(separator);
  if (cut == std::string::npos || line.starts_with("#")) return;
  const std::string key = trimmed(line.substr(0, cut));
  if (!fields.emplace(key, trimmed(line.substr(cut + separator.size()))).second) {
    refuse_image(path, fmt::format("its header gives '{}' twice", key));
  }
}

}  // namespace

TextHeader read_text_header(const fs::path& path, const std::string& separator,
                            const std::function<bool(const std::string& line)>& ends) {
  // VTK's and MetaIO's own buffers are of this order; real headers are far smaller.
  constexpr std::size_t longest_line = 1000;
  constexpr std::int64_t longest_header = 64 * 1024;
  std::ifstream file(path, std::ios::binary);
  TextHeader header;
  std::string buffer(longest_line + 1, '\0');
  while (file.getline(buffer.data(), static_cast<std::streamsize>(buffer.size()))) {
    header.bytes += file.gcount();
    if (header.bytes > longest_header) break;
    header.ends_with_newline = !file.eof();
    const auto counted = file.gcount() - (header.ends_with_newline ? 1 : 0);
    std::string line(buffer, 0, static_cast<std::size_t>(counted));
    if (line.ends_with('\r')) line.pop_back();
    if (std::any_of(line.begin(), line.end(), is_control)) break;
    add_field(path, trimmed(line), separator, header.fields);
    if (ends(line)) {
      header.complete = true;
      return header;
    }
  }
  if (!file.eof()) refuse_image(path, "its header is not a text header of this format");
  return header;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> found;
  for (std::string word; stream >> word;) found.push_back(word);
  return found;
}

std::string value_of(const HeaderFields& fields, const std::string& key,
                     const std::string& otherwise) {
  const auto found = fields.find(key);
  return found == fields.end() ? otherwise : found->second;
}

std::string required(const fs::path& path, const HeaderFields& fields, const std::string& key) {
  const auto found = fields.find(key);
  if (found == fields.end()) refuse_image(path, fmt::format("its header has no '{}'", key));
  return found->second;
}

std::optional<std::int64_t> whole_number(const std::string& word) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return value;
}

std::optional<double> real_number(const std::string& word) {
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return value;
}

Index3 read_extent(const fs::path& path, const std::string& key, const std::string& text) {
  const std::vector<std::string> sizes = words(text);
  std::array<std::int64_t, 3> size{};
  constexpr std::int64_t most = std::int64_t{1} << 30;  // VTK counts an axis in int
  bool good = sizes.size() == 3;
  for (std::size_t axis = 0; good && axis < 3; ++axis) {
    const auto value = whole_number(sizes[axis]);
    good = value && *value >= 1 && *value <= most;
    if (good) size[axis] = *value;
  }
  if (!good || size[0] * size[1] > max_sites / size[2]) {
    refuse_image(path,
                 fmt::format("its '{}' is '{}', not three positive numbers of voxels", key, text));
  }
  return {size[0], size[1], size[2]};
}

std::optional<std::array<double, 3>> read_spacing(const fs::path& path, const std::string& key,
                                                  const std::vector<std::string>& parts) {
  std::array<double, 3> spacing{};
  bool good = parts.size() == 3;
  for (std::size_t axis = 0; good && axis < 3; ++axis) {
    const auto value = real_number(parts[axis]);
    good = value.has_value();
    if (good && std::isnan(*value)) return std::nullopt;
    if (good) spacing[axis] = std::fabs(*value);
    good = good && spacing[axis] > 0 && std::isfinite(spacing[axis]);
  }
  if (!good) refuse_image(path, fmt::format("its '{}' is not three numbers above 0", key));
  return spacing;
}

std::int64_t check_data_size(const fs::path& path, const fs::path& data, std::int64_t skipped,
                             std::int64_t needed) {
  std::error_code error;
  const auto size = static_cast<std::int64_t>(fs::file_size(data, error));
  if (error) {
    refuse_image(
        path, fmt::format("its data file '{}' cannot be read: {}", data.string(), error.message()));
  }
  if (size - skipped < needed) {
    refuse_image(path, fmt::format("it is cut short: {} of {} bytes of voxel data are there",
                                   std::max<std::int64_t>(size - skipped, 0), needed));
  }
  return size - skipped;
}

}  // namespace marrow::io
