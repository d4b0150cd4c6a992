// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/read_deep.hpp"

#include "core/observe/digest.hpp"
#include "io/checkpoint/describe.hpp"
#include "io/checkpoint/locate_damage.hpp"
#include "io/checkpoint/parts.hpp"
#include "io/checkpoint/state_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

namespace marrow::io {
namespace {

// Pieces of this many entries or voxels, so that a login node's memory suffices.
constexpr std::uint64_t chunk_entries = std::uint64_t{1} << 22;
constexpr std::int64_t chunk_voxels = std::int64_t{1} << 26;

using Take = std::function<void(const FieldColumn& piece)>;

void read_field(const StateReader& file, const FieldSpec& spec, const Alive& alive,
                const Take& take) {
  const std::uint64_t total = file.entries(spec);
  for (std::uint64_t first = 0; first < total; first += chunk_entries) {
    alive(spec.path);
    take(file.read(spec, first, std::min(total, first + chunk_entries)));
  }
}

void read_niches(const StateReader& file, const Alive& alive, const Take& take) {
  alive(niche_spec.path);
  FieldColumn column{&niche_spec, {}, file.niche_sites()};
  column.index.resize(column.value.size());
  std::iota(column.index.begin(), column.index.end(), std::uint64_t{0});
  take(column);
}

void read_tissue(const StateReader& file, const Lattice& lattice, const Alive& alive,
                 std::int64_t most_voxels, const std::function<void(const TissueBox&)>& take) {
  const Index3& n = lattice.extent;
  const std::int64_t step =
      std::max<std::int64_t>(1, most_voxels / std::max<std::int64_t>(1, n.x * n.y));
  for (std::int64_t z = 0; z < n.z; z += step) {
    alive(tissue_spec.path);
    take(file.read_tissue(lattice, {{0, 0, z}, {n.x, n.y, std::min(n.z, z + step)}}));
  }
}

// Whole planes are consecutive sites.
FieldColumn as_column(const Lattice& lattice, const TissueBox& planes) {
  FieldColumn column{&tissue_spec, {}, {planes.kind.begin(), planes.kind.end()}};
  column.index.resize(column.value.size());
  std::iota(column.index.begin(), column.index.end(), lattice.site(planes.box.lo));
  return column;
}

struct Place {
  const FieldSpec& spec;
  const Lattice& lattice;
  const std::vector<SiteIndex>& niche_sites;

  [[nodiscard]] std::string of(std::uint64_t index) const {
    return describe_index(spec, index, lattice, niche_sites);
  }
};

/// `parts`: those whose digests are wrong, in words; empty when that is not known.
std::string describe_place(const DamageSearch& search, const Place& place,
                           const std::string& parts) {
  if (const auto& one = search.culprit()) {
    if (one->read_index != one->written_index) {
      return fmt::format("one entry is changed: it reads as {}, written was {}",
                         place.of(one->read_index), place.of(one->written_index));
    }
    return fmt::format("one entry is changed: {} reads '{}', written was '{}'",
                       place.of(one->read_index), describe_value(place.spec, one->read_value),
                       describe_value(place.spec, one->written_value));
  }
  if (const auto& range = search.disorder()) {
    return fmt::format("its entries are out of order from entry {} ({}) to entry {} ({})",
                       range->first, place.of(range->first_index), range->last,
                       place.of(range->last_index));
  }
  if (!parts.empty()) return "more than one entry is changed, in " + parts;
  return "more than one entry is changed, and the digest does not tell which";
}

std::string damaged(const std::string& what, std::uint64_t found, std::uint64_t promised,
                    const std::string& where) {
  return fmt::format("{} is damaged: its digest is {}, the manifest says {}; {}", what,
                     hexadecimal(found), hexadecimal(promised), where);
}

void add(std::string& all, const std::string& one) {
  if (!all.empty() && !one.empty()) all += "; ";
  all += one;
}

std::string damage_of_tissue(const StateReader& file, const Manifest& manifest,
                             const Alive& alive) {
  if (!manifest.tissue.dense) return {};
  const Lattice& lattice = manifest.lattice;
  std::uint64_t found = 0;
  read_tissue(file, lattice, alive, chunk_voxels, [&](const TissueBox& planes) {
    found += digest_of_tissue(lattice, planes.box, planes.kind.data());
  });
  const std::uint64_t promised = manifest.tissue.dense_digest;
  if (found == promised) return {};
  DamageSearch search(tissue_spec, promised - found, DamageSearch::Stored::value);
  read_tissue(file, lattice, alive, static_cast<std::int64_t>(chunk_entries),
              [&](const TissueBox& planes) { search.look(as_column(lattice, planes)); });
  return damaged(tissue_dataset, found, promised,
                 describe_place(search, {tissue_spec, lattice, {}}, {}));
}

/// A column read as often as needed: once for its digest, once more when that is wrong.
std::string damage_of_column(const std::string& name, const Place& place,
                             const FieldDigest& promised,
                             const std::function<void(const Take&)>& read, std::uint64_t& found) {
  found = 0;
  std::uint64_t indices = 0;
  read([&](const FieldColumn& piece) {
    found += digest_of(piece);
    indices += digest_of_indices(piece);
  });
  if (found == promised.digest) return damage_of_indices(place.spec.path, promised, indices);
  const auto stored = place.spec.owner == FieldOwner::distributed
                          ? DamageSearch::Stored::index_and_value
                          : DamageSearch::Stored::value;
  DamageSearch search(place.spec, promised.digest - found, stored);
  const IndexParts parts(place.spec, promised.entries, place.lattice);
  std::vector<std::uint64_t> of_parts(parts.count(), 0);
  read([&](const FieldColumn& piece) {
    search.look(piece);
    std::ranges::transform(parts.digests(piece), of_parts, of_parts.begin(), std::plus());
  });
  return damaged(name, found, promised.digest,
                 describe_place(search, place, parts.differences(of_parts, promised.parts)));
}

}  // namespace

std::string damage_of_values(const StateReader& file, const Manifest& manifest,
                             std::vector<std::uint64_t>& digests, const Alive& alive) {
  const Lattice& lattice = manifest.lattice;
  const auto niche_sites = file.niche_sites();
  std::string damage;
  for (const FieldSpec& spec : field_specs()) {
    const std::string path(spec.path);
    add(damage, damage_of_column(
                    "field '" + path + "'", {spec, lattice, niche_sites}, manifest.fields.at(path),
                    [&](const Take& take) { read_field(file, spec, alive, take); },
                    digests.emplace_back()));
  }
  const auto sum = std::accumulate(digests.begin(), digests.end(), std::uint64_t{0});
  if (damage.empty() && sum != manifest.digest) {
    damage = "the digests of the fields do not add up to that of the state";
  }
  std::uint64_t found = 0;
  add(damage, damage_of_column(
                  niche_dataset, {niche_spec, lattice, {}},
                  {niche_spec.id, manifest.tissue.niches, manifest.tissue.niche_digest, {}, {}},
                  [&](const Take& take) { read_niches(file, alive, take); }, found));
  add(damage, damage_of_tissue(file, manifest, alive));
  return damage;
}

}  // namespace marrow::io
