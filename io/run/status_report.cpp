// SPDX-License-Identifier: BSD-3-Clause
#include "io/file/files.hpp"
#include "io/run/run_directory.hpp"
#include "io/run/status.hpp"
#include "io/run/wording.hpp"
#include "io/text/shell_words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace marrow::io {
namespace {

// A healthy run updates its status every few seconds, but a step or a checkpoint may take minutes.
constexpr std::int64_t silence_worth_a_word_s = 600;

struct Observation {
  const std::filesystem::path& directory;
  const RunStatus& status;
  LivenessVerdict process;
  std::int64_t silent_s;
  std::int64_t now_wall_s;
  JobPhase job;  // unknown, if there is none
};

/// The batch system knows more than what can be seen of a process on another host.
LivenessVerdict liveness_with(const std::optional<JobState>& job, const ProcessIdentity& process,
                              const ProcessIdentity& here) {
  LivenessVerdict seen = liveness_of(process, here);
  if (seen.liveness != Liveness::cannot_tell || !job) return seen;
  if (job->phase == JobPhase::running) return {Liveness::alive, "its job is running"};
  if (job->phase == JobPhase::unknown) return seen;
  if (job->phase == JobPhase::ending) return {Liveness::cannot_tell, "its job is ending"};
  return {Liveness::gone, "its job is not running"};
}

std::string ago(std::int64_t seconds) {
  return duration_text(static_cast<double>(seconds)) + " ago";
}

std::string resume_advice(const Observation& seen) {
  const std::string from = seen.status.patients_failed
                               ? std::string("with the patients that are left")
                           : seen.status.last_good_checkpoint
                               ? fmt::format("from the checkpoint at step {}",
                                             with_thousands(*seen.status.last_good_checkpoint))
                               : std::string("from the beginning: no checkpoint was finished");
  if (seen.job == JobPhase::queued || seen.job == JobPhase::running) {
    return fmt::format("The {} job continues it {}",
                       seen.job == JobPhase::queued ? "queued" : "running", from);
  }
  const std::string advice =
      fmt::format("--resume -o {} continues {}", shell_word(seen.directory.string()), from);
  return seen.job == JobPhase::ending
             ? "If its job, which is ending, is not queued again: " + advice
             : advice;
}

std::string running_line(const Observation& seen) {
  const std::string who = describe(seen.status.process);
  const std::string silence = seen.silent_s >= silence_worth_a_word_s
                                  ? fmt::format("; no sign of life for {}: it may hang",
                                                duration_text(static_cast<double>(seen.silent_s)))
                                  : std::string();
  switch (seen.process.liveness) {
    case Liveness::alive:
      return fmt::format("running: {}{}", who, silence);
    case Liveness::gone:
      return fmt::format(
          "was running {}, but {} is gone ({}): it was killed or crashed without saying why.\n"
          "  {}",
          ago(seen.silent_s), who, seen.process.why, resume_advice(seen));
    case Liveness::cannot_tell:
      break;
  }
  if (silence.empty()) {
    return fmt::format("running, as of {}: {}; {}", ago(seen.silent_s), who, seen.process.why);
  }
  return fmt::format(
      "was running {}: {}; {}. Probably it is gone: ask the batch system or that host.\n  {}",
      ago(seen.silent_s), who, seen.process.why, resume_advice(seen));
}

std::string state_line(const Observation& seen) {
  const RunStatus& status = seen.status;
  const std::string because = status.message.empty() ? std::string() : ": " + status.message;
  switch (status.state) {
    case RunState::running:
      return running_line(seen);
    case RunState::finished:
      return fmt::format("finished {}{}", ago(seen.silent_s), because);
    case RunState::stopped:
      return fmt::format("stopped {}{}.\n  {}", ago(seen.silent_s), because, resume_advice(seen));
    case RunState::failed:
      break;
  }
  return fmt::format("failed {} with exit code {}{}.\n  {}", ago(seen.silent_s), status.exit_code,
                     because, resume_advice(seen));
}

/// Whether the run ends before it must.
std::string deadline_line(const Observation& seen, double left_s) {
  const std::int64_t deadline_s = *seen.status.deadline_wall_s;
  const double until_s = static_cast<double>(deadline_s - seen.now_wall_s);
  const std::string deadline =
      fmt::format("deadline {}", short_local_text(deadline_s, seen.now_wall_s));
  if (left_s <= until_s) {
    return fmt::format("{}: the run will end {} before", deadline, duration_text(until_s - left_s));
  }
  return fmt::format("{}, in {}: the run needs {} more and will stop with a checkpoint", deadline,
                     duration_text(until_s), duration_text(left_s - until_s));
}

std::string eta_text(const Observation& seen, double per_s, const char* unit) {
  const RunStatus& status = seen.status;
  const bool may_run = status.state == RunState::running && seen.process.liveness != Liveness::gone;
  if (!may_run || !status.eta_s) return {};
  const double left_s = std::max(0.0, *status.eta_s - static_cast<double>(seen.silent_s));
  std::string text = fmt::format(", {:.3g} {}, ETA {}", per_s, unit, duration_text(left_s));
  if (status.deadline_wall_s) text += "\n  " + deadline_line(seen, left_s);
  return text;
}

std::string cohort_lines(const Observation& seen) {
  const RunStatus& status = seen.status;
  std::string text =
      fmt::format("  {} of {} patients, each arm counted ({:.1f}%)", with_thousands(status.step),
                  with_thousands(status.steps_total), status.percent());
  text += eta_text(seen, 60.0 * status.steps_per_s, "patients/min");
  if (*status.patients_failed > 0) {
    text += fmt::format("\n  {} failed: the column 'reason' of the table says why",
                        with_thousands(*status.patients_failed));
  }
  if (status.rows_pending > 0) {
    text += fmt::format("\n  {} could not be written yet", counted(status.rows_pending, "result"));
  }
  return text;
}

std::string progress_lines(const Observation& seen) {
  const RunStatus& status = seen.status;
  if (status.patients_failed) return cohort_lines(seen);
  std::string text = fmt::format("  step {} of {} ({:.1f}%), {}", with_thousands(status.step),
                                 with_thousands(status.steps_total), status.percent(),
                                 simulated_date_text(status.simulated_days));
  text += eta_text(seen, status.steps_per_s, "steps/s");
  text += status.last_good_checkpoint ? fmt::format("\n  last good checkpoint: step {}",
                                                    with_thousands(*status.last_good_checkpoint))
                                      : std::string("\n  no checkpoint yet");
  text += fmt::format("\n  digest {:016x}, health {}", status.digest, status.health);
  if (status.rows_pending > 0) {
    text += fmt::format("\n  {} of series.csv could not be written yet",
                        counted(status.rows_pending, "row"));
  }
  if (status.outputs_lost > 0) {
    text += fmt::format("\n  {} could not be written and {} lost",
                        counted(status.outputs_lost, "output"),
                        status.outputs_lost == 1 ? "is" : "are");
  }
  return text;
}

StatusReport without_status(const std::filesystem::path& directory,
                            const std::optional<JobState>& job) {
  std::error_code error;
  const std::string name = directory.string();
  if (!std::filesystem::exists(directory, error)) {
    return {ExitCode::files, fmt::format("'{}': there is no such directory", name)};
  }
  const DirectoryContents found = look_at(directory);
  if (!found.exists) return {ExitCode::files, fmt::format("'{}' is not a directory", name)};
  if (!found.holds_run() && job) {
    return {ExitCode::finished,
            fmt::format("'{}': no run has started here yet\n  {}", name, job->text)};
  }
  if (!found.holds_run()) return {ExitCode::files, fmt::format("'{}' holds no run", name)};
  return {
      ExitCode::finished,
      fmt::format("'{}': a run was prepared but has not started: there is no status.json", name)};
}

}  // namespace

StatusReport report_status(const std::filesystem::path& directory, const Clock& clock,
                           const ProcessIdentity& here, const std::optional<JobState>& job) {
  const RunPaths paths(directory);
  std::error_code error;
  if (!std::filesystem::exists(paths.status(), error)) return without_status(directory, job);
  try {
    const RunStatus status = parse_status(read_file_text(paths.status()));
    const std::int64_t now_s = clock.wall_s();
    const Observation seen{directory,
                           status,
                           liveness_with(job, status.process, here),
                           std::max<std::int64_t>(0, now_s - status.updated_wall_s),
                           now_s,
                           job ? job->phase : JobPhase::unknown};
    return {ExitCode::finished,
            fmt::format("'{}' ({}): {}\n{}{}", directory.string(), status.scenario,
                        state_line(seen), progress_lines(seen), job ? "\n  " + job->text : "")};
  } catch (const Failure& failure) {
    return {ExitCode::files,
            fmt::format("'{}' cannot be understood: {}. The run itself is not affected; "
                        "--resume replaces the file",
                        paths.status().string(), failure.what())};
  }
}

}  // namespace marrow::io
