// SPDX-License-Identifier: BSD-3-Clause
// A checkpoint of each format that ever was, written by the program of its time, lies in
// tests/data/formats for ever: read, or refused with what can be done.
#include "core/model/failure.hpp"
#include "io/checkpoint/directory.hpp"
#include "io/checkpoint/examine.hpp"
#include "io/checkpoint/manifest.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

fs::path stored(std::int64_t format) {
  return fs::path(MARROW_SOURCE_DIR) / "tests/data/formats" / std::to_string(format);
}

/// The checkpoint directory of a format.
fs::path checkpoint_of(std::int64_t format) {
  const auto places = list_checkpoints(checkpoints_of(stored(format)));
  return places.size() == 1 ? places[0].directory : fs::path();
}

// Whoever raises checkpoint_format stores a checkpoint of the new one
// (tests/data/formats/README.md).
TEST(StoredFormats, HaveOneOfEachFormatThatEverWas) {
  for (std::int64_t format = 1; format <= checkpoint_format; ++format) {
    const fs::path directory = checkpoint_of(format);
    ASSERT_FALSE(directory.empty()) << "no checkpoint of format " << format << " is stored";
    EXPECT_TRUE(fs::exists(directory / "state.h5")) << format;
    EXPECT_TRUE(fs::exists(directory / "manifest.json")) << format;
  }
  EXPECT_FALSE(fs::exists(stored(checkpoint_format + 1)));
}

// Fails when a field of the state comes, goes or changes its meaning without a new format.
TEST(StoredFormats, ThePresentOneIsReadAndItsDigestIsRight) {
  const Examination found = examine(checkpoint_of(checkpoint_format), Depth::deep);
  EXPECT_EQ(found.problem, "");
  ASSERT_TRUE(found.manifest.has_value());
  EXPECT_EQ(found.manifest->step, 96);
  EXPECT_EQ(hexadecimal(found.manifest->digest), "32d4cd2e6ed5728b");
  EXPECT_EQ(found.manifest->scenario_name, "stored_format");
}

TEST(StoredFormats, FormatOneIsRefusedWithWhatCanBeDone) {
  const fs::path directory = checkpoint_of(1);
  const test::TemporaryDirectory elsewhere;
  fs::copy_file(directory / "state.h5", elsewhere / "alone.h5");
  for (const Examination& found : {examine(directory, Depth::plain),
                                   examine_state_file(elsewhere / "alone.h5", Depth::plain)}) {
    EXPECT_THAT(found.problem,
                testing::AllOf(
                    HasSubstr("written by marrow 0.1.0 (format 1); this program reads 2: format 1 "
                              "is from before the first release"),
                    HasSubstr("Continue with the program that wrote it (provenance.json names the "
                              "commit), or start anew from the run's scenario.yaml")));
  }
}

}  // namespace
}  // namespace marrow::io
