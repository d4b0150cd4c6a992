// SPDX-License-Identifier: BSD-3-Clause
// A unique directory for a test, removed at the end. Alone: when the object goes. Under MPI: the
// same path on all ranks, removed by rank 0 when the program ends, so that no rank waits for
// another one that has failed. Needs no MPI header: it takes whatever has is_root() and
// broadcast(std::string&).
#pragma once

#include <filesystem>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <vector>

namespace marrow::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(make()), removed_here_(true) {}

  template <class Communicator>
  explicit TemporaryDirectory(const Communicator& comm) {
    std::string name;
    if (comm.is_root()) name = make().string();
    comm.broadcast(name);
    path_ = name;
    if (comm.is_root()) at_program_end().paths.push_back(path_);
  }

  ~TemporaryDirectory() {
    if (removed_here_) remove(path_);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(const std::filesystem::path& name) const {
    return path_ / name;
  }

 private:
  struct Removal {
    std::vector<std::filesystem::path> paths;
    Removal() = default;
    Removal(const Removal&) = delete;
    Removal& operator=(const Removal&) = delete;
    ~Removal() {
      for (const std::filesystem::path& path : paths) remove(path);
    }
  };
  static Removal& at_program_end() {
    static Removal removal;
    return removal;
  }

  static std::filesystem::path make() {
    std::string name = (std::filesystem::temp_directory_path() / "marrow_test_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("cannot create a temporary directory '" + name + "'");
    }
    return name;
  }

  static void remove(const std::filesystem::path& path) {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }

  std::filesystem::path path_;
  bool removed_here_ = false;
};

}  // namespace marrow::test
