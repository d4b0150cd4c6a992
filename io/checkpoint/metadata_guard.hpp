// SPDX-License-Identifier: BSD-3-Clause
// Guards the bytes of state.h5 that HDF5 itself interprets. Damaged ones can make the library leak,
// hang or crash, so they are checked with plain reads before it sees the file; field values have
// digests.
#pragma once

#include "io/checkpoint/manifest.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace marrow::io {

/// Fingerprint of all bytes of the file outside `raw`, which is sorted by offset. Throws
/// Failure(no_usable_checkpoint) when the file cannot be read or is shorter than `raw` says.
std::string fingerprint_outside(const std::filesystem::path& file,
                                const std::vector<RawExtent>& raw);

/// Throws Failure(no_usable_checkpoint) unless the metadata is as it was written.
void require_sound_metadata(const std::filesystem::path& state_h5, const Manifest& manifest);

}  // namespace marrow::io
