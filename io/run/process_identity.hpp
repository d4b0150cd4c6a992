// SPDX-License-Identifier: BSD-3-Clause
// Who runs here: enough to tell later, from the lock or the status file, whether that very process
// still lives, even when its number was given to another one, the machine was restarted, or the
// batch system started the job again. Knows nothing of run directories.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <sys/types.h>

namespace marrow::io {

struct ProcessIdentity {
  std::string host;
  std::string machine;    // installation id: tells two machines of the same name apart
  std::string boot;       // changes with every start of the machine
  std::string pid_space;  // containers have their own process numbers
  std::int64_t pid = 0;
  std::uint64_t start_ticks = 0;  // start of the process since boot: tells reused numbers apart
  std::string job;                // batch job id, empty outside of a batch system
  std::string job_start;  // how often the batch system started this job, empty if it does not say

  bool operator==(const ProcessIdentity&) const = default;
};

[[nodiscard]] ProcessIdentity this_process();
[[nodiscard]] std::string this_host();

/// "process 4242 on host n12 (job 77)".
[[nodiscard]] std::string describe(const ProcessIdentity& process);

enum class Liveness { alive, gone, cannot_tell };
struct LivenessVerdict {
  Liveness liveness = Liveness::cannot_tell;
  std::string why;  // completes "process 4242 on host n12: ..."
};
/// Whether `other` still runs, as far as it can be known from where `here` runs.
[[nodiscard]] LivenessVerdict liveness_of(const ProcessIdentity& other,
                                          const ProcessIdentity& here);

[[nodiscard]] nlohmann::json to_json(const ProcessIdentity& process);
/// Throws nlohmann::json::exception if something is missing.
[[nodiscard]] ProcessIdentity process_from_json(const nlohmann::json& json);

}  // namespace marrow::io
