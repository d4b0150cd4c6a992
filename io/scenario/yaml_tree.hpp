// SPDX-License-Identifier: BSD-3-Clause
// A plain tree of a YAML text with the place of every node: the part of YAML that scenarios use.
// Anchors, aliases, tags, merge keys and several documents are errors, nesting and size are
// bounded, and no input makes it throw. Knows nothing of parameters.
#pragma once

#include "io/scenario/source_text.hpp"
#include "io/text/diagnostic.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

struct YamlEntry;

struct YamlNode {
  enum class Kind { empty, scalar, sequence, mapping, invalid };  // invalid: already reported
  Kind kind = Kind::empty;
  Place place;
  std::size_t byte_column = 0;  // from 0, of the node's first byte in its line
  std::string text;             // of a scalar
  bool quoted = false;          // written in quotes or as a text block
  std::vector<YamlNode> items;
  std::vector<YamlEntry> entries;
};

struct YamlEntry {
  YamlNode key;
  YamlNode value;
};

/// Reads `text`, which is part of `source` and begins there at (line, byte_column), both from 0.
/// Errors are added to `errors`; nothing is returned if the text has no usable structure.
std::optional<YamlNode> read_yaml(const SourceText& source, std::string_view text, std::size_t line,
                                  std::size_t byte_column, std::vector<Diagnostic>& errors);

}  // namespace marrow::io
