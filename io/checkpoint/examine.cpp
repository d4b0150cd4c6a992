// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/examine.hpp"

#include "io/checkpoint/directory.hpp"
#include "io/checkpoint/metadata_guard.hpp"
#include "io/checkpoint/read_deep.hpp"
#include "io/checkpoint/state_file.hpp"
#include "io/checkpoint/state_reader.hpp"

#include <fmt/format.h>

#include <string_view>
#include <system_error>

namespace marrow::io {
namespace fs = std::filesystem;
namespace {

void look(Examination& result, const fs::path& state, Depth depth, const Alive& alive) {
  const auto sign_of_life = [&](std::string_view doing) {
    if (alive) alive(doing);
  };
  sign_of_life("header");
  const StateReader file(state);
  if (!result.manifest) {
    result.manifest = file.header();
    result.manifest->raw = file.raw_extents();
  }
  file.require_matches(*result.manifest);
  result.provenance_json = file.text(provenance_dataset);
  if (depth == Depth::plain) return;
  result.problem = damage_of_values(file, *result.manifest, result.digests, sign_of_life);
  if (!result.problem.empty()) result.problem = state.string() + ": " + result.problem;
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
  if (fs::exists(path / "scenario.effective.yaml", error)) {
    throw Failure(ExitCode::files,
                  fmt::format("{} holds a run without its folder 'checkpoints', where the state of "
                              "its cells would be: copy the folder back, or run it again",
                              path.string()));
  }
  throw Failure(ExitCode::files,
                fmt::format("{} is neither a run directory (no 'checkpoints' in it) nor a "
                            "checkpoint (no 'state.h5' in it)",
                            path.string()));
}

Examination examine(const fs::path& directory, Depth depth, const Alive& alive) {
  Examination result;
  try {
    result.manifest = read_manifest(directory);
    result.has_manifest = true;
    require_sound_metadata(directory / "state.h5", *result.manifest);
    look(result, directory / "state.h5", depth, alive);
  } catch (const Failure& failure) {
    result.problem = failure.what();
  }
  return result;
}

Examination examine_state_file(const fs::path& state, Depth depth, const Alive& alive) {
  std::error_code error;
  if (state.filename() == "state.h5" && fs::exists(state.parent_path() / "manifest.json", error)) {
    return examine(state.parent_path(), depth, alive);
  }
  Examination result;
  try {
    look(result, state, depth, alive);
  } catch (const Failure& failure) {
    result.problem = failure.what();
  }
  return result;
}

}  // namespace marrow::io
