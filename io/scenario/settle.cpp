// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/settle.hpp"

#include "io/scenario/dose_text.hpp"

namespace marrow::io {

namespace {

/// Monosomy 7 is the malignant step, which the laboratory's tests for drivers see.
void add_implied_driver(std::uint8_t& genotype) {
  if ((genotype & monosomy_7) != 0) genotype |= driver;
}

}  // namespace

void settle(Parameters& parameters) {
  for (FounderClone& founder : parameters.clones.founders) add_implied_driver(founder.genotype);
  for (MutationClass& mutation : parameters.clones.mutations) add_implied_driver(mutation.genotype);
  for (TherapyEvent& event : parameters.therapy) {
    event.dose = dose_in(event.dose, use_of(event.drug).unit);
  }
}

}  // namespace marrow::io
