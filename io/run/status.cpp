// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/status.hpp"

#include "io/file/files.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <utility>

namespace marrow::io {
namespace {

using nlohmann::json;

constexpr int status_format = 1;
constexpr std::array<std::pair<RunState, const char*>, 4> state_names{
    {{RunState::running, "running"},
     {RunState::finished, "finished"},
     {RunState::stopped, "stopped"},
     {RunState::failed, "failed"}}};

const char* name_of(RunState state) {
  for (const auto& [value, name] : state_names) {
    if (value == state) return name;
  }
  return "running";
}

RunState state_of(const std::string& text) {
  for (const auto& [value, name] : state_names) {
    if (text == name) return value;
  }
  throw Failure(ExitCode::files, fmt::format("unknown state '{}'", text));
}

template <class T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

template <class T>
std::optional<T> optional_at(const json& from, const char* key) {
  const json& value = from.at(key);
  return value.is_null() ? std::nullopt : std::optional<T>(value.get<T>());
}

std::uint64_t digest_at(const json& from) {
  const auto text = from.at("digest").get<std::string>();
  std::uint64_t digest = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, digest, 16);
  if (error != std::errc{} || rest != end) {
    throw Failure(ExitCode::files, fmt::format("'{}' is not a digest", text));
  }
  return digest;
}

std::int64_t time_at(const json& from, const char* key) {
  const auto text = from.at(key).get<std::string>();
  const std::optional<std::int64_t> time = parse_utc_text(text);
  if (!time) throw Failure(ExitCode::files, fmt::format("'{}' is not a time", text));
  return *time;
}

RunStatus from_json(const json& from) {
  RunStatus status;
  status.state = state_of(from.at("state").get<std::string>());
  from.at("scenario").get_to(status.scenario);
  from.at("step").get_to(status.step);
  from.at("steps_total").get_to(status.steps_total);
  from.at("simulated_days").get_to(status.simulated_days);
  from.at("steps_per_s").get_to(status.steps_per_s);
  status.eta_s = optional_at<double>(from, "eta_s");
  if (from.contains("deadline")) status.deadline_wall_s = time_at(from, "deadline");
  status.last_good_checkpoint = optional_at<std::int64_t>(from, "last_good_checkpoint_step");
  status.digest = digest_at(from);
  from.at("real_cells_per_niche").get_to(status.real_cells_per_niche);
  from.at("outputs_lost").get_to(status.outputs_lost);
  if (from.contains("stale_files")) from.at("stale_files").get_to(status.stale_files);
  from.at("rows_pending").get_to(status.rows_pending);
  from.at("health").get_to(status.health);
  from.at("message").get_to(status.message);
  from.at("exit_code").get_to(status.exit_code);
  if (from.contains("patients_failed")) {
    status.patients_failed = from.at("patients_failed").get<std::int64_t>();
  }
  from.at("ranks").get_to(status.ranks);
  status.process = process_from_json(from.at("process"));
  status.started_wall_s = time_at(from, "started");
  status.updated_wall_s = time_at(from, "updated");
  return status;
}

}  // namespace

double RunStatus::percent() const {
  if (steps_total <= 0) return 0.0;
  return 100.0 * static_cast<double>(step) / static_cast<double>(steps_total);
}

std::string status_json(const RunStatus& status) {
  nlohmann::ordered_json out;
  out["format"] = status_format;
  out["state"] = name_of(status.state);
  out["scenario"] = status.scenario;
  out["step"] = status.step;
  out["steps_total"] = status.steps_total;
  out["simulated_days"] = status.simulated_days;
  out["percent"] = status.percent();
  out["steps_per_s"] = status.steps_per_s;
  out["eta_s"] = or_null(status.eta_s);
  if (status.deadline_wall_s) out["deadline"] = utc_text(*status.deadline_wall_s);
  out["last_good_checkpoint_step"] = or_null(status.last_good_checkpoint);
  out["digest"] = fmt::format("{:016x}", status.digest);
  out["real_cells_per_niche"] = status.real_cells_per_niche;
  out["outputs_lost"] = status.outputs_lost;
  if (!status.stale_files.empty()) out["stale_files"] = status.stale_files;
  out["rows_pending"] = status.rows_pending;
  out["health"] = status.health;
  out["message"] = status.message;
  out["exit_code"] = status.exit_code;
  if (status.patients_failed) out["patients_failed"] = *status.patients_failed;
  out["ranks"] = status.ranks;
  out["process"] = to_json(status.process);
  out["started"] = utc_text(status.started_wall_s);
  out["updated"] = utc_text(status.updated_wall_s);
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

RunStatus parse_status(const std::string& text) {
  try {
    const json parsed = json::parse(text);
    if (const int format = parsed.at("format").get<int>(); format != status_format) {
      throw Failure(ExitCode::files, fmt::format("it has format {}; this program reads format {}",
                                                 format, status_format));
    }
    return from_json(parsed);
  } catch (const json::exception& error) {
    throw Failure(ExitCode::files, error.what());
  }
}

StatusFile::StatusFile(std::filesystem::path file, const Clock& clock, double interval_s)
    : file_(std::move(file)), clock_(&clock), interval_s_(interval_s) {}

bool StatusFile::due() const {
  return !last_written_s_ || clock_->steady_s() - *last_written_s_ >= interval_s_;
}

bool StatusFile::write(RunStatus status) {
  last_written_s_ = clock_->steady_s();
  status.updated_wall_s = clock_->wall_s();
  try {
    replace_file_text(file_, status_json(status));
    trouble_.clear();
  } catch (const Failure& failure) {
    trouble_ = failure.what();
  }
  return trouble_.empty();
}

}  // namespace marrow::io
