// SPDX-License-Identifier: BSD-3-Clause
// Every number of a scenario, in the units its name ends with. Plain data: meaning, default, range
// and source of each stand in the parameter registry (io/scenario); the rules that use them in
// core/MODEL.md. Canonical units: um, mm3, h (rates per hour), counts per mm3, shares between 0
// and 1.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/model/immune_parameters.hpp"
#include "core/model/therapy_parameters.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace marrow {

struct ScenarioParameters {
  std::string name;
  std::string text;
  std::uint64_t seed = 1;
};

enum class Boundary { reflecting, periodic };

struct DomainParameters {
  Index3 size_voxels;
  double spacing_um = 10.0;
  Boundary boundary = Boundary::reflecting;

  friend bool operator==(const DomainParameters&, const DomainParameters&) = default;
};

enum class TissueSource { procedural, image, open };

/// Trabecular bone (procedural source).
struct BoneParameters {
  double volume_share = 0.18;   // BV/TV
  double thickness_um = 140.0;  // Tb.Th
  double spacing_um = 700.0;    // Tb.Sp

  friend bool operator==(const BoneParameters&, const BoneParameters&) = default;
};

struct VesselParameters {
  double diameter_um = 25.0;
  double spacing_um = 80.0;  // between centres

  friend bool operator==(const VesselParameters&, const VesselParameters&) = default;
};

struct AdipocyteParameters {
  double diameter_um = 50.0;
  double density_per_mm3 = 6000.0;

  friend bool operator==(const AdipocyteParameters&, const AdipocyteParameters&) = default;
};

/// One entry of a label map: image value -> tissue.
struct ImageLabel {
  std::int64_t value = 0;
  std::string tissue;  // marrow | bone | sinusoid | arteriole

  friend bool operator==(const ImageLabel&, const ImageLabel&) = default;
};

struct ImageParameters {
  std::string file;  // .vti .mha .mhd .nrrd .nhdr .tif(f); relative to the scenario
  std::optional<double> bone_threshold;  // grey value at and above which a voxel is bone
  std::vector<ImageLabel> labels;        // or a label map; exactly one of the two
  double spacing_tolerance = 0.01;       // allowed relative difference of the image's spacing

  friend bool operator==(const ImageParameters&, const ImageParameters&) = default;
};

struct TissueParameters {
  TissueSource source = TissueSource::procedural;
  std::optional<std::uint64_t> seed;  // of bone, vessels and niches; none: that of the scenario
  BoneParameters bone;
  VesselParameters sinusoids;
  VesselParameters arterioles{20.0, 300.0};
  AdipocyteParameters adipocytes;
  ImageParameters image;

  friend bool operator==(const TissueParameters&, const TissueParameters&) = default;
};

/// Loss of vacant niches under the attack, and their return: a switch, off by default.
struct NicheLossParameters {
  double loss_rate_per_h = 0.002 / 24;      // of a vacant niche at A = 1
  double recovery_rate_per_h = 0.005 / 24;  // of a lost one, always

  friend bool operator==(const NicheLossParameters&, const NicheLossParameters&) = default;
};

enum class NicheArrangement { thinned, grid };

struct NicheParameters {
  NicheArrangement arrangement = NicheArrangement::thinned;
  double grid_spacing_um = 30.0;  // of a grid
  std::int64_t replica_edge = 0;  // niches of a grid along the edge of a replica; 0: one system
  double density_per_mm3 = 100.0;
  double min_spacing_um = 30.0;
  double perisinusoidal = 0.70;  // weights of the three types; normalised when used
  double periarteriolar = 0.15;
  double endosteal = 0.15;
  double near_bone_share = 0.50;  // share of niches within near_bone_distance_um of bone
  double near_bone_distance_um = 100.0;
  std::optional<NicheLossParameters> loss;

  friend bool operator==(const NicheParameters&, const NicheParameters&) = default;
};

enum class VacancyScope { global, local };

/// How stem cells turn over: all at once by the hour, or by single events that keep every niche
/// filled (core/rules/replacement.hpp).
enum class StemCellUpdate { synchronous, moran_birth_death, moran_death_birth, voter };
enum class FitnessActsOn { birth, death };

struct StemCellParameters {
  double homeostatic_rate_per_h = 1.488e-4;  // b0: symmetric division and loss, once per 40 weeks
  double stress_rate_per_h = 3.571e-4;       // b_s: vacancy-driven division, 0.06 per week
  double relocation_rate_per_h = 0.02 / 24;  // detach, travel by blood, attach to a vacant niche
  double blood_share = 0.30;                 // daughters that leave through the blood at once
  double placement_radius_um = 300.0;
  double placement_length_um = 100.0;  // weight exp(-d/length)
  double ifn_inhibition = 0.34;        // I_h: division factor 1/(1 + I_h·IFN)
  double ifn_memory_h = 24.0;          // receptors keep a mean over this time (with signals)
  double bystander_rate_per_h = 0.0;   // loss of stem cells of any genotype by TNF, at A = 1
  double apoptosis_h = 6.0;            // a hit cell holds its niche for this long
  VacancyScope vacancy = VacancyScope::global;
  StemCellUpdate update = StemCellUpdate::synchronous;
  FitnessActsOn fitness_acts_on = FitnessActsOn::birth;  // of moran_death_birth
  std::int64_t events_per_hour = 1;                      // in each replica
};

/// Heritable losses and gains that a clone may carry: bits of its genotype class. Cells of one
/// class share a progenitor pool.
enum GenotypeBit : std::uint8_t {
  hla_lost = 1,      // lost the risk HLA allele (6pLOH or point mutation)
  gpi_negative = 2,  // lost GPI-anchored proteins (PIGA)
  driver = 4,        // carries a myeloid driver
  monosomy_7 = 8,    // lost chromosome 7: the malignant step
};
inline constexpr int genotype_classes = 16;

enum class FounderTime { start, trigger, infusion };

/// A clone that the scenario places. `normal` cells fill whatever the founders leave.
struct FounderClone {
  std::string name;
  std::uint8_t genotype = 0;  // GenotypeBit mask
  double presentation = 1.0;  // eps: share of the normal kill chance
  double growth_per_h = 0.0;  // added to the division rate
  std::int64_t cells = 0;     // how many; or
  double share = 0.0;  // share of the niches (exactly one of the two is > 0; none when infused)
  FounderTime at = FounderTime::trigger;
};

/// A class of mutation that a daughter may acquire at division.
struct MutationClass {
  std::string name;
  std::uint8_t genotype = 0;       // bits that it sets
  double rate_per_division = 0.0;  // at patient scale (n_real cells)
  double presentation = 1.0;       // factor on eps
  double presentation_sd = 0.0;    // normal scatter between clones, cut to 0 … 1
  double growth_per_h = 0.0;       // added to the division rate
  double growth_sd_per_h = 0.0;    // normal scatter between clones
  bool standing = true;            // may have arisen before the start (CloneParameters::standing)
};
/// As many as a clone's record of hits has bits.
inline constexpr std::size_t most_mutation_classes = 64;

/// The tabulated classes (MODEL.md, "Mutation"), in the order of their numbers.
std::vector<MutationClass> tabulated_mutations();

struct CloneParameters {
  double n_real = 2.0e5;  // clonally active stem cells of the patient: scales mutation supply
  std::vector<FounderClone> founders;
  bool tabulated = false;  // the classes of `catalogue` strike, before those of `mutations`
  std::vector<MutationClass> catalogue = tabulated_mutations();
  std::vector<MutationClass> mutations;
  bool standing = false;  // clones that arose before the start, by age (patient.age)
  bool barcodes = false;  // every stem cell at the start founds a clone of its own

  /// Every class that strikes, by number.
  [[nodiscard]] std::vector<MutationClass> active_mutations() const;
};

struct TriggerParameters {
  double at_h = 0.0;
  double influx_per_mm3 = 0.3;
  std::int64_t clonotypes = 1;
};

struct TCellParameters {
  Motion motion = Motion::hops;
  double motility_um2_per_h = 3000.0;               // 50 um^2/min
  double kill_coefficient_mm3_per_h = 1.1e-4 / 24;  // kappa
  std::optional<double> kill_chance;                // of one contact; instead of kappa
  ContactRule contact = ContactRule::adjacent;
  double reference_density_per_mm3 = 300.0;  // density at which A = 1 and proliferation stops
  double death_rate_per_h = 0.011 / 24;
  double division_rate_per_h = 0.12 / 24;
  double antigen_half = 0.004;  // h: antigen share of half-maximal division
  double engagement_h = 1.0;
  double recruitment_per_mm3_h = 0.0;  // steady influx at sinusoids
  double fas_multiplier = 1.0;         // of the kill chance at the mean IFN of the full attack
  std::optional<ExhaustionParameters> exhaustion;
  std::optional<MemoryParameters> memory;
  std::optional<CooperativityParameters> cooperativity;
  std::optional<ChemotaxisParameters> chemotaxis;
  std::optional<TriggerParameters> trigger;
};

struct ProgenitorParameters {
  double gain = 3.1;                    // largest output per stem cell over normal
  double transit_h = 14.0 * 24;         // 1/k_P
  double kill_rate_per_h = 0.029 / 24;  // delta_P at full presentation and A = 1
};

struct BloodLineage {
  double normal = 0.0;
  double lifetime_h = 0.0;
  double transit_h = 0.0;  // mean time of maturation between progenitor and blood
};

/// Thresholds of a clinical definition; counts as in the clinic's units.
struct ClinicalCriteria {
  double neutrophils_1e9_per_l = 0.0;
  double platelets_1e9_per_l = 0.0;
  double reticulocytes_1e9_per_l = 0.0;  // SAA only
  double hemoglobin_g_per_l = 0.0;       // moderate disease, PR and CR only
  double cellularity = 0.0;              // disease only
  double window_h = 0.0;                 // how long it must hold
};

/// Packed red cells and platelets, given by the day's counts.
struct TransfusionParameters {
  double hemoglobin_below_g_per_l = 70.0;
  double hemoglobin_rise_g_per_l = 20.0;  // two units
  double red_cell_lifetime_h = 58.0 * 24;
  double platelets_below_1e9_per_l = 10.0;
  double platelet_rise_1e9_per_l = 30.0;
  double platelet_lifetime_h = 4.0 * 24;
};

/// Chance of death by the counts (weekly, with the supportive care of 1976).
struct DeathParameters {
  double care_factor = 0.12;             // of today's care
  double per_week_very_severe = 0.03;    // neutrophils < 0.2
  double per_week_severe = 0.015;        // neutrophils < 0.5
  double per_week_thrombopenia = 0.007;  // platelets < 20
};

/// What each laboratory test can see: shares of blood cells.
struct DetectionParameters {
  double gpi_negative = 3e-5;
  double hla_lacking = 0.01;
  double driver = 0.01;
};

struct PatientParameters {
  double age_y = 45.0;
  double weight_kg = 70.0;
  double cellularity = 0.50;  // of the healthy marrow at this age
  double cellularity_relaxation_h = 30.0 * 24;
  double smoothing_um = 300.0;
  ProgenitorParameters progenitors;
  BloodLineage neutrophils{4.0, 27.4, 5.8 * 24};  // half-life 19 h
  BloodLineage platelets{250.0, 9.0 * 24, 6.0 * 24};
  BloodLineage reticulocytes{80.0, 2.0 * 24, 6.0 * 24};
  BloodLineage hemoglobin{140.0, 117.0 * 24, 6.0 * 24};
  double gpi_negative_red_cell_survival = 0.5;  // lifetime of GPI-negative red cells over normal
  ClinicalCriteria saa{0.5, 20.0, 60.0, 0.0, 0.25, 14.0 * 24};
  ClinicalCriteria moderate{1.5, 50.0, 0.0, 100.0, 0.30, 14.0 * 24};
  ClinicalCriteria partial_response{0.5, 20.0, 0.0, 80.0, 0.0, 28.0 * 24};
  ClinicalCriteria complete_response{1.0, 100.0, 0.0, 100.0, 0.0, 28.0 * 24};
  double very_severe_neutrophils_1e9_per_l = 0.2;
  double pnh_share = 0.20;        // GPI-negative neutrophils from which the patient has PNH
  double evolution_share = 0.20;  // monosomy 7 among neutrophils: clonal evolution
  DetectionParameters detection;
  std::optional<TransfusionParameters> transfusion;
  std::optional<DeathParameters> death;
};

struct RunParameters {
  double duration_h = 0.0;
  std::int64_t hops_per_exchange =
      0;  // halo window; 0 = chosen from the box (results never depend on it)
};

struct FrameParameters {
  double every_h = 0.0;  // 0 = no frames
  std::optional<Box> crop_voxels;
  std::int64_t stride = 1;
  std::int64_t pieces = 1;
  bool cells = true;    // points: stem cells and T cells
  bool tissue = true;   // voxels: once, static
  bool fields = true;   // blocks: cellularity, fat, T cells that are counted by block
  bool signals = true;  // cytokine fields, where the scenario has them
};

struct OutputParameters {
  double series_every_h = 24.0;
  FrameParameters frames;
};

struct CheckpointParameters {
  double every_h = 90.0 * 24;
  std::int64_t keep_last = 2;
  std::int64_t keep_every = 0;  // also keep each n-th checkpoint for ever; 0 = none
  bool verify = true;           // read back and compare the digest before it counts
};

/// One scenario, complete and checked.
struct Parameters {
  ScenarioParameters scenario;
  DomainParameters domain;
  TissueParameters tissue;
  NicheParameters niches;
  StemCellParameters hspc;
  CloneParameters clones;
  TCellParameters tcells;
  std::optional<TregParameters> tregs;
  std::optional<SignalParameters> signals;
  PatientParameters patient;
  std::array<DrugEffect, drug_count> drugs = standard_effects();
  std::vector<TherapyEvent> therapy;
  RunParameters run;
  OutputParameters output;
  CheckpointParameters checkpoint;

  [[nodiscard]] Lattice lattice() const {
    return {domain.size_voxels, domain.boundary == Boundary::periodic, domain.spacing_um};
  }
  [[nodiscard]] std::uint64_t tissue_seed() const { return tissue.seed.value_or(scenario.seed); }
};

}  // namespace marrow
