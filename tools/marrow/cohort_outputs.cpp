// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/cohort_outputs.hpp"

#include "io/file/files.hpp"
#include "io/run/build_info.hpp"
#include "io/run/process_identity.hpp"
#include "io/run/wording.hpp"
#include "io/text/number.hpp"
#include "tools/marrow/cohort_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <unistd.h>
#include <utility>

namespace marrow::tool {
namespace {

namespace fs = std::filesystem;

std::string directory_of(const CohortRequest& request, const io::Cohort& cohort,
                         const CohortShare& share) {
  return share.directory_in(request.output.empty() ? "cohorts/" + cohort.plan().name
                                                   : request.output);
}

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

std::string manifest_text(const io::Cohort& cohort) {
  const io::CohortPlan& plan = cohort.plan();
  nlohmann::ordered_json out;
  out["format"] = 1;
  out["program"] = io::build_info().version;
  out["commit"] = io::build_info().git_commit;
  out["cohort"] = plan.name;
  out["text"] = plan.text;
  out["seed"] = plan.seed;
  out["patients"] = plan.patients;
  out["arms"] = nlohmann::json::array();
  for (const io::CohortArm& arm : plan.arms) out["arms"].push_back(arm.name);
  out["cohort_hash"] = fmt::format("{:016x}", io::text_fingerprint(cohort.text()));
  out["scenario_hash"] = fmt::format("{:016x}", io::text_fingerprint(cohort.base_text()));
  out["columns"] = nlohmann::json::array();
  for (const io::TableColumn& column : io::table_columns(plan)) {
    out["columns"].push_back({{"name", column.name},
                              {"kind", column.number ? "number" : "words"},
                              {"text", column.text}});
  }
  return out.dump(2) + "\n";
}

}  // namespace

CohortShare::CohortShare(const std::string& text) {
  if (text.empty()) return;
  const std::size_t slash = text.find('/');
  const io::ParsedInteger number = io::parse_integer(text.substr(0, slash));
  const io::ParsedInteger of =
      io::parse_integer(slash == std::string::npos ? "" : text.substr(slash + 1));
  if (number.fault != io::NumberFault::none || of.fault != io::NumberFault::none ||
      number.value < 1 || number.value > of.value || of.value > 1'000'000) {
    throw Failure(ExitCode::command_line,
                  fmt::format("--share '{}' is no share: write 3/20 for the third of 20", text));
  }
  number_ = number.value;
  of_ = of.value;
}

std::string CohortShare::directory_in(const std::string& cohort) const {
  if (whole()) return cohort;
  return fmt::format("{}/share_{:03}_of_{:03}", cohort, number_, of_);
}

CohortOutputs::CohortOutputs(const io::Cohort& cohort, const CohortShare& share,
                             const CohortRequest& request, double started_steady_s,
                             const io::Clock& clock)
    : cohort_(cohort),
      share_(share),
      clock_(clock),
      paths_(directory_of(request, cohort, share)),
      messages_(io::describe_terminal(STDERR_FILENO), io::Messages::standard_error(), clock),
      started_wall_s_(clock.wall_s()) {
  compare_with_earlier(request);
  directory_.emplace(io::RunDirectory::prepare(
      paths_.root, request.resume ? io::OpenMode::resume : io::OpenMode::fresh,
      request.break_lock ? io::LockPolicy::break_unverifiable : io::LockPolicy::respect,
      io::this_process(), clock.steady_s() - started_steady_s, io::Tenant::cohort));
  compare_with_earlier(request);  // nobody can work there any more
  std::error_code error;
  if (cohort.plan().series_every_h) fs::create_directory(paths_.patient_series(), error);
  for (std::int64_t patient = 1; patient <= cohort.plan().patients; ++patient) {
    tasks_ += share.has(patient) ? std::ssize(cohort.plan().arms) : 0;
  }
  read_all_records();
  for (fs::directory_iterator entry(paths_.records(), error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with("part_")) continue;
    const io::ParsedInteger number = io::parse_integer(name.substr(
        name.find_first_not_of("part_0"), name.rfind('_') - name.find_first_not_of("part_0")));
    part_ = std::max(part_, number.value + 1);
  }
}

void CohortOutputs::compare_with_earlier(const CohortRequest& request) {
  if (!request.resume || !is_there(paths_.cohort()) || !is_there(paths_.scenario())) return;
  const io::CohortReading earlier = io::read_cohort_in(paths_.root);
  if (!earlier.ok()) {
    throw Failure(ExitCode::files,
                  fmt::format("'{}' cannot be read any more, so nothing says whether its patients "
                              "are those of this cohort: choose another directory with -o\n{}",
                              paths_.cohort().string(), io::render_all(earlier.diagnostics)));
  }
  std::string text;
  for (const std::string& difference : io::differences(*earlier.cohort, cohort_)) {
    text += "  " + difference + '\n';
  }
  if (text.empty()) return;
  throw Failure(ExitCode::scenario,
                fmt::format("this cohort differs from that of '{}':\n{}Restore these values, or "
                            "choose another directory with -o; nothing was changed",
                            paths_.root.string(), text));
}

void CohortOutputs::read_all_records() {
  records_ = {};
  io::read_records(paths_.root, cohort_.plan(), records_);
  std::vector<fs::path> shares;
  std::error_code error;
  for (fs::directory_iterator entry(paths_.root, error), end; !error && entry != end;
       entry.increment(error)) {
    const io::RunPaths share(entry->path());
    if (!entry->path().filename().string().starts_with("share_")) continue;
    if (is_there(share.cohort()) && is_there(share.scenario())) shares.push_back(entry->path());
  }
  std::ranges::sort(shares);
  for (const fs::path& path : shares) {
    const io::CohortReading of_share = io::read_cohort_in(path);
    if (of_share.ok() && io::differences(*of_share.cohort, cohort_).empty()) {
      io::read_records(path, cohort_.plan(), records_);
    } else {
      records_.notes.push_back(
          fmt::format("'{}' is a share of another cohort: not taken", path.string()));
    }
  }
  const std::int64_t arms = std::ssize(cohort_.plan().arms);
  std::erase_if(records_.rows, [&](const auto& row) { return !share_.has(row.first / arms + 1); });
  done_ = std::ssize(records_.rows);
  failed_ = std::ranges::count_if(records_.rows,
                                  [](const auto& row) { return row.second[3] == "failed"; });
}

void CohortOutputs::open(const std::vector<io::HostRanks>& hosts, const std::string& command_line,
                         std::int64_t groups) {
  messages_.attach_log(paths_.log(), [this] { return owns_directory(); });
  for (const std::string& note : directory_->notes()) messages_.info(note);
  for (const std::string& note : records_.notes) messages_.warn(note);
  if (records_.damaged > 0) {
    messages_.warn(fmt::format("{} torn or damaged in {}: computed again",
                               io::counted(records_.damaged, "row"), paths_.records().string()));
  }
  io::replace_file_text(paths_.cohort(), cohort_.text());
  io::replace_file_text(paths_.scenario(), cohort_.base_text());
  io::replace_file_text(paths_.manifest(), manifest_text(cohort_));
  io::ProvenanceSegment segment;
  segment.start = done_ > 0 ? io::SegmentStart::resumed : io::SegmentStart::fresh;
  segment.first_step = done_;
  segment.command_line = command_line;
  segment.working_directory = fs::current_path().string();
  segment.scenario_hash = fmt::format("{:016x}", io::text_fingerprint(cohort_.text()));
  segment.build = io::build_info();
  segment.libraries = io::library_versions();
  segment.hosts = hosts;
  for (const io::HostRanks& host : hosts) segment.ranks += static_cast<int>(host.ranks);
  segment.ranks -= 1;  // the default of a segment
  ranks_ = segment.ranks;
  segment.process = io::this_process();
  segment.started_wall_s = started_wall_s_;
  const std::string trouble = io::begin_segment(paths_.provenance(), segment);
  if (!trouble.empty()) messages_.warn(trouble);
  const io::CohortPlan& plan = cohort_.plan();
  messages_.info(fmt::format("cohort {}: {} patients in {}, {} of {} done; {} of {}", plan.name,
                             io::with_thousands(tasks_ / std::ssize(plan.arms)),
                             io::counted(std::ssize(plan.arms), "arm"), io::with_thousands(done_),
                             io::with_thousands(tasks_), io::counted(groups, "group"),
                             io::counted(plan.ranks_per_patient, "rank")));
  status_.emplace(paths_.status(), clock_);
  progress_.emplace(io::ProgressPlan{done_, tasks_, 0.0, "patients"}, messages_, clock_);
  write_status(io::RunState::running, "", ExitCode::finished);
}

void CohortOutputs::count(PatientVerdict verdict) {
  if (verdict == PatientVerdict::not_written) {
    ++unwritten_;
    messages_.warn(
        fmt::format("a result could not be written to {}: it is kept in memory and "
                    "tried again with the next one",
                    paths_.records().string()));
    return;
  }
  ++done_;
  if (verdict == PatientVerdict::failed) ++failed_;
}

void CohortOutputs::show_progress(const std::optional<io::WallDeadline>& deadline) {
  if (deadline) {
    progress_->set_deadline(deadline->view());
    deadline_wall_s_ = clock_.wall_s() + static_cast<std::int64_t>(deadline->left_s());
  }
  progress_->update(done_, [&] {
    return failed_ == 0
               ? std::vector<std::string>{}
               : std::vector<std::string>{fmt::format("{} failed", io::with_thousands(failed_))};
  });
  if (status_->due() && owns_directory()) {
    write_status(io::RunState::running, "", ExitCode::finished);
  }
}

void CohortOutputs::announce_stop(const std::string& reason) {
  messages_.info(
      fmt::format("asked to stop by {}: patients that are not finished are given up, and "
                  "computed again by --resume",
                  reason));
}

void CohortOutputs::write_status(io::RunState state, const std::string& message, ExitCode code) {
  io::RunStatus status;
  status.state = state;
  status.scenario = cohort_.plan().name;
  status.step = done_;
  status.steps_total = tasks_;
  status.patients_failed = failed_;
  status.steps_per_s = progress_->steps_per_s();
  if (state == io::RunState::running) status.eta_s = progress_->eta_s();
  status.deadline_wall_s = deadline_wall_s_;
  status.message = message;
  status.exit_code = static_cast<int>(code);
  status.ranks = ranks_;
  status.process = io::this_process();
  status.started_wall_s = started_wall_s_;
  status_->write(status);
}

void CohortOutputs::end_segment(const std::string& reason, ExitCode code) {
  try {
    io::end_segment(paths_.provenance(), {done_, static_cast<int>(code), reason, clock_.wall_s()});
  } catch (const Failure& failure) {
    messages_.warn(failure.what());
  }
}

std::vector<std::string> CohortOutputs::comments() const {
  const io::CohortPlan& plan = cohort_.plan();
  return {fmt::format("marrow cohort, format 1; cohort {}; seed {}; {} patients", plan.name,
                      plan.seed, plan.patients),
          scale_of_rows(plan, records_)};
}

void CohortOutputs::write_tables() {
  std::vector<io::TableRow> rows;
  for (const auto& [task, cells] : records_.rows) rows.push_back({task, cells});
  write_cohort_tables(paths_, cohort_.plan(), comments(), rows);
}

ExitCode CohortOutputs::close(ExitCode code, const std::optional<std::string>& stopped) {
  progress_->finish();
  read_all_records();
  const bool complete = done_ == tasks_;
  if (complete) {
    write_tables();
    code = ExitCode::finished;
  } else if (code == ExitCode::finished) {
    code = ExitCode::files;  // computed, but not on disk
  }
  std::string reason = complete  ? std::string("finished")
                       : stopped ? "stopped by " + *stopped
                                 : std::string("ended, but results could not be written");
  if (failed_ > 0) reason += fmt::format("; {} failed", io::counted(failed_, "patient"));
  end_segment(reason, code);
  write_status(complete                          ? io::RunState::finished
               : code == ExitCode::stopped_early ? io::RunState::stopped
                                                 : io::RunState::failed,
               reason, code);
  messages_.info(fmt::format("{}: {} of {} patients, each arm counted", reason,
                             io::with_thousands(done_), io::with_thousands(tasks_)));
  if (complete) {
    messages_.info(
        fmt::format("open:\n  {}  (a row for each patient and arm)\n  {}  (the same, "
                    "and the series)",
                    paths_.table_csv().string(), paths_.table_h5().string()));
  } else {
    messages_.info("continue with: the same command and --resume");
  }
  return code;
}

void CohortOutputs::close_failed(const Failure& failure) {
  if (!progress_) return;
  progress_->finish();
  if (!owns_directory()) return;
  end_segment(failure.what(), failure.code());
  write_status(io::RunState::failed, failure.what(), failure.code());
}

}  // namespace marrow::tool
