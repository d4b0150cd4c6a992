// SPDX-License-Identifier: BSD-3-Clause
// All randomness of the model: Philox4x32-10 (Salmon et al., SC 2011) of (seed; entity class,
// index, step, sub-step, purpose). A draw is a pure function of its key, so results do not depend
// on ranks, order or restarts. Nothing else in the program creates randomness.
#pragma once

#include <Random123/philox.h>

#include <array>
#include <cstdint>

namespace marrow {

/// What a draw is for. Numbers are part of the model: never reuse or renumber one.
enum class Purpose : std::uint8_t {
  hop_directions = 1,
  hop_priority = 2,
  contact = 3,
  tcell_fate = 5,
  daughter_face = 6,
  influx_site = 8,
  influx_count = 9,
  stem_act = 10,
  placement = 11,
  placement_priority = 12,
  blood_priority = 13,
  vacancy_order = 14,
  mutation = 15,
  founder_niche = 16,
  clonotype = 17,
  kernel_act = 18,  // T cells counted by block
  treg_act = 19,
  block_influx = 20,
  kernel_hit = 22,
  ifn_memory = 23,
  chemotaxis = 24,
  chemokine_door = 25,
  niche_loss = 26,
  standing_count = 27,
  standing_clone = 28,
  clone_trait = 29,
  tolerance = 30,
  death = 31,
  bone_wave = 32,
  sinusoid = 33,
  arteriole = 34,
  adipocyte = 35,
  niche_priority = 36,
  measurement = 37,
  conditioning = 38,
  infusion = 39,
  kernel_place = 40,
  replacement = 44,
  biopsy_place = 48,
  biopsy_cell = 49,
  cohort_parameter = 56,  // of a virtual patient
  cohort_seed = 57,
};

/// What a draw's index counts. The class is part of the key, so a site and a niche never share
/// bits.
enum class Entity : std::uint8_t {
  site = 0,
  niche = 1,
  block = 2,
  clone = 3,
  patient = 4,
  tissue_node = 5,
  replica = 6,
};

/// 128 random bits.
struct Bits128 {
  std::uint64_t first;
  std::uint64_t second;
};

/// The generator of one run: holds the seed, no state.
class Draws {
 public:
  explicit constexpr Draws(std::uint64_t seed)
      : key_{{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}} {}

  /// Counter layout: index 48 bits, sub-step 16, step 40 (hours: 10^8 years), entity 8, purpose 8,
  /// 8 reserved.
  [[nodiscard]] Bits128 operator()(Purpose purpose, Entity entity, std::uint64_t index,
                                   std::uint64_t step = 0, std::uint32_t substep = 0) const {
    const r123::Philox4x32::ctr_type counter{
        {static_cast<std::uint32_t>(index),
         static_cast<std::uint32_t>(index >> 32) | (substep << 16),
         static_cast<std::uint32_t>(step),
         static_cast<std::uint32_t>((step >> 32) & 0xff) |
             (static_cast<std::uint32_t>(entity) << 8) |
             (static_cast<std::uint32_t>(purpose) << 16)}};
    const auto r = r123::Philox4x32()(counter, key_);
    return {static_cast<std::uint64_t>(r[0]) | (static_cast<std::uint64_t>(r[1]) << 32),
            static_cast<std::uint64_t>(r[2]) | (static_cast<std::uint64_t>(r[3]) << 32)};
  }

 private:
  r123::Philox4x32::key_type key_;
};

/// A uniform integer in [0, n): the high word of bits*n. Bias at most n/2^64.
constexpr std::uint64_t uniform_below(std::uint64_t bits, std::uint64_t n) {
  return static_cast<std::uint64_t>((static_cast<unsigned __int128>(bits) * n) >> 64);
}

/// A uniform double in [0, 1) with 53 bits.
constexpr double uniform_unit(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// A probability as an integer: "happens" is `bits < threshold`. Certain events use `certain()`.
class Threshold {
 public:
  constexpr Threshold() = default;
  /// p in [0, 1]; resolution 2^-64 for small p.
  static constexpr Threshold of(double p) {
    Threshold t;
    if (p >= 1.0) {
      t.value_ = ~std::uint64_t{0};
      t.certain_ = true;
    } else if (p > 0.0) {
      t.value_ = static_cast<std::uint64_t>(p * 0x1p64);
    }
    return t;
  }
  [[nodiscard]] constexpr bool happens(std::uint64_t bits) const {
    return certain_ || bits < value_;
  }
  [[nodiscard]] constexpr std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
  bool certain_ = false;
};

/// The end of an interval of width `probability` that begins at `begin`, for one draw cut into
/// several outcomes. Saturates: impossible rates cannot wrap around.
constexpr std::uint64_t interval_end(std::uint64_t begin, double probability) {
  const std::uint64_t width = Threshold::of(probability).value();
  return begin + (width < ~begin ? width : ~begin);
}

}  // namespace marrow
