// SPDX-License-Identifier: BSD-3-Clause
#include "io/batch/array_status.hpp"

#include "core/model/failure.hpp"
#include "io/file/files.hpp"
#include "io/run/run_paths.hpp"
#include "io/run/wording.hpp"
#include "io/text/shell_words.hpp"

#include <fmt/format.h>

#include <sstream>
#include <vector>

namespace marrow::io {
namespace {

/// Whether a list such as "3", "4-8" or "2,5-7%2" names the number.
bool names(const std::string& list, std::int64_t number) {
  std::istringstream parts(list.substr(0, list.find('%')));
  for (std::string part; std::getline(parts, part, ',');) {
    try {
      const SeedRange range = parse_seeds(part);
      if (range.first <= number && number <= range.last) return true;
    } catch (const Failure&) {
    }
  }
  return false;
}

/// The status file of one seed, if it can be read.
std::optional<RunStatus> status_of(const std::filesystem::path& directory) {
  const std::filesystem::path file = RunPaths(directory).status();
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return std::nullopt;
  try {
    return parse_status(read_file_text(file));
  } catch (const Failure&) {
    return std::nullopt;
  }
}

const char* word(const std::optional<RunStatus>& run, JobPhase job) {
  const bool ended = run && run->state != RunState::running;
  if (ended && run->state == RunState::finished) return "finished";
  if (job == JobPhase::queued) return run ? "queued again" : "queued";
  if (job == JobPhase::running) return run ? "running" : "starting";
  if (job == JobPhase::ending) return "ending";
  if (!run) return job == JobPhase::over ? "never started" : "not started, as far as known";
  if (ended) return run->state == RunState::failed ? "failed" : "stopped";
  return job == JobPhase::over ? "gone" : "running, as far as known";
}

std::string seed_line(std::int64_t seed, const std::optional<RunStatus>& run, JobPhase job) {
  std::string line = fmt::format("\n  seed_{:<5}{:<26}", seed, word(run, job));
  if (!run) return line;
  line += fmt::format("{:5.1f} %  {}", run->percent(), simulated_date_text(run->simulated_days));
  if (run->last_good_checkpoint) {
    line += fmt::format("  checkpoint: step {}", with_thousands(*run->last_good_checkpoint));
  }
  return line + (run->health == "good" ? "" : "  health: " + run->health);
}

/// What works on one seed: the array, or a job of its own, as PBS continues elements.
struct Element {
  std::int64_t seed;
  std::filesystem::path directory;
  std::optional<JobRecord> own;
};

std::vector<Element> elements_of(const std::filesystem::path& directory, const JobRecord& array) {
  std::vector<Element> elements;
  for (std::int64_t seed = array.seeds->first; seed <= array.seeds->last; ++seed) {
    const std::filesystem::path place = directory / fmt::format("seed_{}", seed);
    elements.push_back({seed, place, own_record(place)});
  }
  return elements;
}

/// What the batch system says of the array and of all jobs of single seeds, asked once.
Answer ask_about(const JobRecord& array, const std::vector<Element>& elements) {
  if (array.scheduler == Scheduler::slurm) {
    return ask_shell("timeout 15 scontrol show job --oneliner " + shell_word(array.id));
  }
  std::string command = "timeout 15 qstat -t -f " + shell_word(array.id);
  for (const Element& element : elements) {
    if (element.own) command += " " + shell_word(element.own->id);
  }
  return ask_shell(command);
}

/// Nothing if the batch system spoke of the array, or knows it no longer; else what that means.
std::string silence(const Answer& answer, const JobRecord& array, bool told) {
  if (told) return {};
  const bool slurm = array.scheduler == Scheduler::slurm;
  std::string words = answer.text.substr(0, answer.text.find('\n'));
  if (answer.code == 127) words = slurm ? "scontrol is not here" : "qstat is not here";
  if (answer.code == 124) words = "no answer within 15 s";
  return fmt::format(
      "\n  {} cannot be asked now{}: whether jobs wait or run is not known, and what follows is "
      "what the runs wrote last",
      slurm ? "Slurm" : "PBS", words.empty() ? "" : fmt::format(" ({})", words));
}

JobState state_of(const Element& element, const JobRecord& array, const std::string& said) {
  if (array.scheduler == Scheduler::pbs) {
    return pbs_state_among(element.own ? *element.own : array.element(element.seed), said);
  }
  return element.own ? ask_scheduler(*element.own) : slurm_element_state(array, element.seed, said);
}

StatusReport array_report(const std::filesystem::path& directory, const JobRecord& array) {
  const bool slurm = array.scheduler == Scheduler::slurm;
  const std::vector<Element> elements = elements_of(directory, array);
  const Answer answer = ask_about(array, elements);
  std::string lines;
  std::int64_t finished = 0;
  bool told = false;
  for (const Element& element : elements) {
    const auto run = status_of(element.directory);
    finished += run && run->state == RunState::finished ? 1 : 0;
    const JobPhase phase = state_of(element, array, answer.text).phase;
    told = told || phase != JobPhase::unknown;
    lines += seed_line(element.seed, run, phase);
  }
  return {ExitCode::finished,
          fmt::format("'{}': {} job array {}: {} of {} finished{}{}", directory.string(),
                      slurm ? "Slurm" : "PBS", array.id, finished,
                      counted(array.seeds->last - array.seeds->first + 1, "seed"),
                      silence(answer, array, told), lines)};
}

}  // namespace

JobState slurm_element_state(const JobRecord& array, std::int64_t seed, const std::string& said) {
  std::istringstream lines(said);
  bool answered = said.find("Invalid job id") != std::string::npos;
  for (std::string line; std::getline(lines, line);) {
    const std::string elements = slurm_field(line, "ArrayTaskId");
    answered = answered || !elements.empty();
    if (names(elements, seed)) return slurm_state(array.element(seed), line);
  }
  return {answered ? JobPhase::over : JobPhase::unknown, {}};
}

StatusReport report_with_job(const std::filesystem::path& directory, const Clock& clock) {
  const std::optional<JobRecord> record = find_record(directory);
  if (!record) return report_status(directory, clock);
  if (record->seeds) return array_report(directory, *record);
  return report_status(directory, clock, this_process(), ask_scheduler(*record));
}

}  // namespace marrow::io
