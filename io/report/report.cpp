// SPDX-License-Identifier: BSD-3-Clause
#include "io/report/report.hpp"

#include "core/model/failure.hpp"
#include "io/file/files.hpp"
#include "io/palette/palette.hpp"
#include "io/report/run_report.hpp"
#include "io/run/build_info.hpp"
#include "io/run/run_paths.hpp"
#include "io/text/utf8.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace marrow::io {

namespace embedded {
std::string_view page_html();
std::string_view page_css();
std::string_view page_js();
std::string_view plots_js();
std::string_view slices_js();
std::string_view figures_js();
std::string_view clones_js();
std::string_view echarts_js();
}  // namespace embedded

namespace {

namespace fs = std::filesystem;

/// JSON that a page may hold: no '<' that could end its script, invalid UTF-8 and controls of
/// writing direction replaced.
std::string script_safe(const nlohmann::json& value) {
  std::string safe;
  const std::string text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  for (const char c : without_direction_controls(text)) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

/// `page` with each {{NAME}} replaced, once, by its text.
std::string filled(std::string_view page,
                   const std::vector<std::pair<std::string_view, std::string_view>>& parts) {
  std::string text;
  for (const auto& [name, part] : parts) {
    const std::string mark = "{{" + std::string(name) + "}}";
    const std::size_t at = page.find(mark);
    if (at == std::string_view::npos) {
      throw Failure(ExitCode::internal_error, "the page has no place for " + std::string(name));
    }
    text += page.substr(0, at);
    text += part;
    page.remove_prefix(at + mark.size());
  }
  return text += page;
}

std::string name_of_directory(const fs::path& directory) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(directory, error);
  return (error ? directory : whole).filename().string();
}

fs::path default_output(std::span<const fs::path> directories) {
  if (directories.size() == 1) return RunPaths(directories[0]).report();
  std::string name = "report";
  for (const fs::path& directory : directories) name += "_" + name_of_directory(directory);
  return name + ".html";
}

}  // namespace

std::string report_page(const nlohmann::json& runs) {
  const std::string data = script_safe({{"runs", runs}, {"version", build_info().version}});
  const std::string colours = palette_json();
  return filled(embedded::page_html(), {{"STYLE", embedded::page_css()},
                                        {"DATA", data},
                                        {"PALETTE", colours},
                                        {"LIBRARY", embedded::echarts_js()},
                                        {"PLOTS", embedded::plots_js()},
                                        {"SLICES", embedded::slices_js()},
                                        {"FIGURES", embedded::figures_js()},
                                        {"CLONES", embedded::clones_js()},
                                        {"SCRIPT", embedded::page_js()}});
}

fs::path write_report(std::span<const fs::path> directories, const fs::path& output,
                      const Clock& clock) {
  nlohmann::json runs = nlohmann::json::array();
  for (const fs::path& directory : directories) runs.push_back(run_report(directory, clock));
  const fs::path file = output.empty() ? default_output(directories) : output;
  replace_file_text(file, report_page(runs));
  return file;
}

}  // namespace marrow::io
