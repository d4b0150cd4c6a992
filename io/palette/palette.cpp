// SPDX-License-Identifier: BSD-3-Clause
#include "io/palette/palette.hpp"

#include "marrow_palette_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <string_view>

namespace marrow::io {
namespace {

constexpr std::array<std::string_view, 6> preset_names = {"marrow tissue",    "marrow niche type",
                                                          "marrow cell kind", "marrow cell state",
                                                          "marrow genotype",  "marrow clone"};

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

}  // namespace

std::vector<PaletteEntry> palette(Palette which) {
  const std::string_view name = preset_names.at(static_cast<std::size_t>(which));
  std::vector<PaletteEntry> entries;
  for (const nlohmann::json& preset : nlohmann::json::parse(palette_json)) {
    if (preset.at("Name").get<std::string>() != name) continue;
    const std::size_t count = preset.at("Annotations").size() / 2;
    for (std::size_t number = 0; number < count; ++number) {
      entries.push_back(entry_of(preset, number));
    }
  }
  return entries;
}

std::string html_colour(const Rgb& colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2]);
}

}  // namespace marrow::io
