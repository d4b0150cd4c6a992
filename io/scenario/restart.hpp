// SPDX-License-Identifier: BSD-3-Clause
// Which parameters differ between a checkpoint's scenario and the one it is to be continued with,
// and whether each may.
#pragma once

#include "core/model/parameters.hpp"
#include "core/patient/patient_state.hpp"
#include "io/scenario/registry.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

struct ParameterChange {
  std::string
      path;  // with list indices; of a whole section or list if it came, went or changed length
  RestartPolicy policy = RestartPolicy::fixed;
  std::string old_value;
  std::string new_value;
};

/// How far the therapy had come when the checkpoint was written.
struct TherapyProgress {
  std::int64_t hour = 0;  // of the checkpoint
  PatientState patient;   // then: what had begun, and the dates that treatments are counted from
};

/// Every difference, in the order of the registry. Empty: the scenarios are the same. Treatments
/// are compared one by one by their number: one that has begun or was skipped is fixed, and so is
/// one whose date would lie before the checkpoint; those to come are warned of, as the registry
/// says.
std::vector<ParameterChange> compare_for_restart(const Parameters& checkpoint,
                                                 const Parameters& now,
                                                 const TherapyProgress& progress = {});

/// What a list of changes comes to.
struct RestartVerdict {
  std::vector<std::string> changes;  // all of them in words, for log and provenance
  std::string refused;    // those that may not be, one per line with the reason; empty: go on
  bool branches = false;  // a warned change passed: what follows is another run's future
};

/// Free changes pass. Warned ones pass if `allowed` (the arguments of --allow-change) has their
/// path or that of a section they stand in. Fixed ones never pass.
RestartVerdict judge(const std::vector<ParameterChange>& changes,
                     const std::vector<std::string>& allowed);

/// "free", "warned", "fixed".
std::string_view policy_word(RestartPolicy policy);
/// The policy as a sentence.
std::string_view policy_sentence(RestartPolicy policy);

}  // namespace marrow::io
