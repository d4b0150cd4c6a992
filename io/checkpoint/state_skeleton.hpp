// SPDX-License-Identifier: BSD-3-Clause
// Creates a state.h5 on one process: its whole structure, the texts and all columns that every rank
// holds. What is left is room for the values that ranks share. HDF5's own bytes are complete before
// any other rank opens the file, because when writing them fails on one of several ranks (a full
// disk), the library deadlocks while closing (seen with 1.10.8; HDFGroup/hdf5#118).
#pragma once

#include "core/cells/state.hpp"
#include "io/checkpoint/manifest.hpp"

#include <filesystem>
#include <map>
#include <span>
#include <string>

namespace marrow::io {

struct Skeleton {
  const Manifest& manifest;  // gives the header, lengths and digests
  std::span<const FieldColumn>
      columns;  // one per registered field; of distributed ones only the spec counts
  std::span<const SiteIndex> niche_sites;    // may be empty
  std::map<std::string, std::string> texts;  // by dataset
};

/// Creates or replaces the file. Throws Failure(files).
void create_state_skeleton(const std::filesystem::path& state_h5, const Skeleton& skeleton);

}  // namespace marrow::io
