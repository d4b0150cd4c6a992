// SPDX-License-Identifier: BSD-3-Clause
// The registry: one line per field of ModelState, each with its way out to a column and back.
#include "core/cells/field_access.hpp"

#include <array>

namespace marrow {
namespace {

using namespace field_access;

using P = PatientState;
constexpr auto u64 = FieldType::u64;
constexpr auto i64 = FieldType::i64;
constexpr auto f64 = FieldType::f64;
constexpr auto distributed = FieldOwner::distributed;
constexpr auto replicated = FieldOwner::replicated;

// Ids are part of every digest and every checkpoint: never reuse or renumber one; keep them
// ascending.
constexpr std::array registry = {
    scalar<Scalar<&ModelState::step>>(1, "time/step", i64, "hours completed"),
    scalar<Scalar<&ModelState::events_done>>(2, "time/events_done", i64,
                                             "dated events of the scenario that have happened"),

    access<TCells>(10, "tcells/record", "site", u64, distributed, "T cells, by lattice site"),
    access<BlockHematopoiesis>(11, "blocks/hematopoiesis", "block", i64, distributed,
                               "hematopoiesis of each block; 2^40 is healthy"),
    access<Niches>(12, "niches/record", "niche", u64, replicated,
                   "the stem cell of each niche; 0 is vacant"),

    scalar<CloneCount>(20, "clones/count", u64, "rows of the clone table"),
    per_clone<&Clone::parent>(21, "clones/parent", u64, "parent clone; 2^32-1: none"),
    per_clone<&Clone::genotype>(22, "clones/genotype", u64, "losses and gains, one bit each"),
    per_clone<&Clone::presentation>(23, "clones/presentation", u64,
                                    "presentation of the antigen; 2^16 is full"),
    per_clone<&Clone::founder>(24, "clones/founder", u64,
                               "founder of the scenario that the clone descends from; 0: normal"),
    per_clone<&Clone::birth_step>(25, "clones/birth_step", i64, "hour of birth"),
    per_clone<&Clone::birth_site>(26, "clones/birth_site", u64, "lattice site of birth"),
    per_clone<&Clone::growth_per_h>(27, "clones/growth_per_h", f64, "added division rate, 1/h"),

    per_clone<&Clone::mutations>(28, "clones/mutations", u64,
                                 "mutation classes that struck the lineage, one bit each"),

    access<PerBlock<&BlockCounts::effector>>(30, "kernel/effector", "block", i64, distributed,
                                             "effector T cells by block (motion kernel)"),
    access<PerBlock<&BlockCounts::exhausted>>(31, "kernel/exhausted", "block", i64, distributed,
                                              "exhausted T cells by block (motion kernel)"),
    access<PerBlock<&BlockCounts::memory>>(32, "kernel/memory", "block", i64, distributed,
                                           "memory T cells by block (motion kernel)"),
    access<PerBlock<&BlockCounts::tregs>>(33, "kernel/tregs", "block", i64, distributed,
                                          "regulatory T cells by block"),
    access<SignalHours<&ModelState::signal_source>>(
        34, "signals/source", "site", i64, distributed,
        "T-cell hours that made the present cytokine fields, by grid cell"),
    access<SignalHours<&ModelState::signal_gathering>>(
        35, "signals/gathering", "site", i64, distributed,
        "T-cell hours gathered for the next cytokine fields, by grid cell"),

    access<PerGenotype<&P::progenitors>>(
        40, "patient/progenitors", "genotype", i64, replicated,
        "progenitor pool of each genotype class; 2^40 is the healthy whole"),
    of_patient<&P::clinical>(45, "patient/clinical", i64,
                             "0 well, 1 severe aplastic anemia, 2 partial, 3 complete response, "
                             "4 moderate aplastic anemia, 5 dead"),
    of_patient<&P::saa_since_h>(46, "patient/saa_since_h", i64,
                                "hour since which the definition of severe disease holds; -1: not"),
    of_patient<&P::pr_since_h>(47, "patient/pr_since_h", i64,
                               "hour since which that of partial response holds; -1: not"),
    of_patient<&P::cr_since_h>(48, "patient/cr_since_h", i64,
                               "hour since which that of complete response holds; -1: not"),
    of_patient<&P::diagnosis_h>(49, "patient/diagnosis_h", i64, "hour of diagnosis; -1: never"),
    of_patient<&P::partial_response_h>(50, "patient/partial_response_h", i64,
                                       "hour of the first partial response; -1: never"),
    of_patient<&P::complete_response_h>(51, "patient/complete_response_h", i64,
                                        "hour of the first complete response; -1: never"),
    of_patient<&P::relapse_h>(52, "patient/relapse_h", i64, "hour of the first relapse; -1: never"),
    of_patient<&P::hla_lacking_at_pr_window>(53, "patient/hla_lacking_at_pr_window", i64,
                                             "HLA-lacking share then; 2^40 is all"),
    of_patient<&P::hla_lacking_at_cr_window>(54, "patient/hla_lacking_at_cr_window", i64,
                                             "HLA-lacking share then; 2^40 is all"),
    of_patient<&P::hla_lacking_at_diagnosis>(55, "patient/hla_lacking_at_diagnosis", i64,
                                             "HLA-lacking share then; 2^40 is all"),
    access<PerGenotype<&P::presentation>>(56, "patient/presentation", "genotype", u64, replicated,
                                          "mean presentation of each class's stem cells, the last "
                                          "known when none is alive; 2^16 is full"),

    of_class<&P::maturing_neutrophils>(57, "patient/maturing_neutrophils", "share of normal"),
    of_class<&P::maturing_platelets>(58, "patient/maturing_platelets", "share of normal"),
    of_class<&P::maturing_red_cells>(59, "patient/maturing_red_cells", "share of normal"),
    of_class<&P::neutrophils_1e9_per_l>(60, "patient/neutrophils", "10^9/L by genotype class"),
    of_class<&P::platelets_1e9_per_l>(61, "patient/platelets", "10^9/L by genotype class"),
    of_class<&P::reticulocytes_1e9_per_l>(62, "patient/reticulocytes", "10^9/L by genotype class"),
    of_class<&P::hemoglobin_g_per_l>(63, "patient/hemoglobin", "g/L by genotype class"),
    of_patient<&P::transfused_hemoglobin_g_per_l>(64, "patient/transfused_hemoglobin", f64, "g/L"),
    of_patient<&P::transfused_platelets_1e9_per_l>(65, "patient/transfused_platelets", f64,
                                                   "10^9/L"),
    of_patient<&P::last_transfusion_h>(66, "patient/last_transfusion_h", i64,
                                       "hour of the last transfusion; -1: never"),
    of_patient<&P::transfusions>(67, "patient/transfusions", i64, "since the start"),
    access<TherapyDates>(68, "patient/therapy_began_h", "event", i64, replicated,
                         "hour at which each event of the therapy began; -1: to come, -2: left "
                         "out"),
    of_class<&P::maturing_reticulocytes>(69, "patient/maturing_reticulocytes", "share of normal"),

    of_census<&Census::stem>(70, "census/stem", "live stem cells"),
    of_census<&Census::apoptotic>(71, "census/apoptotic", "hit stem cells that hold their niche"),
    of_census<&Census::vacant>(72, "census/vacant", "vacant niches"),
    of_census<&Census::antigen>(73, "census/antigen", "presentation summed over live stem cells"),
    of_census<&Census::effector>(74, "census/effector", "free cytotoxic T cells"),
    of_census<&Census::engaged>(75, "census/engaged", "cytotoxic T cells handling a target"),
    of_census<&Census::exhausted>(76, "census/exhausted", "exhausted cytotoxic T cells"),
    of_census<&Census::memory>(77, "census/memory", "memory T cells"),
    of_census<&Census::tregs>(78, "census/tregs", "regulatory T cells"),
    of_census<&Census::lost>(79, "census/lost", "niches that can take no cell"),

    of_patient<&P::moderate_since_h>(80, "patient/moderate_since_h", i64,
                                     "hour since which that of moderate disease holds; -1: not"),
    of_patient<&P::moderate_h>(81, "patient/moderate_h", i64,
                               "hour of the diagnosis of moderate disease; -1: never"),
    of_patient<&P::very_severe_h>(82, "patient/very_severe_h", i64,
                                  "hour of very severe disease; -1: never"),
    of_patient<&P::pnh_h>(83, "patient/pnh_h", i64, "hour of the diagnosis of PNH; -1: never"),
    of_patient<&P::evolution_h>(84, "patient/evolution_h", i64,
                                "hour of clonal evolution; -1: never"),
    of_patient<&P::death_h>(85, "patient/death_h", i64, "hour of death; -1: alive"),

    of_counters<Counter::stem_divisions>(100, "counters/stem_divisions", "since the start"),
    of_counters<Counter::stem_differentiations>(101, "counters/stem_differentiations",
                                                "since the start"),
    of_counters<Counter::stem_daughters_lost>(102, "counters/stem_daughters_lost",
                                              "since the start"),
    of_counters<Counter::stem_relocations>(103, "counters/stem_relocations", "since the start"),
    of_counters<Counter::stem_killed>(104, "counters/stem_killed", "since the start"),
    of_counters<Counter::tcell_influx>(105, "counters/tcell_influx", "since the start"),
    of_counters<Counter::tcell_divisions>(106, "counters/tcell_divisions", "since the start"),
    of_counters<Counter::tcell_deaths>(107, "counters/tcell_deaths", "since the start"),
    of_counters<Counter::mutations>(108, "counters/mutations", "since the start"),
    of_counters<Counter::tcell_exhausted>(109, "counters/tcell_exhaustions", "since the start"),
    of_counters<Counter::tcell_memory>(110, "counters/tcell_memory_formed", "since the start"),
    of_counters<Counter::tcell_reactivated>(111, "counters/tcell_reactivations", "since the start"),
    of_counters<Counter::treg_influx>(112, "counters/treg_influx", "since the start"),
    of_counters<Counter::stem_infused>(113, "counters/stem_infused", "since the start"),
    of_counters<Counter::stem_depleted>(114, "counters/stem_depleted", "since the start"),
    of_counters<Counter::niches_lost>(115, "counters/niche_losses", "since the start"),
    of_counters<Counter::niches_regained>(116, "counters/niche_returns", "since the start"),
};
static_assert(counter_count == 17, "register the new counter above");

constexpr auto specs = [] {
  std::array<FieldSpec, registry.size()> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = registry[i].spec;
  return all;
}();

constexpr bool ids_ascend() {
  for (std::size_t i = 1; i < specs.size(); ++i) {
    if (specs[i].id <= specs[i - 1].id) return false;
  }
  return true;
}
static_assert(ids_ascend());

// What every column must satisfy before its own importer looks at it.
void check_shape(const FieldColumn& column) {
  const FieldSpec& spec = *column.spec;
  require_entries(column, column.index.size(), "like its index");
  for (std::size_t i = 0; i < column.index.size(); ++i) {
    if (spec.owner == FieldOwner::replicated ? column.index[i] != i
                                             : i > 0 && column.index[i] <= column.index[i - 1]) {
      contradiction(spec, "has index " + std::to_string(column.index[i]) + " at place " +
                              std::to_string(i) + ", out of order");
    }
  }
}

const FieldColumn& column_of(const FieldSpec& spec, std::span<const FieldColumn> columns) {
  const FieldColumn* found = nullptr;
  for (const FieldColumn& column : columns) {
    if (column.spec == nullptr || column.spec->id != spec.id) continue;
    if (found != nullptr) contradiction(spec, "is there twice");
    found = &column;
  }
  if (found == nullptr) contradiction(spec, "is missing");
  return *found;
}

}  // namespace

std::span<const FieldSpec> field_specs() { return specs; }

std::vector<FieldColumn> export_fields(const ModelState& state) {
  std::vector<FieldColumn> columns(registry.size());
  for (std::size_t i = 0; i < registry.size(); ++i) {
    columns[i].spec = &specs[i];
    registry[i].export_to(state, columns[i]);
  }
  return columns;
}

ModelState import_fields(std::span<const FieldColumn> columns) {
  ModelState state;
  for (const Access& field : registry) {
    const FieldColumn& column = column_of(field.spec, columns);
    check_shape(column);
    if (field.spec.path == "clones/parent") state.clones.resize(column.value.size());
  }
  for (const Access& field : registry) {
    field.import_from(column_of(field.spec, columns), state);
  }
  return state;
}

}  // namespace marrow
