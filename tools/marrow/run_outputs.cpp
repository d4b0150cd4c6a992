// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/run_outputs.hpp"

#include "core/observe/sample.hpp"
#include "core/patient/blood.hpp"
#include "io/file/files.hpp"
#include "io/run/build_info.hpp"
#include "io/run/wording.hpp"
#include "io/scenario/effective.hpp"
#include "io/text/scale.hpp"
#include "tools/marrow/checkpoint_content.hpp"
#include "tools/marrow/result_files.hpp"
#include "tools/marrow/setup_report.hpp"
#include "tools/marrow/sick_output.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <unistd.h>

namespace marrow::tool {
namespace {

constexpr int checkpoint_failures_to_give_up = 3;

std::unique_ptr<io::Messages> messages_for(const parallel::Communicator& comm,
                                           const io::Clock& clock) {
  // Ranks other than 0 stay silent: their sink drops everything.
  if (!comm.is_root()) {
    return std::make_unique<io::Messages>(
        io::Terminal{}, [](std::string_view) {}, clock);
  }
  return std::make_unique<io::Messages>(io::describe_terminal(STDERR_FILENO),
                                        io::Messages::standard_error(), clock);
}

std::vector<std::string> series_comments(const Parameters& p, std::int64_t niches) {
  return {fmt::format("marrow series, format 1; scenario {}; seed {}", p.scenario.name,
                      p.scenario.seed),
          io::scale_text(p.clones.n_real, niches)};
}

}  // namespace

RunOutputs::RunOutputs(const parallel::Communicator& comm, const io::ScenarioFile& scenario,
                       RunStart& start, const std::string& command_line, const io::Clock& clock,
                       RunGuard& guard)
    : comm_(comm),
      scenario_(scenario),
      origin_(start.origin),
      clock_(clock),
      guard_(guard),
      command_line_(command_line),
      paths_(start.directory_name),
      events_(paths_),
      directory_(std::move(start.directory)),
      messages_(messages_for(comm, clock)),
      frames_(comm, *messages_, origin_),
      distrusted_steps_(origin_.rejected_steps),
      last_step_(start.last_step),
      started_wall_s_(clock.wall_s()) {
  comm.agree([&] {
    if (!comm.is_root()) return;
    messages_->attach_log(paths_.log(), [this] { return owns_directory(); });
    for (const std::string& note : directory_->notes()) messages_->info(note);
    for (const std::string& note : origin_.notes) messages_->warn(note);
    for (const std::string& change : origin_.changes) messages_->warn("changed " + change);
    // The next checkpoint would do it, too, but an end that was killed has none.
    const std::string left = io::remove_partials(paths_.checkpoints());
    if (!left.empty() && told_.insert(left).second) messages_->warn(left);
  });
}

bool RunOutputs::owns_directory() const { return !directory_ || directory_->lock().is_held(); }

void RunOutputs::require_directory() {
  comm_.agree([&] {
    if (comm_.is_root()) directory_->lock().confirm_ownership();
  });
}

bool RunOutputs::due(double every_h, std::int64_t step) const {
  const std::int64_t every = std::llround(every_h);
  return every > 0 && (step % every == 0 || step == last_step_);
}

bool RunOutputs::only_at_end(double every_h, std::int64_t step) const {
  return due(every_h, step) && step % std::llround(every_h) != 0;
}

void RunOutputs::open(const parallel::Simulation& simulation) {
  for (const std::string& line : setup_report(simulation)) messages_->info(line);
  messages_->info(fmt::format(
      "{} at hour {} of {} on {}{}",
      origin_.checkpoint ? (origin_.branched ? "branching" : "resuming") : "starting",
      simulation.state().step, last_step_, io::counted(comm_.size(), "rank"),
      scenario_.parameters.tcells.motion == Motion::hops
          ? fmt::format("; {} hops per exchange of ghost cells", simulation.hops_per_exchange())
          : ""));
  const std::vector<io::HostRanks> hosts = io::gather_hosts(comm_);
  digest_ = simulation.digest();
  if (origin_.continued()) last_good_checkpoint_ = simulation.state().step;
  comm_.agree([&] {
    if (!comm_.is_root()) return;
    open_series(simulation);  // first: if that may not be written, nothing else is
    io::replace_file_text(paths_.scenario(), scenario_.text);
    io::replace_file_text(paths_.effective_scenario(),
                          io::effective_yaml(scenario_.parameters, scenario_.origins));
    begin_provenance(simulation, hosts);
    progress_.emplace(io::ProgressPlan{simulation.state().step, last_step_, 1.0 / 24.0}, *messages_,
                      clock_);
    // Before any row: a start that dies for want of room shall know that it never had a checkpoint.
    status_.emplace(paths_.status(), clock_);
    const std::string trouble = try_status(simulation, io::RunState::running, {});
    if (!trouble.empty()) throw Failure(ExitCode::files, trouble);
  });
  frames_.open(paths_, simulation, digest_);
  const std::int64_t step = simulation.state().step;
  bool row_missing = !origin_.continued();
  if (comm_.is_root() && due(scenario_.parameters.output.series_every_h, step)) {
    row_missing = row_missing || series_->last_name() != std::to_string(step);
  }
  if (comm_.max(row_missing ? 1 : 0) == 1) write_row(simulation);
  if (!origin_.continued()) {
    if (frames_.wanted()) frames_.write(simulation, digest_);
  }
  if (comm_.is_root()) events_.open(simulation, *messages_);
  write_status(simulation);
}

void RunOutputs::begin_provenance(const parallel::Simulation& simulation,
                                  const std::vector<io::HostRanks>& hosts) {
  io::ProvenanceSegment segment;
  segment.first_step = simulation.state().step;
  if (origin_.checkpoint) {
    segment.start = origin_.branched || origin_.new_course ? io::SegmentStart::branched
                                                           : io::SegmentStart::resumed;
    segment.from_checkpoint = origin_.checkpoint->directory.string();
    segment.changes = origin_.changes;
  }
  segment.command_line = command_line_;
  std::error_code removed;  // by somebody, while the program ran or before
  segment.working_directory = std::filesystem::current_path(removed).string();
  segment.scenario_hash = fmt::format("{:016x}", scenario_.fingerprint);
  segment.build = io::build_info();
  segment.libraries = io::library_versions();
  segment.hosts = hosts;
  segment.ranks = comm_.size();
  segment.real_cells_per_niche = simulation.model().real_cells_per_niche();
  segment.process = io::this_process();
  segment.started_wall_s = started_wall_s_;
  const std::string trouble = io::begin_segment(paths_.provenance(), segment);
  if (!trouble.empty()) messages_->warn(trouble);
}

void RunOutputs::open_series(const parallel::Simulation& simulation) {
  const std::vector<std::string> columns = sample_columns(scenario_.parameters);
  if (origin_.continued()) {
    const io::SeriesMark& mark = origin_.checkpoint->manifest.series;
    const std::uint64_t hash = std::stoull(mark.hash, nullptr, 16);
    series_.emplace(io::SeriesWriter::resume(paths_.series(), {mark.bytes, hash}, columns));
    if (series_->cut().rows_removed > 0) {
      messages_->info(
          fmt::format("series.csv: {} written after that checkpoint removed",
                      io::counted(static_cast<std::int64_t>(series_->cut().rows_removed), "row")));
    }
    return;
  }
  series_.emplace(io::SeriesWriter::create(
      paths_.series(), series_comments(scenario_.parameters, simulation.model().niche_count()),
      columns, io::ExistingSeries::replace));
}

void RunOutputs::write_row(const parallel::Simulation& simulation) {
  digest_ = simulation.digest();
  const double hematopoiesis = simulation.hematopoiesis();
  if (!comm_.is_root()) return;
  events_.tell(simulation, *messages_);
  const bool was_pending = series_->pending() > 0;
  if (!series_->append(
          sample_row(simulation.state(), simulation.model(), hematopoiesis, digest_)) &&
      !was_pending) {
    messages_->warn("series.csv: rows are kept in memory until they can be written: " +
                    series_->trouble());
  }
}

void RunOutputs::observe(const parallel::Simulation& simulation) {
  const OutputParameters& output = scenario_.parameters.output;
  const std::int64_t step = simulation.state().step;
  if (due(output.series_every_h, step)) {
    guard_.pass("series");
    require_directory();
    write_row(simulation);
  }
  if (!frames_.wanted() || !due(output.frames.every_h, step)) return;
  guard_.pass("frame");
  require_directory();
  digest_ = simulation.digest();
  frames_.write(simulation, digest_);
}

void RunOutputs::announce_stop(const std::string& reason) {
  messages_->info(fmt::format(
      "asked to stop by {}: a checkpoint is written first{}", reason,
      reason == io::interrupt_reason ? " (a second interrupt leaves at once, without it)" : ""));
}

bool RunOutputs::checkpoint_due(std::int64_t step) const {
  return due(scenario_.parameters.checkpoint.every_h, step);
}

std::optional<std::string> RunOutputs::try_checkpoint(const parallel::Simulation& simulation) {
  std::array<std::uint64_t, 2> position{};
  simulation.check_health();
  require_directory();
  try {
    comm_.agree([&] {
      if (!comm_.is_root()) return;
      io::SeriesPosition synced = series_->sync();
      if (only_at_end(scenario_.parameters.output.series_every_h, simulation.state().step)) {
        synced = series_->before_last_row();
      }
      position = {synced.length_bytes, synced.hash};
    });
  } catch (const Failure& failure) {
    return failure.what();
  }
  comm_.broadcast(position);
  // Before: a run that dies after its last checkpoint writes no more.
  if (comm_.is_root()) events_.write_phylogeny(simulation, *messages_);
  const io::SeriesMark mark{position[0], fmt::format("{:016x}", position[1])};
  const CheckpointParameters& parameters = scenario_.parameters.checkpoint;
  io::WriteOptions options;
  options.retention = {parameters.keep_last, parameters.keep_every,
                       std::llround(parameters.every_h), distrusted_steps_};
  options.verify = parameters.verify;
  options.at_point = [this](std::string_view point) {
    guard_.pass("checkpoint:" + std::string(point));
  };
  io::CheckpointContent content =
      checkpoint_content(comm_, simulation, scenario_, paths_.provenance(), dense_digest_);
  content.frames_lost = frames_.lost_for_good();
  const io::WriteResult result = io::write_checkpoint(comm_, paths_.root, content, mark, options);
  for (const std::string& warning : result.warnings) {
    // What cannot be removed stays so: said once.
    if (told_.insert(warning).second) messages_->warn(warning);
  }
  for (const std::int64_t step : result.pruned_steps) {
    messages_->log_only(fmt::format("removed the checkpoint of hour {}", step));
  }
  if (!result.ok) return result.message;
  last_good_checkpoint_ = simulation.state().step;
  std::erase(distrusted_steps_, simulation.state().step);
  messages_->log_only("checkpoint " + result.directory.string());
  return std::nullopt;
}

double RunOutputs::write_checkpoint(const parallel::Simulation& simulation) {
  const double began = clock_.steady_s();
  const std::optional<std::string> trouble = try_checkpoint(simulation);
  if (!trouble) {
    failed_checkpoints_ = 0;
    // At once: a run that finds this checkpoint lost must know that there was one.
    write_status(simulation);
    return clock_.steady_s() - began;
  }
  ++failed_checkpoints_;
  const std::string last =
      last_good_checkpoint_ ? fmt::format("the last good one is of hour {}", *last_good_checkpoint_)
                            : std::string("there is no good one yet");
  messages_->warn(
      fmt::format("checkpoint at hour {} failed: {}; {}", simulation.state().step, *trouble, last));
  if (failed_checkpoints_ >= checkpoint_failures_to_give_up) {
    throw Failure(
        ExitCode::files,
        fmt::format("{} checkpoints in a row failed, so going on would be in vain ({}). Last "
                    "reason: {}",
                    failed_checkpoints_, last, *trouble));
  }
  return clock_.steady_s() - began;
}

void RunOutputs::show_progress(const parallel::Simulation& simulation,
                               const std::optional<io::WallDeadline>& deadline) {
  if (!comm_.is_root()) return;
  const ModelState& state = simulation.state();
  if (deadline) {
    progress_->set_deadline(deadline->view());
    deadline_wall_s_ = clock_.wall_s() + std::llround(deadline->left_s());
  }
  progress_->update(state.step, [&]() -> std::vector<std::string> {
    const BloodCounts blood = blood_counts_with_transfusion(state.patient);
    return {io::with_thousands(state.census.stem) + " stem cells",
            io::with_thousands(state.census.effector + state.census.engaged) + " T cells",
            fmt::format("ANC {:.2f}", blood.neutrophils_1e9_per_l),
            fmt::format("Hb {:.0f}", blood.hemoglobin_g_per_l),
            std::string(clinical_state_name(state.patient.clinical)),
            last_good_checkpoint_ ? "checkpoint at " + io::with_thousands(*last_good_checkpoint_)
                                  : std::string("no checkpoint yet")};
  });
  if (status_->due() && owns_directory()) write_status(simulation);
}

void RunOutputs::write_status(const parallel::Simulation& simulation) {
  if (!comm_.is_root()) return;
  const std::string trouble = try_status(simulation, io::RunState::running, {});
  if (!trouble.empty() && told_.insert(trouble).second) messages_->warn(trouble);
}

std::string RunOutputs::try_status(const parallel::Simulation& simulation, io::RunState run_state,
                                   const Ending& ending) {
  io::RunStatus status;
  status.state = run_state;
  status.scenario = scenario_.parameters.scenario.name;
  status.step = simulation.state().step;
  status.steps_total = last_step_;
  status.simulated_days = static_cast<double>(status.step) / 24.0;
  status.steps_per_s = progress_->steps_per_s();
  if (run_state == io::RunState::running) status.eta_s = progress_->eta_s();
  status.deadline_wall_s = deadline_wall_s_;
  status.last_good_checkpoint = last_good_checkpoint_;
  status.digest = digest_;
  status.real_cells_per_niche = simulation.model().real_cells_per_niche();
  status.outputs_lost = frames_.lost();
  status.rows_pending = series_->pending();
  status.stale_files = ending.stale_files;
  status.message = ending.reason;
  status.exit_code = static_cast<int>(ending.code);
  status.ranks = comm_.size();
  status.process = io::this_process();
  status.started_wall_s = started_wall_s_;
  if (ending.code == ExitCode::model_health) status.health = ending.reason;
  return status_->write(status) ? std::string() : status_->trouble();
}

void RunOutputs::end_segment(const parallel::Simulation& simulation, const Ending& ending) {
  try {
    io::end_segment(paths_.provenance(), {simulation.state().step, static_cast<int>(ending.code),
                                          ending.reason, clock_.wall_s()});
  } catch (const Failure& failure) {
    messages_->warn(failure.what());
  }
}

ExitCode RunOutputs::close(const parallel::Simulation& simulation,
                           const std::optional<std::string>& stopped) {
  digest_ = simulation.digest();
  const bool saved = is_saved(simulation.state().step);
  if (!comm_.is_root()) {
    return static_cast<ExitCode>(
        comm_.max(static_cast<int>(ending_of(stopped, saved, frames_.lost(), {}).code)));
  }
  std::vector<std::string> stale = events_.complete(simulation, *messages_);
  Ending ending = ending_of(stopped, saved, frames_.lost(), stale);
  const io::RunState state = stopped ? io::RunState::stopped : io::RunState::finished;
  if (const std::string trouble = try_status(simulation, state, ending); !trouble.empty()) {
    messages_->warn(trouble);
    stale.push_back(paths_.status().filename().string());
    ending = ending_of(stopped, saved, frames_.lost(), stale);
  }
  end_segment(simulation, ending);
  progress_->finish();
  messages_->info(fmt::format(
      "{} at hour {} of {} ({}); digest {:016x}", ending.reason, simulation.state().step,
      last_step_, io::simulated_date_text(static_cast<double>(simulation.state().step) / 24.0),
      digest_));
  if (stopped && saved) messages_->info("continue with: the same command and --resume");
  if (!saved) {
    messages_->warn(last_good_checkpoint_
                        ? fmt::format("what was computed after hour {} is not saved: --resume "
                                      "computes it again from the checkpoint of that hour",
                                      *last_good_checkpoint_)
                        : std::string("nothing is saved: there is no checkpoint to continue from"));
  }
  name_results(paths_, frames_.wanted(), *messages_);
  return static_cast<ExitCode>(comm_.max(static_cast<int>(ending.code)));
}

void RunOutputs::close_failed(const parallel::Simulation& simulation, const Failure& failure) {
  if (comm_.is_root()) progress_->finish();
  // The directory of another run is not the place to say that this one has failed.
  if (comm_.max(comm_.is_root() && !owns_directory() ? 1 : 0) == 1) return;
  const auto* sickness = dynamic_cast<const parallel::SickState*>(&failure);
  const std::string seen =
      sickness == nullptr ? "" : show_sickness(comm_, simulation, *sickness, paths_.root);
  if (!seen.empty()) messages_->warn(seen);
  if (!comm_.is_root()) return;
  const Ending ending{failure.code(), failure.what(), {}};
  end_segment(simulation, ending);
  const std::string trouble = try_status(simulation, io::RunState::failed, ending);
  if (!trouble.empty()) messages_->warn(trouble);
}

}  // namespace marrow::tool
