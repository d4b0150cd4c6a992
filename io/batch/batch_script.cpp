// SPDX-License-Identifier: BSD-3-Clause
#include "io/batch/batch_script.hpp"

#include "core/model/failure.hpp"
#include "io/batch/script_parts.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

namespace marrow::io {
namespace {

void refuse_line_ends(const std::string& text) {
  if (text.find_first_of("\r\n") == std::string::npos) return;
  throw Failure(ExitCode::command_line,
                fmt::format("'{}' holds a line end, which a job script cannot", text));
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

std::string batch_time(std::int64_t seconds) {
  return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
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
  return job.scheduler == Scheduler::slurm ? slurm_script(job) : pbs_script(job);
}

}  // namespace marrow::io
