// SPDX-License-Identifier: BSD-3-Clause
// A thin hold on HDF5: handles that close themselves, errors that become Failures with a path, and
// the memory of a close that failed. Knows nothing of what is stored.
#pragma once

#include "core/model/failure.hpp"

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

/// True once an HDF5 object could not be closed. The library then still holds the file and crashes
/// at shutdown: leave the program through MPI_Abort, not MPI_Finalize.
bool hdf5_poisoned();

namespace h5 {

/// Keeps the library from printing its errors; they are remembered for fail(). Call before the
/// first use.
void quiet();

/// Throws Failure(code): what failed, where, and the innermost reason HDF5 gives.
[[noreturn]] void fail(ExitCode code, std::string_view what, const std::filesystem::path& path);

/// An HDF5 identifier with its closing function.
class Handle {
 public:
  using Closer = herr_t (*)(hid_t);

  Handle() = default;
  Handle(hid_t id, Closer closer) : id_(id), closer_(closer) {}
  Handle(Handle&& other) noexcept : id_(other.id_), closer_(other.closer_) { other.id_ = -1; }
  Handle& operator=(Handle&& other) noexcept;
  ~Handle() { close(); }

  [[nodiscard]] hid_t get() const { return id_; }
  [[nodiscard]] bool valid() const { return id_ >= 0; }
  /// False when HDF5 refused; the library is then poisoned.
  bool close();

 private:
  hid_t id_ = -1;
  Closer closer_ = nullptr;
};

Handle dataspace(std::span<const hsize_t> extent);
Handle property_list(hid_t kind);
/// A fixed-length UTF-8 string of `bytes` bytes (at least 1, as HDF5 demands).
Handle string_type(std::size_t bytes);

/// Attributes; each returns false when HDF5 refuses.
bool put_attribute(hid_t object, const char* name, std::string_view text);
bool put_attribute(hid_t object, const char* name, std::span<const std::int64_t> values);
bool put_attribute(hid_t object, const char* name, double value);

}  // namespace h5
}  // namespace marrow::io
