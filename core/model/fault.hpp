// SPDX-License-Identifier: BSD-3-Clause
// Deliberate mistakes that show what the verification suite catches (tests/verify/faults.cpp). Only
// that program is compiled with MARROW_FAULTS; everywhere else injected() is the constant false and
// the line that asks for it leaves no trace.
#pragma once

#include <cstdint>

namespace marrow {

enum class Fault : std::uint8_t {
  none,
  biased_direction,      // one hop in eight to the first face goes to the opposite one
  repeated_directions,   // a T cell draws the same twelve hops again and again
  first_come,            // a contested voxel goes to whom the sweep reached first
  narrow_halo,           // one ghost layer a sub-step, but a rival for a voxel lies two away
  fast_division,         // the chance of a division is a tenth too large
  lost_daughter,         // one daughter in eight is counted but never settles
  anywhere_nearby,       // daughters take any niche in reach, near or far
  mutant_mother,         // a mutation strikes both cells of a division
  kill_counted_twice,    // one dead stem cell, two kills
  immortal_tcell,        // one T cell in eight is passed over when deaths are drawn
  silent_engaged_tcell,  // a T cell at work on its target secretes nothing
  closed_face,           // in kernel motion no T cell leaves a block through its last face
  blind_to_fitness,      // who replaces a neighbour is chosen without regard to fitness
};

#ifdef MARROW_FAULTS
Fault injected_fault();           // defined by the program that injects
inline namespace with_mistakes {  // its injected() must not be taken for the other one
inline bool injected(Fault fault) { return injected_fault() == fault; }
}  // namespace with_mistakes
#else
constexpr bool injected(Fault) { return false; }
#endif

}  // namespace marrow
