// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/verify.hpp"

#include "core/observe/digest.hpp"
#include "io/checkpoint/metadata_guard.hpp"
#include "io/checkpoint/parts.hpp"
#include "io/checkpoint/redistribute.hpp"
#include "io/checkpoint/state_file.hpp"
#include "io/checkpoint/state_reader.hpp"
#include "io/file/room.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <span>
#include <system_error>

namespace marrow::io {
namespace {

// Planes of dense tissue are read in boxes of about this many voxels: still in the processor's
// cache when their digest is taken.
constexpr std::int64_t tissue_chunk_voxels = std::int64_t{1} << 22;

// Every rank must see the same file before any of them reads it.
void require_visible(const parallel::Communicator& comm, const std::filesystem::path& path,
                     std::uint64_t bytes) {
  comm.agree([&] {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (!error && size == bytes) return;
    throw Failure(
        ExitCode::no_usable_checkpoint,
        fmt::format("{} as seen from rank {} on {}: {}", path.string(), comm.rank(), host_name(),
                    error ? error.message() : fmt::format("{} bytes, not {}", size, bytes)));
  });
}

std::vector<FieldColumn> read_shares(const parallel::Communicator& comm, const StateReader& file) {
  std::vector<FieldColumn> columns;
  for (const FieldSpec& spec : field_specs()) {
    const std::uint64_t total = file.entries(spec);
    if (spec.owner == FieldOwner::distributed) {
      const Share share = equal_share(total, comm.rank(), comm.size());
      columns.push_back(file.read(spec, share.first, share.last));
    } else {
      columns.push_back(comm.is_root() ? file.read(spec) : FieldColumn{&spec, {}, {}});
    }
  }
  return columns;
}

std::uint64_t digest_of_stored_tissue(const parallel::Communicator& comm, const StateReader& file,
                                      const Lattice& lattice) {
  const Index3& n = lattice.extent;
  const Share planes = equal_share(static_cast<std::uint64_t>(n.z), comm.rank(), comm.size());
  const auto last = static_cast<std::int64_t>(planes.last);
  const std::int64_t step = std::max<std::int64_t>(1, tissue_chunk_voxels / (n.x * n.y));
  std::uint64_t sum = 0;
  for (auto z = static_cast<std::int64_t>(planes.first); z < last; z += step) {
    const Box box{{0, 0, z}, {n.x, n.y, std::min(last, z + step)}};
    sum += digest_of_tissue(lattice, box, file.read_tissue(lattice, box).kind.data());
  }
  return sum;
}

void require_tissue(const parallel::Communicator& comm, const StateReader& file,
                    const Manifest& manifest) {
  std::uint64_t digests[2] = {0, 0};
  comm.agree([&] {
    if (manifest.tissue.dense) {
      digests[0] = digest_of_stored_tissue(comm, file, manifest.lattice);
    }
    if (comm.is_root() && manifest.tissue.niches > 0) {
      const auto sites = file.niche_sites();
      for (std::size_t i = 0; i < sites.size(); ++i) {
        digests[1] += digest_of(niche_spec, i, sites[i]);
      }
    }
  });
  comm.sum(std::span<std::uint64_t>(digests));
  const auto require = [&](std::uint64_t found, std::uint64_t promised, const char* what) {
    if (found == promised) return;
    throw Failure(
        ExitCode::no_usable_checkpoint,
        fmt::format("{}: {} is damaged: its digest is {}, the manifest says {}",
                    file.path().string(), what, hexadecimal(found), hexadecimal(promised)));
  };
  require(digests[0], manifest.tissue.dense_digest, tissue_dataset);
  require(digests[1], manifest.tissue.niche_digest, niche_dataset);
}

/// The digests of the parts of a registered field (by its number) as the file has them.
using PartDigests =
    std::function<std::vector<std::uint64_t>(std::size_t field, const IndexParts& parts)>;

/// What the file holds of each registered field, in that order.
struct FoundDigests {
  std::vector<std::uint64_t> fields = std::vector<std::uint64_t>(field_specs().size());
  std::vector<std::uint64_t> indices = fields;
};

/// "field 'niches/record' is damaged in niche 44 to 87: …" for each field whose digest is not the
/// manifest's; empty when all is well.
std::string describe_damage(const Manifest& manifest, const FoundDigests& found,
                            const PartDigests& parts_of) {
  const std::vector<std::uint64_t>& digests = found.fields;
  std::string damage;
  for (std::size_t i = 0; i < digests.size(); ++i) {
    const std::string path(field_specs()[i].path);
    const FieldDigest& promised = manifest.fields.at(path);
    if (digests[i] == promised.digest) {
      const std::string damaged = damage_of_indices(path, promised, found.indices[i]);
      if (!damaged.empty()) damage += (damage.empty() ? "" : "; ") + damaged;
      continue;
    }
    const IndexParts parts(field_specs()[i], promised.entries, manifest.lattice);
    const std::string where = parts.differences(parts_of(i, parts), promised.parts);
    damage += fmt::format("{}field '{}' is damaged{}{}: its digest is {}, the manifest says {}",
                          damage.empty() ? "" : "; ", path, where.empty() ? "" : " in ", where,
                          hexadecimal(digests[i]), hexadecimal(promised.digest));
  }
  const auto sum = std::accumulate(digests.begin(), digests.end(), std::uint64_t{0});
  if (damage.empty() && sum != manifest.digest) {
    damage = "the digests of the fields do not add up to that of the state";
  }
  return damage;
}

}  // namespace

std::vector<FieldColumn> read_verified(const parallel::Communicator& comm,
                                       const std::filesystem::path& state_h5,
                                       const Manifest& manifest) {
  require_visible(comm, state_h5, manifest.state_bytes);
  // The root looks at the structure alone first: only a sound file is opened by all.
  comm.agree([&] {
    if (!comm.is_root()) return;
    require_sound_metadata(state_h5, manifest);
    StateReader(state_h5).require_matches(manifest);
  });
  std::optional<StateReader> file;
  std::vector<FieldColumn> columns;
  FoundDigests found;
  comm.agree([&] {
    file.emplace(state_h5);
    columns = read_shares(comm, *file);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      found.fields[i] = digest_of(columns[i]);
      found.indices[i] = digest_of_indices(columns[i]);
    }
  });
  comm.sum(std::span(found.fields));
  comm.sum(std::span(found.indices));
  const std::string damage =
      describe_damage(manifest, found, [&](std::size_t field, const IndexParts& parts) {
        std::vector<std::uint64_t> of_parts = parts.digests(columns[field]);
        comm.sum(std::span(of_parts));
        return of_parts;
      });
  if (!damage.empty()) {
    throw Failure(ExitCode::no_usable_checkpoint, state_h5.string() + ": " + damage);
  }
  require_tissue(comm, *file, manifest);
  return columns;
}

}  // namespace marrow::io
