// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/simulation.hpp"

#include "core/observe/census.hpp"
#include "core/observe/digest.hpp"
#include "core/patient/blood.hpp"
#include "core/patient/clinic.hpp"
#include "core/patient/progenitors.hpp"
#include "core/rules/founders.hpp"
#include "core/rules/placement.hpp"
#include "core/rules/recruitment.hpp"
#include "core/rules/tcell_fate.hpp"
#include "core/rules/walk.hpp"
#include "parallel/balance.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <set>
#include <string>

namespace marrow::parallel {
namespace {

constexpr std::size_t arrivals_per_batch = 4096;

/// Sub-steps between exchanges: ghost layers cost work in proportion to their width, messages cost
/// time in proportion to their number; a twenty-fourth of the box is a compromise measured in
/// tests/bench. A box without neighbours needs no exchange at all.
std::int64_t choose_window(const Decomposition& decomposition, const Parameters& parameters,
                           const Tuning& tuning) {
  const std::int64_t hour = hops_per_hour(parameters.tcells, parameters.domain.spacing_um);
  const std::int64_t asked =
      tuning.hops_per_exchange > 0 ? tuning.hops_per_exchange : parameters.run.hops_per_exchange;
  const std::int64_t thinnest = decomposition.thinnest();
  if (thinnest == 0) return hour;
  const std::int64_t fitting = std::clamp<std::int64_t>(thinnest / 24, 1, 16);
  // Ghost layers wider than a box would reach beyond its neighbours.
  const std::int64_t widest = std::max<std::int64_t>(1, thinnest / walk_reach_voxels);
  return std::min({hour, widest, asked > 0 ? asked : fitting});
}

std::int64_t ghost_layers(const Decomposition& decomposition, std::int64_t window) {
  return decomposition.thinnest() == 0 ? 1 : walk_reach_voxels * window;
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
    : comm_(comm),
      decomposition_(balanced_decomposition(comm, parameters, imported)),
      own_(decomposition_.box(comm.rank())),
      window_(choose_window(decomposition_, parameters, tuning)),
      tissue_(
          build_tissue(comm, parameters, own_, ghost_layers(decomposition_, window_), imported)),
      model_(parameters, tissue_.niches, tissue_.census.accessible_share(),
             tissue_.census.mean_niche_neighbours()),
      ghosts_(comm, decomposition_, model_.lattice, ghost_layers(decomposition_, window_)),
      neighbourhoods_(model_.niches, model_.lattice, parameters.hspc),
      niche_sites_(model_.niches, model_.lattice, tissue_.box.box, own_),
      hematopoiesis_map_(model_.lattice, model_.niches, blocks_of(model_.lattice, own_),
                         parameters.patient.smoothing_um),
      swarm_(tissue_.box, tuning.slab_voxels),
      own_niches_(niches_in(own_, model_)) {
  check_doors();
}

void Simulation::start() {
  state_ = ModelState();
  fill_niches(state_, model_);
  place_founders(state_, model_, FounderTime::start);
  state_.patient =
      healthy_patient(model_.parameters.patient, count_stem_cells(state_.niches, state_.clones));
  state_.block_index = blocks_of(model_.lattice, own_);
  state_.block_hematopoiesis.assign(state_.block_index.size(), fixed_one);
  state_.census = census_of_niches(state_);
  swarm_.retain(Box{});
}

void Simulation::restore(std::span<const FieldColumn> columns) {
  state_ = import_fields(columns);
  swarm_.retain(Box{});
  for (const TCell& cell : state_.tcells) {
    swarm_.add({model_.lattice.position(cell.site), cell.site, cell.record});
  }
  state_.tcells.clear();
}

void Simulation::step() {
  const Levels levels = levels_of(state_.census, model_);
  apply_due_events();
  walk_tcells();
  turn_over(levels);
  settle_stem_cells(levels);
  advance_patient(levels);
  close_step();
}

void Simulation::apply_due_events() {
  const TCellParameters& tcells = model_.parameters.tcells;
  const double volume_mm3 = model_.lattice.volume_mm3();
  std::int64_t count = 0;
  if (tcells.trigger && state_.events_done == 0 &&
      static_cast<double>(state_.step) >= tcells.trigger->at_h) {
    place_founders(state_, model_, FounderTime::trigger);
    const double asked = std::floor(tcells.trigger->influx_per_mm3 * volume_mm3 + 0.5);
    count += std::max<std::int64_t>(1, static_cast<std::int64_t>(asked));
    state_.events_done = 1;
  }
  // A steady influx is of the clonotypes that the trigger awakens, so it waits for the trigger.
  const bool recruiting = !tcells.trigger || state_.events_done > 0;
  if (recruiting && tcells.recruitment_per_mm3_h > 0.0) {
    count += arrivals(model_, tcells.recruitment_per_mm3_h * volume_mm3,
                      static_cast<std::uint64_t>(state_.step));
  }
  admit_tcells(count);
}

std::uint64_t Simulation::doors_among(std::span<const SiteIndex> sites) const {
  std::uint64_t open = 0;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    const Index3 p = model_.lattice.position(sites[i]);
    if (own_.contains(p) && is_door(tissue_.box, swarm_.bits(), model_.lattice, p)) {
      open |= std::uint64_t{1} << i;
    }
  }
  return open;
}

void Simulation::admit_tcells(std::int64_t count) {
  admitted_ = count;
  std::vector<std::uint64_t> waiting(static_cast<std::size_t>(count));
  std::iota(waiting.begin(), waiting.end(), std::uint64_t{0});
  for (std::uint32_t round = 0; !waiting.empty(); ++round) {
    if (round == entry_rounds) {
      throw Failure(ExitCode::model_health,
                    "T cells cannot enter: hardly a free voxel faces a sinusoid. Raise "
                    "tissue.sinusoids or lower the influx.");
    }
    std::vector<std::uint64_t> still_waiting;
    for (std::size_t i = 0; i < waiting.size(); i += arrivals_per_batch) {
      const std::size_t n = std::min(arrivals_per_batch, waiting.size() - i);
      admit_batch(std::span(waiting).subspan(i, n), round, still_waiting);
    }
    waiting = std::move(still_waiting);
  }
}

void Simulation::admit_batch(std::span<const std::uint64_t> arrivals, std::uint32_t round,
                             std::vector<std::uint64_t>& still_waiting) {
  // All ranks look at the sites of all arrivals; each site is judged by its owner alone.
  const auto step = static_cast<std::uint64_t>(state_.step);
  std::vector<std::array<SiteIndex, tries_per_round>> sites;
  std::vector<std::uint64_t> open;
  for (const std::uint64_t arrival : arrivals) {
    sites.push_back(entry_sites(model_, step, arrival, round));
    open.push_back(doors_among(sites.back()));
  }
  comm_.sum(open);
  std::set<SiteIndex> taken;
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    std::uint64_t doors = open[i];
    const auto site_of = [&] {
      return sites[i][static_cast<std::size_t>(std::countr_zero(doors))];
    };
    while (doors != 0 && !taken.insert(site_of()).second) doors &= doors - 1;
    if (doors == 0) {
      still_waiting.push_back(arrivals[i]);
      continue;
    }
    const Index3 position = model_.lattice.position(site_of());
    if (!own_.contains(position)) continue;
    const std::uint32_t clonotype = clonotype_of(model_, step, arrivals[i]);
    swarm_.add({position, site_of(), CellRecord::make(CellState::effector, clonotype)});
  }
}

void Simulation::check_doors() const {
  const TCellParameters& tcells = model_.parameters.tcells;
  const double volume_mm3 = model_.lattice.volume_mm3();
  double most = tcells.recruitment_per_mm3_h * volume_mm3;
  if (tcells.trigger) most += std::max(1.0, tcells.trigger->influx_per_mm3 * volume_mm3);
  if (most == 0.0) return;
  const std::int64_t doors =
      comm_.sum(count_doors(tissue_.box, swarm_.bits(), model_.lattice, own_));
  // Half of the doors may be taken before the search for a free one becomes a burden.
  if (most <= 0.5 * static_cast<double>(doors)) return;
  throw Failure(ExitCode::scenario,
                "the influx brings up to " + std::to_string(static_cast<std::int64_t>(most)) +
                    " T cells in an hour, and only " + std::to_string(doors) +
                    " voxels lie beside a sinusoid, of which half may be used at a time: lower "
                    "tcells.trigger.influx or tcells.recruitment, or raise tissue.sinusoids");
}

void Simulation::walk_tcells() {
  hits_.clear();
  if (state_.census.effector + state_.census.engaged + admitted_ == 0) return;
  std::vector<Threshold> kill_of_clone;
  for (const Clone& clone : state_.clones) {
    const double eps = static_cast<double>(clone.presentation) / full_presentation;
    kill_of_clone.push_back(Threshold::of(model_.kill.per_contact * model_.modifiers.kill * eps));
  }
  swarm_.begin_step(model_.lattice);
  niche_sites_.begin_step([&](std::uint32_t niche) {
    const CellRecord cell = state_.niches[niche];
    return cell.state() == CellState::stem ? kill_of_clone[cell.clone()] : Threshold();
  });
  const WalkRules rules{static_cast<std::uint64_t>(state_.step), model_.engagement_substeps};
  std::vector<std::uint32_t> fresh;
  for (std::int64_t done = 0; done < model_.hops_per_hour; done += window_) {
    ghosts_.exchange(swarm_, niche_sites_, fresh);
    const std::int64_t hops = std::min(window_, model_.hops_per_hour - done);
    walk(swarm_, niche_sites_, model_.draws, rules, static_cast<std::uint32_t>(done),
         static_cast<std::uint32_t>(hops));
    fresh = niche_sites_.take_owned_hits();
    hits_.insert(hits_.end(), fresh.begin(), fresh.end());
  }
  ghosts_.exchange(swarm_, niche_sites_, fresh);
  std::ranges::sort(hits_);
}

void Simulation::turn_over(const Levels& levels) {
  deaths_ = 0;
  divisions_ = 0;
  if (state_.census.effector + state_.census.engaged + admitted_ == 0) return;
  const TCellTurnover turnover =
      turn_over_tcells(swarm_, own_, model_, levels, static_cast<std::uint64_t>(state_.step));
  deaths_ = turnover.deaths;
  divisions_ = turnover.divisions;
}

void Simulation::settle_stem_cells(const Levels& levels) {
  std::vector<StemEvent> mine =
      choose_stem_acts(state_, model_, neighbourhoods_, levels, own_niches_, hits_);
  for (const std::uint32_t niche : hits_) mine.push_back({niche, StemAct::hit});
  std::vector<StemEvent> all = comm_.all_gather(std::span<const StemEvent>(mine));
  std::ranges::sort(all);
  apply_stem_events(state_, model_, neighbourhoods_, all);
}

void Simulation::advance_patient(const Levels& levels) {
  const PatientParameters& patient = model_.parameters.patient;
  advance_progenitors(state_.patient, patient.progenitors,
                      count_stem_cells(state_.niches, state_.clones), levels.attack);
  advance_blood(state_.patient, patient);
  const std::int64_t hour = state_.step + 1;
  if (hour % hours_per_day != 0) return;
  advance_hematopoiesis(hematopoiesis_map_, state_.niches, progenitor_total(state_.patient),
                        patient, state_.block_hematopoiesis);
  advance_clinic(state_.patient, patient, patient.cellularity * hematopoiesis(), hour);
}

void Simulation::close_step() {
  advance_niche_clocks(state_);
  const Census before = state_.census;
  state_.census = census_of_niches(state_);
  std::array<std::int64_t, 4> counted = {0, 0, deaths_, divisions_};
  if (before.effector + before.engaged + admitted_ > 0) {
    swarm_.for_each_voxel([&](BrickIndex, CellRecord cell) {
      ++counted[cell.state() == CellState::engaged ? 1 : 0];
    });
    comm_.sum(counted);
  }
  state_.census.effector = counted[0];
  state_.census.engaged = counted[1];
  const auto count = [this](Counter which) -> std::int64_t& {
    return state_.counters[static_cast<std::size_t>(which)];
  };
  count(Counter::tcell_deaths) += counted[2];
  count(Counter::tcell_divisions) += counted[3];
  count(Counter::tcell_influx) += admitted_;
  ++state_.step;
  check_tcell_balance(before, counted[2], counted[3]);
}

void Simulation::check_tcell_balance(const Census& before, std::int64_t deaths,
                                     std::int64_t divisions) const {
  const std::int64_t expected = before.effector + before.engaged + admitted_ + divisions - deaths;
  const std::int64_t found = state_.census.effector + state_.census.engaged;
  if (expected == found) return;
  throw Failure(ExitCode::model_health, "broken invariant at hour " + std::to_string(state_.step) +
                                            ": " + std::to_string(found) + " T cells, but " +
                                            std::to_string(expected) +
                                            " by the balance of influx, divisions and deaths");
}

ModelState Simulation::snapshot() const {
  ModelState whole = state_;
  swarm_.for_each([&](const SwarmCell& cell) {
    whole.tcells.push_back({model_.lattice.site(cell.position), cell.record});
  });
  std::ranges::sort(whole.tcells, {}, &TCell::site);
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
  return decomposition_.owner_of(model_.lattice.position(site));
}

int Simulation::owner_of_block(std::uint64_t block) const {
  const Box blocks = BlockGrid(model_.lattice.extent).box();
  const Index3 e = blocks.extent();
  const auto b = static_cast<std::int64_t>(block);
  return decomposition_.owner_of(
      {b % e.x * block_edge, b / e.x % e.y * block_edge, b / (e.x * e.y) * block_edge});
}

}  // namespace marrow::parallel
