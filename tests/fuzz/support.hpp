// SPDX-License-Identifier: BSD-3-Clause
// What the fuzz targets share: a promise that ends the program when it is broken, so that the
// fuzzer keeps the input, and a scratch folder in memory for readers that want a file.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdlib.h>
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

/// One folder for each process, in memory where there is such a file system; removed at the end.
class Scratch {
 public:
  Scratch() {
    std::error_code error;
    const bool memory = std::filesystem::is_directory("/dev/shm", error);
    std::string name =
        ((memory ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path()) /
         "marrow_fuzz_XXXXXX")
            .string();
    promise(::mkdtemp(name.data()) != nullptr, "a scratch folder can be made");
    folder_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  std::filesystem::path put(const std::string& name, std::string_view bytes) const {
    std::filesystem::path path = folder_ / name;
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    promise(file.good(), "the scratch folder takes the input");
    return path;
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace marrow::fuzz
