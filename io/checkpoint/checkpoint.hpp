// SPDX-License-Identifier: BSD-3-Clause
// Checkpoints of a run: written so that a complete one never disappears or lies, read so that a
// damaged one is never used. Nothing in them depends on the number of ranks. Knows the registry of
// fields, not what the fields mean. All calls with a communicator are collective over it.
#pragma once

#include "core/cells/state.hpp"
#include "core/lattice/geometry.hpp"
#include "core/tissue/tissue_kind.hpp"
#include "io/checkpoint/directory.hpp"
#include "io/checkpoint/manifest.hpp"
#include "io/checkpoint/redistribute.hpp"
#include "io/checkpoint/transfer_sizes.hpp"
#include "parallel/communicator.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

/// What one rank puts into a checkpoint.
struct CheckpointContent {
  std::int64_t step = 0;
  Lattice lattice;
  std::vector<FieldColumn> columns;  // export_fields of this rank's state
  std::string code_version;
  std::string scenario_name;
  double real_cells_per_niche = 0.0;
  std::string scenario_fingerprint;
  std::string scenario_text;       // as given
  std::string scenario_effective;  // with all defaults
  std::string provenance_json;
  std::string tissue_generator;  // name and version of procedural tissue, or what was imported
  std::uint64_t tissue_hash = 0;
  std::optional<TissueBox>
      dense_tissue;  // imported tissue: this rank's part; the parts tile the lattice
  /// Digest of this rank's part of it, when it was taken before: the tissue does not change.
  std::optional<std::uint64_t> dense_digest;
  std::vector<SiteIndex> niche_sites;  // the site of each niche (whole table); may be left out
  std::int64_t frames_lost = 0;        // see Manifest
};

/// This rank's part of the digest of imported tissue, for CheckpointContent::dense_digest.
std::uint64_t digest_of_dense_tissue(const CheckpointContent& content);

struct WriteOptions {
  Retention retention;
  bool verify = true;  // read back and compare the digests before the checkpoint counts
  TransferSizes transfers;
  /// Called on every rank at named points ("space", "created", "write:1", …, "closed", "verified",
  /// "manifest", "renamed", "pruned"); may throw. For fault injection.
  std::function<void(std::string_view point)> at_point;
};

/// The outcome of a write, the same on every rank. A failed write leaves no trace on disk and all
/// earlier checkpoints as they were.
struct WriteResult {
  bool ok = false;
  std::string message;  // why it failed
  bool poisoned =
      false;  // HDF5 could not close a file on some rank: end with MPI_Abort, not Finalize
  std::filesystem::path directory;
  std::uint64_t digest = 0;
  std::uint64_t bytes = 0;            // of state.h5
  std::vector<std::string> warnings;  // the checkpoint is good, but …
  std::vector<std::int64_t> pruned_steps;
};

/// Writes <run>/checkpoints/step_…; then prunes. Failures of disk or file system are returned; only
/// a contradiction in `content` itself (ranks that disagree) throws Failure(internal_error).
/// SIGXFSZ must be ignored by the caller.
WriteResult write_checkpoint(const parallel::Communicator& comm,
                             const std::filesystem::path& run_directory,
                             const CheckpointContent& content, const SeriesMark& series,
                             const WriteOptions& options);

/// A verified checkpoint in memory. Replicated columns are whole on every rank; of distributed ones
/// each rank holds an equal share: see columns_for().
struct LoadedCheckpoint {
  std::filesystem::path directory;
  Manifest manifest;
  std::string scenario_text;
  std::string scenario_effective;
  std::string provenance_json;
  std::vector<FieldColumn> columns;
  std::vector<SiteIndex> niche_sites;  // on every rank; empty when they were left out
};

struct Rejection {
  std::filesystem::path directory;
  std::string reason;
};

struct SearchResult {
  std::optional<LoadedCheckpoint> checkpoint;  // the newest good one
  std::vector<Rejection> rejected;             // newer ones, newest first
};

/// The newest checkpoint of a run that verifies and to which nothing is objected (asked on the
/// root). Both parts empty: the run has none. Throws Failure(files) when its checkpoints cannot be
/// listed.
SearchResult load_newest(const parallel::Communicator& comm,
                         const std::filesystem::path& run_directory,
                         const Objection& objection = {});

/// The checkpoint at `path`: its directory, its state.h5, or a run directory (then its newest).
/// Throws Failure(no_usable_checkpoint) with the reasons.
LoadedCheckpoint load_checkpoint(const parallel::Communicator& comm,
                                 const std::filesystem::path& path);

/// The columns as import_fields wants them on this rank: every distributed entry goes to its owner.
std::vector<FieldColumn> columns_for(const parallel::Communicator& comm,
                                     const LoadedCheckpoint& loaded, const OwnerOf& owner);

/// Imported tissue of one box, straight from the file; not collective. Throws
/// Failure(no_usable_checkpoint), also when the checkpoint holds no dense tissue.
TissueBox read_dense_tissue(const LoadedCheckpoint& loaded, const Box& box);

}  // namespace marrow::io
