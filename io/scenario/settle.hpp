// SPDX-License-Identifier: BSD-3-Clause
// One form for what a scenario may say in several: run after reading, before checking.
#pragma once

#include "core/model/parameters.hpp"

namespace marrow::io {

/// Doses in the unit of their drug; monosomy 7 carries a driver. A second call changes nothing.
void settle(Parameters& parameters);

}  // namespace marrow::io
