// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/column_file.hpp"

#include "io/file/files.hpp"

#include <algorithm>
#include <cstring>
#include <system_error>
#include <utility>

namespace marrow::io {

ColumnFile::ColumnFile(std::filesystem::path file)
    : file_(std::move(file)),
      partial_(file_.parent_path() / (".marrow-" + file_.filename().string() + ".tmp")) {
  h5::quiet();
  hdf5_ =
      h5::Handle(H5Fcreate(partial_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
  if (!hdf5_.valid()) fail("create");
}

ColumnFile::~ColumnFile() {
  if (!hdf5_.valid()) return;
  columns_.clear();
  groups_.clear();
  hdf5_.close();
  std::error_code ignored;
  std::filesystem::remove(partial_, ignored);
}

void ColumnFile::fail(const char* what) { h5::fail(ExitCode::files, what, file_); }

void ColumnFile::group(const std::string& name, const std::string& text) {
  const h5::Handle properties = h5::property_list(H5P_GROUP_CREATE);
  H5Pset_obj_track_times(properties.get(), false);  // the same bytes at any time
  h5::Handle made(H5Gcreate2(hdf5_.get(), name.c_str(), H5P_DEFAULT, properties.get(), H5P_DEFAULT),
                  H5Gclose);
  if (!made.valid() || !h5::put_attribute(made.get(), "text", text)) fail("write");
  groups_[name] = std::move(made);
}

std::size_t ColumnFile::column(const std::string& group, const std::string& name,
                               const std::string& text, std::size_t rows, std::size_t width) {
  const h5::Handle properties = h5::property_list(H5P_DATASET_CREATE);
  H5Pset_obj_track_times(properties.get(), false);
  const hsize_t extent = rows;
  const h5::Handle space = h5::dataspace(std::span(&extent, 1));
  Column made;
  made.width = width;
  made.type = width > 0 ? h5::string_type(width) : h5::Handle(H5Tcopy(H5T_IEEE_F64LE), H5Tclose);
  made.dataset = h5::Handle(H5Dcreate2(groups_.at(group).get(), name.c_str(), made.type.get(),
                                       space.get(), H5P_DEFAULT, properties.get(), H5P_DEFAULT),
                            H5Dclose);
  if (!made.dataset.valid() || !h5::put_attribute(made.dataset.get(), "text", text)) fail("write");
  columns_.push_back(std::move(made));
  return columns_.size() - 1;
}

void ColumnFile::write(std::size_t column, std::size_t first, std::span<const double> values) {
  write_raw(columns_[column], first, values.size(), values.data());
}

void ColumnFile::write(std::size_t column, std::size_t first, std::span<const std::string> values) {
  const std::size_t width = columns_[column].width;
  std::string bytes(width * values.size(), '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::memcpy(bytes.data() + i * width, values[i].data(), std::min(width, values[i].size()));
  }
  write_raw(columns_[column], first, values.size(), bytes.data());
}

void ColumnFile::write_raw(const Column& column, std::size_t first, std::size_t count,
                           const void* values) {
  if (count == 0) return;
  const hsize_t begin = first;
  const hsize_t length = count;
  const h5::Handle memory = h5::dataspace(std::span(&length, 1));
  const h5::Handle file(H5Dget_space(column.dataset.get()), H5Sclose);
  const hid_t type = column.width > 0 ? column.type.get() : H5T_NATIVE_DOUBLE;
  const bool good =
      H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, &begin, nullptr, &length, nullptr) >= 0 &&
      H5Dwrite(column.dataset.get(), type, memory.get(), file.get(), H5P_DEFAULT, values) >= 0;
  if (!good) fail("write");
}

void ColumnFile::finish() {
  if (H5Fflush(hdf5_.get(), H5F_SCOPE_LOCAL) < 0) fail("write");
  columns_.clear();
  groups_.clear();
  if (!hdf5_.close()) fail("close");
  sync_path(partial_);
  put_in_place(partial_, file_);
  if (file_.has_parent_path()) sync_path(file_.parent_path());
}

}  // namespace marrow::io
