// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/origin_of_state.hpp"

#include "io/run/provenance.hpp"
#include "io/run/run_directory.hpp"
#include "io/run/series.hpp"
#include "io/run/status.hpp"
#include "io/scenario/restart.hpp"
#include "io/text/shell_words.hpp"
#include "io/vtk/image_import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace marrow::tool {
namespace {

/// How far the therapy had come in a checkpoint. The patient stands in replicated columns alone.
io::TherapyProgress progress_of(const io::LoadedCheckpoint& checkpoint) {
  std::vector<FieldColumn> columns;
  for (const FieldColumn& column : checkpoint.columns) {
    const bool here = column.spec->owner == FieldOwner::replicated;
    columns.push_back(here ? column : FieldColumn{column.spec, {}, {}});
  }
  return {checkpoint.manifest.step, import_fields(columns).patient};
}

/// Refuses changes of fixed parameters, and of warned ones that were not allowed, all at once.
io::RestartVerdict check_changes(const io::LoadedCheckpoint& checkpoint,
                                 const io::ScenarioFile& scenario,
                                 const std::vector<std::string>& allowed) {
  const io::ScenarioFile then = io::scenario_or_throw(
      io::read_scenario_text(checkpoint.scenario_effective, "the checkpoint's scenario"));
  io::RestartVerdict verdict = io::judge(
      io::compare_for_restart(then.parameters, scenario.parameters, progress_of(checkpoint)),
      allowed);
  if (!verdict.refused.empty()) {
    throw Failure(
        ExitCode::scenario,
        fmt::format("{} differs from the scenario of {}:\n{}Restore these values, or start a "
                    "new run with -o.",
                    scenario.path, checkpoint.directory.string(), verdict.refused));
  }
  return verdict;
}

std::string rejections(const std::vector<io::Rejection>& rejected) {
  std::string text;
  for (const io::Rejection& r : rejected) {
    text += fmt::format("  {}: {}\n", r.directory.string(), r.reason);
  }
  return text;
}

}  // namespace

std::string objection_of_series(const std::filesystem::path& series, const io::Manifest& manifest) {
  const auto problem =
      io::series_problem(series, io::series_position(manifest.series.bytes, manifest.series.hash));
  if (!problem) return {};
  std::error_code unknown;
  if (std::filesystem::file_size(series, unknown) < manifest.series.bytes) {
    return fmt::format(
        "{} has fewer rows than when it was written: the run has gone on from an older checkpoint "
        "since then, and will come to this hour again. (If it has not, the file was cut: put the "
        "original back)",
        series.string());
  }
  return fmt::format(
      "{} does not belong to it: {}. Put the original file back, or start a new run directory from "
      "this checkpoint with --branch",
      series.string(), *problem);
}

namespace {

/// A run without a single checkpoint begins anew, over what it wrote before. That is right only if
/// it never had one.
void require_none_lost(const std::string& directory) {
  const std::string trace = io::trace_of_checkpoint(directory);
  if (trace.empty()) return;
  throw Failure(
      ExitCode::no_usable_checkpoint,
      fmt::format("{} holds no checkpoint, but {}: they were moved or removed, or their disk is "
                  "not mounted. Put them back and resume again, or start a new run in another "
                  "directory with -o. Nothing was changed",
                  io::RunPaths(directory).checkpoints().string(), trace));
}

/// A branch that was killed before its first checkpoint begins again where it branched, not at hour
/// 0.
void require_known_start(const std::string& directory, const RunRequest& request) {
  if (!request.branch.empty()) return;
  const std::string from = io::latest_origin(io::RunPaths(directory).provenance());
  const std::string trace = from.empty() ? io::trace_of_branch(directory) : "";
  if (!trace.empty()) {
    throw Failure(
        ExitCode::no_usable_checkpoint,
        fmt::format("{} holds no checkpoint of its own yet, but {}. To begin there again, "
                    "add --branch CHECKPOINT; log.txt may name it. Nothing was changed",
                    directory, trace));
  }
  if (from.empty()) return;
  throw Failure(ExitCode::no_usable_checkpoint,
                fmt::format("{} holds no checkpoint of its own yet; its run began from {}. To "
                            "begin there again, add --branch {}. Nothing was changed",
                            directory, from, io::shell_word(from)));
}

/// The newest good checkpoint of the directory, if it has any.
std::optional<io::LoadedCheckpoint> newest_of(const parallel::Communicator& comm,
                                              const RunRequest& request,
                                              const std::string& directory,
                                              const std::vector<io::Rejection>& unfit,
                                              StateOrigin& origin) {
  const io::RunPaths paths(directory);
  io::SearchResult found = io::load_newest(comm, directory, [&](const io::Manifest& manifest) {
    const std::string name = io::checkpoint_name(manifest.step);
    for (const io::Rejection& one : unfit) {
      if (one.directory.filename() == name) return one.reason;
    }
    return objection_of_series(paths.series(), manifest);
  });
  for (const io::Rejection& r : found.rejected) {
    origin.notes.push_back(fmt::format("rejected {}: {}", r.directory.string(), r.reason));
    const auto step = io::step_of_name(r.directory.filename().string());
    if (step) origin.rejected_steps.push_back(*step);
  }
  if (!found.checkpoint && !found.rejected.empty()) {
    throw Failure(
        ExitCode::no_usable_checkpoint,
        fmt::format(
            "no checkpoint of {} is usable:\n{}Restore what is damaged from a copy, begin a "
            "new directory from one of these checkpoints (--branch CHECKPOINT -o NEW), or "
            "start again (-o NEW).",
            directory, rejections(found.rejected)));
  }
  if (!found.checkpoint) {
    comm.agree([&] {
      if (!comm.is_root()) return;
      require_none_lost(directory);
      require_known_start(directory, request);
    });
  }
  return std::move(found.checkpoint);
}

}  // namespace

StateOrigin find_origin(const parallel::Communicator& comm, const io::ScenarioFile& scenario,
                        const RunRequest& request, const std::string& directory,
                        const std::vector<io::Rejection>& unfit) {
  StateOrigin origin;
  comm.agree([&] {
    if (comm.is_root() && !request.resume && io::look_at(directory).holds_run()) {
      throw Failure(
          ExitCode::files,
          fmt::format("{} already holds a run: continue it with --resume, or choose another "
                      "directory with -o",
                      directory));
    }
    if (comm.is_root() && request.resume) io::refuse_foreign_results(directory);
  });
  if (request.resume) origin.checkpoint = newest_of(comm, request, directory, unfit, origin);
  if (!origin.checkpoint && !request.branch.empty()) {
    origin.checkpoint = io::load_checkpoint(comm, request.branch);
    origin.branched = true;
  }
  if (origin.checkpoint) {
    comm.agree([&] {
      io::RestartVerdict verdict =
          check_changes(*origin.checkpoint, scenario, request.allow_change);
      origin.changes = std::move(verdict.changes);
      origin.new_course = verdict.branches;
    });
  }
  return origin;
}

std::optional<ImportedTissue> find_tissue(const parallel::Communicator& comm,
                                          const io::ScenarioFile& scenario,
                                          const StateOrigin& origin,
                                          std::vector<std::string>& notes) {
  const Parameters& p = scenario.parameters;
  if (p.tissue.source != TissueSource::image) return std::nullopt;
  ImportedTissue tissue;
  comm.agree([&] {
    if (!comm.is_root()) return;
    if (origin.checkpoint) {
      tissue.extent = p.domain.size_voxels;
      tissue.kind = io::read_dense_tissue(*origin.checkpoint, p.lattice().box()).kind;
      // Niches are chosen and pockets sealed anew, and the same, from the tissue without them;
      // vessels stand already.
      for (const TissueKind made : {TissueKind::niche, TissueKind::sealed}) {
        std::ranges::replace(tissue.kind, static_cast<std::uint8_t>(made),
                             static_cast<std::uint8_t>(TissueKind::marrow));
      }
      tissue.has_vessels = true;
      return;
    }
    const auto folder = std::filesystem::path(scenario.path).parent_path();
    io::ImageImport import = io::read_image_tissue(p.tissue.image, folder, p.lattice());
    tissue = std::move(import.tissue);
    notes.insert(notes.end(), import.notes.begin(), import.notes.end());
  });
  return tissue;
}

}  // namespace marrow::tool
