// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/manifest.hpp"

#include "core/model/failure.hpp"
#include "core/random/mix.hpp"
#include "io/file/files.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <charconv>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace marrow::io {
namespace {

using nlohmann::json;

constexpr const char* self_key = "manifest_fingerprint";

[[noreturn]] void reject(const std::string& reason) {
  throw Failure(ExitCode::no_usable_checkpoint, reason);
}

/// Refuses a file of a checkpoint that is not there or not to be read, and says which of the two.
void require_readable(const std::filesystem::path& directory, const std::filesystem::path& file) {
  namespace fs = std::filesystem;
  if (::access(file.c_str(), R_OK) == 0) return;
  const int reason = errno;
  std::error_code error;
  const fs::file_status holder = fs::status(directory, error);
  if (holder.type() == fs::file_type::not_found && fs::is_symlink(directory, error)) {
    reject(directory.string() +
           " is a link that leads nowhere: mount the disk that holds it, or mend the link");
  }
  if (fs::exists(holder) && !fs::is_directory(holder)) {
    reject(directory.string() + " has the name of a checkpoint, but is no directory");
  }
  if (reason == ENOENT) {
    reject(fmt::format("{} is missing: {} is not a completed checkpoint", file.string(),
                       directory.string()));
  }
  reject(
      fmt::format("{} cannot be read: {}. Its content may be good: mend that, or copy it as a "
                  "user who may read it",
                  file.string(), std::generic_category().message(reason)));
}

std::uint64_t word_of(const json& hex) {
  const auto& digits = hex.get_ref<const std::string&>();
  std::uint64_t word = 0;
  const auto end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, word, 16);
  if (error != std::errc() || stop != end || digits.size() != 16) {
    throw std::invalid_argument("'" + digits + "' is not 16 hexadecimal digits");
  }
  return word;
}

/// json::get would turn a fraction, a negative or a far too large number into some other one.
template <class Integer>
Integer whole(const json& number) {
  if (number.is_number_unsigned() && std::in_range<Integer>(number.get<std::uint64_t>())) {
    return static_cast<Integer>(number.get<std::uint64_t>());
  }
  if (!number.is_number_integer() || number.is_number_unsigned() ||
      !std::in_range<Integer>(number.get<std::int64_t>())) {
    throw std::invalid_argument(number.dump() + " is not a whole number of its range");
  }
  return static_cast<Integer>(number.get<std::int64_t>());
}

json json_of(const Lattice& lattice) {
  return {{"extent", {lattice.extent.x, lattice.extent.y, lattice.extent.z}},
          {"periodic", lattice.periodic},
          {"spacing_um", lattice.spacing_um}};
}

Lattice lattice_of(const json& j) {
  const auto& extent = j.at("extent");
  Lattice lattice;
  lattice.extent = {whole<std::int64_t>(extent.at(0)), whole<std::int64_t>(extent.at(1)),
                    whole<std::int64_t>(extent.at(2))};
  if (!plausible(lattice)) throw std::invalid_argument("its lattice has an impossible size");
  lattice.periodic = j.at("periodic").get<bool>();
  lattice.spacing_um = j.at("spacing_um").get<double>();
  return lattice;
}

json json_of(const TissueMark& tissue) {
  return {{"generator", tissue.generator}, {"hash", hexadecimal(tissue.hash)},
          {"dense", tissue.dense},         {"dense_digest", hexadecimal(tissue.dense_digest)},
          {"niches", tissue.niches},       {"niche_digest", hexadecimal(tissue.niche_digest)}};
}

TissueMark tissue_of(const json& j) {
  TissueMark tissue;
  tissue.generator = j.at("generator").get<std::string>();
  tissue.hash = word_of(j.at("hash"));
  tissue.dense = j.at("dense").get<bool>();
  tissue.dense_digest = word_of(j.at("dense_digest"));
  tissue.niches = whole<std::uint64_t>(j.at("niches"));
  tissue.niche_digest = word_of(j.at("niche_digest"));
  return tissue;
}

json json_of(const std::map<std::string, FieldDigest>& fields) {
  json all = json::object();
  for (const auto& [path, field] : fields) {
    all[path] = {
        {"id", field.id}, {"entries", field.entries}, {"digest", hexadecimal(field.digest)}};
    for (const std::uint64_t part : field.parts) all[path]["parts"].push_back(hexadecimal(part));
    if (field.indices) all[path]["indices"] = hexadecimal(*field.indices);
  }
  return all;
}

json json_of(const std::vector<RawExtent>& raw) {
  json all = json::array();
  for (const RawExtent& extent : raw) all.push_back({extent.offset, extent.bytes});
  return all;
}

Manifest manifest_of(const json& j) {
  Manifest manifest;
  manifest.format = whole<std::int64_t>(j.at("format"));
  manifest.code_version = j.at("code_version").get<std::string>();
  manifest.step = whole<std::int64_t>(j.at("step"));
  manifest.lattice = lattice_of(j.at("lattice"));
  manifest.digest = word_of(j.at("digest"));
  for (const auto& [path, field] : j.at("fields").items()) {
    FieldDigest& read = manifest.fields[path];
    read.id = whole<std::int64_t>(field.at("id"));
    read.entries = whole<std::uint64_t>(field.at("entries"));
    read.digest = word_of(field.at("digest"));
    if (field.contains("indices")) read.indices = word_of(field["indices"]);
    if (!field.contains("parts")) continue;
    for (const json& part : field["parts"]) read.parts.push_back(word_of(part));
  }
  manifest.tissue = tissue_of(j.at("tissue"));
  manifest.texts = j.at("texts").get<std::map<std::string, std::string>>();
  manifest.scenario_name = j.at("scenario").at("name").get<std::string>();
  manifest.scenario_fingerprint = j.at("scenario").at("fingerprint").get<std::string>();
  manifest.real_cells_per_niche = j.at("real_cells_per_niche").get<double>();
  manifest.series = {whole<std::uint64_t>(j.at("series").at("bytes")),
                     j.at("series").at("hash").get<std::string>()};
  manifest.state_bytes = whole<std::uint64_t>(j.at("state_h5_bytes"));
  for (const auto& extent : j.at("raw")) {
    manifest.raw.push_back(
        {whole<std::uint64_t>(extent.at(0)), whole<std::uint64_t>(extent.at(1))});
  }
  manifest.metadata_fingerprint = j.at("metadata_fingerprint").get<std::string>();
  if (j.contains("stays")) manifest.stays = j["stays"].get<bool>();
  if (j.contains("frames_lost")) manifest.frames_lost = whole<std::int64_t>(j["frames_lost"]);
  return manifest;
}

// The format is looked at before anything else: another version may have other keys.
void require_known_format(const json& j, const std::filesystem::path& path) {
  if (!j.is_object() || !j.contains("format") || !j["format"].is_number_integer()) {
    reject(path.string() + " is not the manifest of a checkpoint: it names no format");
  }
  const auto format = j["format"].get<std::int64_t>();
  if (format == checkpoint_format) return;
  const bool named = j.contains("code_version") && j["code_version"].is_string();
  reject(
      path.string() + ": " +
      format_refusal(named ? j["code_version"].get<std::string>() : "of unknown version", format));
}

}  // namespace

std::string format_refusal(std::string_view code_version, std::int64_t format) {
  std::string what_to_do = "no program is known to write that; is the file damaged?";
  if (format > checkpoint_format) what_to_do = "continue it with that version or a later one";
  if (format == 1) {
    what_to_do =
        "format 1 is from before the first release, its state lacks what later rules need, and "
        "nothing converts it. Continue with the program that wrote it (provenance.json names the "
        "commit), or start anew from the run's scenario.yaml";
  }
  return fmt::format("written by marrow {} (format {}); this program reads {}: {}", code_version,
                     format, checkpoint_format, what_to_do);
}

std::string damage_of_indices(std::string_view path, const FieldDigest& promised,
                              std::uint64_t found) {
  if (!promised.indices || *promised.indices == found) return {};
  return fmt::format("field '{}' is damaged: the digest of its indices is {}, the manifest says {}",
                     path, hexadecimal(found), hexadecimal(*promised.indices));
}

bool plausible(const Lattice& lattice) {
  const auto& [x, y, z] = lattice.extent;
  return x > 0 && y > 0 && z > 0 && x <= max_sites / y && x * y <= max_sites / z;
}

std::string to_json(const Manifest& manifest) {
  json j = {{"format", manifest.format},
            {"code_version", manifest.code_version},
            {"step", manifest.step},
            {"lattice", json_of(manifest.lattice)},
            {"digest", hexadecimal(manifest.digest)},
            {"fields", json_of(manifest.fields)},
            {"tissue", json_of(manifest.tissue)},
            {"texts", manifest.texts},
            {"scenario",
             {{"name", manifest.scenario_name}, {"fingerprint", manifest.scenario_fingerprint}}},
            {"real_cells_per_niche", manifest.real_cells_per_niche},
            {"series", {{"bytes", manifest.series.bytes}, {"hash", manifest.series.hash}}},
            {"state_h5_bytes", manifest.state_bytes},
            {"raw", json_of(manifest.raw)},
            {"metadata_fingerprint", manifest.metadata_fingerprint}};
  if (manifest.stays) j["stays"] = true;
  if (manifest.frames_lost > 0) j["frames_lost"] = manifest.frames_lost;
  j[self_key] = fingerprint(j.dump());
  return j.dump(2) + "\n";
}

Manifest parse_manifest(std::string_view text, const std::filesystem::path& path) {
  if (text.empty()) reject(path.string() + " is empty: the checkpoint was never completed");
  json j = json::parse(text, nullptr, false);
  if (j.is_discarded()) reject(path.string() + " is damaged: it is not valid JSON");
  require_known_format(j, path);
  try {
    const auto promised = j.at(self_key).get<std::string>();
    j.erase(self_key);
    Manifest manifest = manifest_of(j);
    if (fingerprint(j.dump()) != promised) {
      reject(path.string() + " is damaged: its fingerprint does not match its content");
    }
    return manifest;
  } catch (const json::exception& error) {
    reject(fmt::format("{} is damaged or incomplete: {}", path.string(), error.what()));
  } catch (const std::invalid_argument& error) {
    reject(fmt::format("{} is damaged: {}", path.string(), error.what()));
  }
}

Manifest read_manifest(const std::filesystem::path& directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path path = directory / "manifest.json";
  require_readable(directory, path);
  const auto text = read_file(path);
  if (!text) reject(path.string() + " cannot be read");
  Manifest manifest = parse_manifest(*text, path);
  const fs::path state = directory / "state.h5";
  require_readable(directory, state);
  const std::uintmax_t size = fs::file_size(state, error);
  if (error) reject(fmt::format("{}: {}", state.string(), error.message()));
  if (size != manifest.state_bytes) {
    reject(fmt::format("{} has {} bytes, its manifest says {}: it is truncated or was changed",
                       state.string(), size, manifest.state_bytes));
  }
  return manifest;
}

std::string fingerprint(std::string_view bytes) {
  std::uint64_t hash = mix64(bytes.size() + 1);
  for (const char byte : bytes) {
    hash = mix64(hash ^ static_cast<unsigned char>(byte)) + 0x9e3779b97f4a7c15ULL;
  }
  return hexadecimal(hash);
}

std::string hexadecimal(std::uint64_t word) { return fmt::format("{:016x}", word); }

}  // namespace marrow::io
