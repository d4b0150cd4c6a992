// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/effective.hpp"

#include "io/scenario/registry.hpp"
#include "io/scenario/value_text.hpp"
#include "io/text/utf8.hpp"

#include <algorithm>

namespace marrow::io {

namespace {

constexpr std::size_t comment_column = 44;

class EffectiveWriter {
 public:
  EffectiveWriter(const Parameters& parameters, const Origins& origins)
      : parameters_(&parameters), origins_(&origins) {}

  std::string write() {
    text_ = "# All parameters of the scenario, defaults included; valid input by itself.\n";
    write_children(*registry().section(""), "", 0, "", false);
    return std::move(text_);
  }

 private:
  [[nodiscard]] std::string origin_of(const std::string& path, const std::string& fallback) const {
    const auto found = origins_->find(path);
    if (found == origins_->end()) return fallback;
    if (found->second.kind == OriginKind::command_line) return "--set";
    return printable(found->second.source) + ":" + std::to_string(found->second.place.line);
  }

  void line(const std::string& content, const std::string& comment) {
    text_ += content;
    if (!comment.empty()) {
      const std::size_t width = code_points(content);
      text_ += std::string(width + 1 < comment_column ? comment_column - width : 2, ' ');
      text_ += "# " + comment;
    }
    text_ += '\n';
  }

  void write_parameter(const ParameterSpec& spec, const std::string& path, std::size_t index,
                       const std::string& indent) {
    std::string fallback = "default";
    if (!spec.source.empty()) fallback += "; " + spec.source;
    line(indent + std::string(last_name(path)) + ": " +
             format_value(spec, spec.get(*parameters_, index)),
         origin_of(path, fallback));
  }

  /// Children of a section in the order of the table: parameters, then sections.
  /// `dashed`: the first line takes a '- ' for its list.
  void write_children(const SectionSpec& section, const std::string& path, std::size_t index,
                      const std::string& indent, bool dashed) {
    const auto joined = [&](const std::string& name) {
      return path.empty() ? name : path + "." + name;
    };
    for (const std::string& name : registry().children(section.path)) {
      const std::string generic = child_path(section, name);
      std::string here = indent;
      if (dashed) here.replace(here.size() - 2, 2, "- ");
      dashed = false;
      if (const ParameterSpec* spec = registry().parameter(generic)) {
        write_parameter(*spec, joined(name), index, here);
      } else {
        write_section(*registry().section(generic), joined(name), here);
      }
    }
  }

  void write_section(const SectionSpec& spec, const std::string& path, const std::string& indent) {
    if (indent.empty()) text_ += '\n';
    const std::string name(last_name(path));
    if (spec.kind == SectionKind::plain) {
      line(indent + name + ":", spec.sentence);
      return write_children(spec, path, 0, indent + "  ", false);
    }
    const std::size_t count = spec.count(*parameters_);
    if (count == 0) {
      const std::string nothing = spec.kind == SectionKind::list ? ": []" : ": none";
      return line(indent + name + nothing, origin_of(path, "default"));
    }
    line(indent + name + ":", spec.sentence);
    if (spec.kind == SectionKind::optional) {
      return write_children(spec, path, 0, indent + "  ", false);
    }
    for (std::size_t i = 0; i < count; ++i) {
      write_children(spec, path + "[" + std::to_string(i) + "]", i, indent + "    ", true);
    }
  }

  const Parameters* parameters_;
  const Origins* origins_;
  std::string text_;
};

}  // namespace

std::string effective_yaml(const Parameters& parameters, const Origins& origins) {
  return EffectiveWriter(parameters, origins).write();
}

}  // namespace marrow::io
