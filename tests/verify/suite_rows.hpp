// SPDX-License-Identifier: BSD-3-Clause
// Rows about rows: a bias too small for each row alone shows in all of them together. Test code.
#pragma once

#include "tests/verify/verifier.hpp"

#include <cstddef>
#include <string>

namespace marrow::verify {

/// Where at least two sources of samples stand behind the rows from `first` on: their mean z is 0,
/// with the error of rows of one source that all say the same.
void add_bias_row(Verifier& verify, const std::string& subject, std::size_t first);

/// Where there are at least ten sources: over all rows but those of this file the mean z is 0, with
/// the error as above, and the mean of z^2 is 1, as (mean)^(1/3) of a chi-square of N/max n degrees
/// of freedom, N rows of which n share a source.
void add_suite_rows(Verifier& verify);

}  // namespace marrow::verify
