// SPDX-License-Identifier: BSD-3-Clause
// Text headers of "key <separator> value" lines, and the checks that their values need. Shared by
// the formats that have such headers; knows none of them.
#pragma once

#include "core/lattice/geometry.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace marrow::io {

using HeaderFields = std::map<std::string, std::string>;

/// A header and where it ends in the file.
struct TextHeader {
  HeaderFields fields;
  std::int64_t bytes = 0;
  bool complete = false;           // its last line was found, before the file ended
  bool ends_with_newline = false;  // so does the last line read
};

/// Reads up to the line that `ends` recognises, or the end of the file. Refuses what no header of
/// this kind is: overlong lines, control characters, a key twice.
TextHeader read_text_header(const std::filesystem::path& path, const std::string& separator,
                            const std::function<bool(const std::string& line)>& ends);

std::string lower(std::string text);
std::vector<std::string> words(const std::string& text);
std::optional<std::int64_t> whole_number(const std::string& word);
std::optional<double> real_number(const std::string& word);

std::string value_of(const HeaderFields& fields, const std::string& key,
                     const std::string& otherwise);
/// Refuses the image when the key is not there.
std::string required(const std::filesystem::path& path, const HeaderFields& fields,
                     const std::string& key);

/// Three positive whole numbers.
Index3 read_extent(const std::filesystem::path& path, const std::string& key,
                   const std::string& text);
/// Three numbers above 0; nothing when the file says that it does not know (NaN).
std::optional<std::array<double, 3>> read_spacing(const std::filesystem::path& path,
                                                  const std::string& key,
                                                  const std::vector<std::string>& parts);

/// Refuses the image unless `data` holds `needed` bytes after the first `skipped`: a damaged copy
/// is most often a short one. Returns how many there are.
std::int64_t check_data_size(const std::filesystem::path& path, const std::filesystem::path& data,
                             std::int64_t skipped, std::int64_t needed);

}  // namespace marrow::io
