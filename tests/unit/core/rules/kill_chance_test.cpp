// SPDX-License-Identifier: BSD-3-Clause
// The kill coefficient is the input and the chance per contact follows (MODEL.md, "From the kill
// coefficient to a chance"); the lattice capacity of the 26-neighbour contact set is 3.156.
#include "core/model/failure.hpp"
#include "core/model/model.hpp"

#include <gtest/gtest.h>

#include <string>

namespace marrow {
namespace {

constexpr double voxel_mm3 = 1e-6;
constexpr double open_neighbours = 26.0;
constexpr double contact_capacity = 3.156;

TCellParameters with_kappa_per_day(double kappa) {
  TCellParameters t;
  t.kill_coefficient_mm3_per_h = kappa / 24.0;
  return t;
}

KillChance open_box(double kappa, std::int64_t hops = 180) {
  return kill_chance(with_kappa_per_day(kappa), Lattice{{200, 200, 200}}, hops, 1.0,
                     open_neighbours);
}

TEST(KillChance, OfTheDefaultCoefficientInAnOpenBoxIsOneInAThousand) {
  const KillChance k = open_box(1.1e-4);
  EXPECT_NEAR(k.per_contact, 1.0e-3, 0.02e-3);
  EXPECT_NEAR(k.depletion, 0.993, 0.0005);
  EXPECT_DOUBLE_EQ(k.reference_multiplier, 1.0);
}

TEST(KillChance, DepletionAtOneInAHundredAgreesWithTheMeasuredValue) {
  constexpr double p = 1e-2;
  constexpr double theory = 1.0 / (1.0 + 7.24 * p);
  const KillChance k = open_box(p * theory * voxel_mm3 * open_neighbours * 180 * 24);
  EXPECT_NEAR(k.per_contact, p, 1e-5);
  EXPECT_NEAR(k.depletion, theory, 1e-4);
  EXPECT_NEAR(k.depletion, 0.934, 0.002);
}

TEST(KillChance, TimesItsFactorsGivesTheCoefficientBack) {
  for (const double kappa : {1e-6, 1.1e-4, 1e-3}) {
    for (const std::int64_t hops : {72, 180, 300}) {
      for (const double share : {0.31, 0.78, 1.0}) {
        for (const double voxels : {5.5, 17.0, 26.0}) {
          for (const double spacing : {8.0, 10.0}) {
            const Lattice lattice{{64, 64, 64}, false, spacing};
            const KillChance k =
                kill_chance(with_kappa_per_day(kappa), lattice, hops, share, voxels);
            const double given = k.per_contact * k.depletion * k.reference_multiplier *
                                 (spacing * spacing * spacing * 1e-9) * voxels *
                                 (static_cast<double>(hops) * 24.0) / share;
            EXPECT_NEAR(given / kappa, 1.0, 1e-12);
            const double c = (open_neighbours / contact_capacity - 1.0) * voxels / open_neighbours;
            EXPECT_NEAR(k.depletion, 1.0 / (1.0 + c * k.per_contact), 1e-12);
            EXPECT_GT(k.per_contact, 0.0);
            EXPECT_LE(k.per_contact, 1.0);
          }
        }
      }
    }
  }
}

TEST(KillChance, ReportsThePartsItWasMadeOf) {
  const KillChance k = kill_chance(with_kappa_per_day(2e-4), Lattice{{50, 50, 50}}, 72, 0.61, 19.5);
  EXPECT_DOUBLE_EQ(k.coefficient_mm3_per_d, 2e-4);
  EXPECT_DOUBLE_EQ(k.accessible_share, 0.61);
  EXPECT_DOUBLE_EQ(k.contact_voxels, 19.5);
  EXPECT_DOUBLE_EQ(k.hops_per_day, 72 * 24.0);
}

TEST(KillChance, DoesNotDependOnTheSizeOfTheBox) {
  const TCellParameters t = with_kappa_per_day(1.1e-4);
  EXPECT_EQ(kill_chance(t, Lattice{{16, 16, 16}}, 180, 0.8, 20.0).per_contact,
            kill_chance(t, Lattice{{500, 300, 900}, true}, 180, 0.8, 20.0).per_contact);
}

TEST(KillChance, ReachesExactlyTheCapacityOfCertainContact) {
  // With certain kill the rate per density is the hop rate times the lattice capacity.
  const double largest = contact_capacity * voxel_mm3 * 180 * 24;
  const KillChance k = open_box(largest * 0.9999);
  EXPECT_GT(k.per_contact, 0.999);
  EXPECT_NEAR(k.depletion * open_neighbours, contact_capacity, 0.003);
  EXPECT_THROW(open_box(largest * 1.0001), Failure);
}

TEST(KillChance, RefusesACoefficientOutOfReachAndSaysWhatToDo) {
  for (const double kappa : {0.014, 0.1, 24.0}) {
    try {
      open_box(kappa);
      ADD_FAILURE() << "accepted kappa = " << kappa;
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.code(), ExitCode::scenario);
      const std::string text = failure.what();
      EXPECT_NE(text.find("tcells.kill_coefficient"), std::string::npos) << text;
      EXPECT_NE(text.find("tcells.motility"), std::string::npos) << text;
    }
  }
}

TEST(KillChance, RefusesToKillWithoutMotion) { EXPECT_THROW(open_box(1.1e-4, 0), Failure); }

TEST(KillChance, IsZeroWithoutKillingOrWithoutNiches) {
  EXPECT_EQ(open_box(0.0).per_contact, 0.0);
  EXPECT_EQ(kill_chance(with_kappa_per_day(1.1e-4), Lattice{{9, 9, 9}}, 180, 1.0, 0.0).per_contact,
            0.0);
}

TEST(HopsPerHour, AreSixTimesMotilityOverTheSquaredSpacing) {
  TCellParameters t;
  t.motility_um2_per_h = 50.0 * 60;
  EXPECT_EQ(hops_per_hour(t, 10.0), 180);
  t.motility_um2_per_h = 20.0 * 60;
  EXPECT_EQ(hops_per_hour(t, 10.0), 72);
  EXPECT_EQ(hops_per_hour(t, 5.0), 288);
  t.motility_um2_per_h = 100.0;
  EXPECT_EQ(hops_per_hour(t, 8.0), 9);   // 9.375
  EXPECT_EQ(hops_per_hour(t, 7.0), 12);  // 12.24
  t.motility_um2_per_h = 30.0;
  EXPECT_EQ(hops_per_hour(t, 10.0), 2);  // 1.8
}

TEST(Model, DerivesHopsEngagementAndKillChanceFromItsParameters) {
  Parameters p;
  p.domain.size_voxels = {60, 50, 40};
  p.domain.boundary = Boundary::periodic;
  p.tcells.motility_um2_per_h = 20.0 * 60;
  p.tcells.engagement_h = 2.0;
  const Model model(p, NicheTable(7), 0.7, 18.0);
  EXPECT_EQ(model.hops_per_hour, 72);
  EXPECT_EQ(model.engagement_substeps, 144u);
  EXPECT_EQ(model.niche_count(), 7);
  EXPECT_TRUE(model.lattice.periodic);
  EXPECT_EQ(model.lattice.extent, (Index3{60, 50, 40}));
  EXPECT_EQ(model.kill.per_contact,
            kill_chance(p.tcells, model.lattice, 72, 0.7, 18.0).per_contact);
}

TEST(KillChance, OfOneVoxelDepletesAsTheLatticeSays) {
  // p (1 - F)/(1 - (1 - p) F) of Polya's return probability F, TARGETS.md 4.10.
  constexpr double no_return = 0.6594626704;
  for (const double p : {1.0, 0.5, 0.2, 0.02}) {
    TCellParameters t;
    t.contact = ContactRule::same_voxel;
    t.kill_chance = p;
    const KillChance k = kill_chance(t, Lattice{{32, 32, 32}}, 180, 1.0, 1.0);
    EXPECT_EQ(k.per_contact, p);
    EXPECT_NEAR(k.depletion, no_return / (1.0 - (1.0 - p) * (1.0 - no_return)), 1e-12);
    EXPECT_NEAR(k.coefficient_mm3_per_d, p * k.depletion * voxel_mm3 * 180 * 24, 1e-15);
  }
}

TEST(KillChance, GivenDirectlyIsTheOneOfItsCoefficient) {
  const KillChance derived = open_box(1.1e-4);
  TCellParameters t;
  t.kill_chance = derived.per_contact;
  const KillChance given = kill_chance(t, Lattice{{200, 200, 200}}, 180, 1.0, open_neighbours);
  EXPECT_EQ(given.per_contact, derived.per_contact);
  EXPECT_NEAR(given.coefficient_mm3_per_d, 1.1e-4, 1e-16);
}

TEST(KillChance, WithFasIsThatOfTheSameContactInTheReferenceAttack) {
  TCellParameters t = with_kappa_per_day(2e-3);
  const double alone = kill_chance(t, Lattice{}, 36, 0.6, 18.0).per_contact;
  t.fas_multiplier = 4.0;
  const KillChance k = kill_chance(t, Lattice{}, 36, 0.6, 18.0);
  EXPECT_DOUBLE_EQ(4.0 * k.per_contact, alone);
  EXPECT_DOUBLE_EQ(k.reference_multiplier, 4.0);
}

TEST(KillChance, WithCooperativityIsLessTheMoreAWoundMatters) {
  TCellParameters t = with_kappa_per_day(8.8e-4);
  double before = open_box(8.8e-4).per_contact;
  for (const double factor : {1.0, 3.0, 30.0, 1000.0}) {
    t.cooperativity = CooperativityParameters{factor, 24.0};
    const KillChance k = kill_chance(t, Lattice{{200, 200, 200}}, 180, 1.0, open_neighbours);
    if (factor == 1.0) {
      EXPECT_NEAR(k.per_contact / before, 1.0, 1e-12);
    } else {
      EXPECT_LT(k.per_contact, before);
    }
    EXPECT_NEAR(k.per_contact * k.depletion * k.reference_multiplier * voxel_mm3 * open_neighbours *
                    180 * 24 / 8.8e-4,
                1.0, 1e-12);
    before = k.per_contact;
    t.motion = Motion::kernel;  // no contact saturates: the factor counts in full
    EXPECT_GE(kill_chance(t, Lattice{}, 180, 1.0, open_neighbours).reference_multiplier,
              k.reference_multiplier * (1.0 - 1e-12));
    t.motion = Motion::hops;
  }
}

}  // namespace
}  // namespace marrow
