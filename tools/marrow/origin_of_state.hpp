// SPDX-License-Identifier: BSD-3-Clause
// Where a run's state comes from: a fresh marrow, the newest good checkpoint of its directory, or a
// checkpoint of another run; and whether the scenario may continue it.
#pragma once

#include "core/tissue/imported_tissue.hpp"
#include "io/checkpoint/checkpoint.hpp"
#include "io/scenario/scenario_file.hpp"
#include "parallel/communicator.hpp"
#include "tools/marrow/commands.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace marrow::tool {

struct StateOrigin {
  std::optional<io::LoadedCheckpoint> checkpoint;  // nothing: a fresh start
  bool branched = false;
  std::vector<std::string> notes;  // for the log: rejected checkpoints
  std::vector<std::int64_t> rejected_steps;
  std::vector<std::string> changes;  // parameters that differ from the checkpoint's
  bool new_course = false;           // some of them change what happens: --allow-change

  /// The run of the directory goes on, instead of one that begins here.
  [[nodiscard]] bool continued() const { return checkpoint && !branched; }
};

/// What speaks against continuing from a checkpoint whose rows series.csv no longer holds; empty:
/// nothing. It happens: one that could not be read for a while was passed over, and the run went on
/// from an older one. Throws Failure(files) when series.csv may not be read.
std::string objection_of_series(const std::filesystem::path& series, const io::Manifest& manifest);

/// Looks without changing anything. `unfit`: checkpoints of the directory that verify but from
/// which the simulation could not go on; they are passed over. Throws Failure: files (the directory
/// holds a run and --resume was not given), no_usable_checkpoint, scenario (a parameter that may
/// not change differs). Collective.
StateOrigin find_origin(const parallel::Communicator& comm, const io::ScenarioFile& scenario,
                        const RunRequest& request, const std::string& directory,
                        const std::vector<io::Rejection>& unfit = {});

/// The image's tissue on the root and an empty one elsewhere; nothing for procedural tissue. A
/// continued run takes it from the checkpoint, so that the image is no longer needed. Collective.
std::optional<ImportedTissue> find_tissue(const parallel::Communicator& comm,
                                          const io::ScenarioFile& scenario,
                                          const StateOrigin& origin,
                                          std::vector<std::string>& notes);

}  // namespace marrow::tool
