// SPDX-License-Identifier: BSD-3-Clause
// The order of a write: state.h5 into a hidden directory, read back, manifest, sync, rename, prune.
#include "core/observe/digest.hpp"
#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/hdf5.hpp"
#include "io/checkpoint/metadata_guard.hpp"
#include "io/checkpoint/parts.hpp"
#include "io/checkpoint/state_file.hpp"
#include "io/checkpoint/state_reader.hpp"
#include "io/checkpoint/state_skeleton.hpp"
#include "io/checkpoint/state_writer.hpp"
#include "io/checkpoint/verify.hpp"
#include "io/file/files.hpp"
#include "io/file/room.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <numeric>
#include <span>
#include <system_error>

namespace marrow::io {
namespace fs = std::filesystem;
namespace {

void require(bool holds, const std::string& otherwise) {
  if (!holds) throw Failure(ExitCode::model_health, "checkpoint refused: " + otherwise);
}

// Same bits on every rank?
bool same_everywhere(const parallel::Communicator& comm, std::uint64_t word) {
  const auto bits = static_cast<std::int64_t>(word);
  return comm.min(bits) == comm.max(bits);
}

// A state on which ranks disagree is sick: writing it would hide that.
void require_consistent(const parallel::Communicator& comm, const CheckpointContent& content) {
  comm.agree([&] {
    require(content.columns.size() == field_specs().size(), "not all fields were handed over");
    for (std::size_t i = 0; i < content.columns.size(); ++i) {
      const FieldColumn& column = content.columns[i];
      const std::string path(field_specs()[i].path);
      require(column.spec == &field_specs()[i], "fields are out of order at " + path);
      require(column.index.size() == column.value.size(), path + " has values without index");
    }
    require(content.step >= 0, "the step is negative");
    if (content.dense_tissue) {
      const TissueBox& tissue = *content.dense_tissue;
      require(tissue.box.empty() || intersection(tissue.box, content.lattice.box()) == tissue.box,
              "a rank's tissue reaches beyond the lattice");
      require(static_cast<std::int64_t>(tissue.kind.size()) == tissue.box.volume(),
              "a rank's tissue does not fill its box");
    }
  });
  for (const FieldColumn& column : content.columns) {
    if (column.spec->owner == FieldOwner::distributed) continue;
    require(same_everywhere(comm, column.value.size()) && same_everywhere(comm, digest_of(column)),
            "ranks hold different values of '" + std::string(column.spec->path) + "'");
  }
  const std::string common =
      fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {}", content.step, content.lattice.extent.x,
                  content.lattice.extent.y, content.lattice.extent.z, content.lattice.spacing_um,
                  content.lattice.periodic, content.code_version, content.scenario_name,
                  content.scenario_fingerprint, content.tissue_generator, content.tissue_hash,
                  content.dense_tissue.has_value(), content.niche_sites.size());
  require(same_everywhere(comm, std::stoull(fingerprint(common), nullptr, 16)),
          "ranks disagree about the run");
}

std::uint64_t digest_of_niches(std::span<const SiteIndex> sites) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < sites.size(); ++i) sum += digest_of(niche_spec, i, sites[i]);
  return sum;
}

std::map<std::string, std::string> texts_of(const CheckpointContent& content) {
  return {{scenario_text_dataset, content.scenario_text},
          {scenario_effective_dataset, content.scenario_effective},
          {provenance_dataset, content.provenance_json}};
}

std::vector<std::uint64_t> part_digests(const parallel::Communicator& comm,
                                        const CheckpointContent& content, std::size_t field,
                                        std::uint64_t entries) {
  const FieldColumn& column = content.columns[field];
  const IndexParts parts(*column.spec, entries, content.lattice);
  std::vector<std::uint64_t> digests = parts.digests(column);
  if (column.spec->owner == FieldOwner::distributed) comm.sum(std::span(digests));
  return digests;
}

// All that is known before anything is written. Of the texts the root's count.
Manifest manifest_of(const parallel::Communicator& comm, const CheckpointContent& content,
                     const SeriesMark& series) {
  std::vector<std::uint64_t> digests, indices, entries;
  for (const FieldColumn& column : content.columns) {
    const bool counts = column.spec->owner == FieldOwner::distributed || comm.is_root();
    digests.push_back(counts ? digest_of(column) : 0);
    indices.push_back(digest_of_indices(column));
    entries.push_back(counts ? column.value.size() : 0);
  }
  comm.sum(std::span(digests));
  comm.sum(std::span(indices));
  comm.sum(std::span(entries));
  Manifest manifest;
  manifest.code_version = content.code_version;
  manifest.step = content.step;
  manifest.lattice = content.lattice;
  manifest.digest = std::accumulate(digests.begin(), digests.end(), std::uint64_t{0});
  for (std::size_t i = 0; i < digests.size(); ++i) {
    const FieldSpec& spec = field_specs()[i];
    FieldDigest& field = manifest.fields[std::string(spec.path)];
    field = {spec.id, entries[i], digests[i], part_digests(comm, content, i, entries[i]), {}};
    if (spec.owner == FieldOwner::distributed) field.indices = indices[i];
  }
  manifest.tissue = {content.tissue_generator,         content.tissue_hash,
                     content.dense_tissue.has_value(), 0,
                     content.niche_sites.size(),       digest_of_niches(content.niche_sites)};
  if (content.dense_tissue) {
    manifest.tissue.dense_digest =
        comm.sum(content.dense_digest ? *content.dense_digest : digest_of_dense_tissue(content));
  }
  for (const auto& [name, text] : texts_of(content)) manifest.texts[name] = fingerprint(text);
  manifest.scenario_name = content.scenario_name;
  manifest.scenario_fingerprint = content.scenario_fingerprint;
  manifest.real_cells_per_niche = content.real_cells_per_niche;
  manifest.series = series;
  manifest.frames_lost = content.frames_lost;
  return manifest;
}

// An upper bound on the size of state.h5; metadata measures below 1 KiB per dataset.
std::uint64_t expected_bytes(const Manifest& manifest, const CheckpointContent& content) {
  std::uint64_t bytes = std::uint64_t{64} << 10;
  for (const FieldSpec& spec : field_specs()) {
    const std::uint64_t words = spec.owner == FieldOwner::distributed ? 2 : 1;
    bytes += 2048 + 8 * words * manifest.fields.at(std::string(spec.path)).entries;
  }
  bytes += content.scenario_text.size() + content.scenario_effective.size() +
           content.provenance_json.size() + 8 * content.niche_sites.size();
  if (content.dense_tissue) bytes += static_cast<std::uint64_t>(content.lattice.box().volume());
  return bytes;
}

/// One write under way; steps in the order they are called.
class Write {
 public:
  Write(const parallel::Communicator& comm, const fs::path& run_directory,
        const CheckpointContent& content, const WriteOptions& options)
      : comm_(comm),
        content_(content),
        options_(options),
        checkpoints_(checkpoints_of(run_directory)),
        final_(checkpoints_ / checkpoint_name(content.step)) {}

  [[nodiscard]] const fs::path& final_directory() const { return final_; }

  void prepare(std::uint64_t bytes, WriteResult& result) {
    bytes_ = bytes;
    std::string leftovers, name;
    root([&] {
      require_path_fits(checkpoints_.parent_path());
      std::error_code error;
      const bool made = fs::create_directories(checkpoints_, error);
      if (error) {
        throw Failure(ExitCode::files,
                      fmt::format("cannot create {}: {}", checkpoints_.string(), error.message()));
      }
      if (made) sync_path(checkpoints_.parent_path());
      leftovers = remove_partials(checkpoints_);
      require_free_space(checkpoints_, bytes + bytes / 10);
      const fs::path partial = unused_name(checkpoints_, ".partial-" + final_.filename().string());
      if (!fs::create_directory(partial, error)) {
        throw Failure(ExitCode::files,
                      fmt::format("cannot create {}: {}", partial.string(), error.message()));
      }
      name = partial.filename().string();
    });
    comm_.broadcast(leftovers);
    comm_.broadcast(name);
    if (!leftovers.empty()) result.warnings.push_back(leftovers);
    partial_ = checkpoints_ / name;
    state_ = partial_ / "state.h5";
    comm_.agree([&] {
      std::error_code error;
      if (!fs::is_directory(partial_, error)) {
        throw Failure(ExitCode::files,
                      fmt::format("{} is not visible from rank {} on {}: all nodes need the run "
                                  "directory on a shared file system",
                                  partial_.string(), comm_.rank(), host_name()));
      }
      require_file_size_allowed(state_, bytes);
    });
    point("space");
  }

  // The root makes the file and all that HDF5 itself keeps in it; then all ranks fill in their
  // values.
  void write_state(Manifest& manifest) {
    explained([&] {
      root([&] { build(manifest); });
      comm_.broadcast(std::span(&manifest.state_bytes, 1));
      point("created");
      fill(manifest);
    });
    point("closed");
  }

  void verify(const Manifest& manifest) const {
    if (options_.verify) read_verified(comm_, state_, manifest);
    point("verified");
  }

  void publish(const Manifest& manifest) {
    root([&] {
      sync_path(state_);
      write_file_durably(partial_ / "manifest.json", to_json(manifest));
      sync_path(partial_);
    });
    point("manifest");
    root([&] {
      put_in_place(partial_, final_);
      sync_path(checkpoints_);
    });
  }

  // The checkpoint counts from here on; what fails now is a warning.
  void after_rename(WriteResult& result) {
    warn(result, "the hint LATEST was not updated", [&] {
      const fs::path hint = checkpoints_ / ".partial-LATEST";
      write_file_durably(hint, final_.filename().string() + "\n");
      put_in_place(hint, checkpoints_ / "LATEST");
      sync_path(checkpoints_);
    });
    point("renamed");
    std::vector<std::uint64_t> pruned;
    warn(result, "old checkpoints were not all removed", [&] { prune(pruned); });
    if (!comm_.is_root()) pruned.clear();
    for (const std::uint64_t step : comm_.all_gather(std::span<const std::uint64_t>(pruned))) {
      result.pruned_steps.push_back(static_cast<std::int64_t>(step));
    }
    point("pruned");
  }

  // Leaves no trace; says so when it cannot.
  [[nodiscard]] std::string undo() const {
    std::string trouble;
    if (comm_.is_root() && !partial_.empty()) {
      std::error_code error;
      fs::remove_all(partial_, error);
      if (error) {
        trouble = fmt::format("; {} could not be removed: {}", partial_.string(), error.message());
      }
    }
    comm_.broadcast(trouble);
    return trouble;
  }

 private:
  // Each in turn, so that one that cannot go does not keep the others.
  void prune(std::vector<std::uint64_t>& pruned) const {
    std::string trouble;
    for (const CheckpointPlace& place : to_prune(checkpoints_, content_.step, options_.retention)) {
      try {
        // Renamed first: a removal that is interrupted leaves no half checkpoint behind.
        const std::string name = ".partial-pruned-" + checkpoint_name(place.step);
        const fs::path doomed = unused_name(checkpoints_, name);
        put_in_place(place.directory, doomed);
        pruned.push_back(static_cast<std::uint64_t>(place.step));
        fs::remove_all(doomed);
      } catch (const std::exception& failure) {
        trouble += (trouble.empty() ? "" : "; ") + std::string(failure.what());
      }
    }
    if (!trouble.empty()) throw Failure(ExitCode::files, trouble);
  }

  // HDF5 does not pass on why the system refused a write: the room there mostly tells.
  void explained(const std::function<void()>& work) const {
    try {
      work();
    } catch (const Failure& failure) {
      std::string room = describe_room(checkpoints_);
      comm_.broadcast(room);
      throw Failure(failure.code(), fmt::format("{} (it needs up to {}; {})", failure.what(),
                                                describe_bytes(bytes_), room));
    }
  }

  void build(Manifest& manifest) const {
    reserve_space(state_, bytes_);
    create_state_skeleton(state_,
                          {manifest, content_.columns, content_.niche_sites, texts_of(content_)});
    manifest.state_bytes = fs::file_size(state_);
    manifest.raw = StateReader(state_).raw_extents();
    manifest.metadata_fingerprint = fingerprint_outside(state_, manifest.raw);
    reserve_space(state_, manifest.state_bytes);
  }

  void fill(const Manifest& manifest) const {
    StateWriter file(comm_, state_, options_.transfers, options_.at_point);
    for (const FieldColumn& column : content_.columns) {
      if (column.spec->owner == FieldOwner::distributed) file.put(column);
    }
    if (manifest.tissue.dense) file.put_tissue(content_.lattice, *content_.dense_tissue);
    file.close();
  }

  void point(std::string_view name) const {
    if (options_.at_point) comm_.agree([&] { options_.at_point(name); });
  }
  void root(const std::function<void()>& work) const {
    comm_.agree([&] {
      if (comm_.is_root()) work();
    });
  }
  void warn(WriteResult& result, const char* what, const std::function<void()>& work) const {
    try {
      root(work);
    } catch (const Failure& failure) {
      result.warnings.push_back(fmt::format("{}: {}", what, failure.what()));
    }
  }

  const parallel::Communicator& comm_;
  const CheckpointContent& content_;
  const WriteOptions& options_;
  fs::path checkpoints_, final_, partial_, state_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

std::uint64_t digest_of_dense_tissue(const CheckpointContent& content) {
  const TissueBox& mine = *content.dense_tissue;
  return digest_of_tissue(content.lattice, mine.box, mine.kind.data());
}

WriteResult write_checkpoint(const parallel::Communicator& comm, const fs::path& run_directory,
                             const CheckpointContent& content, const SeriesMark& series,
                             const WriteOptions& options) {
  require_consistent(comm, content);
  Manifest manifest = manifest_of(comm, content, series);
  manifest.stays = stays_for_ever(content.step, options.retention);
  Write write(comm, run_directory, content, options);
  WriteResult result;
  result.directory = write.final_directory();
  result.digest = manifest.digest;
  try {
    write.prepare(expected_bytes(manifest, content), result);
    write.write_state(manifest);
    write.verify(manifest);
    write.publish(manifest);
  } catch (const Failure& failure) {
    const std::string trouble = write.undo();
    if (failure.code() == ExitCode::model_health) throw;
    result.message = failure.what() + trouble;
    result.poisoned = comm.max(hdf5_poisoned() ? 1 : 0) == 1;
    return result;
  }
  result.ok = true;
  result.bytes = manifest.state_bytes;
  write.after_rename(result);
  return result;
}

}  // namespace marrow::io
