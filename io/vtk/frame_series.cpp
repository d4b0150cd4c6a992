// SPDX-License-Identifier: BSD-3-Clause
#include "io/vtk/frame_series.hpp"

#include "core/model/failure.hpp"
#include "io/file/files.hpp"
#include "io/vtk/files.hpp"
#include "io/vtk/frame_file.hpp"

#include <fmt/format.h>

#include <bit>
#include <functional>
#include <regex>
#include <system_error>
#include <vector>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;

std::string_view extension_of(const FrameName& name) {
  if (is_image(name.series)) return name.joins_pieces ? "pvti" : "vti";
  return name.joins_pieces ? "pvtp" : "vtp";
}

fs::path pvd_path(const fs::path& directory, Series series) {
  return directory / fmt::format("{}.pvd", name_of(series));
}

/// Every file of ours in a directory.
std::vector<std::pair<fs::path, FrameName>> our_files(const fs::path& directory) {
  std::vector<std::pair<fs::path, FrameName>> found;
  std::error_code error;
  if (!fs::is_directory(directory, error)) return found;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code unknown;
    if (!entry->is_regular_file(unknown)) continue;
    if (const auto name = parse_file_name(entry->path().filename().string())) {
      found.emplace_back(entry->path(), *name);
    }
  }
  if (error) {
    throw Failure(ExitCode::files, fmt::format("cannot list the frames in '{}': {}",
                                               directory.string(), error.message()));
  }
  return found;
}

void remove_if(const fs::path& directory, const std::function<bool(const FrameName&)>& unwanted) {
  for (const auto& [path, name] : our_files(directory)) {
    if (!unwanted(name)) continue;
    std::error_code error;
    fs::remove(path, error);
    if (error) {
      throw Failure(ExitCode::files,
                    fmt::format("cannot remove '{}': {}", path.string(), error.message()));
    }
  }
}

std::int64_t number(const std::string& digits) {
  std::int64_t value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  return value;
}

}  // namespace

std::string_view name_of(Series series) {
  switch (series) {
    case Series::tissue:
      return "tissue";
    case Series::niches:
      return "niches";
    case Series::cells:
      return "cells";
    case Series::fields:
      return "fields";
    case Series::signals:
      return "signals";
  }
  return "";
}

std::string file_name(const FrameName& name) {
  std::string text(name_of(name.series));
  if (!is_static(name.series)) text += fmt::format("_{:09}", name.step);
  if (name.piece) text += fmt::format("_p{:04}", *name.piece);
  text += fmt::format(".{}", extension_of(name));
  if (name.partial) text += partial_suffix;
  return text;
}

std::optional<FrameName> parse_file_name(const std::string& text) {
  static const std::regex form(
      R"((tissue|niches|cells|fields|signals)(?:_(\d{9,18}))?(?:_p(\d{4,9}))?\.(p?)vt[ip](\.partial)?)");
  std::smatch part;
  if (!std::regex_match(text, part, form)) return std::nullopt;
  FrameName name;
  for (const Series series : all_series) {
    if (part[1].str() == name_of(series)) name.series = series;
  }
  name.joins_pieces = part[4].length() > 0;
  if (name.joins_pieces && part[3].matched) return std::nullopt;
  if (part[2].matched) name.step = number(part[2]);
  if (part[3].matched) name.piece = static_cast<std::size_t>(number(part[3]));
  name.partial = part[5].matched;
  // Only names that we would give: no step for a static series, the right extension.
  return file_name(name) == text ? std::optional(name) : std::nullopt;
}

FrameList list_frames(const fs::path& directory, Series series) {
  FrameList frames;
  for (const auto& [path, name] : our_files(directory)) {
    if (name.series != series || name.partial || name.piece) continue;
    frames[name.step] = path.filename().string();
  }
  return frames;
}

void write_pvd(const fs::path& directory, Series series, const FrameList& frames) {
  const fs::path path = pvd_path(directory, series);
  if (frames.empty()) {
    std::error_code error;
    fs::remove(path, error);
    if (error) {
      throw Failure(ExitCode::files,
                    fmt::format("cannot remove '{}': {}", path.string(), error.message()));
    }
    return;
  }
  std::string text = fmt::format(
      "<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"0.1\" byte_order=\"{}\">\n"
      "  <Collection>\n",
      std::endian::native == std::endian::little ? "LittleEndian" : "BigEndian");
  for (const auto& [step, file] : frames) {
    text += fmt::format("    <DataSet timestep=\"{}\" group=\"\" part=\"0\" file=\"{}\"/>\n",
                        time_days(step), file);
  }
  replace_text(path, text + "  </Collection>\n</VTKFile>\n");
}

void cut_back_frames(const fs::path& directory, std::int64_t step) {
  std::error_code error;
  if (!fs::is_directory(directory, error)) return;
  const auto is_later = [step](const FrameName& name) {
    return name.partial || (!is_static(name.series) && name.step > step);
  };
  for (const Series series : all_series) {
    FrameList frames = list_frames(directory, series);
    if (!is_static(series)) frames.erase(frames.upper_bound(step), frames.end());
    write_pvd(directory, series, frames);
    fs::remove(partial_name(pvd_path(directory, series)), error);
  }
  remove_if(directory, is_later);
  sync_path(directory);
}

void remove_other_shapes(const fs::path& directory, Series series, std::int64_t step,
                         std::size_t pieces) {
  remove_if(directory, [&](const FrameName& name) {
    if (name.series != series || name.step != step || name.partial) return false;
    const bool ours =
        name.piece ? pieces > 1 && *name.piece < pieces : name.joins_pieces == (pieces > 1);
    return !ours;
  });
}

}  // namespace marrow::io
