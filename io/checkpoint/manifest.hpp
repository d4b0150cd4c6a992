// SPDX-License-Identifier: BSD-3-Clause
// What one checkpoint says about itself: manifest.json, written last. It holds every number needed
// to tell a complete checkpoint from a damaged one. Knows nothing of HDF5 or ranks.
#pragma once

#include "core/lattice/geometry.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

/// Version of the layout of state.h5 and manifest.json. A checkpoint of each format that ever was
/// is kept in tests/data/formats.
inline constexpr std::int64_t checkpoint_format = 2;

/// How far series.csv had got when the checkpoint was written: resume cuts it back to this.
struct SeriesMark {
  std::uint64_t bytes = 0;
  std::string hash;  // of these bytes, as the series writer computes it

  friend bool operator==(const SeriesMark&, const SeriesMark&) = default;
};

struct FieldDigest {
  std::int64_t id = 0;
  std::uint64_t entries = 0;
  std::uint64_t digest = 0;
  std::vector<std::uint64_t> parts;      // digests of its parts (IndexParts); may be left out
  std::optional<std::uint64_t> indices;  // digest of its indices, where they are stored

  friend bool operator==(const FieldDigest&, const FieldDigest&) = default;
};

/// Static tissue. Procedural tissue is named by generator and hash; imported tissue is stored
/// dense.
struct TissueMark {
  std::string generator;
  std::uint64_t hash = 0;
  bool dense = false;
  std::uint64_t dense_digest = 0;  // of the stored voxels
  std::uint64_t niches = 0;        // stored niche sites; 0: none
  std::uint64_t niche_digest = 0;

  friend bool operator==(const TissueMark&, const TissueMark&) = default;
};

/// Where the values of a dataset lie in state.h5.
struct RawExtent {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;

  friend bool operator==(const RawExtent&, const RawExtent&) = default;
};

struct Manifest {
  std::int64_t format = checkpoint_format;
  std::string code_version;
  std::int64_t step = 0;
  Lattice lattice;
  std::uint64_t digest = 0;
  std::map<std::string, FieldDigest> fields;  // by FieldSpec::path
  TissueMark tissue;
  std::map<std::string, std::string> texts;  // stored text -> its fingerprint
  std::string scenario_name;
  std::string scenario_fingerprint;
  double real_cells_per_niche = 0.0;  // N_real/K: the scale of the box
  SeriesMark series;
  std::uint64_t state_bytes = 0;     // size of state.h5
  std::vector<RawExtent> raw;        // all values in it, by offset
  std::string metadata_fingerprint;  // of all other bytes
  bool stays = false;                // promised to be kept for ever (Retention)
  std::int64_t frames_lost = 0;      // frames of the run up to this step that are not on disk
};

/// What else speaks against continuing from a checkpoint (a series.csv that is not its own); empty:
/// nothing.
using Objection = std::function<std::string(const Manifest& manifest)>;

/// The content of manifest.json. It ends with a fingerprint of itself.
std::string to_json(const Manifest& manifest);

/// The inverse. Throws Failure(no_usable_checkpoint) for anything but a whole, unchanged manifest
/// of this format; `path` is for the message.
Manifest parse_manifest(std::string_view json, const std::filesystem::path& path);

/// Reads and parses `directory`/manifest.json and holds it against the size of state.h5, without
/// opening that. Throws Failure(no_usable_checkpoint).
Manifest read_manifest(const std::filesystem::path& directory);

/// Why a checkpoint of another format is refused: who wrote it, what this program reads, and what
/// can be done.
std::string format_refusal(std::string_view code_version, std::int64_t format);

/// A 64-bit fingerprint of bytes as 16 hexadecimal digits: guards against damage, not against
/// malice.
std::string fingerprint(std::string_view bytes);

/// "field 'blocks/hematopoiesis' is damaged: …" when the indices found have another digest than was
/// promised; empty when all is well or nothing was promised.
std::string damage_of_indices(std::string_view path, const FieldDigest& promised,
                              std::uint64_t found);

/// True for extents of at least one voxel whose sites can all be numbered.
bool plausible(const Lattice& lattice);

/// 16 hexadecimal digits.
std::string hexadecimal(std::uint64_t word);

}  // namespace marrow::io
