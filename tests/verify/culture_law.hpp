// SPDX-License-Identifier: BSD-3-Clause
// The exact law of mutants in a culture that grows from known numbers of cells, and its limit for
// many cells and rare mutations. Test code.
#pragma once

#include <span>
#include <vector>

namespace marrow::verify {

/// Chances of 0, 1, … size-2 mutant cells at the end, and of more. cells[t] cells become
/// cells[t + 1]: so many mothers, all alike and each at most once, have a daughter; that of a
/// normal mother is mutant with `chance`. Nobody is mutant at first, nobody is lost.
std::vector<double> law_of_mutants(std::span<const double> cells, double chance, std::size_t size);

/// Chances of 0 … size-1 mutants for `mean` mutations in a large culture: p_0 = e^-m,
/// p_r = (m/r) sum_{i<r} p_i/(r-i+1) (Ma, Sandri & Sarkar 1992).
std::vector<double> ma_sandri_sarkar(double mean, std::size_t size);

}  // namespace marrow::verify
