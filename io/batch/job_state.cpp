// SPDX-License-Identifier: BSD-3-Clause
#include "io/batch/job_record.hpp"
#include "io/text/shell_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <sstream>
#include <string_view>

namespace marrow::io {
namespace {

constexpr int patience_s = 15;

/// The value of "    NAME = value" in a line of its own.
std::string pbs_field(const std::string& said, const std::string& name) {
  const std::string key = " " + name + " = ";
  const std::size_t at = said.find(key);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + key.size();
  return said.substr(begin, said.find('\n', begin) - begin);
}

std::string counted_restarts(const std::string& restarts) {
  if (restarts.empty() || restarts == "0") return {};
  return fmt::format(", restarted {} {}", restarts, restarts == "1" ? "time" : "times");
}

/// "2026-11-22T21:40:05" as people read it.
std::string time_text(std::string time) {
  if (const std::size_t t = time.find('T'); t != std::string::npos) time[t] = ' ';
  return time;
}

bool is_time(const std::string& text) { return !text.empty() && text[0] >= '0' && text[0] <= '9'; }

JobState cannot_tell(const std::string& who, const std::string& why) {
  return {JobPhase::unknown, fmt::format("{}: {}", who, why)};
}

bool says_no_such_job(const std::string& said) {
  const auto says = [&](const char* text) { return said.find(text) != std::string::npos; };
  return says("Invalid job id") || says("Unknown Job Id") || says("has finished");
}

JobPhase slurm_phase(const std::string& state) {
  const auto is_one_of = [&](std::initializer_list<std::string_view> states) {
    return std::ranges::find(states, state) != states.end();
  };
  if (is_one_of({"PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT",
                 "RESV_DEL_HOLD"})) {
    return JobPhase::queued;
  }
  if (is_one_of({"RUNNING", "CONFIGURING", "SUSPENDED", "SIGNALING", "RESIZING", "STOPPED"})) {
    return JobPhase::running;
  }
  // Both hide whether the job is over or will be queued again.
  return is_one_of({"COMPLETING", "STAGE_OUT"}) ? JobPhase::ending : JobPhase::over;
}

}  // namespace

std::string slurm_field(const std::string& said, const std::string& name) {
  const std::string key = " " + name + "=";
  const std::size_t at = (" " + said).find(key);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + key.size() - 1;
  return said.substr(begin, said.find_first_of(" \n", begin) - begin);
}

JobState slurm_state(const JobRecord& record, const std::string& said) {
  const std::string who = "Slurm job " + record.id;
  const std::string state = slurm_field(said, "JobState");
  const std::string restarts = counted_restarts(slurm_field(said, "Restarts"));
  const std::string start = slurm_field(said, "StartTime");
  const std::string end = slurm_field(said, "EndTime");
  if (state.empty()) return cannot_tell(who, "Slurm's answer cannot be understood");
  const JobPhase phase = slurm_phase(state);
  switch (phase) {
    case JobPhase::queued:
      return {phase,
              fmt::format("{} waits in the queue ({}){}{}", who, slurm_field(said, "Reason"),
                          restarts, is_time(start) ? "; it may start at " + time_text(start) : "")};
    case JobPhase::running:
      return {phase, fmt::format("{} is {} on {}{}{}", who, state == "RUNNING" ? "running" : state,
                                 slurm_field(said, "NodeList"), restarts,
                                 is_time(end) ? ", until " + time_text(end) + " at most" : "")};
    case JobPhase::ending:
      return {phase, fmt::format("{} is ending ({}){}: whether it is over or queued again shows "
                                 "when it has ended",
                                 who, state, restarts)};
    default:
      return {phase, fmt::format("{} is over ({}, exit code {}){}", who, state,
                                 slurm_field(said, "ExitCode"), restarts)};
  }
}

JobState pbs_state(const JobRecord& record, const std::string& said) {
  const std::string who = "PBS job " + record.id;
  const std::string state = pbs_field(said, "job_state");
  if (state.empty()) return cannot_tell(who, "the answer of PBS cannot be understood");
  const std::string comment = pbs_field(said, "comment");
  const std::string because = comment.empty() ? "" : fmt::format(" ({})", comment);
  switch (state[0]) {
    case 'Q':
    case 'H':
    case 'W':
    case 'T':
      return {JobPhase::queued, fmt::format("{} waits in the queue{}", who, because)};
    case 'E':
      return {JobPhase::ending, fmt::format("{} is ending{}", who, because)};
    case 'R':
    case 'B':
    case 'S':
    case 'U':
      return {JobPhase::running, fmt::format("{} is running{}", who, because)};
    default:
      return {JobPhase::over, fmt::format("{} is over{}", who, because)};
  }
}

JobState pbs_state_among(const JobRecord& record, const std::string& said) {
  const std::string who = "PBS job " + record.id;
  // Servers differ in how they write their own name behind the number.
  const std::size_t bracket = record.id.find(']');
  const std::string number = bracket == std::string::npos ? record.id.substr(0, record.id.find('.'))
                                                          : record.id.substr(0, bracket + 1);
  const std::string array =
      bracket == std::string::npos ? number : number.substr(0, number.find('[')) + "[]";
  constexpr std::string_view head = "Job Id: ";
  bool elements_listed = false;
  bool answered = says_no_such_job(said);
  std::string whole;  // array, of a server that does not list elements
  for (std::size_t at = said.find(head); at != std::string::npos;) {
    answered = true;
    const std::size_t next = said.find(head, at + 1);
    const std::string one = said.substr(at, next == std::string::npos ? next : next - at);
    const std::string name = one.substr(head.size(), one.find_first_of(".\n") - head.size());
    if (name == number) return pbs_state(record, one);
    if (name == array) {
      whole = one;
    } else if (name.starts_with(array.substr(0, array.size() - 1))) {
      elements_listed = true;
    }
    at = next;
  }
  if (!whole.empty() && !elements_listed) return pbs_state(record, whole);
  if (answered) return {JobPhase::over, fmt::format("{} is over", who)};
  return cannot_tell(who, "its batch system does not answer");
}

namespace {

/// Of the lines about the elements of an array the first of one that waits or runs, or else ends.
std::string liveliest_line(const JobRecord& record, const std::string& said) {
  std::istringstream lines(said);
  std::string ending;
  for (std::string line; std::getline(lines, line);) {
    const JobPhase phase = slurm_state(record, line).phase;
    if (phase == JobPhase::queued || phase == JobPhase::running) return line;
    if (phase == JobPhase::ending && ending.empty()) ending = line;
  }
  return ending.empty() ? said : ending;
}

}  // namespace

JobState ask_scheduler(const JobRecord& record) {
  const bool slurm = record.scheduler == Scheduler::slurm;
  const std::string who = fmt::format("{} job {}", slurm ? "Slurm" : "PBS", record.id);
  const Answer answer = ask_shell(fmt::format("timeout {} {} {}", patience_s,
                                              slurm ? "scontrol show job --oneliner" : "qstat -f",
                                              shell_word(record.id)));
  if (answer.code == 0) {
    return slurm ? slurm_state(record, liveliest_line(record, answer.text))
                 : pbs_state(record, answer.text);
  }
  if (answer.code == 127) return cannot_tell(who, "its batch system cannot be asked from here");
  if (says_no_such_job(answer.text)) {
    return {JobPhase::over, fmt::format("{} is over", who)};
  }
  return cannot_tell(who, "its batch system does not answer");
}

}  // namespace marrow::io
