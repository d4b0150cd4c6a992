// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/build_info.hpp"

#include <fmt/format.h>
#include <mpi.h>
#include <nlohmann/json.hpp>

#include <array>
#include <fstream>

#if __has_include("marrow_git_state.hpp")
#include "marrow_git_state.hpp"
#endif

#ifndef MARROW_GIT_COMMIT
#define MARROW_GIT_COMMIT "unknown"
#endif
#ifndef MARROW_GIT_STATE
#define MARROW_GIT_STATE "unknown"
#endif
#ifndef MARROW_VERSION
#define MARROW_VERSION "unknown"
#endif
#ifndef MARROW_COMPILER_FLAGS
#define MARROW_COMPILER_FLAGS "unknown"
#endif
#ifndef MARROW_BUILD_TYPE
#define MARROW_BUILD_TYPE "unknown"
#endif
#ifndef MARROW_HDF5_VERSION
#define MARROW_HDF5_VERSION "unknown"
#endif
#ifndef MARROW_VTK_VERSION
#define MARROW_VTK_VERSION "unknown"
#endif
#ifndef MARROW_YAML_CPP_VERSION
#define MARROW_YAML_CPP_VERSION "unknown"
#endif

namespace marrow::io {
namespace {

std::string compiler_name() {
#if defined(__clang__)
  return "clang++ " __clang_version__;
#elif defined(__GNUC__)
  return "g++ " __VERSION__;
#else
  return "unknown";
#endif
}

std::string mpi_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  MPI_Get_library_version(text.data(), &length);
  const std::string whole(text.data());
  return whole.substr(0, whole.find_first_of(",\n"));
}

}  // namespace

const BuildInfo& build_info() {
  static const BuildInfo info{.version = MARROW_VERSION,
                              .git_commit = MARROW_GIT_COMMIT,
                              .git_state = MARROW_GIT_STATE,
                              .compiler = compiler_name(),
                              .compiler_flags = MARROW_COMPILER_FLAGS,
                              .build_type = MARROW_BUILD_TYPE};
  return info;
}

std::map<std::string, std::string> library_versions() {
  return {{"MPI", mpi_version()},
          {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100,
                              FMT_VERSION % 100)},
          {"nlohmann-json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR,
                                        NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)},
          {"HDF5", MARROW_HDF5_VERSION},
          {"VTK", MARROW_VTK_VERSION},
          {"yaml-cpp", MARROW_YAML_CPP_VERSION}};
}

std::string cpu_model() {
  std::ifstream input("/proc/cpuinfo");
  std::string line;
  while (std::getline(input, line)) {
    if (!line.starts_with("model name") && !line.starts_with("cpu model")) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace marrow::io
