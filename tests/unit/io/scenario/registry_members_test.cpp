// SPDX-License-Identifier: BSD-3-Clause
// The registry has every member of the parameters, and no other.
#include "io/scenario/registry.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <set>
#include <string>

namespace {

using namespace marrow::io;

/// Parameters in a section and below, list elements and optional parts included.
std::size_t parameters_below(const std::string& section) {
  std::size_t count = 0;
  for (const ParameterSpec& spec : registry().parameters()) {
    count += spec.path.starts_with(section + ".") || spec.path.starts_with(section + "[]") ? 1 : 0;
  }
  return count;
}

template <typename... Members>
void expect_bound(const std::string& section, const Members&... members) {
  EXPECT_EQ(parameters_below(section), sizeof...(members)) << section;
}

// The structured bindings stop compiling when a struct gains a member, the counts fail when the
// registry lacks it; that no two entries share a member is RestartComparison's job.
TEST(Registry, BindsEveryMemberOfTheLeafStructs) {
  const marrow::Parameters& p = registry().prototype();
  {
    const auto& [a, b, c] = p.scenario;
    expect_bound("scenario", a, b, c);
  }
  {
    const auto& [a, b, c] = p.domain;
    expect_bound("domain", a, b, c);
  }
  {
    const auto& [a, b, c] = p.tissue.bone;
    expect_bound("tissue.bone", a, b, c);
  }
  {
    const auto& [a, b] = p.tissue.sinusoids;
    expect_bound("tissue.sinusoids", a, b);
    expect_bound("tissue.arterioles", a, b);
  }
  {
    const auto& [a, b] = p.tissue.adipocytes;
    expect_bound("tissue.adipocytes", a, b);
  }
  {
    const auto& [a, b] = p.tissue.image.labels[0];
    expect_bound("tissue.image.labels", a, b);
    const auto& [file, threshold, labels, tolerance] = p.tissue.image;
    expect_bound("tissue.image", file, threshold, tolerance, a, b);
    EXPECT_EQ(labels.size(), 1U);
  }
  {
    const auto& [source, seed, bone, sinusoids, arterioles, adipocytes, image] = p.tissue;
    EXPECT_EQ(registry().children("tissue").size(), 7U);
    EXPECT_FALSE(seed.has_value());
    EXPECT_TRUE(&bone != nullptr && &image != nullptr && &source != nullptr);
    EXPECT_TRUE(&sinusoids != &arterioles && &adipocytes != nullptr);
  }
  {
    const auto& [a, b, c, d, e, f, g, h, i, j, loss] = p.niches;
    const auto& [k, l] = *loss;
    expect_bound("niches", a, b, c, d, e, f, g, h, i, j, k, l);
  }
  {
    const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = p.hspc;
    expect_bound("hspc", a, b, c, d, e, f, g, h, i, j, k, l, m, n);
  }
  {
    const auto& [a, b, c, d, e, f, g] = p.clones.founders[0];
    expect_bound("clones.founders", a, b, c, d, e, f, g);
  }
  {
    const auto& [a, b, c, d, e, f, g, h] = p.clones.mutations[0];
    expect_bound("clones.mutations", a, b, c, d, e, f, g, h);
    const auto& [n_real, founders, tabulated, catalogue, mutations, standing, barcodes] = p.clones;
    EXPECT_EQ(registry().children("clones").size(), 7U);
    EXPECT_TRUE(n_real > 0.0 && founders.size() == mutations.size());
    EXPECT_EQ(registry().children("clones.catalogue").size(), catalogue.size());
    EXPECT_FALSE(tabulated || standing || barcodes);
  }
}

TEST(Registry, BindsTheSwitchesOfTheImmuneSystem) {
  const marrow::Parameters& p = registry().prototype();
  {
    const auto& [a, b, c] = *p.tcells.trigger;
    const auto& [d] = *p.tcells.exhaustion;
    const auto& [e, f, g, h] = *p.tcells.memory;
    const auto& [i, j] = *p.tcells.cooperativity;
    const auto& [k, l] = *p.tcells.chemotaxis;
    expect_bound("tcells.trigger", a, b, c);
    expect_bound("tcells.exhaustion", d);
    expect_bound("tcells.memory", e, f, g, h);
    expect_bound("tcells.cooperativity", i, j);
    expect_bound("tcells.chemotaxis", k, l);
    const auto& [m, n, o, q, r, s, t, u, v, w, y, z, x1, x2, x3, x4, x5] = p.tcells;
    expect_bound("tcells", m, n, o, q, r, s, t, u, v, w, y, z, a, b, c, d, e, f, g, h, i, j, k, l);
    EXPECT_TRUE(x1 && x2 && x3 && x4 && x5);
  }
  {
    const auto& [a, b, c] = *p.tregs;
    expect_bound("tregs", a, b, c);
  }
  {
    const auto& [a, b, c, d, e, f] = *p.signals;
    expect_bound("signals", a, b, c, d, e, f);
  }
}

TEST(Registry, BindsThePatient) {
  const marrow::Parameters& p = registry().prototype();
  const auto& [gain, transit, kill_rate] = p.patient.progenitors;
  expect_bound("patient.progenitors", gain, transit, kill_rate);
  const auto& [normal, lifetime, maturation] = p.patient.neutrophils;
  for (const char* lineage : {"neutrophils", "platelets", "reticulocytes", "hemoglobin"}) {
    expect_bound(std::string("patient.") + lineage, normal, lifetime, maturation);
  }
  // The six members of ClinicalCriteria: reticulocytes serve SAA only, hemoglobin all but SAA,
  // cellularity the disease only.
  const auto& [n, t, r, h, cellularity, window] = p.patient.saa;
  expect_bound("patient.saa", n, t, r, cellularity, window);
  expect_bound("patient.moderate", n, t, h, cellularity, window);
  expect_bound("patient.partial_response", n, t, h, window);
  expect_bound("patient.complete_response", n, t, h, window);
  const auto& [gpi, hla, drivers] = p.patient.detection;
  expect_bound("patient.detection", gpi, hla, drivers);
  const auto& [t1, t2, t3, t4, t5, t6] = *p.patient.transfusion;
  expect_bound("patient.transfusion", t1, t2, t3, t4, t5, t6);
  const auto& [d1, d2, d3, d4] = *p.patient.death;
  expect_bound("patient.death", d1, d2, d3, d4);
  const auto& [x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15, x16, x17, x18, x19,
               x20, x21] = p.patient;
  EXPECT_EQ(registry().children("patient").size(), 21U);
  EXPECT_GT(x1 + x2 + x3 + x4 + x5 + x11 + x16 + x17 + x18, 0.0);
  EXPECT_TRUE(&x6 != nullptr && &x7 != &x8 && &x9 != &x10 && &x12 != &x13 && &x14 != &x15 &&
              &x19 != nullptr && x20 && x21);
}

constexpr std::size_t effect_count = sizeof(marrow::DrugEffect) / sizeof(double);
using Effects = std::array<double, effect_count>;

TEST(Registry, BindsEveryEffectOfADrugThatHasIt) {
  const Effects neutral = std::bit_cast<Effects>(marrow::DrugEffect{});
  std::set<std::string> names;
  for (const ParameterSpec& spec : registry().parameters()) {
    if (spec.path.starts_with("drugs.")) names.insert(std::string(last_name(spec.path)));
  }
  EXPECT_EQ(names.size(), effect_count);
  const auto standard = marrow::standard_effects();
  for (std::size_t drug = 0; drug < marrow::drug_count; ++drug) {
    marrow::Parameters reset;
    const std::string section =
        "drugs." + std::string(marrow::drug_name(marrow::Drug{static_cast<int>(drug)})) + ".";
    marrow::Parameters neutral_drugs;
    neutral_drugs.drugs.fill(marrow::DrugEffect{});
    for (const ParameterSpec& spec : registry().parameters()) {
      if (!spec.path.starts_with(section)) continue;
      spec.set(reset, 0, spec.get(neutral_drugs, 0));
    }
    EXPECT_EQ(std::bit_cast<Effects>(reset.drugs[drug]), neutral)
        << section << " lacks an effect that the drug has";
    const bool acts = std::bit_cast<Effects>(standard[drug]) != neutral;
    const bool declared = registry().section(section.substr(0, section.size() - 1)) != nullptr;
    EXPECT_EQ(acts, declared) << section;
  }
}

TEST(Registry, BindsEveryMemberOfTheOtherStructs) {
  const marrow::Parameters& p = registry().prototype();
  {
    const auto& [a, b, c, dose, d, e, f, g, h] = p.therapy[0];
    expect_bound("therapy", a, b, c, dose, d, e, f, g, h);
  }
  {
    const auto& [a, b] = p.run;
    expect_bound("run", a, b);
  }
  {
    const auto& [a, crop, c, d, e, f, g, h] = p.output.frames;
    const auto& [lo, hi] = *crop;
    expect_bound("output.frames", a, c, d, e, f, g, h, lo, hi);
    const auto& [series, frames] = p.output;
    EXPECT_EQ(parameters_below("output"), 10U);
    EXPECT_TRUE(series > 0.0 && frames.crop_voxels.has_value());
  }
  {
    const auto& [a, b, c, d] = p.checkpoint;
    expect_bound("checkpoint", a, b, c, d);
  }
  const auto& [s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15] = p;
  EXPECT_EQ(registry().children("").size(), 15U);
  EXPECT_TRUE(&s1 != nullptr && &s2 != nullptr && &s3 != nullptr && &s4 != nullptr &&
              &s5 != nullptr && &s6 != nullptr && &s7 != nullptr && &s8 != nullptr &&
              &s9 != nullptr && &s10 != nullptr && &s11 != nullptr && &s12 != nullptr &&
              &s13 != nullptr && &s14 != nullptr && &s15 != nullptr);
}

}  // namespace
