// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/findings.hpp"

#include "core/observe/census.hpp"
#include "core/observe/sample.hpp"
#include "core/observe/survivors.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

namespace marrow {
namespace {

std::string text(std::int64_t value) { return std::to_string(value); }

std::string text(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

std::string day_text(std::int64_t hour) {
  return hour < 0 ? "" : text(static_cast<double>(hour) / 24.0);
}

struct Mark {
  std::string_view name;
  GenotypeBit bit;
};
constexpr std::array<Mark, 4> marks = {{{"hla_lacking", GenotypeBit::hla_lost},
                                        {"gpi_negative", GenotypeBit::gpi_negative},
                                        {"driver", GenotypeBit::driver},
                                        {"monosomy_7", GenotypeBit::monosomy_7}}};

bool has(const Clone& clone, GenotypeBit bit) { return (clone.genotype & bit) != 0; }

/// The first of a clone's line that had the mark.
std::uint32_t origin_of(const CloneTable& clones, std::uint32_t clone, GenotypeBit bit) {
  while (clones[clone].parent != no_parent && has(clones[clones[clone].parent], bit)) {
    clone = clones[clone].parent;
  }
  return clone;
}

/// Live stem cells with each mark, and how many times it arose in them.
struct MarkedCells {
  std::int64_t cells = 0;
  std::int64_t origins = 0;
};

std::array<MarkedCells, marks.size()> marked_cells(const ModelState& state) {
  std::vector<std::int64_t> alive(state.clones.size(), 0);
  for (const CellRecord& cell : state.niches) {
    if (cell.state() == CellState::stem) ++alive[cell.clone()];
  }
  std::array<MarkedCells, marks.size()> found{};
  for (std::size_t m = 0; m < marks.size(); ++m) {
    std::vector<std::uint32_t> origins;
    for (std::uint32_t id = 0; id < alive.size(); ++id) {
      if (alive[id] == 0 || !has(state.clones[id], marks[m].bit)) continue;
      found[m].cells += alive[id];
      origins.push_back(origin_of(state.clones, id, marks[m].bit));
    }
    std::ranges::sort(origins);
    // std::ranges::unique of libstdc++ 12 does not compile with clang 14.
    found[m].origins = std::distance(origins.begin(), std::unique(origins.begin(), origins.end()));
  }
  return found;
}

/// The columns of a series that an examination repeats: from the first to the last of each pair.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> repeated = {
    {{"stem_cells", "stem_cells"},
     {"tregs", "tregs"},
     {"tcells_per_mm3", "vacancy"},
     {"progenitors", "cellularity"}}};

/// Calls use(i) for the number of each repeated column of a series.
template <class Use>
void for_each_repeated(const std::vector<std::string>& series, const Use& use) {
  for (const auto& [first, last] : repeated) {
    const auto begin = std::ranges::find(series, first) - series.begin();
    const auto end = std::ranges::find(series, last) - series.begin();
    for (auto i = begin; i <= end; ++i) use(static_cast<std::size_t>(i));
  }
}

std::vector<std::string> own_columns() {
  std::vector<std::string> names = {"stem_cell_share"};
  for (const Mark& mark : marks) names.push_back("stem_" + std::string(mark.name) + "_share");
  for (const Mark& mark : marks) names.push_back("clones_" + std::string(mark.name));
  names.emplace_back("survivor_clustering");
  return names;
}

std::vector<std::string> own_values(const ModelState& state, const Model& model) {
  const auto cells = static_cast<double>(state.census.stem);
  const auto niches = static_cast<double>(model.niche_count());
  std::vector<std::string> values = {niches > 0.0 ? text(cells / niches) : ""};
  const auto marked = marked_cells(state);
  for (const MarkedCells& m : marked) {
    values.push_back(cells > 0.0 ? text(static_cast<double>(m.cells) / cells) : "");
  }
  for (const MarkedCells& m : marked) values.push_back(text(m.origins));
  const std::optional<double> clustering =
      survivor_clustering(model.niches, model.lattice, state.niches);
  values.push_back(clustering ? text(*clustering) : "");
  return values;
}

struct EventDate {
  std::string_view name;
  std::int64_t hour;
};

std::int64_t earlier(std::int64_t a, std::int64_t b) {
  if (a == never) return b;
  return b == never ? a : std::min(a, b);
}

std::vector<EventDate> events_of(const ModelState& state, const Parameters& parameters) {
  const PatientState& p = state.patient;
  const auto& trigger = parameters.tcells.trigger;
  const bool begun = trigger && state.events_done > 0;
  return {{"trigger", begun ? static_cast<std::int64_t>(std::ceil(trigger->at_h)) : never},
          {"moderate", p.moderate_h},
          {"severe", p.diagnosis_h},
          {"very_severe", p.very_severe_h},
          {"diagnosis", diagnosed_h(p)},
          {"treatment", first_treatment_h(p, parameters)},
          {"partial_response", p.partial_response_h},
          {"complete_response", p.complete_response_h},
          {"response", earlier(p.partial_response_h, p.complete_response_h)},
          {"relapse", p.relapse_h},
          {"pnh", p.pnh_h},
          {"evolution", p.evolution_h},
          {"death", p.death_h},
          {"end", p.death_h == never ? state.step : p.death_h}};
}

}  // namespace

std::int64_t diagnosed_h(const PatientState& patient) {
  return earlier(patient.moderate_h, patient.diagnosis_h);
}

std::int64_t first_treatment_h(const PatientState& patient, const Parameters& parameters) {
  std::int64_t first = never;
  for (std::size_t i = 0; i < patient.therapy_began_h.size(); ++i) {
    const Drug drug = parameters.therapy[i].drug;
    const std::int64_t began = patient.therapy_began_h[i];
    if (drug == Drug::antigen_removal || drug == Drug::antigen_challenge || began < 0) continue;
    first = earlier(first, began);
  }
  return first;
}

std::vector<std::string> finding_columns() {
  std::vector<std::string> names = {"examined_day", "clinical_state"};
  for (std::string& name : own_columns()) names.push_back(std::move(name));
  const std::vector<std::string> series = sample_columns(Parameters());
  for_each_repeated(series, [&](std::size_t i) { names.push_back(series[i]); });
  return names;
}

std::vector<std::string> findings(const ModelState& state, const Model& model,
                                  double hematopoiesis) {
  std::vector<std::string> values = {day_text(state.step)};
  if (state.patient.clinical == ClinicalState::dead) {
    values.resize(finding_columns().size());
    return values;
  }
  values.emplace_back(clinical_state_name(state.patient.clinical));
  for (std::string& value : own_values(state, model)) values.push_back(std::move(value));
  const std::vector<std::string> row = sample_row(state, model, hematopoiesis, 0);
  for_each_repeated(sample_columns(model.parameters),
                    [&](std::size_t i) { values.push_back(row[i]); });
  return values;
}

std::vector<std::string> event_columns() {
  std::vector<std::string> names;
  for (const EventDate& event : events_of(ModelState(), Parameters())) {
    names.push_back(std::string(event.name) + "_day");
  }
  names.emplace_back("transfusions");
  return names;
}

std::vector<std::string> event_days(const ModelState& state, const Parameters& parameters) {
  std::vector<std::string> days;
  for (const EventDate& event : events_of(state, parameters)) days.push_back(day_text(event.hour));
  days.push_back(text(state.patient.transfusions));
  return days;
}

}  // namespace marrow
