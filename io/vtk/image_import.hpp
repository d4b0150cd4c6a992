// SPDX-License-Identifier: BSD-3-Clause
// From an image file of the scenario to tissue: checks that size and spacing fit the lattice, then
// turns grey values into tissue kinds by a threshold or a label map. For one rank: no MPI.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/model/parameters.hpp"
#include "core/tissue/imported_tissue.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace marrow::io {

struct ImageImport {
  ImportedTissue tissue;
  std::vector<std::string> notes;  // what was assumed or could not be checked: for the log
};

/// Throws Failure(scenario) when file and scenario do not fit each other, Failure(files) when the
/// file is missing, unreadable or damaged. A relative file name is taken from `base_directory`.
ImageImport read_image_tissue(const ImageParameters& parameters,
                              const std::filesystem::path& base_directory, const Lattice& lattice);

}  // namespace marrow::io
