// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/state_skeleton.hpp"

#include "io/checkpoint/hdf5.hpp"
#include "io/checkpoint/state_file.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace marrow::io {
namespace {

class Builder {
 public:
  explicit Builder(const std::filesystem::path& path) : path_(path) {
    h5::quiet();
    const h5::Handle access = h5::property_list(H5P_FILE_ACCESS);
    const h5::Handle creation = h5::property_list(H5P_FILE_CREATE);
    H5Pset_file_locking(access.get(), false, true);
    // The newer format puts a checksum on all metadata.
    H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18, H5F_LIBVER_V110);
    H5Pset_obj_track_times(creation.get(), false);
    file_ =
        h5::Handle(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose);
    require(file_.valid(), "create");
  }

  void put_header(const Manifest& manifest) {
    const auto& [nx, ny, nz] = manifest.lattice.extent;
    const std::int64_t extent[] = {nx, ny, nz};
    const std::int64_t periodic[] = {manifest.lattice.periodic ? 1 : 0};
    const TissueMark& tissue = manifest.tissue;
    const hid_t root = file_.get();
    require(h5::put_attribute(root, "format", std::span(&manifest.format, 1)) &&
                h5::put_attribute(root, "code_version", manifest.code_version) &&
                h5::put_attribute(root, "step", std::span(&manifest.step, 1)) &&
                h5::put_attribute(root, "lattice_extent", extent) &&
                h5::put_attribute(root, "lattice_periodic", periodic) &&
                h5::put_attribute(root, "spacing_um", manifest.lattice.spacing_um) &&
                h5::put_attribute(root, "digest", hexadecimal(manifest.digest)) &&
                h5::put_attribute(root, "scenario_name", manifest.scenario_name) &&
                h5::put_attribute(root, "scenario_fingerprint", manifest.scenario_fingerprint) &&
                h5::put_attribute(root, "real_cells_per_niche", manifest.real_cells_per_niche) &&
                h5::put_attribute(root, "tissue_generator", tissue.generator) &&
                h5::put_attribute(root, "tissue_hash", hexadecimal(tissue.hash)) &&
                h5::put_attribute(root, "tissue_dense_digest", hexadecimal(tissue.dense_digest)) &&
                h5::put_attribute(root, "tissue_niche_digest", hexadecimal(tissue.niche_digest)),
            "write the header of");
  }

  void put_replicated(const FieldColumn& column, std::uint64_t digest) {
    put_words(value_dataset(*column.spec), *column.spec, digest, column.value);
  }

  void make_room(const FieldSpec& spec, std::uint64_t entries, std::uint64_t digest) {
    describe(create(index_dataset(spec), file_type(FieldType::u64), {entries}), spec, digest);
    describe(create(value_dataset(spec), file_type(spec.type), {entries}), spec, digest);
  }

  void make_room_for_tissue(const Lattice& lattice) {
    const auto extent = slowest_first(lattice.extent);
    create(tissue_dataset, H5T_STD_U8LE, {extent.begin(), extent.end()});
  }

  void put_niche_sites(std::span<const SiteIndex> sites, std::uint64_t digest) {
    put_words(niche_dataset, niche_spec, digest, sites);
  }

  void put_text(const std::string& dataset, const std::string& text) {
    const h5::Handle type = h5::string_type(text.size());
    const h5::Handle target = create(dataset, type.get(), {1});
    const auto bytes = static_cast<std::int64_t>(text.size());
    require(
        h5::put_attribute(target.get(), "fingerprint", fingerprint(text)) &&
            h5::put_attribute(target.get(), "bytes", std::span(&bytes, 1)) &&
            H5Dwrite(target.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, text.c_str()) >= 0,
        "write " + dataset + " to");
  }

  void close() {
    require(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL) >= 0, "flush");
    require(file_.close(), "close");
  }

 private:
  void require(bool holds, const std::string& what) const {
    if (!holds) h5::fail(ExitCode::files, what, path_);
  }

  // Made one by one because groups that HDF5 makes on the way to a dataset carry the time of day.
  void create_groups_of(const std::string& dataset) {
    const h5::Handle creation = h5::property_list(H5P_GROUP_CREATE);
    H5Pset_obj_track_times(creation.get(), false);
    for (std::size_t end = dataset.find('/', 1); end != std::string::npos;
         end = dataset.find('/', end + 1)) {
      const std::string group = dataset.substr(0, end);
      if (!groups_.insert(group).second) continue;
      const h5::Handle made(
          H5Gcreate2(file_.get(), group.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
          H5Gclose);
      require(made.valid(), "create " + group + " in");
    }
  }

  // Every dataset gets its place now, so that no rank changes the structure later.
  h5::Handle create(const std::string& dataset, hid_t type, const std::vector<hsize_t>& extent) {
    create_groups_of(dataset);
    const h5::Handle space = h5::dataspace(extent);
    const h5::Handle creation = h5::property_list(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(creation.get(), false);
    H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER);
    H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY);
    h5::Handle target(H5Dcreate2(file_.get(), dataset.c_str(), type, space.get(), H5P_DEFAULT,
                                 creation.get(), H5P_DEFAULT),
                      H5Dclose);
    require(target.valid(), "create " + dataset + " in");
    return target;
  }

  void describe(const h5::Handle& dataset, const FieldSpec& spec, std::uint64_t digest) const {
    const std::int64_t id = spec.id;
    require(h5::put_attribute(dataset.get(), "id", std::span(&id, 1)) &&
                h5::put_attribute(dataset.get(), "index", spec.index) &&
                h5::put_attribute(dataset.get(), "text", spec.text) &&
                h5::put_attribute(dataset.get(), "digest", hexadecimal(digest)),
            "describe " + std::string(spec.path) + " in");
  }

  void put_words(const std::string& dataset, const FieldSpec& spec, std::uint64_t digest,
                 std::span<const std::uint64_t> words) {
    const h5::Handle target = create(dataset, file_type(spec.type), {words.size()});
    describe(target, spec, digest);
    if (words.empty()) return;
    require(H5Dwrite(target.get(), memory_type(spec.type), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                     words.data()) >= 0,
            "write " + dataset + " to");
  }

  const std::filesystem::path& path_;
  h5::Handle file_;
  std::set<std::string> groups_;
};

}  // namespace

void create_state_skeleton(const std::filesystem::path& path, const Skeleton& skeleton) {
  const Manifest& manifest = skeleton.manifest;
  Builder file(path);
  file.put_header(manifest);
  for (const FieldColumn& column : skeleton.columns) {
    const FieldDigest& field = manifest.fields.at(std::string(column.spec->path));
    if (column.spec->owner == FieldOwner::replicated) {
      file.put_replicated(column, field.digest);
    } else {
      file.make_room(*column.spec, field.entries, field.digest);
    }
  }
  if (manifest.tissue.dense) file.make_room_for_tissue(manifest.lattice);
  if (!skeleton.niche_sites.empty()) {
    file.put_niche_sites(skeleton.niche_sites, manifest.tissue.niche_digest);
  }
  for (const auto& [dataset, text] : skeleton.texts) file.put_text(dataset, text);
  file.close();
}

}  // namespace marrow::io
