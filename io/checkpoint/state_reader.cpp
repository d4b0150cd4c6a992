// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/state_reader.hpp"

#include "io/checkpoint/state_file.hpp"
#include "io/text/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace marrow::io {
namespace {

/// How many values an attribute holds; 0 when it could not be opened.
std::size_t values_of(const h5::Handle& attribute) {
  if (!attribute.valid()) return 0;
  const h5::Handle space(H5Aget_space(attribute.get()), H5Sclose);
  const hssize_t values = space.valid() ? H5Sget_simple_extent_npoints(space.get()) : 0;
  return values < 0 ? 0 : static_cast<std::size_t>(values);
}

}  // namespace

StateReader::StateReader(std::filesystem::path state_h5) : path_(std::move(state_h5)) {
  h5::quiet();
  std::error_code error;
  if (!std::filesystem::is_regular_file(path_, error)) reject("there is no such file");
  const h5::Handle access = h5::property_list(H5P_FILE_ACCESS);
  // Finished checkpoints are never written to, and locks fail on many cluster file systems.
  H5Pset_file_locking(access.get(), false, true);
  if (H5Fis_hdf5(path_.c_str()) <= 0) {
    reject("it is not an HDF5 file");
  }
  file_ = h5::Handle(H5Fopen(path_.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
  if (!file_.valid()) fail("open");
}

void StateReader::fail(const std::string& what) const {
  h5::fail(ExitCode::no_usable_checkpoint, what, path_);
}

void StateReader::reject(const std::string& why) const {
  throw Failure(ExitCode::no_usable_checkpoint, path_.string() + ": " + why);
}

std::uint64_t StateReader::file_bytes() const {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(path_, error);
  if (error) reject(error.message());
  return bytes;
}

std::string StateReader::string_attribute(hid_t object, const char* name) const {
  const h5::Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  const h5::Handle type(attribute.valid() ? H5Aget_type(attribute.get()) : -1, H5Tclose);
  if (!type.valid() || values_of(attribute) != 1 || H5Tget_class(type.get()) != H5T_STRING ||
      H5Tis_variable_str(type.get()) != 0 || H5Tget_size(type.get()) > file_bytes()) {
    reject(fmt::format("it lacks the attribute '{}': not a checkpoint of marrow", name));
  }
  std::string text(H5Tget_size(type.get()), '\0');
  if (H5Aread(attribute.get(), type.get(), text.data()) < 0) fail("read an attribute of");
  while (!text.empty() && text.back() == '\0') text.pop_back();
  if (first_invalid_utf8(text) != std::string::npos)
    reject(fmt::format("attribute '{}' is not text", name));
  return text;
}

std::vector<std::int64_t> StateReader::integers(hid_t object, const char* name,
                                                std::size_t count) const {
  const h5::Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  if (values_of(attribute) != count) {
    reject(fmt::format("it lacks the attribute '{}': not a checkpoint of marrow", name));
  }
  std::vector<std::int64_t> values(count);
  if (H5Aread(attribute.get(), H5T_NATIVE_INT64, values.data()) < 0) fail("read an attribute of");
  return values;
}

double StateReader::number(hid_t object, const char* name) const {
  const h5::Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  double value = 0;
  if (values_of(attribute) != 1 || H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, &value) < 0) {
    reject(fmt::format("it lacks the attribute '{}': not a checkpoint of marrow", name));
  }
  return value;
}

std::uint64_t StateReader::digest_attribute(hid_t object, const char* name) const {
  const std::string digits = string_attribute(object, name);
  std::uint64_t word = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, word, 16);
  if (error != std::errc() || stop != end) reject(fmt::format("attribute '{}' is damaged", name));
  return word;
}

Manifest StateReader::header() const {
  const hid_t root = file_.get();
  Manifest manifest;
  manifest.format = integers(root, "format", 1)[0];
  manifest.code_version = string_attribute(root, "code_version");
  if (manifest.format != checkpoint_format) {
    reject(format_refusal(manifest.code_version, manifest.format));
  }
  manifest.step = integers(root, "step", 1)[0];
  const auto extent = integers(root, "lattice_extent", 3);
  manifest.lattice.extent = {extent[0], extent[1], extent[2]};
  if (!plausible(manifest.lattice)) reject("its lattice has an impossible size");
  manifest.lattice.periodic = integers(root, "lattice_periodic", 1)[0] != 0;
  manifest.lattice.spacing_um = number(root, "spacing_um");
  manifest.digest = digest_attribute(root, "digest");
  manifest.scenario_name = string_attribute(root, "scenario_name");
  manifest.scenario_fingerprint = string_attribute(root, "scenario_fingerprint");
  manifest.real_cells_per_niche = number(root, "real_cells_per_niche");
  manifest.tissue.generator = string_attribute(root, "tissue_generator");
  manifest.tissue.hash = digest_attribute(root, "tissue_hash");
  manifest.tissue.dense = has(tissue_dataset);
  manifest.tissue.dense_digest = digest_attribute(root, "tissue_dense_digest");
  manifest.tissue.niche_digest = digest_attribute(root, "tissue_niche_digest");
  if (has(niche_dataset)) manifest.tissue.niches = length(niche_dataset, H5T_STD_U64LE);
  for (const FieldSpec& spec : field_specs()) {
    const h5::Handle dataset = open(value_dataset(spec));
    manifest.fields[std::string(spec.path)] = {integers(dataset.get(), "id", 1)[0],
                                               entries(spec),
                                               digest_attribute(dataset.get(), "digest"),
                                               {},
                                               {}};
  }
  for (const char* name : {scenario_text_dataset, scenario_effective_dataset, provenance_dataset}) {
    manifest.texts[name] = string_attribute(open(name).get(), "fingerprint");
  }
  return manifest;
}

std::vector<RawExtent> StateReader::raw_extents() const {
  std::vector<std::string> names = {scenario_text_dataset, scenario_effective_dataset,
                                    provenance_dataset};
  for (const char* optional : {tissue_dataset, niche_dataset}) {
    if (has(optional)) names.emplace_back(optional);
  }
  for (const FieldSpec& spec : field_specs()) {
    names.push_back(value_dataset(spec));
    if (spec.owner == FieldOwner::distributed) names.push_back(index_dataset(spec));
  }
  std::vector<RawExtent> raw;
  for (const std::string& name : names) {
    const h5::Handle dataset = open(name);
    const haddr_t offset = H5Dget_offset(dataset.get());
    if (offset != HADDR_UNDEF) raw.push_back({offset, H5Dget_storage_size(dataset.get())});
  }
  std::sort(raw.begin(), raw.end(),
            [](const RawExtent& a, const RawExtent& b) { return a.offset < b.offset; });
  return raw;
}

void StateReader::require_matches(const Manifest& manifest) const {
  for (const FieldSpec& spec : field_specs()) {
    const auto listed = manifest.fields.find(std::string(spec.path));
    if (listed == manifest.fields.end()) {
      reject(fmt::format("field '{}' is missing from a checkpoint of marrow {}", spec.path,
                         manifest.code_version));
    }
    if (listed->second.id != spec.id) {
      reject(fmt::format("field '{}' has id {}, this program knows it as {}", spec.path,
                         listed->second.id, spec.id));
    }
  }
  if (manifest.fields.size() != field_specs().size()) {
    reject("it holds fields that this program does not know");
  }
  Manifest said = header();
  said.series = manifest.series;
  said.state_bytes = manifest.state_bytes;
  said.metadata_fingerprint = manifest.metadata_fingerprint;
  said.raw = raw_extents();
  said.stays = manifest.stays;
  said.frames_lost = manifest.frames_lost;
  // The file knows its fields as a whole; their parts and indices stand in the manifest alone.
  for (auto& [path, field] : said.fields) {
    field.parts = manifest.fields.at(path).parts;
    field.indices = manifest.fields.at(path).indices;
  }
  if (to_json(said) != to_json(manifest)) {
    reject("what it says about itself differs from manifest.json: one of the two was changed");
  }
  for (const auto& [name, promised] : manifest.texts) {
    if (fingerprint(text(name.c_str())) != promised) reject(name + " is damaged");
  }
}

bool StateReader::has(const char* dataset) const {
  // H5Lexists wants every group on the way to exist.
  const std::string path = dataset;
  const std::string group = path.substr(0, path.rfind('/'));
  return H5Lexists(file_.get(), group.c_str(), H5P_DEFAULT) > 0 &&
         H5Lexists(file_.get(), dataset, H5P_DEFAULT) > 0;
}

h5::Handle StateReader::open(const std::string& dataset) const {
  if (!has(dataset.c_str())) reject(dataset + " is missing");
  h5::Handle handle(H5Dopen2(file_.get(), dataset.c_str(), H5P_DEFAULT), H5Dclose);
  if (!handle.valid()) fail("open " + dataset + " in");
  return handle;
}

std::uint64_t StateReader::length(const std::string& dataset, hid_t type) const {
  const h5::Handle handle = open(dataset);
  const h5::Handle space(H5Dget_space(handle.get()), H5Sclose);
  const h5::Handle stored(H5Dget_type(handle.get()), H5Tclose);
  hsize_t extent = 0;
  if (H5Sget_simple_extent_ndims(space.get()) != 1 || H5Tequal(stored.get(), type) <= 0 ||
      H5Sget_simple_extent_dims(space.get(), &extent, nullptr) != 1) {
    reject(dataset + " has not the type or shape of this format");
  }
  if (extent > file_bytes() / sizeof(std::uint64_t)) {
    reject(dataset + " claims more entries than the file can hold");
  }
  return extent;
}

std::uint64_t StateReader::entries(const FieldSpec& spec) const {
  const std::uint64_t count = length(value_dataset(spec), file_type(spec.type));
  if (spec.owner == FieldOwner::distributed &&
      length(index_dataset(spec), H5T_STD_U64LE) != count) {
    reject(index_dataset(spec) + " has another length than the values");
  }
  return count;
}

std::vector<std::uint64_t> StateReader::words(const std::string& dataset, FieldType type,
                                              std::uint64_t first, std::uint64_t last) const {
  const h5::Handle handle = open(dataset);
  const h5::Handle in_file(H5Dget_space(handle.get()), H5Sclose);
  std::vector<std::uint64_t> all(last - first);
  for (std::uint64_t done = 0; done < all.size();) {
    const hsize_t offset = first + done;
    const hsize_t count =
        std::min(all.size() - done, largest_transfer_bytes / sizeof(std::uint64_t));
    const h5::Handle in_memory = h5::dataspace(std::span(&count, 1));
    if (H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, &offset, nullptr, &count, nullptr) < 0 ||
        H5Dread(handle.get(), memory_type(type), in_memory.get(), in_file.get(), H5P_DEFAULT,
                all.data() + done) < 0) {
      fail("read " + dataset + " of");
    }
    done += count;
  }
  return all;
}

FieldColumn StateReader::read(const FieldSpec& spec, std::uint64_t first,
                              std::uint64_t last) const {
  FieldColumn column{&spec, {}, words(value_dataset(spec), spec.type, first, last)};
  if (spec.owner == FieldOwner::distributed) {
    column.index = words(index_dataset(spec), FieldType::u64, first, last);
  } else {
    column.index.resize(column.value.size());
    for (std::size_t i = 0; i < column.index.size(); ++i) column.index[i] = first + i;
  }
  return column;
}

std::string StateReader::text(const char* dataset) const {
  const h5::Handle handle = open(dataset);
  const h5::Handle type(H5Dget_type(handle.get()), H5Tclose);
  const h5::Handle space(H5Dget_space(handle.get()), H5Sclose);
  const auto bytes = static_cast<std::size_t>(integers(handle.get(), "bytes", 1)[0]);
  if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) != 0 ||
      H5Sget_simple_extent_npoints(space.get()) != 1 ||
      H5Tget_size(type.get()) != std::max<std::size_t>(bytes, 1) || bytes > file_bytes()) {
    reject(std::string(dataset) + " has not the type or shape of this format");
  }
  std::string content(H5Tget_size(type.get()), '\0');
  if (H5Dread(handle.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, content.data()) < 0) {
    fail(std::string("read ") + dataset + " of");
  }
  content.resize(bytes);
  return content;
}

TissueBox StateReader::read_tissue(const Lattice& lattice, const Box& box) const {
  if (box.empty()) return {box, {}};
  const h5::Handle handle = open(tissue_dataset);
  const h5::Handle in_file(H5Dget_space(handle.get()), H5Sclose);
  std::array<hsize_t, 3> extent{};
  if (H5Sget_simple_extent_ndims(in_file.get()) != 3 ||
      H5Sget_simple_extent_dims(in_file.get(), extent.data(), nullptr) != 3 ||
      extent != slowest_first(lattice.extent) || intersection(box, lattice.box()) != box ||
      H5Dget_storage_size(handle.get()) < static_cast<hsize_t>(volume(lattice.extent))) {
    reject(std::string(tissue_dataset) + " does not cover the lattice");
  }
  TissueBox tissue{box, std::vector<std::uint8_t>(static_cast<std::size_t>(box.volume()))};
  const std::int64_t plane = box.extent().x * box.extent().y;
  const auto planes =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(largest_transfer_bytes) / plane);
  for (std::int64_t z = box.lo.z; z < box.hi.z; z += planes) {
    Box piece = box;
    piece.lo.z = z;
    piece.hi.z = std::min(box.hi.z, z + planes);
    const auto offset = slowest_first(piece.lo), count = slowest_first(piece.extent());
    const h5::Handle in_memory = h5::dataspace(count);
    if (H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, offset.data(), nullptr, count.data(),
                            nullptr) < 0 ||
        H5Dread(handle.get(), H5T_NATIVE_UINT8, in_memory.get(), in_file.get(), H5P_DEFAULT,
                tissue.kind.data() + offset_in(box, piece.lo)) < 0) {
      fail(std::string("read ") + tissue_dataset + " of");
    }
  }
  return tissue;
}

std::vector<SiteIndex> StateReader::niche_sites() const {
  if (!has(niche_dataset)) return {};
  return words(niche_dataset, FieldType::u64, 0, length(niche_dataset, H5T_STD_U64LE));
}

}  // namespace marrow::io
