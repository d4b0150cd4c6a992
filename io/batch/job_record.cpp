// SPDX-License-Identifier: BSD-3-Clause
#include "io/batch/job_record.hpp"

#include "core/model/failure.hpp"
#include "io/file/files.hpp"
#include "io/run/run_paths.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace marrow::io {
namespace {

std::optional<JobRecord> read_record(const std::filesystem::path& directory) {
  const std::filesystem::path file = directory / "batch" / "job";
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return std::nullopt;
  try {
    return parse_record(read_file_text(file));
  } catch (const Failure&) {
    return std::nullopt;
  }
}

/// The 7 of "…/seed_7".
std::optional<std::int64_t> seed_of(const std::filesystem::path& directory) {
  const std::string name = directory.filename().string();
  if (!name.starts_with("seed_")) return std::nullopt;
  try {
    const SeedRange seed = parse_seeds(name.substr(5));
    if (seed.first == seed.last) return seed.first;
  } catch (const Failure&) {
  }
  return std::nullopt;
}

}  // namespace

JobRecord JobRecord::element(std::int64_t seed) const {
  if (scheduler == Scheduler::slurm) return {scheduler, fmt::format("{}_{}", id, seed), {}};
  const std::size_t bracket = id.find('[');
  if (bracket == std::string::npos) return {scheduler, id, {}};
  std::string one = id;
  return {scheduler, one.insert(bracket + 1, std::to_string(seed)), {}};
}

std::string record_text(const JobRecord& record) {
  std::string text = fmt::format("scheduler {}\nid {}\n",
                                 record.scheduler == Scheduler::slurm ? "slurm" : "pbs", record.id);
  if (record.seeds) text += fmt::format("seeds {}-{}\n", record.seeds->first, record.seeds->last);
  return text;
}

std::optional<JobRecord> parse_record(const std::string& text) {
  JobRecord record;
  bool known_scheduler = false;
  std::istringstream lines(text);
  for (std::string key, value; lines >> key >> value;) {
    if (key == "scheduler") {
      known_scheduler = value == "slurm" || value == "pbs";
      record.scheduler = value == "pbs" ? Scheduler::pbs : Scheduler::slurm;
    } else if (key == "id") {
      record.id = value;
    } else if (key == "seeds") {
      try {
        record.seeds = parse_seeds(value);
      } catch (const Failure&) {
        return std::nullopt;
      }
    }
  }
  if (!known_scheduler || record.id.empty()) return std::nullopt;
  return record;
}

std::optional<JobRecord> own_record(const std::filesystem::path& directory) {
  auto record = read_record(directory);
  std::error_code error;
  const auto seed = seed_of(std::filesystem::absolute(directory, error));
  const bool array_of_one =
      record && !record->seeds && record->id.find("[]") != std::string::npos && seed;
  return array_of_one ? record->element(*seed) : record;
}

std::optional<JobRecord> find_record(const std::filesystem::path& run_directory) {
  if (const auto own = own_record(run_directory)) return own;
  std::error_code error;
  const std::filesystem::path place = std::filesystem::absolute(run_directory, error);
  const auto seed = seed_of(place);
  if (!seed) return std::nullopt;
  const auto array = read_record(place.parent_path());
  if (!array || !array->seeds) return std::nullopt;
  return array->element(*seed);
}

Answer ask_shell(const std::string& command) {
  Answer answer;
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {127, {}};
  std::array<char, 4096> buffer{};
  while (const std::size_t bytes = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    answer.text.append(buffer.data(), bytes);
  }
  const int status = ::pclose(pipe);
  answer.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return answer;
}

std::vector<std::string> clear_stop_requests(const BatchJob& job) {
  std::vector<std::filesystem::path> runs;
  if (job.seeds) {
    for (std::int64_t seed = job.seeds->first; seed <= job.seeds->last; ++seed) {
      runs.push_back(std::filesystem::path(job.directory) / fmt::format("seed_{}", seed));
    }
  } else {
    runs.emplace_back(job.directory);
  }
  std::vector<std::string> removed;
  for (const std::filesystem::path& run : runs) {
    const std::filesystem::path request = RunPaths(run).stop_request();
    std::error_code error;
    if (std::filesystem::remove(request, error)) removed.push_back(request);
    if (error) {
      throw Failure(ExitCode::files, fmt::format("'{}' would end the job and cannot be removed: {}",
                                                 request.string(), error.message()));
    }
  }
  return removed;
}

void leave_enclosing_job() {
  if (std::getenv("SLURM_JOB_ID") == nullptr) return;
  std::vector<std::string> names;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::string_view name = text.substr(0, text.find('='));
    if (name.starts_with("SLURM_") && !name.starts_with("SLURM_CONF")) names.emplace_back(name);
  }
  for (const std::string& name : names) ::unsetenv(name.c_str());
}

}  // namespace marrow::io
