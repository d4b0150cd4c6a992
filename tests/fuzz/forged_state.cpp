// SPDX-License-Identifier: BSD-3-Clause
#include "tests/fuzz/forged_state.hpp"

#include "io/checkpoint/hdf5.hpp"
#include "io/checkpoint/state_file.hpp"

#include <algorithm>
#include <array>
#include <fuzzer/FuzzedDataProvider.h>
#include <string>
#include <vector>

namespace marrow::fuzz {
namespace {

using namespace marrow::io;

std::vector<std::string> dataset_names() {
  std::vector<std::string> names = {scenario_text_dataset, scenario_effective_dataset,
                                    provenance_dataset, niche_dataset, tissue_dataset};
  for (const FieldSpec& spec : field_specs()) {
    names.push_back(value_dataset(spec));
    names.push_back(index_dataset(spec));
  }
  return names;
}

constexpr std::array attribute_names = {"format",
                                        "code_version",
                                        "step",
                                        "lattice_extent",
                                        "lattice_periodic",
                                        "spacing_um",
                                        "digest",
                                        "scenario_name",
                                        "scenario_fingerprint",
                                        "real_cells_per_niche",
                                        "tissue_generator",
                                        "tissue_hash",
                                        "tissue_dense_digest",
                                        "tissue_niche_digest",
                                        "id",
                                        "bytes",
                                        "fingerprint"};

h5::Handle any_type(FuzzedDataProvider& recipe) {
  switch (recipe.ConsumeIntegralInRange(0, 6)) {
    case 0:
      return {H5Tcopy(H5T_STD_U64LE), H5Tclose};
    case 1:
      return {H5Tcopy(H5T_STD_I64LE), H5Tclose};
    case 2:
      return {H5Tcopy(H5T_IEEE_F64LE), H5Tclose};
    case 3:
      return {H5Tcopy(H5T_STD_U8LE), H5Tclose};
    case 4: {
      const hsize_t length = recipe.ConsumeIntegralInRange<hsize_t>(1, 300);
      return {H5Tarray_create2(H5T_STD_I64LE, 1, &length), H5Tclose};
    }
    case 5: {
      h5::Handle variable(H5Tcopy(H5T_C_S1), H5Tclose);
      H5Tset_size(variable.get(), H5T_VARIABLE);
      return variable;
    }
    default:
      return h5::string_type(recipe.ConsumeIntegralInRange<std::size_t>(1, 3000));
  }
}

std::vector<hsize_t> any_extent(FuzzedDataProvider& recipe, hsize_t most) {
  std::vector<hsize_t> extent(recipe.ConsumeIntegralInRange<std::size_t>(0, 3));
  for (hsize_t& length : extent) length = recipe.ConsumeIntegralInRange<hsize_t>(0, most);
  return extent;
}

/// Values for an object of this type and shape; a variable string gets no bytes of its own.
std::vector<std::uint8_t> any_values(FuzzedDataProvider& recipe, const h5::Handle& type,
                                     const h5::Handle& space) {
  const auto count = static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get()));
  std::vector<std::uint8_t> values(count * H5Tget_size(type.get()) + 8);
  if (values.size() > 1000000 || H5Tis_variable_str(type.get()) > 0) return {};
  const auto given = recipe.ConsumeBytes<std::uint8_t>(
      recipe.ConsumeIntegralInRange<std::size_t>(0, std::min<std::size_t>(values.size(), 255)));
  std::copy(given.begin(), given.end(), values.begin());
  return values;
}

void put_attribute(FuzzedDataProvider& recipe, hid_t object, const char* name) {
  const h5::Handle type = any_type(recipe);
  const h5::Handle space = h5::dataspace(any_extent(recipe, 40));
  const h5::Handle made(H5Acreate2(object, name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
                        H5Aclose);
  const auto values = any_values(recipe, type, space);
  if (made.valid() && !values.empty()) H5Awrite(made.get(), type.get(), values.data());
}

void edit_attribute(FuzzedDataProvider& recipe, hid_t file, const std::string& holder) {
  const h5::Handle object(H5Oopen(file, holder.c_str(), H5P_DEFAULT), H5Oclose);
  if (!object.valid()) return;
  const char* name = recipe.PickValueInArray(attribute_names);
  H5Adelete(object.get(), name);
  if (recipe.ConsumeBool()) put_attribute(recipe, object.get(), name);
}

void put_dataset(FuzzedDataProvider& recipe, hid_t file, const std::string& name) {
  const h5::Handle type = any_type(recipe);
  const bool huge = recipe.ConsumeBool();  // promised, and never written
  const auto extent = any_extent(recipe, huge ? hsize_t{1} << 40 : 40);
  const h5::Handle space = h5::dataspace(extent);
  const h5::Handle creation = h5::property_list(H5P_DATASET_CREATE);
  if (!extent.empty() && (huge || recipe.ConsumeBool())) {
    const std::vector<hsize_t> chunk(extent.size(), 8);
    H5Pset_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data());
    if (recipe.ConsumeBool()) H5Pset_deflate(creation.get(), 9);
  }
  const h5::Handle made(H5Dcreate2(file, name.c_str(), type.get(), space.get(), H5P_DEFAULT,
                                   creation.get(), H5P_DEFAULT),
                        H5Dclose);
  if (!made.valid()) return;
  const auto values = huge ? std::vector<std::uint8_t>{} : any_values(recipe, type, space);
  if (!values.empty()) {
    H5Dwrite(made.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  }
  for (int more = recipe.ConsumeIntegralInRange(0, 4); more > 0; --more) {
    put_attribute(recipe, made.get(), recipe.PickValueInArray(attribute_names));
  }
}

}  // namespace

void forge(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
  static const std::vector<std::string> datasets = dataset_names();
  FuzzedDataProvider recipe(bytes.data(), bytes.size());
  h5::quiet();
  const h5::Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
  for (int edits = 0; edits < 8 && recipe.remaining_bytes() > 0; ++edits) {
    const auto& name = datasets[recipe.ConsumeIntegralInRange<std::size_t>(0, datasets.size() - 1)];
    switch (recipe.ConsumeIntegralInRange(0, 4)) {
      case 0:
        edit_attribute(recipe, file.get(), "/");
        break;
      case 1:
        edit_attribute(recipe, file.get(), name);
        break;
      case 2:
        H5Ldelete(file.get(), name.c_str(), H5P_DEFAULT);
        break;
      case 3:
        H5Ldelete(file.get(), name.c_str(), H5P_DEFAULT);
        put_dataset(recipe, file.get(), name);
        break;
      default:
        H5Ldelete(file.get(), name.c_str(), H5P_DEFAULT);
        H5Lcreate_soft(recipe.ConsumeBool() ? "/state" : name.c_str(), file.get(), name.c_str(),
                       H5P_DEFAULT, H5P_DEFAULT);
    }
  }
}

}  // namespace marrow::fuzz
