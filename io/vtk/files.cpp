// SPDX-License-Identifier: BSD-3-Clause
#include "io/vtk/files.hpp"

#include "core/model/failure.hpp"
#include "io/file/files.hpp"

#include <system_error>

namespace marrow::io {

std::filesystem::path partial_name(const std::filesystem::path& path) {
  return std::filesystem::path(path) += partial_suffix;
}

void reveal(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::rename(partial_name(path), path, error);
  if (error) fail_at(path, "cannot be put in place", error.value());
}

void replace_text(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path partial = partial_name(path);
  try {
    write_file_durably(partial, text);
    reveal(path);
  } catch (const Failure&) {
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    throw;
  }
}

}  // namespace marrow::io
