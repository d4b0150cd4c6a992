// SPDX-License-Identifier: BSD-3-Clause
// What a cohort file says, apart from the scenario: plain data. See io/cohort/README.md.
#pragma once

#include "core/model/therapy_parameters.hpp"
#include "core/random/distribution.hpp"
#include "io/scenario/registry.hpp"
#include "io/scenario/yaml_tree.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace marrow::io {

/// A parameter that differs between patients. Numbers are in the first unit of its specification;
/// of categories, `values` holds what each sets.
struct CohortDraw {
  std::string path;  // with list indices
  const ParameterSpec* spec = nullptr;
  std::size_t index = 0;
  Distribution distribution;
  std::vector<Value> values;
  Place place;
};

/// Settings of parameters as written: a mapping from paths to values.
struct CohortSettings {
  std::string owner;  // "arm 'horse'"
  YamlNode node;
};

/// A kind of patient; kinds[i] is chosen with distribution.weights[i].
struct CohortTrait {
  std::string name;
  std::vector<std::string> kinds;
  std::vector<CohortSettings> settings;  // of each kind
  Distribution distribution;             // categories
};

/// Draws and traits whose normal scores are correlated: z = factor · independent scores.
struct CorrelatedSet {
  std::vector<std::string> names;
  std::vector<double> factor;  // Cholesky, row by row
};

struct CohortArm {
  std::string name;
  CohortSettings settings;
};

/// From when an endpoint's date is counted: an anchor of therapy, or the first treatment.
struct EndpointOrigin {
  bool treatment = false;
  Anchor anchor = Anchor::diagnosis;
};

struct CohortEndpoint {
  std::string name;
  EndpointOrigin from;
  std::int64_t after_h = 0;
};

struct CohortBiopsy {
  double width_um = 2000.0;
  double length_um = 20000.0;
};

struct CohortPlan {
  std::string name;
  std::string text;
  std::string scenario;  // path of the base scenario as written
  std::int64_t patients = 0;
  std::uint64_t seed = 1;
  std::int64_t ranks_per_patient = 1;
  CohortSettings settings;  // of all patients
  std::vector<CohortDraw> draws;
  std::vector<CohortTrait> traits;
  std::vector<CorrelatedSet> correlated;
  std::vector<CohortArm> arms;
  std::vector<CohortEndpoint> endpoints;
  std::optional<std::int64_t> series_every_h;
  std::optional<CohortBiopsy> biopsy;
};

/// Reads the tree of a cohort file; every mistake is added to `errors`.
CohortPlan read_plan(const SourceText& source, const YamlNode& root,
                     std::vector<Diagnostic>& errors);

}  // namespace marrow::io
