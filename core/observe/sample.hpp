// SPDX-License-Identifier: BSD-3-Clause
// One row of the time series: what a hematologist would ask of the marrow on that day. Model
// quantities only, as text that reads back to the same bits; no times of the machine, no ranks.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/model.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace marrow {

/// The clinical state in words: "well", "severe aplastic anemia", "partial response", …
std::string_view clinical_state_name(ClinicalState state);

/// Column names, units in the names; one column of live stem cells per founder clone (with
/// all its descendants), one per genotype that mutation can give descendants of a founder (of
/// these, those of exactly this genotype, `hla_lacking_in_normal`; without mutations there is
/// none), one per counter. Counts of blood are the patient's own; those `_with_transfusion` are
/// what a laboratory would measure. Shares are of the own cells of a line; `_detected` is 1 when
/// the share among neutrophils reaches the limit of the test (patient.detection). `therapy`: the
/// drugs that act in the hour that follows. `real_cells_per_niche`: stem cells of the patient that
/// one niche stands for.
std::vector<std::string> sample_columns(const Parameters& parameters);

/// The row that belongs to those columns. `hematopoiesis`: mean level over the marrow, 1 = healthy.
std::vector<std::string> sample_row(const ModelState& state, const Model& model,
                                    double hematopoiesis, std::uint64_t digest);

}  // namespace marrow
