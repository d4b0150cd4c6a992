// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/hdf5.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <utility>

namespace marrow::io {
namespace {

// State of the process, like the HDF5 library's own.
std::atomic<bool> poisoned{false};
std::string last_reason;

herr_t keep_description(unsigned, const H5E_error2_t* error, void* into) {
  if (error->desc != nullptr && *error->desc != '\0') {
    *static_cast<std::string*>(into) = error->desc;
  }
  return 0;
}

// Called by the library at the moment an operation fails: later calls, even the closing of a
// handle, wipe its error stack. The innermost entry is the cause; the outer ones repeat it.
herr_t remember_reason(hid_t stack, void*) {
  last_reason.clear();
  return H5Ewalk2(stack, H5E_WALK_DOWNWARD, keep_description, &last_reason);
}

}  // namespace

bool hdf5_poisoned() { return poisoned; }

namespace h5 {

void quiet() { H5Eset_auto2(H5E_DEFAULT, remember_reason, nullptr); }

void fail(ExitCode code, std::string_view what, const std::filesystem::path& path) {
  const std::string reason = last_reason.empty() ? "HDF5 gives no reason" : "HDF5: " + last_reason;
  last_reason.clear();
  throw Failure(code, fmt::format("cannot {} {}: {}", what, path.string(), reason));
}

Handle& Handle::operator=(Handle&& other) noexcept {
  if (this != &other) {
    close();
    id_ = std::exchange(other.id_, -1);
    closer_ = other.closer_;
  }
  return *this;
}

bool Handle::close() {
  const hid_t id = std::exchange(id_, -1);
  if (id < 0 || closer_(id) >= 0) return true;
  poisoned = true;
  return false;
}

Handle dataspace(std::span<const hsize_t> extent) {
  if (extent.empty()) return {H5Screate(H5S_SCALAR), H5Sclose};
  return {H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose};
}

Handle property_list(hid_t kind) { return {H5Pcreate(kind), H5Pclose}; }

Handle string_type(std::size_t bytes) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), std::max<std::size_t>(bytes, 1));
  H5Tset_strpad(type.get(), H5T_STR_NULLPAD);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  return type;
}

namespace {

bool put(hid_t object, const char* name, hid_t file_type, hid_t memory_type,
         std::span<const hsize_t> extent, const void* bytes) {
  const Handle space = dataspace(extent);
  const Handle attribute(H5Acreate2(object, name, file_type, space.get(), H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose);
  return attribute.valid() && H5Awrite(attribute.get(), memory_type, bytes) >= 0;
}

}  // namespace

bool put_attribute(hid_t object, const char* name, std::string_view text) {
  const Handle type = string_type(text.size());
  return put(object, name, type.get(), type.get(), {}, text.empty() ? "" : text.data());
}

bool put_attribute(hid_t object, const char* name, std::span<const std::int64_t> values) {
  const hsize_t count = values.size();
  return put(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, std::span(&count, 1), values.data());
}

bool put_attribute(hid_t object, const char* name, double value) {
  return put(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {}, &value);
}

}  // namespace h5
}  // namespace marrow::io
