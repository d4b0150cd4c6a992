// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/cohort_session.hpp"

#include "io/file/files.hpp"
#include "io/run/process_identity.hpp"
#include "io/run/provenance.hpp"
#include "parallel/task_desk.hpp"
#include "tools/marrow/cohort_patient.hpp"
#include "tools/marrow/cohort_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace marrow::tool {
namespace {

constexpr int failures_to_give_up = 3;
constexpr std::int64_t patients_per_group_for_units = 4;

/// Rows that are still to be made, in pieces that one group takes at once: the arms of a patient
/// together, who then share the making of one marrow, unless there are so few patients that ranks
/// would be idle.
std::vector<std::vector<std::int64_t>> pieces_of(const io::CohortPlan& plan,
                                                 const CohortShare& share, const std::string& done,
                                                 std::int64_t groups) {
  std::vector<std::vector<std::int64_t>> patients;
  for (std::int64_t patient = 1; patient <= plan.patients; ++patient) {
    std::vector<std::int64_t> tasks;
    for (std::size_t arm = 0; share.has(patient) && arm < plan.arms.size(); ++arm) {
      const std::int64_t task = io::task_of(plan, patient, arm);
      if (done[static_cast<std::size_t>(task)] == '0') tasks.push_back(task);
    }
    if (!tasks.empty()) patients.push_back(std::move(tasks));
  }
  if (std::ssize(patients) >= patients_per_group_for_units * groups) return patients;
  std::vector<std::vector<std::int64_t>> single;
  for (const auto& tasks : patients) {
    for (const std::int64_t task : tasks) single.push_back({task});
  }
  return single;
}

/// What ends a cohort early, asked between hours. Rank 0 looks at files and clock, every rank at
/// its signals; the desk tells the others.
class CohortWatch {
 public:
  CohortWatch(const parallel::Communicator& world, MpiStart& start, CohortOutputs* outputs)
      : world_(world), start_(start), outputs_(outputs) {
    if (outputs == nullptr) return;
    files_.emplace(outputs->paths(), start.clock);
    if (start.limits.deadline_steady_s) {
      deadline_.emplace(*start.limits.deadline_steady_s, 0.0, start.clock);
    }
  }

  /// On any rank, often; asks the desk to stop when something wants that.
  void look(parallel::TaskDesk& desk) {
    if (asked_) return;
    io::StopVerdict verdict = start_.signals.poll();
    if (world_.is_root()) {
      verdict = io::combine(verdict, files_->poll());
      if (deadline_) verdict = io::combine(verdict, deadline_->poll());
      outputs_->show_progress(deadline_);
    }
    if (verdict.decision != io::StopDecision::stop) return;
    asked_ = true;
    reason_ = verdict.reason;
    if (world_.is_root()) outputs_->announce_stop(reason_);
    desk.stop(static_cast<std::int64_t>(ExitCode::stopped_early));
  }

  [[nodiscard]] const std::string& reason() const { return reason_; }

 private:
  const parallel::Communicator& world_;
  MpiStart& start_;
  CohortOutputs* outputs_;
  std::optional<io::RequestFiles> files_;
  std::optional<io::WallDeadline> deadline_;
  bool asked_ = false;
  std::string reason_;
};

/// A group at work.
class CohortWorker {
 public:
  CohortWorker(MpiStart& start, const io::Cohort& cohort, const io::RunPaths& paths,
               std::int64_t part, parallel::TaskDesk& desk, CohortWatch& watch, RunGuard& guard)
      : clock_(start.clock),
        cohort_(cohort),
        paths_(paths),
        desk_(desk),
        watch_(watch),
        guard_(guard),
        keeper_(desk.group()),
        records_(paths.records() / fmt::format("part_{:04}_{:05}.csv", part, desk.group_number()),
                 io::table_columns(cohort.plan())) {}

  void work(const std::vector<std::vector<std::int64_t>>& pieces) {
    bool go_on = true;
    while (const auto piece = desk_.next()) {
      const auto& tasks = pieces[static_cast<std::size_t>(*piece)];
      for (std::size_t i = 0; go_on && i < tasks.size(); ++i) {
        go_on = compute(tasks[i], i + 1 == tasks.size());
      }
      if (!go_on) break;
    }
    if (desk_.leads_group() && records_.pending() > 0) desk_.stop(failure_code);
  }

 private:
  static constexpr auto failure_code = static_cast<std::int64_t>(ExitCode::files);

  /// False when it was given up.
  bool compute(std::int64_t task, bool last_of_piece) {
    const std::int64_t arms = std::ssize(cohort_.plan().arms);
    const std::int64_t patient = task / arms + 1;
    const auto arm = static_cast<std::size_t>(task % arms);
    guard_.pass("patient:" + std::to_string(patient));
    const auto after_hour = [&](std::int64_t hour,
                                std::int64_t last) -> std::optional<std::string> {
      if (last_of_piece && 2 * hour >= last) desk_.ask_ahead();
      if (hour % 24 != 0) return std::nullopt;
      watch_.look(desk_);
      // Every rank of the group stops in the same hour, whichever heard of it first.
      const std::int64_t stop = desk_.group().max(desk_.stop_heard() ? 1 : 0);
      return stop == 1 ? std::optional<std::string>("stop") : std::nullopt;
    };
    const PatientOutcome outcome =
        run_patient(desk_.group(), cohort_, patient, arm, keeper_, guard_, after_hour);
    if (outcome.stopped) return false;
    if (desk_.leads_group()) record(task, patient, arm, outcome);
    guard_.pass("recorded:" + std::to_string(patient));
    watch_.look(desk_);
    return true;
  }

  void record(std::int64_t task, std::int64_t patient, std::size_t arm,
              const PatientOutcome& outcome) {
    const auto verdict = outcome.failed ? PatientVerdict::failed : PatientVerdict::finished;
    if (write(patient, arm, outcome)) {
      for (const auto& [kept, kept_verdict] : kept_) tell(kept, kept_verdict);
      kept_.clear();
      failures_ = 0;
      return tell(task, verdict);
    }
    kept_.emplace_back(task, verdict);
    tell(task, PatientVerdict::not_written);
    if (++failures_ >= failures_to_give_up) desk_.stop(failure_code);
  }

  bool write(std::int64_t patient, std::size_t arm, const PatientOutcome& outcome) {
    if (!outcome.series.empty()) {
      const std::string& name = cohort_.plan().arms[arm].name;
      try {
        io::replace_file_text(series_file(paths_, patient, name), outcome.series);
      } catch (const Failure&) {
        return false;  // the row waits for --resume, which makes both
      }
    }
    return records_.append(outcome.cells);
  }

  void tell(std::int64_t task, PatientVerdict verdict) {
    desk_.tell({task, static_cast<std::int64_t>(verdict)});
  }

  const io::Clock& clock_;
  const io::Cohort& cohort_;
  const io::RunPaths& paths_;
  parallel::TaskDesk& desk_;
  CohortWatch& watch_;
  RunGuard& guard_;
  GroundKeeper keeper_;
  io::RecordWriter records_;  // used by the leader
  std::vector<std::pair<std::int64_t, PatientVerdict>> kept_;
  int failures_ = 0;
};

/// Of the reasons that ranks heard, the first.
std::string shared_reason(const parallel::Communicator& comm, const std::string& mine) {
  const std::string line = mine.empty() ? "" : mine + '\n';
  const auto all = comm.all_gather(std::span<const char>(line));
  return {all.begin(), std::find(all.begin(), all.end(), '\n')};
}

/// One digit for each row: '1' when it is there.
std::string done_rows(const io::CohortPlan& plan, const io::Records& records) {
  std::string done(static_cast<std::size_t>(plan.patients * std::ssize(plan.arms)), '0');
  for (const auto& [task, cells] : records.rows) done[static_cast<std::size_t>(task)] = '1';
  return done;
}

}  // namespace

ExitCode run_cohort(MpiStart& start, const io::Cohort& cohort, const CohortShare& share,
                    const CohortRequest& request) {
  const parallel::Communicator& comm = start.comm;
  const io::CohortPlan& plan = cohort.plan();
  RunGuard guard(comm.rank(), io::this_host(), start.limits.watchdog_s,
                 io::FaultPlan::from_environment(comm.size()));
  const std::int64_t group_size = std::min<std::int64_t>(plan.ranks_per_patient, comm.size());
  const std::int64_t groups = (comm.size() + group_size - 1) / group_size;
  const std::vector<io::HostRanks> hosts = io::gather_hosts(comm);
  std::optional<CohortOutputs> outputs;
  std::string done;
  std::string root;
  std::array<std::uint64_t, 1> part{};
  comm.agree([&] {
    if (!comm.is_root()) return;
    outputs.emplace(cohort, share, request, start.limits.started_steady_s, start.clock);
    outputs->open(hosts, start.command_line, groups);
    done = done_rows(plan, outputs->records());
    root = outputs->paths().root.string();
    part[0] = static_cast<std::uint64_t>(outputs->part());
  });
  comm.broadcast(done);
  comm.broadcast(root);
  comm.broadcast(part);
  io::check_seen_by_all(comm, root);
  const auto pieces = pieces_of(plan, share, done, groups);
  try {
    parallel::TaskDesk desk(comm, group_size, std::ssize(pieces),
                            [&](const parallel::TaskDesk::Report& report) {
                              outputs->count(static_cast<PatientVerdict>(report.verdict));
                            });
    CohortWatch watch(comm, start, outputs ? &*outputs : nullptr);
    const io::RunPaths paths(root);
    CohortWorker worker(start, cohort, paths, static_cast<std::int64_t>(part[0]), desk, watch,
                        guard);
    worker.work(pieces);
    auto code = static_cast<ExitCode>(desk.finish());
    const std::string reason = shared_reason(comm, watch.reason());
    comm.agree([&] {
      if (!comm.is_root()) return;
      code = outputs->close(code, reason.empty() ? std::nullopt : std::optional(reason));
    });
    return static_cast<ExitCode>(comm.max(static_cast<std::int64_t>(code)));
  } catch (const Failure& failure) {
    if (outputs) outputs->close_failed(failure);
    throw;
  }
}

}  // namespace marrow::tool
