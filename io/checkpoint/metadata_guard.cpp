// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/metadata_guard.hpp"

#include "core/model/failure.hpp"

#include <fmt/format.h>

#include <fstream>
#include <system_error>

namespace marrow::io {

std::string fingerprint_outside(const std::filesystem::path& file,
                                const std::vector<RawExtent>& raw) {
  std::error_code error;
  const std::uint64_t size = std::filesystem::file_size(file, error);
  std::ifstream in(file, std::ios::binary);
  std::string outside;
  std::uint64_t at = 0;
  const auto take_until = [&](std::uint64_t end) {
    if (end < at || end > size) in.setstate(std::ios::failbit);
    if (!in || end == at) return;
    const std::size_t before = outside.size();
    outside.resize(before + (end - at));
    in.seekg(static_cast<std::streamoff>(at));
    in.read(outside.data() + before, static_cast<std::streamsize>(end - at));
  };
  for (const RawExtent& extent : raw) {
    take_until(extent.offset);
    if (!in || extent.bytes > size - extent.offset) {
      in.setstate(std::ios::failbit);
      break;
    }
    at = extent.offset + extent.bytes;
  }
  take_until(size);
  if (error || !in) {
    throw Failure(ExitCode::no_usable_checkpoint,
                  file.string() + " cannot be read, or is not laid out as its manifest says");
  }
  return fingerprint(outside);
}

void require_sound_metadata(const std::filesystem::path& state, const Manifest& manifest) {
  std::string signature(8, '\0');
  std::ifstream(state, std::ios::binary).read(signature.data(), 8);
  if (signature != "\x89HDF\r\n\x1a\n") {
    throw Failure(ExitCode::no_usable_checkpoint, state.string() + " is not an HDF5 file");
  }
  const std::string found = fingerprint_outside(state, manifest.raw);
  if (found == manifest.metadata_fingerprint) return;
  throw Failure(ExitCode::no_usable_checkpoint,
                fmt::format("{}: the metadata of this HDF5 file is damaged: its fingerprint is {}, "
                            "the manifest says {}",
                            state.string(), found, manifest.metadata_fingerprint));
}

}  // namespace marrow::io
