// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/event_output.hpp"

#include "core/model/failure.hpp"
#include "core/observe/phylogeny.hpp"
#include "io/file/files.hpp"
#include "io/run/wording.hpp"
#include "io/text/scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace marrow::tool {

void EventOutput::open(const parallel::Simulation& simulation, io::Messages& messages) {
  told_ = chronicle(simulation.state(), simulation.model().parameters);
  write_events(simulation, messages);
}

void EventOutput::tell(const parallel::Simulation& simulation, io::Messages& messages) {
  for (; notes_told_ < simulation.notes().size(); ++notes_told_) {
    messages.warn(simulation.notes()[notes_told_]);
  }
  std::vector<ChronicleEntry> all = chronicle(simulation.state(), simulation.model().parameters);
  bool news = false;
  for (const ChronicleEntry& entry : all) {
    const bool told = std::ranges::any_of(told_, [&](const ChronicleEntry& old) {
      return old.hour == entry.hour && old.event == entry.event;
    });
    if (told) continue;
    news = true;
    const std::string date = io::simulated_date_text(static_cast<double>(entry.hour) / 24.0);
    const std::string detail = entry.detail.empty() ? "" : "; " + entry.detail;
    messages.info(fmt::format("{}: {}{}", date, entry.event, detail));
  }
  told_ = std::move(all);
  if (news || !written_) write_events(simulation, messages);
}

void EventOutput::write_events(const parallel::Simulation& simulation, io::Messages& messages) {
  const Model& model = simulation.model();
  const std::string scale = io::scale_text(model.parameters.clones.n_real, model.niche_count());
  try {
    io::replace_file_text(
        events_, "# " + scale + "\n" + chronicle_csv(simulation.state(), model.parameters));
    written_ = true;
  } catch (const Failure& failure) {
    if (written_) messages.warn(failure.what());
    written_ = false;
  }
}

void EventOutput::write_phylogeny(const parallel::Simulation& simulation, io::Messages& messages) {
  const ModelState& state = simulation.state();
  try {
    io::replace_file_text(phylogeny_, newick(state, simulation.model().parameters));
    tree_hour_ = state.step;
  } catch (const Failure& failure) {
    messages.warn(failure.what());
  }
}

std::vector<std::string> EventOutput::complete(const parallel::Simulation& simulation,
                                               io::Messages& messages) {
  if (!written_) write_events(simulation, messages);
  const std::int64_t hour = simulation.state().step;
  if (tree_hour_ != hour) write_phylogeny(simulation, messages);
  std::vector<std::string> stale;
  if (!written_) stale.push_back(events_.filename().string());
  if (tree_hour_ != hour) stale.push_back(phylogeny_.filename().string());
  return stale;
}

}  // namespace marrow::tool
