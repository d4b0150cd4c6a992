// SPDX-License-Identifier: BSD-3-Clause
// provenance.json: where every part of a run came from. One entry per segment (the start and each
// continuation), so that a result names all programs, machines and commands that made it. Knows no
// model.
#pragma once

#include "io/run/build_info.hpp"
#include "io/run/process_identity.hpp"
#include "parallel/communicator.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace marrow::io {

enum class SegmentStart { fresh, resumed, branched };

struct HostRanks {
  std::string host;
  std::int64_t ranks = 0;
  std::string cpu;
};

struct ProvenanceSegment {
  SegmentStart start = SegmentStart::fresh;
  std::int64_t first_step = 0;
  std::string from_checkpoint;       // directory, empty for a fresh start
  std::vector<std::string> changes;  // allowed changes of parameters against that checkpoint
  std::string command_line;
  std::string working_directory;
  std::string scenario_hash;
  BuildInfo build;
  std::map<std::string, std::string> libraries;
  std::vector<HostRanks> hosts;
  int ranks = 1;
  double real_cells_per_niche = 0.0;  // the scale: stem cells of the patient per niche of the box
  ProcessIdentity process;
  std::int64_t started_wall_s = 0;
};

/// How a segment ended.
struct SegmentEnd {
  std::int64_t last_step = 0;
  int exit_code = 0;
  std::string reason;
  std::int64_t ended_wall_s = 0;
};

/// Appends a segment. A damaged file is kept under another name, and the returned sentence says so;
/// it is empty otherwise. Failure(files) if the file cannot be written.
[[nodiscard]] std::string begin_segment(const std::filesystem::path& file,
                                        const ProvenanceSegment& segment);

/// Completes the last segment.
void end_segment(const std::filesystem::path& file, const SegmentEnd& end);

/// The checkpoint from which the latest segment began; empty when it began at hour 0, or when that
/// is not known.
[[nodiscard]] std::string latest_origin(const std::filesystem::path& file);

/// The whole file as JSON text, to be stored inside checkpoints; empty if there is none.
[[nodiscard]] std::string provenance_text(const std::filesystem::path& file);

/// Collective: hosts with their numbers of ranks and CPU models, in order of their first rank.
[[nodiscard]] std::vector<HostRanks> gather_hosts(const parallel::Communicator& comm);

/// "marrow run 'my scenario.yaml' -o out": quoted so that it can be pasted into a shell.
[[nodiscard]] std::string quoted_command_line(int argument_count, const char* const* arguments);

}  // namespace marrow::io
