// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/manifest.hpp"

#include "core/model/failure.hpp"
#include "io/checkpoint/metadata_guard.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <string>
#include <vector>

namespace marrow::io {
namespace {

using testing::HasSubstr;

Manifest example() {
  Manifest manifest;
  manifest.code_version = "0.1.0";
  manifest.step = 12000;
  manifest.lattice = {{300, 200, 100}, true, 12.5};
  manifest.digest = 0xfedcba9876543210ULL;
  manifest.fields = {{"tcells/record", {10, 123, 0x8000000000000001ULL, {1, 0, ~0ULL}, 77}},
                     {"time/step", {1, 1, 42, {}, {}}}};
  manifest.tissue = {"procedural 1", 7, true, 8, 9, 10};
  manifest.texts = {{"/scenario/text", "0123456789abcdef"}};
  manifest.scenario_name = "größer \"quoted\"";
  manifest.scenario_fingerprint = "ab";
  manifest.series = {1ULL << 60, "hash"};
  manifest.state_bytes = 987654321;
  manifest.raw = {{100, 8}, {200, 16}};
  manifest.metadata_fingerprint = "0011223344556677";
  manifest.stays = true;
  manifest.frames_lost = 3;
  return manifest;
}

std::string refusal(const std::string& json) {
  try {
    parse_manifest(json, "some/manifest.json");
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::no_usable_checkpoint);
    EXPECT_THAT(failure.what(), HasSubstr("some/manifest.json"));
    return failure.what();
  }
  return "accepted";
}

TEST(Manifest, RoundTripKeepsEverything) {
  const Manifest back = parse_manifest(to_json(example()), "x");
  EXPECT_EQ(to_json(back), to_json(example()));
  EXPECT_EQ(back.lattice.extent, example().lattice.extent);
  EXPECT_EQ(back.lattice.spacing_um, 12.5);
  EXPECT_TRUE(back.lattice.periodic);
  EXPECT_EQ(back.digest, example().digest);
  EXPECT_TRUE(back.fields == example().fields);
  EXPECT_TRUE(back.tissue == example().tissue);
  EXPECT_TRUE(back.series == example().series);
  EXPECT_TRUE(back.stays);
  EXPECT_EQ(back.frames_lost, 3);
  EXPECT_EQ(back.scenario_name, example().scenario_name);
  EXPECT_EQ(back.raw, example().raw);
  EXPECT_EQ(back.state_bytes, example().state_bytes);
}

// No single changed character yields another manifest that is believed.
TEST(Manifest, EveryChangedCharacterIsNoticed) {
  const std::string good = to_json(example());
  const std::string meaning = to_json(parse_manifest(good, "x"));
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const int mask : {1, 2, 16}) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ mask);
      try {
        EXPECT_EQ(to_json(parse_manifest(bad, "x")), meaning) << i;
      } catch (const Failure& failure) {
        EXPECT_EQ(failure.code(), ExitCode::no_usable_checkpoint);
      }
    }
  }
}

TEST(Manifest, EveryTruncationIsNoticed) {
  const std::string good = to_json(example());
  for (std::size_t length = 0; length + 2 < good.size(); ++length) {
    EXPECT_NE(refusal(good.substr(0, length)), "accepted") << length;
  }
}

TEST(Manifest, OtherFormatsAreNamedBeforeAnythingElse) {
  EXPECT_THAT(refusal(R"({"format": 4, "code_version": "2.1", "unknown": []})"),
              HasSubstr("written by marrow 2.1 (format 4); this program reads 2"));
  EXPECT_THAT(refusal(R"({"format": 0})"), HasSubstr("of unknown version (format 0)"));
  EXPECT_THAT(refusal(R"({"format": "1"})"), HasSubstr("names no format"));
  EXPECT_THAT(refusal("{}"), HasSubstr("names no format"));
  EXPECT_THAT(refusal("null"), HasSubstr("names no format"));
}

/// The example with one number replaced, under the fingerprint that makes it believable.
std::string forged(const std::string& pointer, const nlohmann::json& value) {
  auto json = nlohmann::json::parse(to_json(example()));
  json[nlohmann::json::json_pointer(pointer)] = value;
  json.erase("manifest_fingerprint");
  json["manifest_fingerprint"] = fingerprint(json.dump());
  return json.dump();
}

TEST(Manifest, NumbersThatAreNotWholeOrTooLargeAreRefused) {
  EXPECT_EQ(refusal(forged("/step", 7)), "accepted");
  EXPECT_THAT(refusal(forged("/step", 1e300)), HasSubstr("1e+300 is not a whole number"));
  EXPECT_THAT(refusal(forged("/step", 0.5)), HasSubstr("0.5 is not a whole number"));
  EXPECT_THAT(refusal(forged("/step", ~0ULL)), HasSubstr("is not a whole number of its range"));
  EXPECT_THAT(refusal(forged("/state_h5_bytes", -1)), HasSubstr("-1 is not a whole number"));
  EXPECT_THAT(refusal(forged("/raw/0/1", 1e19)), HasSubstr("1e+19 is not a whole number"));
  EXPECT_THAT(refusal(forged("/lattice/extent/0", "3")), HasSubstr("is not a whole number"));
}

TEST(Manifest, ImpossibleLatticesAreRefused) {
  EXPECT_THAT(refusal(forged("/lattice/extent/0", 0)), HasSubstr("impossible size"));
  EXPECT_THAT(refusal(forged("/lattice/extent/1", -1)), HasSubstr("impossible size"));
  EXPECT_THAT(refusal(forged("/lattice/extent/2", 1LL << 40)), HasSubstr("impossible size"));
}

// Places whose end wraps around, or that overlap, would make the guard read the file many times.
TEST(MetadataGuard, RefusesPlacesOutsideTheFileAndOverlaps) {
  const test::TemporaryDirectory folder;
  const auto file = folder / "state.h5";
  std::ofstream(file) << std::string(100, 'x');
  EXPECT_EQ(fingerprint_outside(file, {{10, 20}, {30, 70}}), fingerprint(std::string(10, 'x')));
  const std::uint64_t wraps = ~std::uint64_t{0} - 9;
  for (const std::vector<RawExtent>& raw :
       {std::vector<RawExtent>{{10, wraps}}, {{101, 0}}, {{90, 11}}, {{50, 20}, {60, 5}}}) {
    EXPECT_THROW(fingerprint_outside(file, raw), Failure) << raw[0].offset;
  }
}

TEST(Fingerprint, DependsOnEveryByteAndOnLength) {
  EXPECT_EQ(fingerprint("abc"), fingerprint("abc"));
  EXPECT_NE(fingerprint("abc"), fingerprint("abd"));
  EXPECT_NE(fingerprint("abc"), fingerprint("acb"));
  EXPECT_NE(fingerprint(""), fingerprint(std::string(1, '\0')));
  EXPECT_EQ(fingerprint("").size(), 16u);
}

}  // namespace
}  // namespace marrow::io
