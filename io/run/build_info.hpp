// SPDX-License-Identifier: BSD-3-Clause
// What this program was built from and with. Values come from the build; "unknown" where it does
// not say.
#pragma once

#include <map>
#include <string>

namespace marrow::io {

struct BuildInfo {
  std::string version;  // of the program
  std::string git_commit;
  std::string git_state;  // "clean", "modified" or "unknown"
  std::string compiler;
  std::string compiler_flags;
  std::string build_type;
};
[[nodiscard]] const BuildInfo& build_info();

/// Name and version of the libraries: those this folder may ask itself (MPI as found at run time,
/// fmt, nlohmann-json) and those the build was configured with (HDF5, VTK, yaml-cpp). May be called
/// before MPI is initialised.
[[nodiscard]] std::map<std::string, std::string> library_versions();

/// "Intel(R) Xeon(R) Processor"; "unknown" where the system does not say.
[[nodiscard]] std::string cpu_model();

}  // namespace marrow::io
