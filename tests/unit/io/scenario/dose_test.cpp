// SPDX-License-Identifier: BSD-3-Clause
#include "core/random/mix.hpp"
#include "io/scenario/dose_text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>

namespace {

using namespace marrow::io;
using marrow::Dose;
using marrow::DoseUnit;

std::optional<Dose> read(const std::string& text) {
  const ParsedQuantity quantity = parse_quantity(text, &dose_dimension);
  EXPECT_EQ(quantity.fault, QuantityFault::none) << text;
  return dose_of(quantity, text);
}

TEST(DoseText, IsReadInTheUnitsOfDrugs) {
  EXPECT_EQ(read("40 mg/kg"), (Dose{40.0, DoseUnit::mg_per_kg}));
  EXPECT_EQ(read("0.04 g/kg"), (Dose{40.0, DoseUnit::mg_per_kg}));
  EXPECT_EQ(read("5 ug/kg"), (Dose{5.0, DoseUnit::ug_per_kg}));
  EXPECT_EQ(read("150 mg"), (Dose{150.0, DoseUnit::mg}));
  EXPECT_EQ(read("0.15 g"), (Dose{150.0, DoseUnit::mg}));
  EXPECT_EQ(read("3e6 /kg"), (Dose{3e6, DoseUnit::cells_per_kg}));
  EXPECT_EQ(read("3 x 10^6 /kg"), (Dose{3e6, DoseUnit::cells_per_kg}));
}

TEST(DoseText, RefusesWhatIsNoAmountOfADrug) {
  EXPECT_FALSE(read("5 d").has_value());
  EXPECT_FALSE(read("5 mg/d").has_value());
  EXPECT_FALSE(read("3 x 10^6").has_value()) << "the '/kg' is missing";
}

TEST(DoseText, ReadsBackToTheSameBits) {
  EXPECT_EQ(dose_text(Dose{}), "standard");
  EXPECT_EQ(dose_text({3e6, DoseUnit::cells_per_kg}), "3e6 /kg");
  EXPECT_EQ(dose_text({0.5, DoseUnit::cells_per_kg}), "5e-1 /kg");
  EXPECT_EQ(dose_text({3.5, DoseUnit::mg_per_kg}), "3.5 mg/kg");
  std::uint64_t state = 5;
  for (int i = 0; i < 2000; ++i) {
    state = marrow::mix64(state);
    const double value =
        std::ldexp(static_cast<double>(state >> 11), -static_cast<int>(state % 60));
    for (const DoseUnit unit :
         {DoseUnit::mg_per_kg, DoseUnit::mg, DoseUnit::ug_per_kg, DoseUnit::cells_per_kg}) {
      const Dose dose{value, unit};
      ASSERT_EQ(read(dose_text(dose)), dose) << dose_text(dose);
    }
  }
}

TEST(DoseText, ConvertsWhatMeansTheSame) {
  EXPECT_EQ(dose_in({0.01, DoseUnit::mg_per_kg}, DoseUnit::ug_per_kg),
            (Dose{10.0, DoseUnit::ug_per_kg}));
  EXPECT_EQ(dose_in({5000.0, DoseUnit::ug_per_kg}, DoseUnit::mg_per_kg),
            (Dose{5.0, DoseUnit::mg_per_kg}));
  EXPECT_EQ(dose_in({5.0, DoseUnit::mg}, DoseUnit::mg_per_kg), (Dose{5.0, DoseUnit::mg}));
  EXPECT_EQ(dose_in(Dose{}, DoseUnit::mg), Dose{});
}

}  // namespace
