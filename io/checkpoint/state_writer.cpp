// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/state_writer.hpp"

#include "io/checkpoint/gather_planes.hpp"
#include "io/checkpoint/redistribute.hpp"
#include "io/checkpoint/state_file.hpp"
#include "io/file/room.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace marrow::io {
namespace {

// The disk works on large pieces while the next ones are gathered; small ones can wait for the end.
constexpr std::uint64_t worth_writing_back_bytes = std::uint64_t{8} << 20;

}  // namespace

StateWriter::StateWriter(const parallel::Communicator& comm, std::filesystem::path path,
                         TransferSizes sizes, AtPoint at_point)
    : comm_(comm), path_(std::move(path)), sizes_(sizes), at_point_(std::move(at_point)) {
  h5::quiet();
  const h5::Handle access = h5::property_list(H5P_FILE_ACCESS);
  act("open", [&] {
    return H5Pset_fapl_mpio(access.get(), comm_.handle(), MPI_INFO_NULL) >= 0 &&
           H5Pset_all_coll_metadata_ops(access.get(), true) >= 0;
  });
  act("open", [&] {
    file_ = h5::Handle(H5Fopen(path_.c_str(), H5F_ACC_RDWR, access.get()), H5Fclose);
    return file_.valid();
  });
}

void StateWriter::act(std::string_view what, const std::function<bool()>& work) const {
  comm_.agree([&] {
    if (!work()) h5::fail(ExitCode::files, what, path_);
  });
}

h5::Handle StateWriter::open(const std::string& dataset) const {
  h5::Handle target;
  act("open " + dataset + " in", [&] {
    target = h5::Handle(H5Dopen2(file_.get(), dataset.c_str(), H5P_DEFAULT), H5Dclose);
    return target.valid();
  });
  return target;
}

void StateWriter::write(const std::string& dataset, hid_t target, hid_t type, const Rows& rows) {
  std::uint64_t row_bytes = H5Tget_size(type);
  for (const hsize_t n : rows.row) row_bytes *= n;
  const std::uint64_t at_once = std::max<std::uint64_t>(1, sizes_.bytes_per_write / row_bytes);
  const auto rounds = comm_.max(static_cast<std::int64_t>((rows.count + at_once - 1) / at_once));
  std::vector<hsize_t> offset(1 + rows.row.size()), count(1);
  count.insert(count.end(), rows.row.begin(), rows.row.end());
  for (std::int64_t round = 0; round < rounds; ++round) {
    ++rounds_;
    if (at_point_) comm_.agree([&] { at_point_(fmt::format("write:{}", rounds_)); });
    const std::uint64_t done = std::min(rows.count, static_cast<std::uint64_t>(round) * at_once);
    offset[0] = rows.first + done;
    count[0] = std::min(rows.count - done, at_once);
    act("write " + dataset + " to", [&] {
      if (count[0] == 0) return true;
      const h5::Handle in_file(H5Dget_space(target), H5Sclose);
      const h5::Handle in_memory = h5::dataspace(count);
      return H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, offset.data(), nullptr,
                                 count.data(), nullptr) >= 0 &&
             H5Dwrite(target, type, in_memory.get(), in_file.get(), H5P_DEFAULT,
                      static_cast<const char*>(rows.data) + done * row_bytes) >= 0;
    });
    if (count[0] * row_bytes >= worth_writing_back_bytes) start_writing_back(path_);
  }
}

void StateWriter::put_words(const std::string& dataset, FieldType type, std::uint64_t offset,
                            const std::vector<std::uint64_t>& words) {
  const h5::Handle target = open(dataset);
  write(dataset, target.get(), memory_type(type), {offset, words.size(), {}, words.data()});
}

void StateWriter::put(const FieldColumn& mine) {
  const FieldSpec& spec = *mine.spec;
  const Slice slice = sorted_slice(comm_, mine, sizes_.bytes_per_writer);
  put_words(index_dataset(spec), FieldType::u64, slice.offset, slice.column.index);
  put_words(value_dataset(spec), spec.type, slice.offset, slice.column.value);
}

// The planes are dealt to the writers; each gathers and writes its own in several rounds.
void StateWriter::put_tissue(const Lattice& lattice, const TissueBox& mine) {
  const h5::Handle target = open(tissue_dataset);
  const auto& [nx, ny, nz] = lattice.extent;
  const Writers writers(static_cast<std::uint64_t>(lattice.box().volume()), sizes_.bytes_per_writer,
                        comm_.size());
  Share planes;
  for (int writer = 0; writer < writers.count; ++writer) {
    if (writers.rank_of(writer) != comm_.rank()) continue;
    planes = equal_share(static_cast<std::uint64_t>(nz), writer, writers.count);
  }
  const auto plane_bytes = static_cast<std::uint64_t>(nx * ny);
  const std::uint64_t at_once = std::max<std::uint64_t>(1, sizes_.bytes_per_write / plane_bytes);
  const auto rounds =
      comm_.max(static_cast<std::int64_t>((planes.last - planes.first + at_once - 1) / at_once));
  const hsize_t row[] = {static_cast<hsize_t>(ny), static_cast<hsize_t>(nx)};
  Planes part;
  for (std::int64_t round = 0; round < rounds; ++round) {
    const std::uint64_t first =
        std::min(planes.last, planes.first + static_cast<std::uint64_t>(round) * at_once);
    const std::uint64_t last = std::min(planes.last, first + at_once);
    gather_planes(comm_, lattice, mine, static_cast<std::int64_t>(first),
                  static_cast<std::int64_t>(last), part);
    write(tissue_dataset, target.get(), H5T_NATIVE_UINT8,
          {first, last - first, row, part.kind.data()});
  }
}

void StateWriter::close() {
  act("flush", [&] { return H5Fflush(file_.get(), H5F_SCOPE_GLOBAL) >= 0; });
  act("close", [&] { return file_.close(); });
}

}  // namespace marrow::io
