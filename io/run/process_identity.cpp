// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/process_identity.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <optional>
#include <signal.h>
#include <unistd.h>

namespace marrow::io {
namespace {

std::string first_line(const std::string& file) {
  std::ifstream input(file);
  std::string line;
  std::getline(input, line);
  return line;
}

std::string environment(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  }
  return {};
}

struct ProcessEntry {
  char state = '?';
  std::uint64_t start_ticks = 0;
};

/// State and start time from /proc/PID/stat (proc(5), fields 3 and 22). The second field, the
/// command name, may itself hold spaces and parentheses, so counting starts behind its last
/// parenthesis.
std::optional<ProcessEntry> process_entry(std::int64_t pid) {
  const std::string line = first_line(fmt::format("/proc/{}/stat", pid));
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos || name_end + 2 >= line.size()) return std::nullopt;
  ProcessEntry entry;
  entry.state = line[name_end + 2];
  std::size_t place = name_end + 2;
  for (int field = 3; field < 22; ++field) {
    place = line.find(' ', place);
    if (place == std::string::npos) return std::nullopt;
    ++place;
  }
  std::from_chars(line.data() + place, line.data() + line.size(), entry.start_ticks);
  return entry;
}

bool same_machine(const ProcessIdentity& a, const ProcessIdentity& b) {
  return a.host == b.host && a.machine == b.machine;
}

LivenessVerdict liveness_on_this_machine(const ProcessIdentity& other) {
  const auto pid = static_cast<pid_t>(other.pid);
  if (other.pid <= 0 || (::kill(pid, 0) != 0 && errno == ESRCH)) {
    return {Liveness::gone, "no such process exists any more"};
  }
  const std::optional<ProcessEntry> entry = process_entry(other.pid);
  if (!entry) return {Liveness::alive, "a process of this number is running"};
  if (entry->state == 'Z' || entry->state == 'X') return {Liveness::gone, "the process has ended"};
  if (entry->start_ticks != other.start_ticks) {
    return {Liveness::gone, "its number now belongs to another process"};
  }
  return {Liveness::alive, "it is running"};
}

}  // namespace

std::string this_host() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

ProcessIdentity this_process() {
  ProcessIdentity self;
  self.host = this_host();
  self.machine = first_line("/etc/machine-id");
  self.boot = first_line("/proc/sys/kernel/random/boot_id");
  std::error_code ignored;
  self.pid_space = std::filesystem::read_symlink("/proc/self/ns/pid", ignored).string();
  self.pid = ::getpid();
  if (const auto entry = process_entry(self.pid)) self.start_ticks = entry->start_ticks;
  self.job = environment({"SLURM_JOB_ID", "PBS_JOBID"});
  if (!self.job.empty()) {
    self.job_start = environment({"SLURM_RESTART_COUNT"});
    // Slurm leaves the variable out in the first start.
    if (self.job_start.empty() && !environment({"SLURM_JOB_ID"}).empty()) self.job_start = "0";
  }
  return self;
}

std::string describe(const ProcessIdentity& process) {
  std::string text = fmt::format("process {} on host {}", process.pid, process.host);
  if (!process.job.empty()) text += fmt::format(" (job {})", process.job);
  return text;
}

LivenessVerdict liveness_of(const ProcessIdentity& other, const ProcessIdentity& here) {
  const bool same_job = !other.job.empty() && other.job == here.job;
  if (same_job && !other.job_start.empty() && !here.job_start.empty() &&
      other.job_start != here.job_start) {
    return {Liveness::gone, fmt::format("the batch system has started job {} again", other.job)};
  }
  if (!same_machine(other, here)) {
    return {Liveness::cannot_tell, fmt::format("it cannot be seen from host {}", here.host)};
  }
  if (other.boot != here.boot) {
    if (here.machine.empty()) {
      return {Liveness::cannot_tell,
              "it ran on a machine of the same name that may be another one"};
    }
    return {Liveness::gone, "the machine was restarted since"};
  }
  if (other.pid_space != here.pid_space) {
    return {Liveness::cannot_tell, "it runs in another container of this machine"};
  }
  return liveness_on_this_machine(other);
}

nlohmann::json to_json(const ProcessIdentity& process) {
  return {{"host", process.host}, {"machine", process.machine},
          {"boot", process.boot}, {"pid_space", process.pid_space},
          {"pid", process.pid},   {"start_ticks", process.start_ticks},
          {"job", process.job},   {"job_start", process.job_start}};
}

ProcessIdentity process_from_json(const nlohmann::json& json) {
  ProcessIdentity process;
  json.at("host").get_to(process.host);
  json.at("machine").get_to(process.machine);
  json.at("boot").get_to(process.boot);
  json.at("pid_space").get_to(process.pid_space);
  json.at("pid").get_to(process.pid);
  json.at("start_ticks").get_to(process.start_ticks);
  json.at("job").get_to(process.job);
  json.at("job_start").get_to(process.job_start);
  return process;
}

}  // namespace marrow::io
