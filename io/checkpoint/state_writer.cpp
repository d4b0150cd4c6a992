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
  const h5::Handle access = h5::property_list(H5P_FILE_ACCESS);
  act("open", [&] {
    return H5Pset_dxpl_mpio(collective_.get(), H5FD_MPIO_COLLECTIVE) >= 0 &&
           H5Pset_fapl_mpio(access.get(), comm_.handle(), MPI_INFO_NULL) >= 0 &&
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

void StateWriter::transfer(const std::string& dataset, hid_t type, const Slab& slab) {
  h5::Handle target;
  act("open " + dataset + " in", [&] {
    target = h5::Handle(H5Dopen2(file_.get(), dataset.c_str(), H5P_DEFAULT), H5Dclose);
    return target.valid();
  });
  std::size_t row_bytes = slab.element_bytes;
  for (std::size_t d = 1; d < slab.count.size(); ++d) row_bytes *= slab.count[d];
  const hsize_t rows = row_bytes == 0 ? 0 : slab.count[0];
  const hsize_t rows_per_piece =
      std::max<hsize_t>(1, transfer_bytes_ / std::max<std::size_t>(row_bytes, 1));
  const auto pieces =
      comm_.max(static_cast<std::int64_t>((rows + rows_per_piece - 1) / rows_per_piece));
  for (std::int64_t piece = 0; piece < pieces; ++piece) {
    ++transfers_;
    if (at_point_) comm_.agree([&] { at_point_(fmt::format("write:{}", transfers_)); });
    const hsize_t first = std::min(rows, static_cast<hsize_t>(piece) * rows_per_piece);
    std::vector<hsize_t> offset = slab.offset, count = slab.count;
    offset[0] += first;
    count[0] = std::min(rows - first, rows_per_piece);
    act("write " + dataset + " to", [&] {
      const h5::Handle in_file(H5Dget_space(target.get()), H5Sclose);
      const h5::Handle in_memory = h5::dataspace(count);
      if (count[0] == 0) {
        H5Sselect_none(in_file.get());
        H5Sselect_none(in_memory.get());
      } else {
        H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, offset.data(), nullptr, count.data(),
                            nullptr);
      }
      const char* from = static_cast<const char*>(slab.data) + first * row_bytes;
      return H5Dwrite(target.get(), type, in_memory.get(), in_file.get(), collective_.get(),
                      from) >= 0;
    });
  }
}

void StateWriter::put_words(const std::string& dataset, FieldType type, const Slice& slice,
                            const std::vector<std::uint64_t>& words) {
  static constexpr std::uint64_t nothing = 0;
  transfer(dataset, memory_type(type),
           {{slice.offset},
            {words.size()},
            sizeof(std::uint64_t),
            words.empty() ? &nothing : words.data()});
}

void StateWriter::put(const Slice& slice) {
  const FieldSpec& spec = *slice.column.spec;
  put_words(index_dataset(spec), FieldType::u64, slice, slice.column.index);
  put_words(value_dataset(spec), spec.type, slice, slice.column.value);
}

void StateWriter::put_tissue(const TissueBox& mine) {
  const bool empty = mine.box.empty();
  const auto offset = slowest_first(empty ? Index3{} : mine.box.lo);
  const auto count = slowest_first(empty ? Index3{} : mine.box.extent());
  transfer(tissue_dataset, H5T_NATIVE_UINT8,
           {{offset.begin(), offset.end()}, {count.begin(), count.end()}, 1, mine.kind.data()});
}

void StateWriter::close() {
  act("flush", [&] { return H5Fflush(file_.get(), H5F_SCOPE_GLOBAL) >= 0; });
  act("close", [&] { return file_.close(); });
}

}  // namespace marrow::io
