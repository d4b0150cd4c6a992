// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/state_writer.hpp"

#include "io/checkpoint/state_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace marrow::io {

/// A rank's part of a dataset, cut along its slowest dimension into transfers.
struct StateWriter::Slab {
  std::vector<hsize_t> offset;
  std::vector<hsize_t> count;  // any 0: this rank has nothing
  std::size_t element_bytes;
  const void* data;
};

StateWriter::StateWriter(const parallel::Communicator& comm, std::filesystem::path path,
                         std::uint64_t transfer_bytes, AtPoint at_point)
    : comm_(comm),
      path_(std::move(path)),
      transfer_bytes_(transfer_bytes),
      at_point_(std::move(at_point)) {
  h5::quiet();
  collective_ = h5::property_list(H5P_DATASET_XFER);
  H5Pset_dxpl_mpio(collective_.get(), H5FD_MPIO_COLLECTIVE);
  const h5::Handle access = h5::property_list(H5P_FILE_ACCESS);
  const h5::Handle creation = h5::property_list(H5P_FILE_CREATE);
  act("create", [&] {
    // The newer format puts a checksum on all metadata.
    return H5Pset_fapl_mpio(access.get(), comm_.handle(), MPI_INFO_NULL) >= 0 &&
           H5Pset_all_coll_metadata_ops(access.get(), true) >= 0 &&
           H5Pset_coll_metadata_write(access.get(), true) >= 0 &&
           H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18, H5F_LIBVER_V110) >= 0 &&
           H5Pset_obj_track_times(creation.get(), false) >= 0;
  });
  act("create", [&] {
    file_ =
        h5::Handle(H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose);
    return file_.valid();
  });
  point("created");
}

void StateWriter::point(std::string_view name) const {
  if (at_point_) comm_.agree([&] { at_point_(name); });
}

void StateWriter::act(std::string_view what, const std::function<bool()>& work) const {
  comm_.agree([&] {
    if (!work()) h5::fail(ExitCode::files, what, path_);
  });
}

void StateWriter::put_header(const Manifest& manifest) {
  const auto& [nx, ny, nz] = manifest.lattice.extent;
  const std::int64_t extent[] = {nx, ny, nz};
  const std::int64_t periodic[] = {manifest.lattice.periodic ? 1 : 0};
  const hid_t root = file_.get();
  act("write the header of", [&] {
    return h5::put_attribute(root, "format", std::span(&manifest.format, 1)) &&
           h5::put_attribute(root, "code_version", manifest.code_version) &&
           h5::put_attribute(root, "step", std::span(&manifest.step, 1)) &&
           h5::put_attribute(root, "lattice_extent", extent) &&
           h5::put_attribute(root, "lattice_periodic", periodic) &&
           h5::put_attribute(root, "spacing_um", manifest.lattice.spacing_um) &&
           h5::put_attribute(root, "digest", hexadecimal(manifest.digest)) &&
           h5::put_attribute(root, "scenario_name", manifest.scenario_name) &&
           h5::put_attribute(root, "scenario_fingerprint", manifest.scenario_fingerprint) &&
           h5::put_attribute(root, "tissue_generator", manifest.tissue.generator) &&
           h5::put_attribute(root, "tissue_hash", hexadecimal(manifest.tissue.hash)) &&
           h5::put_attribute(root, "tissue_dense_digest",
                             hexadecimal(manifest.tissue.dense_digest)) &&
           h5::put_attribute(root, "tissue_niche_digest",
                             hexadecimal(manifest.tissue.niche_digest));
  });
}

// Made one by one because groups that HDF5 makes on the way to a dataset carry the time of day.
void StateWriter::create_groups_of(const std::string& dataset) {
  const h5::Handle creation = h5::property_list(H5P_GROUP_CREATE);
  H5Pset_obj_track_times(creation.get(), false);
  for (std::size_t end = dataset.find('/', 1); end != std::string::npos;
       end = dataset.find('/', end + 1)) {
    const std::string group = dataset.substr(0, end);
    if (!groups_.insert(group).second) continue;
    act("create " + group + " in", [&] {
      return h5::Handle(
                 H5Gcreate2(file_.get(), group.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                 H5Gclose)
          .valid();
    });
  }
}

h5::Handle StateWriter::create(const std::string& dataset, hid_t type,
                               std::span<const hsize_t> extent) {
  create_groups_of(dataset);
  h5::Handle target;
  act("create " + dataset + " in", [&] {
    const h5::Handle space = h5::dataspace(extent);
    const h5::Handle creation = h5::property_list(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(creation.get(), false);
    H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER);
    target = h5::Handle(H5Dcreate2(file_.get(), dataset.c_str(), type, space.get(), H5P_DEFAULT,
                                   creation.get(), H5P_DEFAULT),
                        H5Dclose);
    return target.valid();
  });
  return target;
}

void StateWriter::transfer(const std::string& dataset, hid_t target, hid_t type, const Slab& slab) {
  const std::string what = "write " + dataset + " to";
  std::size_t row_bytes = slab.element_bytes;
  for (std::size_t d = 1; d < slab.count.size(); ++d) row_bytes *= slab.count[d];
  const hsize_t rows = row_bytes == 0 ? 0 : slab.count[0];
  const hsize_t rows_per_piece =
      std::max<hsize_t>(1, transfer_bytes_ / std::max<std::size_t>(row_bytes, 1));
  const auto pieces =
      comm_.max(static_cast<std::int64_t>((rows + rows_per_piece - 1) / rows_per_piece));
  for (std::int64_t piece = 0; piece < pieces; ++piece) {
    point(fmt::format("write:{}", ++transfers_));
    const hsize_t first = std::min(rows, static_cast<hsize_t>(piece) * rows_per_piece);
    std::vector<hsize_t> offset = slab.offset, count = slab.count;
    offset[0] += first;
    count[0] = std::min(rows - first, rows_per_piece);
    act(what, [&] {
      const h5::Handle in_file(H5Dget_space(target), H5Sclose);
      const h5::Handle in_memory = h5::dataspace(count);
      if (count[0] == 0) {
        H5Sselect_none(in_file.get());
        H5Sselect_none(in_memory.get());
      } else {
        H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, offset.data(), nullptr, count.data(),
                            nullptr);
      }
      const char* from = static_cast<const char*>(slab.data) + first * row_bytes;
      return H5Dwrite(target, type, in_memory.get(), in_file.get(), collective_.get(), from) >= 0;
    });
  }
}

void StateWriter::put_words(const std::string& dataset, const FieldSpec& spec, FieldType type,
                            std::span<const std::uint64_t> words, std::uint64_t total,
                            std::uint64_t offset, std::uint64_t digest) {
  const hsize_t extent = total;
  const h5::Handle target = create(dataset, file_type(type), std::span(&extent, 1));
  const std::int64_t id = spec.id;
  act("describe " + dataset + " in", [&] {
    return h5::put_attribute(target.get(), "id", std::span(&id, 1)) &&
           h5::put_attribute(target.get(), "index", spec.index) &&
           h5::put_attribute(target.get(), "text", spec.text) &&
           h5::put_attribute(target.get(), "digest", hexadecimal(digest));
  });
  static constexpr std::uint64_t nothing = 0;
  transfer(
      dataset, target.get(), memory_type(type),
      {{offset}, {words.size()}, sizeof(std::uint64_t), words.empty() ? &nothing : words.data()});
}

void StateWriter::put_replicated(const FieldColumn& column, std::uint64_t digest) {
  const FieldSpec& spec = *column.spec;
  const std::span<const std::uint64_t> words(column.value);
  put_words(value_dataset(spec), spec, spec.type, comm_.is_root() ? words : words.first(0),
            words.size(), 0, digest);
}

void StateWriter::put_distributed(const Slice& slice, std::uint64_t digest) {
  const FieldSpec& spec = *slice.column.spec;
  put_words(index_dataset(spec), spec, FieldType::u64, slice.column.index, slice.total,
            slice.offset, digest);
  put_words(value_dataset(spec), spec, spec.type, slice.column.value, slice.total, slice.offset,
            digest);
}

void StateWriter::put_niche_sites(std::span<const SiteIndex> sites, std::uint64_t digest) {
  put_words(niche_dataset, niche_spec, FieldType::u64, comm_.is_root() ? sites : sites.first(0),
            sites.size(), 0, digest);
}

void StateWriter::put_text(const std::string& dataset, std::string_view text) {
  const h5::Handle type = h5::string_type(text.size());
  const hsize_t extent = 1;
  const auto bytes = static_cast<std::int64_t>(text.size());
  const h5::Handle target = create(dataset, type.get(), std::span(&extent, 1));
  act("describe " + dataset + " in", [&] {
    return h5::put_attribute(target.get(), "fingerprint", fingerprint(text)) &&
           h5::put_attribute(target.get(), "bytes", std::span(&bytes, 1));
  });
  const hsize_t mine = comm_.is_root() ? 1 : 0;
  const std::size_t stored = std::max<std::size_t>(text.size(), 1);
  transfer(dataset, target.get(), type.get(),
           {{0}, {mine}, stored, text.empty() ? "" : text.data()});
}

void StateWriter::put_tissue(const Lattice& lattice, const TissueBox& mine) {
  const auto extent = slowest_first(lattice.extent);
  const h5::Handle target = create(tissue_dataset, H5T_STD_U8LE, extent);
  const bool empty = mine.box.empty();
  const auto offset = slowest_first(empty ? Index3{} : mine.box.lo);
  const auto count = slowest_first(empty ? Index3{} : mine.box.extent());
  transfer(tissue_dataset, target.get(), H5T_NATIVE_UINT8,
           {{offset.begin(), offset.end()}, {count.begin(), count.end()}, 1, mine.kind.data()});
}

void StateWriter::close() {
  act("flush", [&] { return H5Fflush(file_.get(), H5F_SCOPE_GLOBAL) >= 0; });
  act("close", [&] { return file_.close(); });
}

}  // namespace marrow::io
