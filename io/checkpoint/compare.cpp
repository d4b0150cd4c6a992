// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/compare.hpp"

#include "io/checkpoint/compare_runs.hpp"
#include "io/checkpoint/describe.hpp"
#include "io/checkpoint/directory.hpp"
#include "io/checkpoint/state_file.hpp"
#include "io/checkpoint/state_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace marrow::io {
namespace fs = std::filesystem;
namespace {

struct FieldDifference {
  std::uint64_t count = 0;
  std::uint64_t first_index = 0;
  std::optional<std::uint64_t> a, b;  // values there; nothing: no such entry
};

void note(FieldDifference& difference, std::uint64_t index, std::optional<std::uint64_t> a,
          std::optional<std::uint64_t> b) {
  if (difference.count++ > 0) return;
  difference.first_index = index;
  difference.a = a;
  difference.b = b;
}

// Both columns ascend by index: a merge finds entries that only one of them has.
FieldDifference difference_of(const FieldColumn& a, const FieldColumn& b) {
  FieldDifference difference;
  std::size_t i = 0, j = 0;
  while (i < a.index.size() || j < b.index.size()) {
    const bool only_a = j == b.index.size() || (i < a.index.size() && a.index[i] < b.index[j]);
    const bool only_b = i == a.index.size() || (j < b.index.size() && b.index[j] < a.index[i]);
    if (only_a) {
      note(difference, a.index[i], a.value[i], std::nullopt);
    } else if (only_b) {
      note(difference, b.index[j], std::nullopt, b.value[j]);
    } else if (a.value[i] != b.value[j]) {
      note(difference, a.index[i], a.value[i], b.value[j]);
    }
    i += only_b ? 0 : 1;
    j += only_a ? 0 : 1;
  }
  return difference;
}

std::string value_or_absence(const FieldSpec& spec, const std::optional<std::uint64_t>& value) {
  return value ? describe_value(spec, *value) : "no entry";
}

std::string lattice_text(const Lattice& lattice) {
  return fmt::format("{} x {} x {} of {} um, {}", lattice.extent.x, lattice.extent.y,
                     lattice.extent.z, lattice.spacing_um,
                     lattice.periodic ? "periodic" : "reflecting");
}

bool same(const Lattice& a, const Lattice& b) {
  return a.extent == b.extent && a.periodic == b.periodic && a.spacing_um == b.spacing_um;
}

// What has to agree before single entries mean the same.
std::string frame_differences(const Manifest& a, const Manifest& b) {
  std::string text;
  if (a.step != b.step) {
    text += fmt::format("  step: A {}, B {}\n", describe_step(a.step), describe_step(b.step));
  }
  if (!same(a.lattice, b.lattice)) {
    text +=
        fmt::format("  lattice: A {}, B {}\n", lattice_text(a.lattice), lattice_text(b.lattice));
  }
  if (!(a.tissue == b.tissue)) {
    text += fmt::format("  tissue: A {} {}, B {} {}\n", a.tissue.generator,
                        hexadecimal(a.tissue.hash), b.tissue.generator, hexadecimal(b.tissue.hash));
  }
  return text;
}

// Worth knowing, but two runs of one state may differ in it.
std::string remarks(const Manifest& a, const Manifest& b) {
  if (a.scenario_fingerprint == b.scenario_fingerprint) return {};
  return fmt::format("  note: the scenarios differ ('{}' {}, '{}' {})\n", a.scenario_name,
                     a.scenario_fingerprint, b.scenario_name, b.scenario_fingerprint);
}

Comparison compare_states(const fs::path& path_a, const fs::path& path_b, const Alive& alive) {
  const StateReader a(path_a), b(path_b);
  const Manifest said_a = a.header(), said_b = b.header();
  const auto niche_sites = a.niche_sites();
  std::string fields;
  int differing = 0;
  for (const FieldSpec& spec : field_specs()) {
    if (alive) alive(spec.path);
    const FieldColumn left = a.read(spec), right = b.read(spec);
    const FieldDifference found = difference_of(left, right);
    if (found.count == 0) continue;
    ++differing;
    fields += fmt::format("  {}: {} entries differ (A has {}, B {}); first at {}: A {}; B {}\n",
                          spec.path, found.count, left.value.size(), right.value.size(),
                          describe_index(spec, found.first_index, said_a.lattice, niche_sites),
                          value_or_absence(spec, found.a), value_or_absence(spec, found.b));
  }
  const std::string frame = frame_differences(said_a, said_b);
  Comparison result;
  result.equal = frame.empty() && differing == 0;
  result.text = result.equal ? fmt::format("step {}: equal, digest {}\n", said_a.step,
                                           hexadecimal(said_a.digest))
                             : fmt::format("step {}: {} of {} fields differ\n", said_a.step,
                                           differing, field_specs().size());
  result.text += frame + fields + remarks(said_a, said_b);
  return result;
}

fs::path state_of_step(const std::vector<CheckpointPlace>& places, std::int64_t step) {
  for (const CheckpointPlace& place : places) {
    if (place.step == step) return place.directory / "state.h5";
  }
  return {};
}

// The state.h5 meant by `path` when it is held against one checkpoint of step `step`.
fs::path state_against(const CheckpointPath& what, std::int64_t step) {
  if (what.kind != PathKind::run_directory) return what.state;
  const fs::path state = state_of_step(list_checkpoints(what.holder), step);
  if (!state.empty()) return state;
  throw Failure(ExitCode::files,
                fmt::format("{} has no checkpoint of step {}", what.path.string(), step));
}

}  // namespace

Comparison compare_files(const fs::path& a, const fs::path& b, const Alive& alive) {
  std::string damage;
  for (const auto& [name, path] : {std::pair("A", a), std::pair("B", b)}) {
    const Examination seen = examine_state_file(path, Depth::deep, alive);
    if (!seen.problem.empty()) damage += fmt::format("  {} is DAMAGED: {}\n", name, seen.problem);
  }
  Comparison result = compare_states(a, b, alive);
  result.equal = result.equal && damage.empty();
  result.text += damage;
  return result;
}

Comparison compare(const fs::path& path_a, const fs::path& path_b, const Alive& alive) {
  const CheckpointPath a = resolve(path_a), b = resolve(path_b);
  const std::string head = fmt::format("A {}\nB {}\n", path_a.string(), path_b.string());
  Comparison result;
  if (a.kind == PathKind::run_directory && b.kind == PathKind::run_directory) {
    result = compare_runs(a, b, alive);
  } else {
    const fs::path known = a.kind == PathKind::run_directory ? b.state : a.state;
    const std::int64_t step = StateReader(known).header().step;
    result = compare_files(state_against(a, step), state_against(b, step), alive);
  }
  result.text = head + result.text;
  return result;
}

}  // namespace marrow::io
