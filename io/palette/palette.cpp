// SPDX-License-Identifier: BSD-3-Clause
#include "io/palette/palette.hpp"

#include "core/model/failure.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

namespace marrow::io {

namespace embedded {
std::string_view palette();
}

namespace {

constexpr std::array<std::string_view, 9> list_names = {"tissue",         "niche type", "cell kind",
                                                        "cell state",     "genotype",   "clone",
                                                        "clinical state", "curve",      "process"};
constexpr std::string_view preset_prefix = "marrow ";  // so that ParaView's users find them

PaletteEntry entry_of(const nlohmann::json& preset, std::size_t number) {
  PaletteEntry entry;
  entry.value = std::stoi(preset.at("Annotations").at(2 * number).get<std::string>());
  entry.name = preset.at("Annotations").at(2 * number + 1).get<std::string>();
  for (std::size_t channel = 0; channel < 3; ++channel) {
    const double share = preset.at("IndexedColors").at(3 * number + channel).get<double>();
    entry.colour[channel] = static_cast<std::uint8_t>(std::lround(255.0 * share));
  }
  return entry;
}

using Lists = std::map<std::string, std::vector<PaletteEntry>>;

Lists read_lists() {
  Lists lists;
  for (const nlohmann::json& preset : nlohmann::json::parse(embedded::palette())) {
    const auto name = preset.at("Name").get<std::string>();
    std::vector<PaletteEntry>& entries = lists[name.substr(preset_prefix.size())];
    const std::size_t count = preset.at("Annotations").size() / 2;
    for (std::size_t number = 0; number < count; ++number) {
      entries.push_back(entry_of(preset, number));
    }
  }
  return lists;
}

const Lists& all_lists() {
  static const Lists lists = read_lists();
  return lists;
}

}  // namespace

const std::vector<PaletteEntry>& palette(Palette which) {
  return all_lists().at(std::string(list_names.at(static_cast<std::size_t>(which))));
}

const PaletteEntry& palette_entry(Palette which, int value) {
  const std::vector<PaletteEntry>& entries = palette(which);
  const auto found = std::ranges::find(entries, value, &PaletteEntry::value);
  if (found == entries.end()) {
    throw Failure(ExitCode::internal_error,
                  fmt::format("the palette '{}' has no entry {}",
                              list_names.at(static_cast<std::size_t>(which)), value));
  }
  return *found;
}

std::string html_colour(const Rgb& colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2]);
}

std::string palette_json() {
  nlohmann::json lists = nlohmann::json::object();
  for (const auto& [name, entries] : all_lists()) {
    nlohmann::json& list = lists[name] = nlohmann::json::array();
    for (const PaletteEntry& entry : entries) {
      list.push_back(
          {{"value", entry.value}, {"name", entry.name}, {"colour", html_colour(entry.colour)}});
    }
  }
  return lists.dump();
}

}  // namespace marrow::io
