// SPDX-License-Identifier: BSD-3-Clause
// Where each value of a scenario was written: a line of the file or a `--set` argument. A path that
// is not in the map has its default.
#pragma once

#include "io/text/diagnostic.hpp"

#include <cstddef>
#include <map>
#include <string>

namespace marrow::io {

enum class OriginKind { file, command_line };

struct Origin {
  OriginKind kind = OriginKind::file;
  std::string source;
  Place place;
  std::string source_line;
};

/// By path with list indices, sections included: "clones.founders[0].name", "run".
using Origins = std::map<std::string, Origin>;

}  // namespace marrow::io
