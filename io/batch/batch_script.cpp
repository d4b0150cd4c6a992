// SPDX-License-Identifier: BSD-3-Clause
#include "io/batch/batch_script.hpp"

#include "core/model/failure.hpp"
#include "io/batch/script_parts.hpp"
#include "io/run/clock.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

namespace marrow::io {
namespace {

void refuse_line_ends(const std::string& text) {
  if (text.find_first_of("\r\n") == std::string::npos) return;
  throw Failure(ExitCode::command_line,
                fmt::format("'{}' holds a line end, which a job script cannot", text));
}

/// In the name of an output file it tells Slurm to leave "%j" as it stands.
void refuse_backslash(const std::string& directory) {
  if (directory.find('\\') == std::string::npos) return;
  throw Failure(
      ExitCode::command_line,
      fmt::format("-o '{}': batch systems give a backslash in the name of a log a meaning "
                  "of their own; take a directory without one in its path",
                  directory));
}

bool take_number(std::string_view& text, std::int64_t& number) {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0) return false;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return true;
}

}  // namespace

std::string batch_directory(const std::string& run_directory) { return run_directory + "/batch"; }

std::string script_path(const std::string& run_directory) {
  return batch_directory(run_directory) + "/job.sh";
}

std::uint64_t mebibytes_per_node(const BatchJob& job) {
  constexpr std::uint64_t mebibyte = 1U << 20U;
  const std::uint64_t whole = job.memory_per_node_bytes / mebibyte;
  return whole + (job.memory_per_node_bytes % mebibyte == 0 ? 0 : 1);
}

std::string batch_time(std::int64_t seconds) {
  return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::int64_t parse_job_time_s(const std::string& text) {
  constexpr double shortest_s = 60.0;
  constexpr double longest_s = 3650.0 * 86400.0;
  const double seconds = parse_duration_s(text);
  if (seconds < shortest_s) {
    throw Failure(ExitCode::command_line,
                  fmt::format("--time {}: batch systems count whole minutes", text));
  }
  if (seconds <= longest_s) return static_cast<std::int64_t>(std::ceil(seconds));
  throw Failure(ExitCode::command_line,
                fmt::format("--time {}: no job may take longer than ten years (3650 d); give what "
                            "the queue allows, the run continues in further jobs",
                            text));
}

std::string short_job_warning(std::int64_t time_s) {
  if (time_s >= 5 * stop_reserve_s) return {};
  return fmt::format(
      "of --time {} each job keeps some {} s to save its state before it must end, and starting "
      "takes "
      "time as well: little or none is left to compute; give 10 minutes or more",
      batch_time(time_s), stop_reserve_s);
}

int ranks_of(const BatchJob& job) {
  constexpr std::int64_t most = std::numeric_limits<int>::max();
  // Divided, because the product may be beyond any number.
  if (job.nodes >= 1 && job.tasks_per_node >= 1 && job.nodes <= most / job.tasks_per_node) {
    return static_cast<int>(job.nodes * job.tasks_per_node);
  }
  throw Failure(ExitCode::command_line,
                fmt::format("--nodes {} --tasks-per-node {}: give numbers of which the product is "
                            "between 1 and {}, the most ranks that MPI can number",
                            job.nodes, job.tasks_per_node, most));
}

SeedRange parse_seeds(const std::string& text) {
  constexpr std::int64_t largest = 1000;
  std::string_view rest = text;
  SeedRange seeds;
  bool good = take_number(rest, seeds.first);
  seeds.last = seeds.first;
  if (good && rest.starts_with('-')) {
    rest.remove_prefix(1);
    good = take_number(rest, seeds.last);
  }
  if (good && rest.empty() && seeds.first <= seeds.last && seeds.last <= largest) return seeds;
  throw Failure(ExitCode::command_line,
                fmt::format("--seeds '{}': give a range such as 1-20, of at most {}: batch systems "
                            "number the elements of an array no further",
                            text, largest));
}

std::string batch_script(const BatchJob& job) {
  for (const std::string& text : {job.program, job.scenario, job.directory, job.setup}) {
    refuse_line_ends(text);
  }
  for (const auto* texts : {&job.run_options, &job.modules, &job.directives}) {
    for (const std::string& text : *texts) refuse_line_ends(text);
  }
  refuse_backslash(job.directory);
  return job.scheduler == Scheduler::slurm ? slurm_script(job) : pbs_script(job);
}

}  // namespace marrow::io
