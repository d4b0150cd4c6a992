// SPDX-License-Identifier: BSD-3-Clause
// What happens to the patient, told as it happens: lines in the log and on the terminal, and the
// file events.csv, which is written anew from the state each time. For rank 0 alone.
#pragma once

#include "core/observe/chronicle.hpp"
#include "io/run/messages.hpp"
#include "parallel/simulation.hpp"

#include <cstddef>
#include <filesystem>
#include <utility>
#include <vector>

namespace marrow::tool {

class EventOutput {
 public:
  explicit EventOutput(std::filesystem::path file) : file_(std::move(file)) {}

  /// Writes the events so far; those of before a restart are not told again.
  void open(const parallel::Simulation& simulation, io::Messages& messages);
  /// Tells what is new. A file that cannot be written is a warning, and the next call tries again.
  void tell(const parallel::Simulation& simulation, io::Messages& messages);

 private:
  void write(const parallel::Simulation& simulation, io::Messages& messages);

  std::filesystem::path file_;
  std::vector<ChronicleEntry> told_;
  std::size_t notes_told_ = 0;
  bool written_ = true;
};

}  // namespace marrow::tool
