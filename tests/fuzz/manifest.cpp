// SPDX-License-Identifier: BSD-3-Clause
// The reader of manifest.json on any bytes. Valid JSON gets the fingerprint that it should have, so
// that what lies behind that check is reached too: a manifest that is accepted reads back from what
// is written of it, and its layout is applied to a file that has another one.
#include "io/checkpoint/manifest.hpp"

#include "core/model/failure.hpp"
#include "io/checkpoint/metadata_guard.hpp"
#include "tests/fuzz/support.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace {

using namespace marrow::io;
using marrow::fuzz::promise;

template <class Step>
void may_fail(Step step) {
  try {
    step();
  } catch (const marrow::Failure& failure) {
    promise(failure.code() == marrow::ExitCode::no_usable_checkpoint, "exit code 5");
    promise(!std::string(failure.what()).empty(), "a refusal says why");
  }
}

std::optional<std::string> sealed(std::string_view text) {
  auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  json.erase("manifest_fingerprint");
  try {
    json["manifest_fingerprint"] = fingerprint(json.dump());
    return json.dump();
  } catch (const nlohmann::json::exception&) {  // text that is not UTF-8
    return std::nullopt;
  }
}

void check(std::string_view text) {
  static const marrow::fuzz::Scratch scratch;
  static const std::filesystem::path file = scratch.put("state.h5", std::string(4096, 'x'));
  may_fail([&] {
    const Manifest manifest = parse_manifest(text, "manifest.json");
    const std::string written = to_json(manifest);
    promise(to_json(parse_manifest(written, "again.json")) == written,
            "a manifest reads back as it was written");
    fingerprint_outside(file, manifest.raw);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = marrow::fuzz::text_of(bytes, size);
  check(text);
  if (const auto good_seal = sealed(text)) check(*good_seal);
  return 0;
}
