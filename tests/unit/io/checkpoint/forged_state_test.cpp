// SPDX-License-Identifier: BSD-3-Clause
// Sound HDF5 files that are no checkpoints, though they look like one: each is refused before a
// value lands where it does not fit.
#include "core/model/failure.hpp"
#include "io/checkpoint/examine.hpp"
#include "io/checkpoint/hdf5.hpp"
#include "io/checkpoint/state_file.hpp"
#include "io/checkpoint/state_reader.hpp"
#include "io/checkpoint/state_skeleton.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace marrow::io {
namespace {

using testing::HasSubstr;

class ForgedState : public testing::Test {
 protected:
  ForgedState() {
    Manifest manifest;
    manifest.format = checkpoint_format;
    manifest.lattice = {{4, 3, 2}, false, 10.0};
    manifest.scenario_name = "calm";
    manifest.tissue.dense = true;
    std::vector<FieldColumn> columns;
    for (const FieldSpec& spec : field_specs()) {
      manifest.fields[std::string(spec.path)] = {spec.id, 0, 0, {}, {}};
      columns.push_back({&spec, {}, {}});
    }
    const std::map<std::string, std::string> texts = {{scenario_text_dataset, "a"},
                                                      {scenario_effective_dataset, "b"},
                                                      {provenance_dataset, "{}"}};
    create_state_skeleton(path_, {manifest, columns, {}, texts});
  }

  [[nodiscard]] h5::Handle open() const {
    return {H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose};
  }
  /// Puts `count` values, all zero bits, where the file has one.
  void repeat(const char* attribute, hid_t type, hsize_t count) const {
    const h5::Handle file = open();
    H5Adelete(file.get(), attribute);
    const h5::Handle space = h5::dataspace(std::span(&count, 1));
    const h5::Handle made(
        H5Acreate2(file.get(), attribute, type, space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    const std::vector<char> zeros(count * H5Tget_size(type));
    ASSERT_GE(H5Awrite(made.get(), type, zeros.data()), 0);
  }
  void replace_extent(const std::array<std::int64_t, 3>& extent) const {
    const h5::Handle file = open();
    H5Adelete(file.get(), "lattice_extent");
    ASSERT_TRUE(h5::put_attribute(file.get(), "lattice_extent", extent));
  }
  [[nodiscard]] std::string refusal() const {
    try {
      const StateReader reader(path_);
      const Manifest manifest = reader.header();
      EXPECT_EQ(reader.text(provenance_dataset), "{}");
      EXPECT_EQ(reader.read_tissue(manifest.lattice, {{0, 0, 0}, {1, 1, 1}}).kind.size(), 1u);
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.code(), ExitCode::no_usable_checkpoint);
      EXPECT_EQ(examine_state_file(path_, Depth::deep).problem, failure.what());
      return failure.what();
    }
    return "";
  }

  test::TemporaryDirectory folder_;
  std::filesystem::path path_ = folder_ / "state.h5";
};

TEST_F(ForgedState, TheFileItselfIsRead) { EXPECT_EQ(refusal(), ""); }

TEST_F(ForgedState, ManyNumbersInPlaceOfOne) {
  repeat("spacing_um", H5T_IEEE_F64LE, 500);
  EXPECT_THAT(refusal(), HasSubstr("it lacks the attribute 'spacing_um'"));
}

TEST_F(ForgedState, ManyTextsInPlaceOfOne) {
  repeat("scenario_name", h5::string_type(40).get(), 50);
  EXPECT_THAT(refusal(), HasSubstr("it lacks the attribute 'scenario_name'"));
}

TEST_F(ForgedState, NamesThatAreNotText) {
  {
    const h5::Handle file = open();
    H5Adelete(file.get(), "scenario_name");
    ASSERT_TRUE(h5::put_attribute(file.get(), "scenario_name", "ca\xfflm"));
  }
  EXPECT_THAT(refusal(), HasSubstr("attribute 'scenario_name' is not text"));
}

TEST_F(ForgedState, ImpossibleLattices) {
  const std::int64_t much = std::int64_t{1} << 40;
  for (const auto& extent : {std::array<std::int64_t, 3>{-4, 3, 2}, {4, 0, 2}, {much, much, 2}}) {
    replace_extent(extent);
    EXPECT_THAT(refusal(), HasSubstr("its lattice has an impossible size")) << extent[0];
  }
}

TEST_F(ForgedState, TissueThatWasNeverStored) {
  const std::int64_t edge = std::int64_t{1} << 14;
  replace_extent({edge, edge, edge});
  {
    const h5::Handle file = open();
    H5Ldelete(file.get(), tissue_dataset, H5P_DEFAULT);
    const std::array<hsize_t, 3> extent = {1 << 14, 1 << 14, 1 << 14}, chunk = {64, 64, 64};
    const h5::Handle creation = h5::property_list(H5P_DATASET_CREATE);
    H5Pset_chunk(creation.get(), 3, chunk.data());
    const h5::Handle space = h5::dataspace(extent);
    const h5::Handle made(H5Dcreate2(file.get(), tissue_dataset, H5T_STD_U8LE, space.get(),
                                     H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                          H5Dclose);
    ASSERT_TRUE(made.valid());
  }
  EXPECT_THAT(refusal(), HasSubstr("does not cover the lattice"));
}

TEST_F(ForgedState, TextsOfUnknownLength) {
  {
    const h5::Handle file = open();
    H5Ldelete(file.get(), provenance_dataset, H5P_DEFAULT);
    const h5::Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.get(), H5T_VARIABLE);
    const hsize_t one = 1;
    const h5::Handle space = h5::dataspace(std::span(&one, 1));
    const h5::Handle made(H5Dcreate2(file.get(), provenance_dataset, type.get(), space.get(),
                                     H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                          H5Dclose);
    const std::int64_t bytes = sizeof(char*);
    ASSERT_TRUE(h5::put_attribute(made.get(), "fingerprint", fingerprint("x")));
    ASSERT_TRUE(h5::put_attribute(made.get(), "bytes", std::span(&bytes, 1)));
  }
  EXPECT_THAT(refusal(), HasSubstr("has not the type or shape of this format"));
}

}  // namespace
}  // namespace marrow::io
