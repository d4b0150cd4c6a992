// SPDX-License-Identifier: BSD-3-Clause
// Doses as text: `40 mg/kg`, `150 mg`, `5 ug/kg`, `3e6 /kg`, or `standard`. Knows the units in
// which drugs are dosed, not the drugs.
#pragma once

#include "core/model/therapy_parameters.hpp"
#include "io/text/units.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace marrow::io {

/// The word for the usual dose of a drug, whatever that is.
inline constexpr std::string_view standard_dose_word = "standard";
/// Which units a dose is made of: those of mass.
inline constexpr Dimension dose_dimension{0, 0, 1, 0};

/// "mg/kg", "mg", "ug/kg", "/kg"; "" for none.
std::string_view dose_unit_word(DoseUnit unit);

/// The dose as it stands in a scenario; reads back to the same bits.
std::string dose_text(const Dose& dose);

/// The dose that a quantity without fault is, in the unit nearest to `written`; nothing if it is no
/// amount of a drug.
std::optional<Dose> dose_of(const ParsedQuantity& quantity, std::string_view written);

/// The same amount counted in `unit`, or unchanged if the two do not convert.
Dose dose_in(const Dose& dose, DoseUnit unit);

}  // namespace marrow::io
