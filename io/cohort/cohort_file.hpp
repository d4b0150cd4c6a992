// SPDX-License-Identifier: BSD-3-Clause
// A cohort, from its text and that of its base scenario to the checked scenario of any patient in
// any arm. No MPI: rank 0 reads the bytes, every rank parses them. It writes nothing. The format
// stands in io/cohort/README.md.
#pragma once

#include "io/cohort/cohort_plan.hpp"
#include "io/scenario/scenario_file.hpp"
#include "io/scenario/source_text.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

/// The bytes of a cohort file and of its base scenario, or what keeps them from being read. A base
/// that the file does not name is left empty: reading the file reports that.
struct CohortBytes {
  std::string text;
  std::string base_path;
  std::string base_text;
  std::vector<Diagnostic> diagnostics;
};
CohortBytes load_cohort_bytes(const std::string& path);

/// Whether a text has the section `cohort`, so is no scenario.
bool is_cohort_text(std::string_view text);

/// What a patient is given: a function of (cohort seed, number, name of the parameter).
struct VirtualPatient {
  std::int64_t number = 0;         // from 1
  std::uint64_t seed = 0;          // scenario.seed, in every arm; below 2^53
  std::vector<Value> values;       // of plan.draws
  std::vector<std::size_t> kinds;  // of plan.traits
};

class Cohort {
 public:
  [[nodiscard]] const CohortPlan& plan() const { return plan_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::string& base_text() const { return base_text_; }
  [[nodiscard]] const std::string& base_path() const { return base_.name(); }

  [[nodiscard]] VirtualPatient patient(std::int64_t number) const;
  /// Base, `set`, arm, kinds, draws and seed: complete and checked, or why it cannot be.
  [[nodiscard]] ReadResult scenario(const VirtualPatient& patient, std::size_t arm) const;

  /// The scenario of an arm before anything is drawn, with these kinds; not checked as a whole.
  [[nodiscard]] Parameters arm_parameters(std::size_t arm, const std::vector<std::size_t>& kinds,
                                          Origins& origins, std::vector<Diagnostic>& errors) const;

 private:
  friend class CohortReader;

  void apply_draws(const VirtualPatient& patient, std::size_t arm, ScenarioFile& scenario,
                   std::vector<Diagnostic>& errors) const;

  CohortPlan plan_;
  std::string text_;
  std::string base_text_;
  SourceText source_;
  SourceText base_;
  YamlNode base_root_;
};

/// Either a cohort or at least one diagnostic, sorted by place.
struct CohortReading {
  std::shared_ptr<const Cohort> cohort;
  std::vector<Diagnostic> diagnostics;
  /// Of the first `tried` patients, those that some arm refuses for a drawn value; the first
  /// reason.
  std::int64_t tried = 0;
  std::int64_t refused = 0;
  std::string first_reason;

  [[nodiscard]] bool ok() const { return cohort != nullptr; }
};

/// `name` stands for the file in messages.
CohortReading read_cohort(const CohortBytes& bytes, const std::string& name);
/// The cohort that the directory of a cohort was made for. Throws Failure(files) when its files
/// cannot be read.
CohortReading read_cohort_in(const std::filesystem::path& directory);
/// Throws Failure(scenario) with the report if there is none.
std::shared_ptr<const Cohort> cohort_or_throw(CohortReading reading);

/// Diagnostics as the reason of one patient: on one line.
std::string reason_of(const std::vector<Diagnostic>& diagnostics);

/// What differs between two cohorts so that their results do, one sentence each: empty when what
/// one has computed holds for the other. Further patients and arms are no difference, nor are texts
/// and output of the scenario.
std::vector<std::string> differences(const Cohort& earlier, const Cohort& now);

}  // namespace marrow::io
