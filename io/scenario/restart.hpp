// SPDX-License-Identifier: BSD-3-Clause
// Which parameters differ between a checkpoint's scenario and the one it is to be continued with,
// and whether each may.
#pragma once

#include "core/model/parameters.hpp"
#include "io/scenario/registry.hpp"

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

/// Every difference, in the order of the registry. Empty: the scenarios are the same.
std::vector<ParameterChange> compare_for_restart(const Parameters& checkpoint,
                                                 const Parameters& now);

/// "free", "warned", "fixed".
std::string_view policy_word(RestartPolicy policy);
/// The policy as a sentence.
std::string_view policy_sentence(RestartPolicy policy);

}  // namespace marrow::io
