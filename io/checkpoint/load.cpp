// SPDX-License-Identifier: BSD-3-Clause
// Finding the newest good checkpoint and handing its content to the ranks.
#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/state_file.hpp"
#include "io/checkpoint/state_reader.hpp"
#include "io/checkpoint/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <system_error>

namespace marrow::io {
namespace fs = std::filesystem;
namespace {

// The root's manifest on every rank.
Manifest common_manifest(const parallel::Communicator& comm, const fs::path& directory) {
  std::string json;
  comm.agree([&] {
    if (comm.is_root()) json = to_json(read_manifest(directory));
  });
  comm.broadcast(json);
  return parse_manifest(json, directory / "manifest.json");
}

void broadcast_words(const parallel::Communicator& comm, std::vector<std::uint64_t>& words) {
  std::uint64_t count = words.size();
  comm.broadcast(std::span(&count, 1));
  words.resize(count);
  constexpr std::uint64_t piece = largest_transfer_bytes / sizeof(std::uint64_t);
  for (std::uint64_t done = 0; done < count; done += piece) {
    comm.broadcast(std::span(words).subspan(done, std::min(piece, count - done)));
  }
}

LoadedCheckpoint load_directory(const parallel::Communicator& comm, const fs::path& directory,
                                const Objection& objection = {}) {
  LoadedCheckpoint loaded;
  loaded.directory = directory;
  loaded.manifest = common_manifest(comm, directory);
  comm.agree([&] {
    const std::string against =
        objection && comm.is_root() ? objection(loaded.manifest) : std::string();
    if (!against.empty()) throw Failure(ExitCode::no_usable_checkpoint, against);
  });
  loaded.columns = read_verified(comm, directory / "state.h5", loaded.manifest);
  comm.agree([&] {
    if (!comm.is_root()) return;
    const StateReader file(directory / "state.h5");
    loaded.scenario_text = file.text(scenario_text_dataset);
    loaded.scenario_effective = file.text(scenario_effective_dataset);
    loaded.provenance_json = file.text(provenance_dataset);
    loaded.niche_sites = file.niche_sites();
  });
  comm.broadcast(loaded.scenario_text);
  comm.broadcast(loaded.scenario_effective);
  comm.broadcast(loaded.provenance_json);
  broadcast_words(comm, loaded.niche_sites);
  for (FieldColumn& column : loaded.columns) {
    if (column.spec->owner == FieldOwner::distributed) continue;
    broadcast_words(comm, column.value);
    broadcast_words(comm, column.index);
  }
  return loaded;
}

// Directory listings of network file systems may differ between nodes: the root's counts.
std::vector<fs::path> common_list(const parallel::Communicator& comm, const fs::path& checkpoints) {
  std::string joined;
  comm.agree([&] {
    if (!comm.is_root()) return;
    for (const CheckpointPlace& place : list_checkpoints(checkpoints)) {
      joined += place.directory.filename().string() + "\n";
    }
  });
  comm.broadcast(joined);
  std::vector<fs::path> directories;
  for (std::size_t from = 0; from < joined.size();) {
    const std::size_t end = joined.find('\n', from);
    directories.push_back(checkpoints / joined.substr(from, end - from));
    from = end + 1;
  }
  return directories;
}

bool on_root(const parallel::Communicator& comm, bool (*holds)(const fs::path&),
             const fs::path& path) {
  std::uint64_t answer = comm.is_root() && holds(path) ? 1 : 0;
  comm.broadcast(std::span(&answer, 1));
  return answer == 1;
}

bool is_run_directory(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(checkpoints_of(path), error);
}

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

}  // namespace

SearchResult load_newest(const parallel::Communicator& comm, const fs::path& run_directory,
                         const Objection& objection) {
  SearchResult result;
  for (const fs::path& directory : common_list(comm, checkpoints_of(run_directory))) {
    try {
      result.checkpoint = load_directory(comm, directory, objection);
      return result;
    } catch (const Failure& failure) {
      if (failure.code() != ExitCode::no_usable_checkpoint) throw;
      result.rejected.push_back({directory, failure.what()});
    }
  }
  return result;
}

LoadedCheckpoint load_checkpoint(const parallel::Communicator& comm, const fs::path& path) {
  if (!on_root(comm, is_run_directory, path)) {
    return load_directory(comm, on_root(comm, is_file, path) ? path.parent_path() : path);
  }
  SearchResult result = load_newest(comm, path);
  if (result.checkpoint) return std::move(*result.checkpoint);
  std::string reasons = path.string() + " holds no usable checkpoint";
  for (const Rejection& rejection : result.rejected) reasons += "\n  " + rejection.reason;
  throw Failure(ExitCode::no_usable_checkpoint, reasons);
}

std::vector<FieldColumn> columns_for(const parallel::Communicator& comm,
                                     const LoadedCheckpoint& loaded, const OwnerOf& owner) {
  std::vector<FieldColumn> columns;
  for (const FieldColumn& column : loaded.columns) {
    columns.push_back(column.spec->owner == FieldOwner::distributed ? to_owners(comm, column, owner)
                                                                    : column);
  }
  return columns;
}

TissueBox read_dense_tissue(const LoadedCheckpoint& loaded, const Box& box) {
  return StateReader(loaded.directory / "state.h5").read_tissue(loaded.manifest.lattice, box);
}

}  // namespace marrow::io
