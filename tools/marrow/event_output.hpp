// SPDX-License-Identifier: BSD-3-Clause
// What happens to the patient, told as it happens: lines in the log and on the terminal, the file
// events.csv, and the family tree phylogeny.nwk. Both files are written anew from the state each
// time. For rank 0 alone.
#pragma once

#include "core/observe/chronicle.hpp"
#include "io/run/messages.hpp"
#include "io/run/run_paths.hpp"
#include "parallel/simulation.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace marrow::tool {

class EventOutput {
 public:
  explicit EventOutput(const io::RunPaths& paths)
      : events_(paths.events()), phylogeny_(paths.phylogeny()) {}

  /// Writes the events so far; those of before a restart are not told again.
  void open(const parallel::Simulation& simulation, io::Messages& messages);
  /// Tells what is new. A file that cannot be written is a warning, and the next call tries again.
  void tell(const parallel::Simulation& simulation, io::Messages& messages);
  /// A tree that cannot be written is a warning.
  void write_phylogeny(const parallel::Simulation& simulation, io::Messages& messages);
  /// At the end: tries once more what is not in its file yet. The names of those that are stale.
  std::vector<std::string> complete(const parallel::Simulation& simulation, io::Messages& messages);

 private:
  void write_events(const parallel::Simulation& simulation, io::Messages& messages);

  std::filesystem::path events_;
  std::filesystem::path phylogeny_;
  std::vector<ChronicleEntry> told_;
  std::size_t notes_told_ = 0;
  bool written_ = true;
  std::optional<std::int64_t> tree_hour_;  // of the tree that is in the file
};

}  // namespace marrow::tool
