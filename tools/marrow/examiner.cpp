// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/examiner.hpp"

#include "core/observe/findings.hpp"
#include "core/observe/sample.hpp"
#include "core/patient/clinic.hpp"
#include "core/patient/therapy.hpp"
#include "io/cohort/table.hpp"
#include "io/text/number.hpp"
#include "tools/marrow/biopsy_core.hpp"
#include "tools/marrow/biopsy_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace marrow::tool {
namespace {

constexpr std::size_t at_diagnosis = 0;
constexpr std::size_t at_response = 1;
constexpr std::size_t first_endpoint = 2;

/// Columns of a run's series that every arm has: those of its founder clones are left out, and what
/// the table says once.
std::vector<std::size_t> common_columns(const std::vector<std::string>& columns) {
  std::vector<std::size_t> common;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool founder = columns[i].starts_with("cells_") && columns[i] != "cells_normal";
    if (!founder && columns[i] != "real_cells_per_niche") common.push_back(i);
  }
  return common;
}

std::vector<std::string> picked(const std::vector<std::string>& cells,
                                const std::vector<std::size_t>& columns) {
  std::vector<std::string> some;
  for (const std::size_t i : columns) some.push_back(cells[i]);
  return some;
}

}  // namespace

Examiner::Examiner(const parallel::Communicator& comm, const io::CohortPlan& plan,
                   const parallel::Simulation& simulation)
    : comm_(comm),
      plan_(plan),
      simulation_(simulation),
      examinations_(io::examinations(plan).size()) {
  if (!plan.series_every_h) return;
  const std::vector<std::string> columns = sample_columns(simulation.model().parameters);
  series_columns_ = common_columns(columns);
  series_ = io::csv_row(picked(columns, series_columns_));
}

std::int64_t Examiner::due(const io::CohortEndpoint& endpoint) const {
  const Parameters& parameters = simulation_.model().parameters;
  const PatientState& patient = simulation_.state().patient;
  if (endpoint.from.treatment) {
    const std::int64_t from = first_treatment_h(patient, parameters);
    return from == never ? never : from + endpoint.after_h;
  }
  TherapyEvent date;
  date.from = endpoint.from.anchor;
  date.at_h = static_cast<double>(endpoint.after_h);
  return due_hour(date, parameters, patient);
}

std::vector<std::string> Examiner::examine() const {
  return findings(simulation_.state(), simulation_.model(), simulation_.hematopoiesis());
}

/// At a place drawn for the patient: trials do not agree on one either.
std::vector<std::string> Examiner::take_biopsy() const {
  if (!plan_.biopsy) return {};
  constexpr double thickness_um = 3.0;
  BiopsySource source(comm_, simulation_);
  source.prepare(TissueUse::one_core);
  const Needle needle = random_needle(source.lattice(), simulation_.model().draws, 0,
                                      plan_.biopsy->width_um, plan_.biopsy->length_um);
  const BiopsyCounts counts =
      take_core(source, needle, LongCore::several_passes, thickness_um).counts;
  const auto cells = static_cast<double>(counts.core.all);
  const auto lacking = static_cast<double>(counts.core.hla_lacking);
  return {io::format_number(1e-3 * counts.length_um),
          io::format_number(counts.areas.cellularity()),
          io::format_number(counts.per_mm2(counts.cd34())),
          io::format_number(counts.per_mm2(counts.cd8())),
          std::to_string(counts.core.all),
          counts.core.all > 0 ? io::format_number(lacking / cells) : ""};
}

void Examiner::watch_window(std::int64_t since_h, std::int64_t first_h, Window& window) {
  if (first_h != never || since_h != simulation_.state().step) return;
  window = {since_h, examine()};
}

void Examiner::look() {
  const ModelState& state = simulation_.state();
  if (plan_.series_every_h && state.step % *plan_.series_every_h == 0) add_row();
  if (state.step % hours_per_day != 0) return;
  const PatientState& patient = state.patient;
  course_.follow(patient, state.step);
  watch_window(patient.pr_since_h, patient.partial_response_h, partial_);
  watch_window(patient.cr_since_h, patient.complete_response_h, complete_);
  Examination& diagnosis = examinations_[at_diagnosis];
  if (diagnosis.hour < 0 && diagnosed_h(patient) != never) {
    diagnosis = {state.step, examine(), take_biopsy()};
  }
  Examination& response = examinations_[at_response];
  if (response.hour < 0 && patient.partial_response_h != never) {
    response = {partial_.since_h, partial_.found, {}};
  } else if (response.hour < 0 && patient.complete_response_h != never) {
    response = {complete_.since_h, complete_.found, {}};
  }
  for (std::size_t i = 0; i < plan_.endpoints.size(); ++i) {
    Examination& endpoint = examinations_[first_endpoint + i];
    if (endpoint.hour >= 0) continue;
    const std::int64_t date = due(plan_.endpoints[i]);
    if (date != never && date <= state.step) endpoint = {state.step, examine(), {}};
  }
}

void Examiner::add_row() {
  const std::uint64_t digest = simulation_.digest();
  const std::vector<std::string> row =
      sample_row(simulation_.state(), simulation_.model(), simulation_.hematopoiesis(), digest);
  series_ += io::csv_row(picked(row, series_columns_));
}

std::vector<std::string> Examiner::cells_of(const Examination& examination) const {
  if (examination.hour < 0) return std::vector<std::string>(io::examination_columns().size());
  const ClinicalState state = course_.at(examination.hour);
  const bool complete = state == ClinicalState::complete_response;
  const bool response = complete || state == ClinicalState::partial_response;
  const auto flag = [](bool value) -> std::string { return value ? "1" : "0"; };
  std::vector<std::string> cells = {examination.found.front(), flag(state != ClinicalState::dead),
                                    flag(response), flag(complete)};
  cells.insert(cells.end(), examination.found.begin() + 1, examination.found.end());
  return cells;
}

std::vector<std::string> Examiner::cells() const {
  const Model& model = simulation_.model();
  const ModelState& state = simulation_.state();
  const auto niches = static_cast<double>(model.niche_count());
  std::vector<std::string> all = {std::to_string(model.niche_count()),
                                  io::format_number(model.parameters.clones.n_real / niches)};
  const auto add = [&all](std::vector<std::string> more) {
    std::ranges::move(more, std::back_inserter(all));
  };
  add(event_days(state, model.parameters));
  for (std::size_t i = 0; i < examinations_.size(); ++i) {
    add(cells_of(examinations_[i]));
    if (i != at_diagnosis || !plan_.biopsy) continue;
    std::vector<std::string> biopsy = examinations_[i].biopsy;
    biopsy.resize(io::biopsy_columns().size());
    add(std::move(biopsy));
  }
  add({std::to_string(state.step), fmt::format("{:016x}", simulation_.digest())});
  return all;
}

}  // namespace marrow::tool
