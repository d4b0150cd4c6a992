// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/examine.hpp"

#include "core/observe/digest.hpp"
#include "io/checkpoint/directory.hpp"
#include "io/checkpoint/metadata_guard.hpp"
#include "io/checkpoint/state_file.hpp"
#include "io/checkpoint/state_reader.hpp"
#include "io/checkpoint/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>
#include <system_error>

namespace marrow::io {
namespace fs = std::filesystem;
namespace {

// Columns are read in pieces of this many entries, so that a login node's memory suffices.
constexpr std::uint64_t chunk_entries = std::uint64_t{1} << 22;
constexpr std::int64_t chunk_voxels = std::int64_t{1} << 26;

std::uint64_t digest_of_stored(const StateReader& file, const FieldSpec& spec) {
  const std::uint64_t total = file.entries(spec);
  std::uint64_t sum = 0;
  for (std::uint64_t first = 0; first < total; first += chunk_entries) {
    sum += digest_of(file.read(spec, first, std::min(total, first + chunk_entries)));
  }
  return sum;
}

std::string damage_of_tissue(const StateReader& file, const Manifest& manifest) {
  std::uint64_t niches = 0;
  const auto sites = file.niche_sites();
  for (std::size_t i = 0; i < sites.size(); ++i) niches += digest_of(niche_spec, i, sites[i]);
  if (niches != manifest.tissue.niche_digest) return std::string(niche_dataset) + " is damaged";
  if (!manifest.tissue.dense) return {};
  const Index3& n = manifest.lattice.extent;
  const std::int64_t step =
      std::max<std::int64_t>(1, chunk_voxels / std::max<std::int64_t>(1, n.x * n.y));
  std::uint64_t voxels = 0;
  for (std::int64_t z = 0; z < n.z; z += step) {
    const Box box{{0, 0, z}, {n.x, n.y, std::min(n.z, z + step)}};
    voxels += digest_of_tissue(manifest.lattice, box,
                               file.read_tissue(manifest.lattice, box).kind.data());
  }
  return voxels == manifest.tissue.dense_digest ? "" : std::string(tissue_dataset) + " is damaged";
}

void read_all(Examination& result, const fs::path& state) {
  const StateReader file(state);
  if (!result.manifest) {
    result.manifest = file.header();
    result.manifest->raw = file.raw_extents();
  }
  file.require_matches(*result.manifest);
  result.provenance_json = file.text(provenance_dataset);
  for (const FieldSpec& spec : field_specs()) {
    result.digests.push_back(digest_of_stored(file, spec));
  }
  result.problem = describe_damage(*result.manifest, result.digests);
  if (result.problem.empty()) result.problem = damage_of_tissue(file, *result.manifest);
  if (!result.problem.empty()) result.problem = state.string() + ": " + result.problem;
}

std::string describe_record(CellRecord record) {
  constexpr std::array<std::string_view, 7> names = {
      "none", "stem", "apoptotic", "effector", "engaged", "exhausted", "memory"};
  if (record.bits() == 0) return "none";
  const auto state = static_cast<std::size_t>(record.state());
  return fmt::format(
      "{}, clone {}, clock {}, interferon {}, count {}",
      state < names.size() ? std::string(names[state]) : fmt::format("unknown state {}", state),
      record.clone(), record.clock(), record.ifn_memory(), record.count());
}

}  // namespace

CheckpointPath resolve(const fs::path& path) {
  std::error_code error;
  if (fs::is_regular_file(path, error)) {
    return {PathKind::state_file, path, path, path.parent_path()};
  }
  if (!fs::is_directory(path, error)) {
    throw Failure(ExitCode::files, path.string() + " does not exist");
  }
  if (fs::is_directory(checkpoints_of(path), error)) {
    return {PathKind::run_directory, path, {}, checkpoints_of(path)};
  }
  if (!list_checkpoints(path).empty()) return {PathKind::run_directory, path, {}, path};
  const bool named =
      step_of_name(fs::absolute(path).lexically_normal().filename().string()).has_value();
  if (named || fs::exists(path / "state.h5", error) || fs::exists(path / "manifest.json", error)) {
    return {PathKind::checkpoint, path, path / "state.h5", path};
  }
  throw Failure(ExitCode::files,
                fmt::format("{} is neither a run directory (no 'checkpoints' in it) nor a "
                            "checkpoint (no 'state.h5' in it)",
                            path.string()));
}

Examination examine(const fs::path& directory) {
  Examination result;
  try {
    result.manifest = read_manifest(directory);
    result.has_manifest = true;
    require_sound_metadata(directory / "state.h5", *result.manifest);
    read_all(result, directory / "state.h5");
  } catch (const Failure& failure) {
    result.problem = failure.what();
  }
  return result;
}

Examination examine_state_file(const fs::path& state) {
  std::error_code error;
  if (state.filename() == "state.h5" && fs::exists(state.parent_path() / "manifest.json", error)) {
    return examine(state.parent_path());
  }
  Examination result;
  try {
    read_all(result, state);
  } catch (const Failure& failure) {
    result.problem = failure.what();
  }
  return result;
}

std::string describe_step(std::int64_t step) {
  const double days = static_cast<double>(step) / 24.0;
  return fmt::format("{} h = {:.1f} days ({:.2f} years)", step, days, days / 365.25);
}

std::string describe_value(const FieldSpec& spec, std::uint64_t word) {
  if (spec.path.ends_with("/record")) return describe_record(CellRecord(word));
  switch (spec.type) {
    case FieldType::i64:
      return fmt::format("{}", std::bit_cast<std::int64_t>(word));
    case FieldType::f64:
      return fmt::format("{}", std::bit_cast<double>(word));
    case FieldType::u64:
      break;
  }
  return fmt::format("{}", word);
}

std::string describe_index(const FieldSpec& spec, std::uint64_t index, const Lattice& lattice,
                           const std::vector<SiteIndex>& niche_sites) {
  const auto at = [&](SiteIndex site) {
    const Index3 p = lattice.position(site);
    return fmt::format("x {}, y {}, z {}", p.x, p.y, p.z);
  };
  const bool has_voxels = lattice.box().volume() > 0;
  if (spec.index == "entry") return "its value";
  if (spec.index == "site" && has_voxels) return fmt::format("site {} ({})", index, at(index));
  if (spec.index == "niche" && has_voxels && index < niche_sites.size()) {
    return fmt::format("niche {} ({})", index, at(niche_sites[index]));
  }
  if (spec.index == "block" && has_voxels) {
    const Index3 grid = BlockGrid(lattice.extent).extent;
    const auto b = static_cast<std::int64_t>(index);
    const Index3 lo{b % grid.x * block_edge, b / grid.x % grid.y * block_edge,
                    b / (grid.x * grid.y) * block_edge};
    return fmt::format("block {} (from x {}, y {}, z {})", index, lo.x, lo.y, lo.z);
  }
  return fmt::format("{} {}", spec.index, index);
}

}  // namespace marrow::io
