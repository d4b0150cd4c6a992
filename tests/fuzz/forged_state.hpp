// SPDX-License-Identifier: BSD-3-Clause
// A sound HDF5 file with content that no checkpoint has. HDF5 keeps checksums of its metadata, so
// that changed bytes seldom get past it to our own reader; edits through the library do.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace marrow::fuzz {

/// Edits the checkpoint's state.h5 at `file` as `recipe` says: attributes and datasets go, or come
/// back with another type, shape, layout or value, or become links. Any bytes are a recipe.
void forge(const std::filesystem::path& file, std::span<const std::uint8_t> recipe);

}  // namespace marrow::fuzz
