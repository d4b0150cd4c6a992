// SPDX-License-Identifier: BSD-3-Clause
// The one-process reader of state.h5, as `inspect` uses it. An input with the signature of HDF5 is
// the file itself; any other is a recipe that turns the checkpoint named by the environment
// variable MARROW_FUZZ_STATE into a sound HDF5 file of wrong content. The file is read alone and
// then, when its header can be read, beside a manifest that says just what the file says, so that
// nothing is refused for want of a fitting manifest.
#include "core/model/failure.hpp"
#include "io/checkpoint/inspect.hpp"
#include "io/checkpoint/metadata_guard.hpp"
#include "io/checkpoint/state_reader.hpp"
#include "tests/fuzz/forged_state.hpp"
#include "tests/fuzz/support.hpp"

#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

namespace {

using namespace marrow::io;
using marrow::fuzz::promise;

constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";

/// The manifest that would vouch for this file.
std::optional<Manifest> vouching_for(const std::filesystem::path& state) {
  try {
    const StateReader reader(state);
    Manifest manifest = reader.header();
    manifest.raw = reader.raw_extents();
    manifest.state_bytes = std::filesystem::file_size(state);
    manifest.series = {0, "0000000000000000"};
    manifest.metadata_fingerprint = fingerprint_outside(state, manifest.raw);
    return manifest;
  } catch (const marrow::Failure&) {
    return std::nullopt;
  }
}

void read_both_ways(const std::filesystem::path& state) {
  const std::filesystem::path manifest_json = state.parent_path() / "manifest.json";
  std::filesystem::remove(manifest_json);
  promise(!inspect(state, Depth::deep).text.empty(), "it says what it found");
  if (const auto manifest = vouching_for(state)) {
    std::ofstream(manifest_json) << to_json(*manifest);
    promise(!inspect(state.parent_path(), Depth::deep).text.empty(), "it says what it found");
  }
}

const std::string& sound_checkpoint() {
  static const std::string bytes = [] {
    const char* path = std::getenv("MARROW_FUZZ_STATE");
    promise(path != nullptr, "MARROW_FUZZ_STATE names a state.h5");
    std::ostringstream all;
    all << std::ifstream(path, std::ios::binary).rdbuf();
    promise(all.str().starts_with(signature), "MARROW_FUZZ_STATE names an HDF5 file");
    return all.str();
  }();
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const marrow::fuzz::Scratch scratch;
  const std::string_view input = marrow::fuzz::text_of(bytes, size);
  const bool is_file = input.starts_with(signature);
  const auto state = scratch.put("state.h5", is_file ? input : sound_checkpoint());
  if (!is_file) marrow::fuzz::forge(state, {bytes, size});
  read_both_ways(state);
  return 0;
}
