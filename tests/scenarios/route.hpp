// SPDX-License-Identifier: BSD-3-Clause
// By which stem cells a patient recovers: one run of scenarios/recovery_route.yaml, up to its
// response. Test code.
#pragma once

#include <cstdint>

namespace marrow::testing {

struct Route {
  std::uint64_t seed = 0;
  bool treated = false;
  bool responded = false;
  bool clone_held = false;       // HLA-lacking stem cells live on at the response
  double response_d = 0;         // after the diagnosis
  double hla_lacking_share = 0;  // of the progenitors on the first day of the response
};

Route run_route(std::uint64_t seed, bool treated);

}  // namespace marrow::testing
