// SPDX-License-Identifier: BSD-3-Clause
// Where the niches (and their periodic images) lie in one rank's box and ghost layers, what a T
// cell that touches one may do to the cell in it, and who has hit it. Rebuilt never, refilled every
// step.
#pragma once

#include "core/lattice/bricks.hpp"
#include "core/random/draws.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace marrow {

struct NicheSite {
  static constexpr std::uint32_t not_hit = 0xffffffffu;

  Index3 position;
  std::uint32_t niche = 0;      // index in the niche table
  bool owned = false;           // its voxel belongs to this rank's box proper
  Threshold kill;               // chance per contact; 0 = nothing to kill here
  std::uint64_t wound_end = 0;  // draws from the kill threshold to here wound without killing
  bool wounded = false;         // in this step
  std::uint32_t hit_substep = not_hit;
  std::uint32_t hit_slab = 0;  // slab of the T cell that holds the credit
  std::uint64_t hit_priority = 0;
  SiteIndex hit_origin = 0;

  /// May be hit in this sub-step: live and presenting at its start.
  [[nodiscard]] bool presents(std::uint32_t substep) const {
    return kill.value() != 0 && (hit_substep == not_hit || hit_substep == substep);
  }
};

class NicheSites {
 public:
  /// All niches whose position, or that of a periodic image, lies in `covered`; those in `own`
  /// (lattice coordinates, unshifted) are owned.
  NicheSites(const NicheTable& table, const Lattice& lattice, const Box& covered, const Box& own,
             ContactRule rule = ContactRule::adjacent);

  [[nodiscard]] std::span<NicheSite> sites() { return sites_; }
  [[nodiscard]] NicheSite& operator[](std::uint32_t site) { return sites_[site]; }

  /// Of the presenting sites in contact with p, the one with the lowest niche index, or `none`.
  static constexpr std::uint32_t none = 0xffffffffu;
  [[nodiscard]] std::uint32_t presenting_neighbour(const Index3& p, std::uint32_t substep) const;

  /// Chances of one contact with the cell of a niche.
  struct Contact {
    double kill = 0;
    double wound = 0;
  };

  /// A new step begins: nobody is hit; `contact_of(site)` are the chances there.
  template <class ContactOf>
  void begin_step(ContactOf&& contact_of) {
    for (NicheSite& site : sites_) {
      const Contact chances = contact_of(std::as_const(site));
      site.hit_substep = NicheSite::not_hit;
      site.wounded = false;
      site.kill = Threshold::of(chances.kill);
      site.wound_end = interval_end(interval_end(0, chances.kill), chances.wound);
    }
    ghost_hits_.clear();
  }

  /// Notes that `site` was hit, for owned_hits() and forget_ghost_hits().
  void note_hit(std::uint32_t site);
  /// Owned niches hit since the last call (niche indices, ascending).
  [[nodiscard]] std::vector<std::uint32_t> take_owned_hits();
  /// Owned niches whose cell was wounded in this step (niche indices, ascending).
  [[nodiscard]] std::vector<std::uint32_t> wounded() const;
  /// Undoes hits on niches of other ranks: their owners decide.
  void forget_ghost_hits();
  /// Marks every copy of a niche as hit earlier in this step.
  void mark_hit(std::uint32_t niche);

 private:
  BrickLayout layout_;
  std::int64_t reach_;                      // of a contact, in voxels
  std::vector<NicheSite> sites_;            // ascending brick
  std::vector<std::uint32_t> brick_first_;  // CSR over bricks
  std::vector<std::uint32_t> by_niche_;     // site numbers, ascending niche index
  std::vector<std::uint32_t> owned_hits_;
  std::vector<std::uint32_t> ghost_hits_;
};

}  // namespace marrow
