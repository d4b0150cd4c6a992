// SPDX-License-Identifier: BSD-3-Clause
// What the fuzz targets share: a promise that ends the program when it is broken, so that the
// fuzzer keeps the input, and a scratch folder for readers that want a file.
#pragma once

#include "tests/support/temporary_directory.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace marrow::fuzz {

inline void promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

inline std::string_view text_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

/// One folder for each process, removed at the end. TMPDIR says where: best in memory.
class Scratch {
 public:
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

  std::filesystem::path put(const std::string& name, std::string_view bytes) const {
    std::filesystem::path path = folder_ / name;
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    promise(file.good(), "the scratch folder takes the input");
    return path;
  }

 private:
  test::TemporaryDirectory folder_;
};

}  // namespace marrow::fuzz
