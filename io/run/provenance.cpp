// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/provenance.hpp"

#include "core/model/failure.hpp"
#include "io/file/file_calls.hpp"
#include "io/file/files.hpp"
#include "io/run/clock.hpp"
#include "io/text/shell_words.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <span>
#include <string_view>

namespace marrow::io {
namespace {

using json = nlohmann::ordered_json;

constexpr int provenance_format = 1;

std::string dumped(const json& document) {
  return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

const char* name_of(SegmentStart start) {
  switch (start) {
    case SegmentStart::fresh:
      return "fresh";
    case SegmentStart::resumed:
      return "resumed";
    case SegmentStart::branched:
      break;
  }
  return "branched";
}

json to_json(const BuildInfo& build) {
  return {{"version", build.version},      {"git_commit", build.git_commit},
          {"git_state", build.git_state},  {"compiler", build.compiler},
          {"flags", build.compiler_flags}, {"build_type", build.build_type}};
}

json to_json(const std::vector<HostRanks>& hosts) {
  json list = json::array();
  for (const HostRanks& host : hosts) {
    list.push_back({{"host", host.host}, {"ranks", host.ranks}, {"cpu", host.cpu}});
  }
  return list;
}

json to_json(const ProvenanceSegment& segment) {
  json out;
  out["start"] = name_of(segment.start);
  out["first_step"] = segment.first_step;
  out["from_checkpoint"] = segment.from_checkpoint;
  out["changes"] = segment.changes;
  out["command_line"] = segment.command_line;
  out["working_directory"] = segment.working_directory;
  out["scenario_hash"] = segment.scenario_hash;
  out["build"] = to_json(segment.build);
  out["libraries"] = segment.libraries;
  out["ranks"] = segment.ranks;
  out["real_cells_per_niche"] = segment.real_cells_per_niche;
  out["hosts"] = to_json(segment.hosts);
  out["process"] = to_json(segment.process);
  out["started"] = utc_text(segment.started_wall_s);
  out["ended"] = nullptr;  // stays so if the process is killed
  return out;
}

bool is_provenance(const json& document) {
  return document.is_object() && document.contains("format") &&
         document["format"] == provenance_format && document.contains("segments") &&
         document["segments"].is_array();
}

/// The document in the file; null if it is damaged.
json read_document(const std::filesystem::path& file) {
  json document = json::parse(read_file_text(file), nullptr, false);
  return is_provenance(document) ? document : json();
}

std::filesystem::path unused_name(const std::filesystem::path& file) {
  std::error_code error;
  for (int number = 1;; ++number) {
    std::filesystem::path candidate = file;
    candidate += fmt::format(".damaged-{}", number);
    if (!std::filesystem::exists(candidate, error)) return candidate;
  }
}

}  // namespace

std::string begin_segment(const std::filesystem::path& file, const ProvenanceSegment& segment) {
  std::error_code error;
  std::string note;
  json document;
  if (std::filesystem::exists(file, error)) {
    document = read_document(file);
    if (document.is_null()) {
      const std::filesystem::path kept = unused_name(file);
      std::filesystem::rename(file, kept, error);
      if (error) {
        throw Failure(ExitCode::files, fmt::format("'{}' is damaged and cannot be renamed: {}",
                                                   file.string(), explain_errno(error.value())));
      }
      note = fmt::format("'{}' was damaged; it is kept as '{}' and a new one begins", file.string(),
                         kept.filename().string());
    }
  }
  if (document.is_null()) {
    document = {{"program", "marrow"}, {"format", provenance_format}, {"segments", json::array()}};
  }
  document["segments"].push_back(to_json(segment));
  replace_file_text(file, dumped(document));
  return note;
}

void end_segment(const std::filesystem::path& file, const SegmentEnd& end) {
  json document = read_document(file);
  if (document.is_null() || document["segments"].empty()) {
    throw Failure(
        ExitCode::files,
        fmt::format("'{}' was damaged while the run was going on: its end is not recorded",
                    file.string()));
  }
  json& segment = document["segments"].back();
  segment["ended"] = utc_text(end.ended_wall_s);
  segment["last_step"] = end.last_step;
  segment["exit_code"] = end.exit_code;
  segment["reason"] = end.reason;
  replace_file_text(file, dumped(document));
}

std::string latest_origin(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return {};
  const json document = read_document(file);
  if (document.is_null() || document["segments"].empty()) return {};
  return document["segments"].back().value("from_checkpoint", std::string());
}

std::string provenance_text(const std::filesystem::path& file) {
  std::error_code error;
  return std::filesystem::exists(file, error) ? read_file_text(file) : std::string();
}

std::vector<HostRanks> gather_hosts(const parallel::Communicator& comm) {
  const std::string mine = this_host() + '\t' + cpu_model() + '\n';
  const std::vector<char> gathered = comm.all_gather(std::span<const char>(mine));
  std::vector<HostRanks> hosts;
  for (auto begin = gathered.begin(); begin != gathered.end();) {
    const auto end = std::find(begin, gathered.end(), '\n');
    const auto tab = std::find(begin, end, '\t');
    const std::string host(begin, tab);
    const auto known = std::find_if(hosts.begin(), hosts.end(),
                                    [&](const HostRanks& other) { return other.host == host; });
    if (known != hosts.end()) {
      ++known->ranks;
    } else {
      hosts.push_back({host, 1, std::string(tab + 1, end)});
    }
    begin = end + 1;
  }
  return hosts;
}

std::string quoted_command_line(int argument_count, const char* const* arguments) {
  std::string line;
  for (const char* argument : std::span(arguments, static_cast<std::size_t>(argument_count))) {
    if (!line.empty()) line += ' ';
    line += shell_word(argument);
  }
  return line;
}

}  // namespace marrow::io
