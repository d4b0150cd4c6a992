// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/simulation.hpp"

#include "core/observe/census.hpp"
#include "core/observe/digest.hpp"
#include "core/patient/blood.hpp"
#include "core/patient/clinic.hpp"
#include "core/patient/progenitors.hpp"
#include "core/patient/therapy.hpp"
#include "core/rules/founders.hpp"
#include "core/rules/infusion.hpp"
#include "core/rules/kernel_killing.hpp"
#include "core/rules/niche_clocks.hpp"
#include "core/rules/placement.hpp"
#include "core/rules/standing_variation.hpp"
#include "core/rules/susceptibility.hpp"
#include "core/rules/walk.hpp"
#include "parallel/shares.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <utility>

namespace marrow::parallel {
namespace {

bool infuses_stem_cells(Drug drug) {
  return drug == Drug::transplant || drug == Drug::clone_infusion;
}

/// The clone of a founder: 0 is the normal one.
std::uint32_t clone_of_founder(const Parameters& parameters, const std::string& name) {
  const auto& founders = parameters.clones.founders;
  const auto found = std::ranges::find(founders, name, &FounderClone::name);
  return static_cast<std::uint32_t>(found - founders.begin()) + 1;
}

std::vector<std::uint32_t> niches_in(const Box& box, const Model& model) {
  std::vector<std::uint32_t> mine;
  for (std::uint32_t n = 0; n < model.niches.size(); ++n) {
    if (box.contains(model.lattice.position(model.niches[n].site))) mine.push_back(n);
  }
  return mine;
}

}  // namespace

Simulation::Simulation(const Communicator& comm, const Parameters& parameters,
                       const ImportedTissue* imported, const Tuning& tuning)
    : Simulation(comm, parameters,
                 prepare_ground(comm, parameters, imported, tuning.hops_per_exchange), tuning) {}

Simulation::Simulation(const Communicator& comm, const Parameters& parameters,
                       std::shared_ptr<const Ground> ground, const Tuning& tuning)
    : comm_(comm),
      ground_(std::move(ground)),
      own_(decomposition().box(comm.rank())),
      model_(parameters, tissue().niches,
             tissue().census.accessible_share(parameters.tcells.contact),
             tissue().census.mean_contact_voxels(parameters.tcells.contact)),
      ghosts_(comm, decomposition(), model_.lattice,
              ghost_layers(decomposition(), ground_->window)),
      neighbourhoods_(model_.niches, model_.lattice, parameters.hspc),
      niche_sites_(model_.niches, model_.lattice, tissue().box.box, own_,
                   parameters.tcells.contact),
      hematopoiesis_map_(model_.lattice, model_.niches, blocks_of(model_.lattice, own_),
                         parameters.patient.smoothing_um),
      swarm_(tissue().box, tuning.slab_voxels, parameters.tcells.contact),
      own_niches_(niches_in(own_, model_)),
      admission_(comm, model_, tissue().box, own_) {
  admission_.check_doors(swarm_.bits());
  if (kernel() || parameters.tregs) {
    blocks_.emplace(comm, decomposition(), model_, tissue().box, own_niches_);
  }
  if (parameters.hspc.update != StemCellUpdate::synchronous) {
    replacement_.emplace(comm, model_, neighbourhoods_, own_);
  }
  if (parameters.signals) {
    signals_.emplace(comm, decomposition(), model_, tissue().box,
                     ghost_layers(decomposition(), ground_->window));
  }
}

void Simulation::start() {
  state_ = ModelState();
  fill_niches(state_, model_);
  place_founders_now(FounderTime::start);
  if (model_.parameters.clones.standing) standing_ = place_standing_clones(state_, model_);
  if (model_.parameters.clones.barcodes) barcode_stem_cells(state_, model_);
  state_.patient =
      healthy_patient(model_.parameters.patient, count_stem_cells(state_.niches, state_.clones));
  state_.block_index = blocks_of(model_.lattice, own_);
  state_.block_hematopoiesis.assign(state_.block_index.size(), fixed_one);
  if (blocks_) blocks_->start(state_);
  state_.census = census_of_niches(state_);
  swarm_.retain(Box{});
  census_of_tcells();
}

void Simulation::restore(std::span<const FieldColumn> columns) {
  comm_.agree([&] { state_ = import_fields(columns); });
  swarm_.retain(Box{});
  for (const TCell& cell : state_.tcells) {
    swarm_.add({model_.lattice.position(cell.site), cell.site, cell.record});
  }
  state_.tcells.clear();
  if (signals_) signals_->restore(state_);
  state_.signal_source.clear();
  state_.signal_gathering.clear();
}

void Simulation::step() {
  if (state_.patient.clinical == ClinicalState::dead) {
    ++state_.step;  // the rest of the run shows the marrow as it was
    return;
  }
  apply_due_events();
  const Levels levels =
      levels_of(state_.census, model_,
                modifiers_at(state_.patient, model_.parameters, model_.draws, state_.step));
  attack_stem_cells(levels);
  turn_over(levels);
  settle_stem_cells(levels);
  advance_signals();
  advance_patient(levels);
  close_step(levels);
}

void Simulation::place_founders_now(FounderTime when) {
  const std::int64_t missing = place_founders(state_, model_, when);
  if (missing == 0) return;
  notes_.push_back("hour " + std::to_string(state_.step) + ": " + std::to_string(missing) +
                   " cells of clones.founders were not placed, because too few normal stem cells "
                   "were left to replace");
}

void Simulation::apply_due_events() {
  const TCellParameters& tcells = model_.parameters.tcells;
  std::int64_t arriving = 0;
  if (tcells.trigger && state_.events_done == 0 &&
      static_cast<double>(state_.step) >= tcells.trigger->at_h) {
    place_founders_now(FounderTime::trigger);
    arriving += admission_.trigger_count();
    state_.events_done = 1;
  }
  for (const std::size_t event : begin_due_events(state_.patient, model_.parameters, state_.step)) {
    treat(event);
    const bool challenge = model_.parameters.therapy[event].drug == Drug::antigen_challenge;
    if (challenge && state_.events_done > 0) arriving += admission_.trigger_count();
  }
  // A steady influx is of the clonotypes that the trigger awakens, so it waits for the trigger.
  const bool recruiting = !tcells.trigger || state_.events_done > 0;
  if (recruiting) arriving += admission_.steady_count(static_cast<std::uint64_t>(state_.step));
  admit_tcells(arriving);
}

/// The acts of an event that move cells; what it does over time is in modifiers_at.
void Simulation::treat(std::size_t event) {
  const TherapyEvent& therapy = model_.parameters.therapy[event];
  if (therapy.drug == Drug::treg_infusion && blocks_) {
    const std::int64_t mine =
        blocks_->infuse_tregs(state_, infused_tregs_per_mm3(therapy, model_.parameters));
    count(Counter::treg_influx) += comm_.sum(mine);
  }
  const double conditioning = host_stem_log10_kill(therapy, model_.parameters);
  if (conditioning > 0.0) deplete_host(state_, model_, conditioning, event);
  if (!infuses_stem_cells(therapy.drug)) return;
  const std::int64_t cells =
      cells_for_box(infused_cells(therapy, model_.parameters), model_, event);
  infuse_stem_cells(state_, model_, clone_of_founder(model_.parameters, therapy.clone), cells,
                    event);
}

void Simulation::admit_tcells(std::int64_t count) {
  admitted_ = count;
  const auto step = static_cast<std::uint64_t>(state_.step);
  Admission::OpenDoor open;
  if (signals_ && model_.parameters.tcells.chemotaxis) {
    open = [&](SiteIndex site, const Index3& voxel) { return signals_->admits(site, voxel, step); };
  }
  for (const TCell& cell : admission_.admit(count, step, swarm_.bits(), open)) {
    const Index3 position = model_.lattice.position(cell.site);
    if (kernel()) {
      blocks_->add_tcell(state_, position);
    } else {
      swarm_.add({position, cell.site, cell.record});
    }
  }
}

void Simulation::attack_stem_cells(const Levels& levels) {
  hits_.clear();
  wounds_.clear();
  if (blocks_) blocks_->begin_hour(state_);
  suppression_ = model_.parameters.tregs ? blocks_->suppression() : Suppression{};
  if (!tcells_present()) return;
  if (!kernel()) {
    walk_tcells(levels);
    return;
  }
  KernelHits hits =
      choose_kernel_hits(state_, model_, levels, suppression_, own_niches_, blocks_->hazards());
  hits_ = std::move(hits.killed);
  wounds_ = std::move(hits.wounded);
}

NicheSites::Contact Simulation::contact_at(const NicheSite& site, const Levels& levels) const {
  const CellRecord cell = state_.niches[site.niche];
  if (cell.state() != CellState::stem) return {};
  const Clone& clone = state_.clones[cell.clone()];
  const double p = model_.kill.per_contact *
                   suppression_.at(model_.lattice.position(model_.niches[site.niche].site));
  return {p * susceptibility(cell, clone, model_, levels),
          p * wound_susceptibility(cell, clone, model_, levels)};
}

void Simulation::walk_tcells(const Levels& levels) {
  swarm_.begin_step(model_.lattice);
  niche_sites_.begin_step([&](const NicheSite& site) { return contact_at(site, levels); });
  const WalkRules rules{static_cast<std::uint64_t>(state_.step), model_.engagement_substeps,
                        signals_ ? signals_->chemotaxis() : nullptr};
  std::vector<std::uint32_t> fresh;
  for (std::int64_t done = 0; done < model_.hops_per_hour; done += ground_->window) {
    ghosts_.exchange(swarm_, niche_sites_, fresh);
    const std::int64_t hops = std::min(ground_->window, model_.hops_per_hour - done);
    walk(swarm_, niche_sites_, model_.draws, rules, static_cast<std::uint32_t>(done),
         static_cast<std::uint32_t>(hops));
    fresh = niche_sites_.take_owned_hits();
    hits_.insert(hits_.end(), fresh.begin(), fresh.end());
  }
  ghosts_.exchange(swarm_, niche_sites_, fresh);
  std::ranges::sort(hits_);
  if (model_.parameters.tcells.cooperativity) wounds_ = niche_sites_.wounded();
}

void Simulation::turn_over(const Levels& levels) {
  turnover_ = {};
  if (model_.parameters.tregs) {
    count(Counter::treg_influx) += comm_.sum(blocks_->step_tregs(state_, levels.modifiers));
  }
  if (!tcells_present()) return;
  turnover_ = kernel() ? blocks_->step_tcells(state_, levels, suppression_)
                       : turn_over_tcells(swarm_, own_, model_, levels, suppression_,
                                          static_cast<std::uint64_t>(state_.step));
}

void Simulation::settle_stem_cells(const Levels& levels) {
  if (replacement_) return replacement_->step(state_);
  TnfLevel tnf;
  if (signals_) tnf = [this](std::uint32_t niche) { return signals_->tnf_at(niche); };
  std::vector<StemEvent> mine =
      choose_stem_acts(state_, model_, neighbourhoods_, levels, tnf, own_niches_, hits_);
  for (const std::uint32_t niche : hits_) mine.push_back({niche, StemAct::hit});
  std::vector<StemEvent> all = comm_.all_gather(std::span<const StemEvent>(mine));
  std::ranges::sort(all);
  apply_stem_events(state_, model_, neighbourhoods_, all);
}

void Simulation::advance_signals() {
  if (!signals_) return;
  signals_->gather(swarm_);
  const auto period = static_cast<std::int64_t>(model_.parameters.signals->period_h);
  if ((state_.step + 1) % period != 0) return;
  signals_->solve();
  const std::vector<NicheSignal> mine = signals_->ifn_at(own_niches_);
  follow_interferon(state_, model_, static_cast<double>(period),
                    comm_.all_gather(std::span<const NicheSignal>(mine)));
}

void Simulation::advance_patient(const Levels& levels) {
  const Parameters& parameters = model_.parameters;
  advance_progenitors(state_.patient, parameters.patient.progenitors,
                      count_stem_cells(state_.niches, state_.clones),
                      levels.attack * levels.modifiers.kill * levels.modifiers.antigen);
  advance_blood(state_.patient, parameters.patient, levels.modifiers);
  const std::int64_t hour = state_.step + 1;
  if (hour % hours_per_day != 0) return;
  advance_hematopoiesis(hematopoiesis_map_, state_.niches, progenitor_total(state_.patient),
                        parameters.patient, state_.block_hematopoiesis);
  advance_clinic(state_.patient, parameters.patient, model_.draws,
                 parameters.patient.cellularity * hematopoiesis(), hour);
}

void Simulation::close_step(const Levels& levels) {
  advance_niche_clocks(state_, model_, levels);
  if (const auto& cooperativity = model_.parameters.tcells.cooperativity) {
    remember_wounds(state_, *cooperativity,
                    comm_.all_gather(std::span<const std::uint32_t>(wounds_)));
  }
  const Census before = state_.census;
  state_.census = census_of_niches(state_);
  std::array<std::int64_t, 5> happened = {turnover_.deaths, turnover_.divisions,
                                          turnover_.exhausted, turnover_.memory,
                                          turnover_.reactivated};
  if (before.tcells() + admitted_ > 0 || model_.parameters.tregs) {
    census_of_tcells();
    comm_.sum(happened);
  }
  turnover_ = {happened[0], happened[1], happened[2], happened[3], happened[4]};
  count(Counter::tcell_deaths) += turnover_.deaths;
  count(Counter::tcell_divisions) += turnover_.divisions;
  count(Counter::tcell_exhausted) += turnover_.exhausted;
  count(Counter::tcell_memory) += turnover_.memory;
  count(Counter::tcell_reactivated) += turnover_.reactivated;
  count(Counter::tcell_influx) += admitted_;
  ++state_.step;
  check_tcell_balance(before);
}

void Simulation::census_of_tcells() {
  std::array<std::int64_t, 5> cells{};
  swarm_.for_each_voxel([&](BrickIndex, CellRecord cell) {
    switch (cell.state()) {
      case CellState::engaged:
        ++cells[1];
        break;
      case CellState::exhausted:
        ++cells[2];
        break;
      case CellState::memory:
        ++cells[3];
        break;
      default:
        ++cells[0];
    }
  });
  const auto total = [](const std::vector<std::int64_t>& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  };
  cells[0] += total(state_.blocks.effector);
  cells[2] += total(state_.blocks.exhausted);
  cells[3] += total(state_.blocks.memory);
  cells[4] = total(state_.blocks.tregs);
  comm_.sum(cells);
  if (blocks_) blocks_->check_room(state_);
  state_.census.effector = cells[0];
  state_.census.engaged = cells[1];
  state_.census.exhausted = cells[2];
  state_.census.memory = cells[3];
  state_.census.tregs = cells[4];
}

ModelState Simulation::snapshot() const {
  ModelState whole = state_;
  swarm_.for_each([&](const SwarmCell& cell) {
    whole.tcells.push_back({model_.lattice.site(cell.position), cell.record});
  });
  std::ranges::sort(whole.tcells, {}, &TCell::site);
  if (signals_) signals_->save(whole);
  return whole;
}

std::uint64_t Simulation::digest() const {
  return comm_.sum(digest_of(export_fields(snapshot()), comm_.is_root()));
}

double Simulation::hematopoiesis() const {
  std::array<std::int64_t, 2> sums =
      hematopoiesis_sum(hematopoiesis_map_, state_.block_hematopoiesis);
  comm_.sum(sums);
  return mean_hematopoiesis(hematopoiesis_map_, sums);
}

int Simulation::owner_of_site(SiteIndex site) const {
  return decomposition().owner_of(model_.lattice.position(site));
}

int Simulation::owner_of_block(std::uint64_t block) const {
  const Box blocks = BlockGrid(model_.lattice.extent).box();
  const Index3 e = blocks.extent();
  const auto b = static_cast<std::int64_t>(block);
  return decomposition().owner_of(
      {b % e.x * block_edge, b / e.x % e.y * block_edge, b / (e.x * e.y) * block_edge});
}

}  // namespace marrow::parallel
