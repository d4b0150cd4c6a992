// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/describe.hpp"
#include "io/scenario/registry.hpp"
#include "io/scenario/restart.hpp"
#include "io/scenario/value_text.hpp"
#include "io/text/suggestion.hpp"
#include "io/text/utf8.hpp"

#include <algorithm>

namespace marrow::io {

namespace {

std::string row(const std::string& label, const std::string& content) {
  if (content.empty()) return "";
  return "  " + label + std::string(label.size() < 10 ? 10 - label.size() : 1, ' ') + content +
         "\n";
}

std::string tag_legend(const std::string& source) {
  std::vector<std::string> meanings;
  const auto add = [&](char tag, const std::string& meaning) {
    for (std::size_t open = source.find('['); open != std::string::npos;
         open = source.find('[', open + 1)) {
      const std::string inside = source.substr(open + 1, source.find(']', open) - open - 1);
      if (inside.size() > 3 || inside.find(tag) == std::string::npos) continue;
      meanings.push_back(std::string("[") + tag + "] " + meaning);
      return;
    }
  };
  add('S', "read in the source");
  add('M', "general knowledge, not re-checked");
  add('D', "derived");
  add('A', "assumption or calibration");
  std::string legend;
  for (const std::string& meaning : meanings) legend += (legend.empty() ? "" : "; ") + meaning;
  return legend;
}

std::string explain_parameter(const ParameterSpec& spec) {
  std::string text = spec.path + "\n  " + spec.sentence + "\n\n";
  text += row("write", form_words(spec) + (spec.may_be_none ? "; or none" : ""));
  text += spec.presence == Presence::has_default ? row("default", default_text(spec))
                                                 : row("required", "e.g. " + spec.example);
  if (spec.presence == Presence::required_if_section_is_written) {
    text += row("default", default_text(spec) + ", where the section is not written");
  }
  text += row("allowed", limit_words(spec));
  text += row("usual", spec.usual);
  text += row("restart", std::string(policy_sentence(spec.restart)));
  text += row("source", spec.source);
  text += row("tags", tag_legend(spec.source));
  return text;
}

std::string first_line(const std::string& path, const std::string& detail) {
  const std::size_t width = std::max<std::size_t>(path.size() + 2, 36);
  return "  " + path + std::string(width - path.size(), ' ') + detail + "\n";
}

std::string explain_section(const SectionSpec& section) {
  std::string text = section.path.empty() ? "" : section.path + "\n";
  text += "  " + section.sentence + "\n";
  if (section.kind == SectionKind::list) text += "  A list; each entry has the keys below.\n";
  if (section.kind == SectionKind::optional) text += "  Optional: leave it out or write 'none'.\n";
  text += "\n";
  for (const std::string& name : registry().children(section.path)) {
    const std::string path = child_path(section, name);
    if (const ParameterSpec* spec = registry().parameter(path)) {
      const std::string value = spec->presence == Presence::has_default
                                    ? default_text(*spec)
                                    : "required, e.g. " + spec->example;
      text += first_line(path, value);
    } else {
      text += first_line(path, registry().section(path)->sentence);
    }
  }
  text += "\n'marrow explain PATH' says more about each.\n";
  return text;
}

}  // namespace

std::optional<std::string> explain(std::string_view path) {
  std::string generic = without_indices(path);
  if (generic.ends_with("[]")) generic.resize(generic.size() - 2);
  if (const ParameterSpec* spec = registry().parameter(generic)) return explain_parameter(*spec);
  if (const SectionSpec* section = registry().section(generic)) return explain_section(*section);
  return std::nullopt;
}

std::string explain_unknown(std::string_view path) {
  std::string text = "there is no parameter or section " + in_quotes(path) + "\n";
  if (const auto match = nearest_path(without_indices(path))) {
    return text + "  = did you mean '" + *match + "'?\n";
  }
  return text + "  = sections: " + listed(registry().children(""), "and") + "\n";
}

nlohmann::json diagnostics_json(const std::vector<Diagnostic>& diagnostics) {
  nlohmann::json list = nlohmann::json::array();
  for (const Diagnostic& diagnostic : diagnostics) {
    list.push_back({{"file", printable(diagnostic.source)},
                    {"line", diagnostic.place.line},
                    {"column", diagnostic.place.column},
                    {"end_column", diagnostic.place.column + diagnostic.place.length},
                    {"severity", "error"},
                    {"message", diagnostic.message},
                    {"advice", diagnostic.advice},
                    {"parameter", diagnostic.parameter}});
  }
  return list;
}

}  // namespace marrow::io
