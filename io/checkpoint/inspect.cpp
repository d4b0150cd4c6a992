// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/inspect.hpp"

#include "io/checkpoint/describe.hpp"
#include "io/checkpoint/directory.hpp"
#include "io/file/room.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <ctime>
#include <sys/stat.h>
#include <vector>

namespace marrow::io {
namespace fs = std::filesystem;
namespace {

std::string written_at(const fs::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return "at an unknown time";
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(found.st_mtime));
}

std::string line(std::string_view name, const std::string& value) {
  return fmt::format("{:<12} {}\n", name, value);
}

std::string describe_tissue(const TissueMark& tissue) {
  return fmt::format("{}, hash {}{}", tissue.generator, hexadecimal(tissue.hash),
                     tissue.dense ? ", voxels stored" : "");
}

std::string field_table(const Examination& seen) {
  std::string text =
      fmt::format("\n{:<36} {:<9} {:>12}  {:<16}\n", "field", "index", "entries", "digest");
  for (std::size_t i = 0; i < field_specs().size(); ++i) {
    const FieldSpec& spec = field_specs()[i];
    const auto listed = seen.manifest->fields.find(std::string(spec.path));
    if (listed == seen.manifest->fields.end()) continue;
    const std::uint64_t promised = listed->second.digest;
    std::string remark;
    if (i < seen.digests.size() && seen.digests[i] != promised) {
      remark = "  DAMAGED: read " + hexadecimal(seen.digests[i]);
    }
    text += fmt::format("{:<36} {:<9} {:>12}  {}{}\n", spec.path, spec.index,
                        listed->second.entries, hexadecimal(promised), remark);
  }
  return text;
}

// Indented; as it stands when it is not the JSON it should be.
std::string provenance(const std::string& json) {
  const auto parsed = nlohmann::json::parse(json, nullptr, false);
  return parsed.is_discarded() ? json : parsed.dump(2);
}

std::string verdict(const Examination& seen, Depth depth) {
  if (!seen.problem.empty()) return "NO: " + seen.problem;
  if (depth == Depth::deep) return "yes: every value was read and every digest recomputed";
  return "yes, as far as manifest, sizes and header tell; --deep reads every value";
}

std::string details(const Examination& seen, Depth depth, const fs::path& path,
                    const fs::path& state) {
  std::string text = line("checkpoint", path.string());
  text += line("valid", verdict(seen, depth));
  if (!seen.manifest) return text;
  const Manifest& manifest = *seen.manifest;
  const auto& [nx, ny, nz] = manifest.lattice.extent;
  text += line("step", describe_step(manifest.step));
  text += line("written", fmt::format("{} by marrow {}, format {}", written_at(state),
                                      manifest.code_version, manifest.format));
  text += line("scenario", fmt::format("{} (fingerprint {})", manifest.scenario_name,
                                       manifest.scenario_fingerprint));
  if (manifest.real_cells_per_niche > 0.0) {
    text += line("scale", fmt::format("one niche for {:.6g} stem cells of the patient (N_real/K)",
                                      manifest.real_cells_per_niche));
  }
  text += line("lattice", fmt::format("{} x {} x {} voxels of {} um, {}", nx, ny, nz,
                                      manifest.lattice.spacing_um,
                                      manifest.lattice.periodic ? "periodic" : "reflecting"));
  text += line("tissue", describe_tissue(manifest.tissue));
  if (seen.has_manifest) {
    text += line("series.csv", fmt::format("{}, hash {}", describe_bytes(manifest.series.bytes),
                                           manifest.series.hash));
    text += line("state.h5", describe_bytes(manifest.state_bytes));
  } else {
    text += line("manifest", "none beside this file: judged by its own header");
  }
  text += line("digest", hexadecimal(manifest.digest));
  text += field_table(seen);
  if (!seen.provenance_json.empty()) {
    text += "\nprovenance\n" + provenance(seen.provenance_json) + "\n";
  }
  return text;
}

/// One checkpoint as the process that looked at it tells of it.
struct Seen {
  std::string problem;
  std::string digest = "unknown";
  std::string details;
  std::string objection = {};
};

Seen look_at(const CheckpointPath& what, const fs::path& shown, Depth depth, const Guarded& guarded,
             const Objection& objection = {}) {
  const ChildAnswer answer = guarded([&](const Alive& alive) {
    const Examination seen = what.kind == PathKind::state_file
                                 ? examine_state_file(what.state, depth, alive)
                                 : examine(what.holder, depth, alive);
    const bool asked = objection && seen.problem.empty();
    const nlohmann::json told = {
        seen.problem, seen.manifest ? hexadecimal(seen.manifest->digest) : "unknown",
        details(seen, depth, shown, what.state), asked ? objection(*seen.manifest) : std::string()};
    return ChildAnswer{told.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), 0, {}};
  });
  if (!answer.trouble.empty()) {
    const std::string problem = what.state.string() + ": " + answer.trouble;
    return {problem, "unknown",
            line("checkpoint", shown.string()) + line("valid", "NO: " + problem)};
  }
  const auto told = nlohmann::json::parse(answer.text);
  return {told.at(0).get<std::string>(), told.at(1).get<std::string>(),
          told.at(2).get<std::string>(), told.at(3).get<std::string>()};
}

Inspection inspect_run(const CheckpointPath& run, Depth depth, const Guarded& guarded,
                       const Objection& objection) {
  const auto places = list_checkpoints(run.holder);
  Inspection result;
  result.text = fmt::format("{}: {} checkpoint{}\n", run.path.string(), places.size(),
                            places.size() == 1 ? "" : "s");
  result.valid = !places.empty();
  std::string newest_good;
  bool continued = false;
  for (const CheckpointPlace& place : places) {
    const Seen seen = look_at(
        {PathKind::checkpoint, place.directory, place.directory / "state.h5", place.directory},
        place.directory, depth, guarded, objection);
    const bool good = seen.problem.empty();
    result.valid = result.valid && good;
    std::string verdict =
        good ? (depth == Depth::deep ? "good" : "complete") : "UNUSABLE: " + seen.problem;
    if (good && newest_good.empty()) newest_good = seen.details;
    result.usable = result.usable || good;
    if (!seen.objection.empty()) {
      result.valid = false;
      verdict += "; --resume passes it over: " + seen.objection;
    } else if (good && !continued) {
      continued = true;
      verdict += depth == Depth::deep ? "; --resume continues here" : "; --resume tries this first";
    }
    result.text += fmt::format("  step {:>9}  day {:>9.1f}  digest {:<16}  {}\n", place.step,
                               static_cast<double>(place.step) / 24.0, seen.digest, verdict);
  }
  if (!newest_good.empty()) result.text += "\n" + newest_good;
  return result;
}

}  // namespace

ChildAnswer unguarded(const std::function<ChildAnswer(const Alive&)>& work) {
  return work([](std::string_view) {});
}

Inspection inspect(const fs::path& path, Depth depth, const Guarded& guarded,
                   const Objection& objection) {
  const CheckpointPath what = resolve(path);
  if (what.kind == PathKind::run_directory) return inspect_run(what, depth, guarded, objection);
  const Seen seen = look_at(what, path, depth, guarded);
  const bool good = seen.problem.empty();
  return {seen.details, good, good};
}

}  // namespace marrow::io
