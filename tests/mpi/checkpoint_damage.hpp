// SPDX-License-Identifier: BSD-3-Clause
// Single bytes of a state.h5 that are no longer what was written.
#pragma once

#include "io/checkpoint/hdf5.hpp"

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <fstream>

namespace marrow::test {

inline void overwrite_byte(const std::filesystem::path& path, std::uint64_t offset) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  const char byte = static_cast<char>(file.get() ^ 0x10);
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(byte);
}

/// Where a dataset's bytes lie in the file.
inline std::uint64_t offset_of(const std::filesystem::path& state, const char* dataset) {
  io::h5::quiet();
  const io::h5::Handle file(H5Fopen(state.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  const io::h5::Handle data(H5Dopen2(file.get(), dataset, H5P_DEFAULT), H5Dclose);
  return H5Dget_offset(data.get());
}

}  // namespace marrow::test
