// SPDX-License-Identifier: BSD-3-Clause
// The deterministic elementary functions against MPFR, which rounds correctly.
#include "core/math/elementary.hpp"

#include "core/random/draws.hpp"
#include "core/random/mix.hpp"

#include <gtest/gtest.h>
#include <mpfr.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

namespace {

using marrow::det_exp;
using marrow::det_expm1;
using marrow::det_log;
using marrow::one_minus_exp;
using marrow::sincos_turns;

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double quiet_nan = std::numeric_limits<double>::quiet_NaN();
constexpr double smallest = std::numeric_limits<double>::denorm_min();
constexpr double largest = std::numeric_limits<double>::max();

/// A number with 300 bits.
class Precise {
 public:
  Precise() { mpfr_init2(value_, 300); }
  explicit Precise(double v) : Precise() { mpfr_set_d(value_, v, MPFR_RNDN); }
  Precise(const Precise&) = delete;
  Precise& operator=(const Precise&) = delete;
  ~Precise() { mpfr_clear(value_); }
  [[nodiscard]] mpfr_ptr get() { return value_; }

 private:
  mpfr_t value_;
};

using Reference = std::function<void(mpfr_ptr result, mpfr_ptr argument)>;

void exact_exp(mpfr_ptr y, mpfr_ptr x) { mpfr_exp(y, x, MPFR_RNDN); }
void exact_expm1(mpfr_ptr y, mpfr_ptr x) { mpfr_expm1(y, x, MPFR_RNDN); }
void exact_log(mpfr_ptr y, mpfr_ptr x) { mpfr_log(y, x, MPFR_RNDN); }
void exact_one_minus_exp(mpfr_ptr y, mpfr_ptr x) {
  mpfr_neg(y, x, MPFR_RNDN);
  mpfr_expm1(y, y, MPFR_RNDN);
  mpfr_neg(y, y, MPFR_RNDN);
}
/// x -> 2 pi x with 3000 bits, so that the largest doubles still reduce exactly.
void sine_or_cosine(mpfr_ptr y, mpfr_ptr x, bool sine) {
  mpfr_t angle;
  mpfr_init2(angle, 3000);
  mpfr_const_pi(angle, MPFR_RNDN);
  mpfr_mul_2ui(angle, angle, 1, MPFR_RNDN);
  mpfr_mul(angle, angle, x, MPFR_RNDN);
  sine ? mpfr_sin(y, angle, MPFR_RNDN) : mpfr_cos(y, angle, MPFR_RNDN);
  mpfr_clear(angle);
}
void exact_sine(mpfr_ptr y, mpfr_ptr x) { sine_or_cosine(y, x, true); }
void exact_cosine(mpfr_ptr y, mpfr_ptr x) { sine_or_cosine(y, x, false); }

/// Distance of `computed` from f(x) in units in the last place of f(x).
double error_in_ulp(double computed, double x, const Reference& f) {
  Precise argument(x);
  Precise exact;
  f(exact.get(), argument.get());
  const double rounded = mpfr_get_d(exact.get(), MPFR_RNDN);
  const int exponent = rounded == 0.0 ? -1074 : std::max(std::ilogb(rounded) - 52, -1074);
  Precise difference(computed);
  mpfr_sub(difference.get(), difference.get(), exact.get(), MPFR_RNDN);
  mpfr_mul_2si(difference.get(), difference.get(), -exponent, MPFR_RNDN);
  return std::fabs(mpfr_get_d(difference.get(), MPFR_RNDN));
}

struct Worst {
  double error = 0;
  double at = 0;
};

/// The largest error over arguments made from 64 random bits each.
Worst worst_over(int count, double (*computed)(double), const Reference& exact,
                 const std::function<double(std::uint64_t)>& argument) {
  const marrow::Draws draws(20240611);
  Worst worst;
  for (int i = 0; i < count; ++i) {
    const auto bits =
        draws(marrow::Purpose::measurement, marrow::Entity::patient, static_cast<std::uint64_t>(i));
    const double x = argument(bits.first);
    const double error = error_in_ulp(computed(x), x, exact);
    if (!(error <= worst.error)) worst = {error, x};
  }
  return worst;
}

std::function<double(std::uint64_t)> uniform(double low, double high) {
  return [=](std::uint64_t bits) { return low + (high - low) * marrow::uniform_unit(bits); };
}

/// Any magnitude between 2^low and 2^high, each binade alike, sign +1 or -1 or (0) random.
std::function<double(std::uint64_t)> any_magnitude(int low, int high, int sign) {
  return [=](std::uint64_t bits) {
    const double mantissa = 1.0 + static_cast<double>(bits >> 12) * 0x1p-52;
    const auto span = static_cast<std::uint64_t>(high - low);
    const int exponent = low + static_cast<int>((bits & 0x7ff) * span / 0x800);
    const double size = std::ldexp(mantissa, exponent);
    return sign < 0 || (sign == 0 && (bits & 0x800) != 0) ? -size : size;
  };
}

double sine_of(double turns) { return sincos_turns(turns).sin; }
double cosine_of(double turns) { return sincos_turns(turns).cos; }

constexpr int many = 40000;

#define EXPECT_WORST_BELOW(worst, bound)                                                   \
  do {                                                                                     \
    const Worst w = (worst);                                                               \
    EXPECT_LT(w.error, bound) << "at x = " << std::hexfloat << w.at;                       \
    RecordProperty("worst_ulp_line_" + std::to_string(__LINE__), std::to_string(w.error)); \
  } while (false)

TEST(DetExp, StaysWithinSixTenthsOfAnUlp) {
  EXPECT_WORST_BELOW(worst_over(many, det_exp, exact_exp, uniform(-708.0, 709.7)), 0.6);
  EXPECT_WORST_BELOW(worst_over(many, det_exp, exact_exp, uniform(-1.0, 1.0)), 0.6);
  EXPECT_WORST_BELOW(worst_over(many, det_exp, exact_exp, any_magnitude(-60, 6, 0)), 0.6);
}

TEST(DetExp, RoundsSubnormalResultsToWithinOneUnit) {
  EXPECT_WORST_BELOW(worst_over(many, det_exp, exact_exp, uniform(-745.2, -708.0)), 1.1);
}

TEST(DetExp, HandlesTheEndsOfItsRange) {
  EXPECT_EQ(det_exp(0.0), 1.0);
  EXPECT_EQ(det_exp(-0.0), 1.0);
  EXPECT_EQ(det_exp(smallest), 1.0);
  EXPECT_EQ(det_exp(inf), inf);
  EXPECT_EQ(det_exp(-inf), 0.0);
  EXPECT_TRUE(std::isnan(det_exp(quiet_nan)));
  EXPECT_LT(det_exp(0x1.62e42fefa39efp+9), inf);  // the largest argument with a finite result
  EXPECT_EQ(det_exp(0x1.62e42fefa39f0p+9), inf);
  EXPECT_EQ(det_exp(-745.13), smallest);
  EXPECT_EQ(det_exp(-745.2), 0.0);
  EXPECT_EQ(det_exp(largest), inf);
  EXPECT_EQ(det_exp(-largest), 0.0);
}

TEST(DetExpm1, StaysWithinOneUlp) {
  EXPECT_WORST_BELOW(worst_over(many, det_expm1, exact_expm1, uniform(-45.0, 709.7)), 1.0);
  EXPECT_WORST_BELOW(worst_over(many, det_expm1, exact_expm1, uniform(-2.0, 2.0)), 1.0);
  EXPECT_WORST_BELOW(worst_over(many, det_expm1, exact_expm1, uniform(-0.36, 0.36)), 1.0);
  EXPECT_WORST_BELOW(worst_over(many, det_expm1, exact_expm1, uniform(36.0, 40.0)), 1.0);
  EXPECT_WORST_BELOW(worst_over(many, det_expm1, exact_expm1, any_magnitude(-1000, 5, 0)), 1.0);
}

TEST(DetExpm1, HandlesTheEndsOfItsRange) {
  EXPECT_EQ(det_expm1(0.0), 0.0);
  EXPECT_TRUE(std::signbit(det_expm1(-0.0)));
  EXPECT_EQ(det_expm1(smallest), smallest);
  EXPECT_EQ(det_expm1(-smallest), -smallest);
  EXPECT_EQ(det_expm1(inf), inf);
  EXPECT_EQ(det_expm1(-inf), -1.0);
  EXPECT_TRUE(std::isnan(det_expm1(quiet_nan)));
  EXPECT_EQ(det_expm1(largest), inf);
}

TEST(DetLog, StaysWithinOneUlp) {
  EXPECT_WORST_BELOW(worst_over(many, det_log, exact_log, any_magnitude(-1022, 1024, 1)), 1.0);
  EXPECT_WORST_BELOW(worst_over(many, det_log, exact_log, uniform(0.5, 2.0)), 1.0);
  EXPECT_WORST_BELOW(worst_over(many, det_log, exact_log, uniform(0.999, 1.001)), 1.0);
  EXPECT_WORST_BELOW(worst_over(many, det_log, exact_log, uniform(0.0, 1e-300)), 1.0);
  EXPECT_WORST_BELOW(worst_over(1000, det_log, exact_log,
                                [](std::uint64_t bits) {  // subnormals
                                  return std::bit_cast<double>((bits >> 13) | 1);
                                }),
                     1.0);
}

TEST(DetLog, HandlesTheEndsOfItsRange) {
  EXPECT_EQ(det_log(1.0), 0.0);
  EXPECT_EQ(det_log(0.0), -inf);
  EXPECT_EQ(det_log(-0.0), -inf);
  EXPECT_EQ(det_log(inf), inf);
  EXPECT_TRUE(std::isnan(det_log(-1.0)));
  EXPECT_TRUE(std::isnan(det_log(-inf)));
  EXPECT_TRUE(std::isnan(det_log(quiet_nan)));
  EXPECT_LT(error_in_ulp(det_log(smallest), smallest, exact_log), 1.0);
  EXPECT_LT(error_in_ulp(det_log(largest), largest, exact_log), 1.0);
  // Exact powers of two, and the two doubles next to 1.
  for (int k = -1074; k < 1024; ++k) {
    const double x = std::ldexp(1.0, k);
    EXPECT_LE(error_in_ulp(det_log(x), x, exact_log), 1.0) << k;
  }
  EXPECT_LT(error_in_ulp(det_log(1.0 + 0x1p-52), 1.0 + 0x1p-52, exact_log), 1.0);
  EXPECT_LT(error_in_ulp(det_log(1.0 - 0x1p-53), 1.0 - 0x1p-53, exact_log), 1.0);
}

TEST(OneMinusExp, KeepsTinyChances) {
  EXPECT_EQ(one_minus_exp(0.0), 0.0);
  EXPECT_EQ(one_minus_exp(inf), 1.0);
  EXPECT_EQ(one_minus_exp(1e-300), 1e-300);
  EXPECT_EQ(one_minus_exp(50.0), 1.0);
  EXPECT_WORST_BELOW(worst_over(many, one_minus_exp, exact_one_minus_exp, any_magnitude(-80, 5, 1)),
                     1.0);
}

TEST(OneMinusExp, NeverLeavesZeroToOne) {
  double before = 0.0;
  for (int i = 0; i <= 100000; ++i) {
    const double p = one_minus_exp(i * 4e-4);
    ASSERT_GE(p, before) << i;
    ASSERT_LE(p, 1.0) << i;
    before = p;
  }
}

TEST(SincosTurns, StaysWithinTwoUlp) {
  EXPECT_WORST_BELOW(worst_over(many, sine_of, exact_sine, uniform(-1.0, 1.0)), 2.0);
  EXPECT_WORST_BELOW(worst_over(many, cosine_of, exact_cosine, uniform(-1.0, 1.0)), 2.0);
  EXPECT_WORST_BELOW(worst_over(many, sine_of, exact_sine, uniform(-1e6, 1e6)), 2.0);
  EXPECT_WORST_BELOW(worst_over(many, cosine_of, exact_cosine, uniform(-1e6, 1e6)), 2.0);
  EXPECT_WORST_BELOW(worst_over(many, sine_of, exact_sine, any_magnitude(-1000, 60, 0)), 2.0);
  EXPECT_WORST_BELOW(worst_over(many, cosine_of, exact_cosine, any_magnitude(-60, 60, 0)), 2.0);
  EXPECT_WORST_BELOW(worst_over(2000, sine_of, exact_sine, uniform(0x1p49, 0x1p52)), 2.0);
}

TEST(SincosTurns, IsExactOnQuarterTurns) {
  for (int quarter = -9; quarter <= 9; ++quarter) {
    const auto [sine, cosine] = sincos_turns(quarter / 4.0);
    const int turn = ((quarter % 4) + 4) % 4;
    EXPECT_EQ(sine, turn == 1 ? 1.0 : (turn == 3 ? -1.0 : 0.0)) << quarter;
    EXPECT_EQ(cosine, turn == 0 ? 1.0 : (turn == 2 ? -1.0 : 0.0)) << quarter;
  }
}

TEST(SincosTurns, HandlesHugeAndSpecialArguments) {
  for (const double whole : {0x1p52, 0x1p53 + 2.0, -0x1p60, largest, -largest}) {
    EXPECT_EQ(sincos_turns(whole).sin, 0.0) << whole;
    EXPECT_EQ(sincos_turns(whole).cos, 1.0) << whole;
  }
  EXPECT_EQ(sincos_turns(0x1p51 + 0.5).cos, -1.0);
  EXPECT_EQ(sincos_turns(-0x1p50 - 0.25).sin, -1.0);
  EXPECT_EQ(sincos_turns(smallest).cos, 1.0);
  for (const double bad : {inf, -inf, quiet_nan}) {
    EXPECT_TRUE(std::isnan(sincos_turns(bad).sin));
    EXPECT_TRUE(std::isnan(sincos_turns(bad).cos));
  }
}

/// The bits themselves are the promise: a sum over many results that no build may change.
TEST(Elementary, GivesTheSameBitsInEveryBuild) {
  const marrow::Draws draws(1);
  std::uint64_t digest = 0;
  const auto add = [&](double v) {
    digest = marrow::mix64(digest ^ std::bit_cast<std::uint64_t>(v));
  };
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const auto bits = draws(marrow::Purpose::measurement, marrow::Entity::site, i);
    const double u = marrow::uniform_unit(bits.first);
    add(det_exp(1400.0 * u - 700.0));
    add(det_expm1(8.0 * u - 4.0));
    add(det_log(u + 0x1p-60));
    add(one_minus_exp(u));
    add(sincos_turns(100.0 * u - 50.0).sin);
    add(sincos_turns(100.0 * u - 50.0).cos);
  }
  EXPECT_EQ(digest, 5128723431072907895ULL);
}

}  // namespace
