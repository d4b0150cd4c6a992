// SPDX-License-Identifier: BSD-3-Clause
// The random words as the program draws them: keys that differ in one part, counting up while the
// others stay, must give independent uniform words. Known-answer vectors of the generator stand in
// the unit tests (tests/unit/core/random).
#include "core/random/draws.hpp"

#include "tests/verify/checks.hpp"
#include "tests/verify/statistics.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace marrow::verify {
namespace {

constexpr Draws draw(20260);

// Every enumerator: the compiler warns of one that a switch leaves out.
constexpr bool in_use(Purpose purpose) {
  switch (purpose) {
    case Purpose::hop_directions:
    case Purpose::hop_priority:
    case Purpose::contact:
    case Purpose::tcell_fate:
    case Purpose::daughter_face:
    case Purpose::influx_site:
    case Purpose::influx_count:
    case Purpose::stem_act:
    case Purpose::placement:
    case Purpose::placement_priority:
    case Purpose::blood_priority:
    case Purpose::vacancy_order:
    case Purpose::mutation:
    case Purpose::founder_niche:
    case Purpose::clonotype:
    case Purpose::kernel_act:
    case Purpose::treg_act:
    case Purpose::block_influx:
    case Purpose::kernel_hit:
    case Purpose::ifn_memory:
    case Purpose::chemotaxis:
    case Purpose::chemokine_door:
    case Purpose::niche_loss:
    case Purpose::standing_count:
    case Purpose::standing_clone:
    case Purpose::clone_trait:
    case Purpose::tolerance:
    case Purpose::death:
    case Purpose::bone_wave:
    case Purpose::sinusoid:
    case Purpose::arteriole:
    case Purpose::adipocyte:
    case Purpose::niche_priority:
    case Purpose::measurement:
    case Purpose::conditioning:
    case Purpose::infusion:
    case Purpose::kernel_place:
    case Purpose::replacement:
    case Purpose::biopsy_place:
    case Purpose::biopsy_cell:
      return true;
  }
  return false;
}
constexpr bool in_use(Entity entity) {
  switch (entity) {
    case Entity::site:
    case Entity::niche:
    case Entity::block:
    case Entity::clone:
    case Entity::patient:
    case Entity::tissue_node:
    case Entity::replica:
      return true;
  }
  return false;
}

template <class Enum>
constexpr std::size_t number_in_use() {
  std::size_t n = 0;
  for (int i = 0; i < 256; ++i) n += in_use(static_cast<Enum>(i)) ? 1 : 0;
  return n;
}
template <class Enum>
constexpr auto all_in_use() {
  std::array<Enum, number_in_use<Enum>()> all{};
  std::size_t n = 0;
  for (int i = 0; i < 256; ++i) {
    if (in_use(static_cast<Enum>(i))) all[n++] = static_cast<Enum>(i);
  }
  return all;
}
constexpr auto purposes = all_in_use<Purpose>();
constexpr auto entities = all_in_use<Entity>();

/// Words whose keys differ in one part only, or count through several as the rules do.
struct Stream {
  const char* over;
  Bits128 (*at)(std::uint64_t i);
};

constexpr Stream streams[] = {
    {"sites",
     [](std::uint64_t i) { return draw(Purpose::hop_directions, Entity::site, i, 17, 3); }},
    {"steps", [](std::uint64_t i) { return draw(Purpose::stem_act, Entity::niche, 5, i); }},
    {"sub-steps of an hour, then sites",
     [](std::uint64_t i) {
       return draw(Purpose::contact, Entity::site, i / 180, 17,
                   static_cast<std::uint32_t>(i % 180));
     }},
    {"events of an hour, then hours, in one replica",
     [](std::uint64_t i) {
       return draw(Purpose::replacement, Entity::replica, 3, i / 512,
                   static_cast<std::uint32_t>(i % 512));
     }},
    {"purposes, then niches",
     [](std::uint64_t i) {
       return draw(purposes[i % purposes.size()], Entity::niche, i / purposes.size(), 17);
     }},
    {"entities, then indices",
     [](std::uint64_t i) {
       return draw(Purpose::measurement, entities[i % entities.size()], i / entities.size(), 17);
     }},
    {"seeds", [](std::uint64_t i) { return Draws(i)(Purpose::stem_act, Entity::niche, 5, 17); }},
};

std::vector<Bits128> words_of(const Stream& stream, std::int64_t n) {
  std::vector<Bits128> words(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = stream.at(i);
  return words;
}

/// Highest and lowest byte of both words, and pairs of neighbours' middle four bits.
ChiSquare equidistribution(const std::vector<Bits128>& words) {
  std::array<std::array<double, 256>, 6> bins{};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& [a, b] = words[i];
    ++bins[0][a >> 56];
    ++bins[1][a & 0xff];
    ++bins[2][b >> 56];
    ++bins[3][b & 0xff];
    if (i % 2 == 0) continue;
    ++bins[4][((words[i - 1].first >> 32 & 15) << 4) | (a >> 32 & 15)];
    ++bins[5][((words[i - 1].second >> 32 & 15) << 4) | (b >> 32 & 15)];
  }
  ChiSquare sum;
  for (const auto& table : bins) sum += chi_square(table);
  return sum;
}

/// A word as a deviate of mean 0 and variance 1.
double centred(std::uint64_t word) { return (uniform_unit(word) - 0.5) * std::sqrt(12.0); }

/// n r^2 of two series, summed: chi-square with one degree of freedom for each pair.
template <class First, class Second>
ChiSquare correlation(std::size_t n, const First& first, const Second& second) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += first(i) * second(i);
  return {sum * sum / static_cast<double>(n), 1.0, static_cast<std::int64_t>(n)};
}

/// Each word with itself 1 to 12 keys on (a word of directions serves 12 hops), and with the other
/// half of its own draw and of the next one.
ChiSquare serial_correlation(const std::vector<Bits128>& words) {
  const auto first = [&](std::size_t i) { return centred(words[i].first); };
  const auto second = [&](std::size_t i) { return centred(words[i].second); };
  ChiSquare sum = correlation(words.size(), first, second);
  for (std::size_t lag = 1; lag <= 12; ++lag) {
    const auto later = [lag](const auto& series) {
      return [lag, &series](std::size_t i) { return series(i + lag); };
    };
    sum += correlation(words.size() - lag, first, later(first));
    sum += correlation(words.size() - lag, second, later(second));
    sum += correlation(words.size() - lag, first, later(second));
  }
  return sum;
}

/// Bits of 128 that differ between keys that follow each other: binomial.
Measurement flipped_bits(const std::vector<Bits128>& words) {
  double bits = 0;
  for (std::size_t i = 1; i < words.size(); i += 2) {
    bits += std::popcount(words[i].first ^ words[i - 1].first) +
            std::popcount(words[i].second ^ words[i - 1].second);
  }
  const auto pairs = static_cast<double>(words.size() / 2);
  return {bits / pairs, std::sqrt(32.0 / pairs), static_cast<std::int64_t>(pairs)};
}

void each_stream(Verifier& verify) {
  const std::int64_t n = verify.effort(1 << 17, 1 << 22);
  for (const Stream& stream : streams) {
    const std::string over = std::string("over ") + stream.over;
    verify.fresh_samples();
    const std::vector<Bits128> words = words_of(stream, n);
    const ChiSquare bins = equidistribution(words);
    verify.random("draws", "equal use of bytes and of pairs: chi-square^(1/3)", over, bins.theory(),
                  bins.measured());
    const ChiSquare serial = serial_correlation(words);
    verify.random("draws", "serial correlation: chi-square^(1/3)", over, serial.theory(),
                  serial.measured());
    verify.random("draws", "bits that change from key to key", over, 64.0, flipped_bits(words));
  }
}

/// Streams of the same sites and steps for different purposes or entities, every pair of them.
template <class Word>
ChiSquare cross_correlation(std::size_t members, std::size_t n, const Word& word) {
  std::vector<std::vector<double>> series(members, std::vector<double>(n));
  for (std::size_t m = 0; m < members; ++m) {
    for (std::size_t i = 0; i < n; ++i) series[m][i] = centred(word(m, i).first);
  }
  ChiSquare sum;
  for (std::size_t a = 0; a < members; ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      sum += correlation(
          n, [&](std::size_t i) { return series[a][i]; },
          [&](std::size_t i) { return series[b][i]; });
    }
  }
  return sum;
}

void across_streams(Verifier& verify) {
  const auto n = static_cast<std::size_t>(verify.effort(1 << 13, 1 << 17));
  const auto pairs_of = [](std::size_t members, const char* what) {
    return "all pairs of " + std::to_string(members) + what;
  };
  verify.fresh_samples();
  const ChiSquare by_purpose =
      cross_correlation(purposes.size(), n, [](std::size_t p, std::size_t i) {
        return draw(purposes[p], Entity::niche, i % 1000, i / 1000);
      });
  verify.random("draws", "cross-stream correlation: chi-square^(1/3)",
                pairs_of(purposes.size(), " purposes"), by_purpose.theory(), by_purpose.measured());
  verify.fresh_samples();
  const ChiSquare by_entity =
      cross_correlation(entities.size(), 8 * n, [](std::size_t e, std::size_t i) {
        return draw(Purpose::measurement, entities[e], i % 1000, i / 1000);
      });
  verify.random("draws", "cross-stream correlation: chi-square^(1/3)",
                pairs_of(entities.size(), " entities"), by_entity.theory(), by_entity.measured());
}

/// A word of the i-th key of a grid that counts through all parts of a key.
Bits128 of_grid(std::uint64_t i) {
  const auto part = [&i](std::uint64_t size) {
    const std::uint64_t value = i % size;
    i /= size;
    return value;
  };
  const std::uint64_t index = part(1000);
  const std::uint64_t step = part(24);
  const auto substep = static_cast<std::uint32_t>(part(16));
  const auto purpose = purposes[part(8)];
  return Draws(20260 + i)(purpose, Entity::site, index, step, substep);
}

/// Marsaglia's birthday spacings: n birthdays in a year of 2^48 days, with duplicate spacings
/// Poisson of mean n^3/2^50 in each of `years` years.
std::int64_t duplicate_spacings(std::uint64_t year, std::size_t n, bool low_bits) {
  std::vector<std::uint64_t> days(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Bits128 word = of_grid(year * n + i);
    days[i] = low_bits ? word.second & 0xffff'ffff'ffff : word.first >> 16;
  }
  std::ranges::sort(days);
  for (std::size_t i = n - 1; i > 0; --i) days[i] -= days[i - 1];
  std::ranges::sort(days);
  std::int64_t duplicates = 0;
  for (std::size_t i = 1; i < n; ++i) duplicates += days[i] == days[i - 1] ? 1 : 0;
  return duplicates;
}

void birthdays(Verifier& verify) {
  constexpr std::size_t n = 1 << 18;
  const std::int64_t years = verify.effort(6, 96);
  const double theory = 16.0 * static_cast<double>(years);
  for (const bool low_bits : {false, true}) {
    const auto counts = verify.over_seeds(0, years, [&](std::uint64_t year) {
      return std::vector<double>{static_cast<double>(duplicate_spacings(year, n, low_bits))};
    });
    double sum = 0;
    for (const auto& c : counts) sum += c[0];
    verify.random("draws", "duplicate birthday spacings, 2^18 birthdays in 2^48 days",
                  low_bits ? "low bits, second word" : "high bits, first word", theory,
                  {sum, std::sqrt(theory), years << 18, 1.0 / std::sqrt(theory)});
  }
}

/// Words thrown into urns: the number that stay empty has a known mean and variance.
void collisions(Verifier& verify) {
  const double balls = static_cast<double>(verify.effort(1 << 18, 1 << 22));
  const double urns = 4.0 * balls;
  std::vector<bool> hit(static_cast<std::size_t>(urns));
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(balls); ++i) {
    hit[uniform_below(of_grid(i).second, hit.size())] = true;
  }
  const auto empty = static_cast<double>(std::ranges::count(hit, false));
  const double load = balls / urns;
  const double theory = urns * std::exp(balls * std::log1p(-1.0 / urns));
  const double variance = urns * std::exp(-load) * (1.0 - (1.0 + load) * std::exp(-load));
  verify.random("draws", "empty urns, 4 urns a word", "a grid of all parts of the key", theory,
                {empty, std::sqrt(variance), static_cast<std::int64_t>(balls)});
}

/// Integers below n, and verdicts of thresholds.
void derived(Verifier& verify) {
  const std::int64_t n = verify.effort(1 << 18, 1 << 23);
  std::array<double, 6> faces{};
  std::array<double, 1000> many{};
  double happened = 0;
  const Threshold tenth = Threshold::of(0.1);
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(n); ++i) {
    const Bits128 word = of_grid(i);
    ++faces[uniform_below(word.first, faces.size())];
    ++many[uniform_below(word.second, many.size())];
    happened += tenth.happens(word.first) ? 1.0 : 0.0;
  }
  ChiSquare below = chi_square(faces);
  below += chi_square(many);
  verify.random("draws", "uniform_below(word, n): chi-square^(1/3)", "n = 6 and n = 1000",
                below.theory(), below.measured());
  verify.random("draws", "share of words below a threshold", "p = 0.1", 0.1,
                share(happened, static_cast<double>(n), 0.1));
}

/// The ends of the ranges, where a rounding would show: all must hold.
void edges(Verifier& verify) {
  constexpr std::uint64_t highest = ~std::uint64_t{0};
  const bool holds[] = {
      !Threshold::of(0.0).happens(0),
      !Threshold::of(-0.5).happens(0),
      Threshold::of(1.0).happens(highest),
      Threshold::of(0x1p-64).happens(0) && !Threshold::of(0x1p-64).happens(1),
      !Threshold::of(0x1p-65).happens(0),
      Threshold::of(0.5).happens((highest >> 1)) && !Threshold::of(0.5).happens((highest >> 1) + 1),
      !Threshold::of(1.0 - 0x1p-53).happens(highest),
      uniform_below(0, 6) == 0 && uniform_below(highest, 6) == 5 && uniform_below(highest, 1) == 0,
      uniform_below(highest, highest) == highest - 1,
      uniform_unit(0) == 0.0 && uniform_unit(highest) == 1.0 - 0x1p-53,
      interval_end(interval_end(0, 0.75), 0.75) == highest,
  };
  verify.exact("draws", "edges of Threshold, uniform_below, uniform_unit, interval_end: that hold",
               "0, 1, 2^-64, 2^-65, highest word", static_cast<double>(std::size(holds)),
               static_cast<double>(std::ranges::count(holds, true)), 0.0);
}

}  // namespace

void draws(Verifier& verify) {
  each_stream(verify);
  across_streams(verify);
  birthdays(verify);
  collisions(verify);
  derived(verify);
  edges(verify);
}

}  // namespace marrow::verify
