// SPDX-License-Identifier: BSD-3-Clause
// The subjects of the suite, one file each. All are collective over the verifier's world. Test
// code.
#pragma once

#include "tests/verify/verifier.hpp"

namespace marrow::verify {

void draws(Verifier& verify);
void deviates(Verifier& verify);
void hops(Verifier& verify);
void turnover(Verifier& verify);
void fixation(Verifier& verify);
void neutral_graph(Verifier& verify);
void voter(Verifier& verify);
void biased_voter(Verifier& verify);
void front(Verifier& verify);
void tcell_numbers(Verifier& verify);
void first_passage(Verifier& verify);
void mutation(Verifier& verify);
void killing(Verifier& verify);
void cytokines(Verifier& verify);
void percolation(Verifier& verify);
void mean_field(Verifier& verify);
void disease(Verifier& verify);
void invariants(Verifier& verify);

// Parts of subjects.
void growing_marrow(Verifier& verify);
void first_mutant(Verifier& verify);
void kernel_motion(Verifier& verify);

struct Subject {
  const char* name;
  void (*run)(Verifier&);
};

/// In the order of the table.
inline constexpr Subject subjects[] = {
    {"draws", draws},                  // the random words as the program draws them
    {"deviates", deviates},            // normal, Poisson, geometric
    {"hops", hops},                    // the choices of the T-cell walk
    {"turnover", turnover},            // chances of an hour, and where daughters go
    {"fixation", fixation},            // 4.1, 4.2: mutants among stem cells, by the update rule
    {"neutral_graph", neutral_graph},  // 4.3: among real, irregular niches
    {"voter", voter},                  // 4.4: neutral clones
    {"biased_voter", biased_voter},    // 4.5: an advantageous clone that spreads
    {"front", front},                  // 4.6
    {"tcell_numbers", tcell_numbers},  // 4.7
    {"first_passage", first_passage},  // 4.8
    {"mutation", mutation},            // 4.9
    {"killing", killing},              // 4.10
    {"cytokines", cytokines},          // 4.11
    {"percolation", percolation},      // 4.12
    {"mean_field", mean_field},        // 4.13
    {"disease", disease},              // 4.13: T cells and stem cells together
    {"invariants", invariants},        // 4.14
};

}  // namespace marrow::verify
