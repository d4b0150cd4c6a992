// SPDX-License-Identifier: BSD-3-Clause
// The parameter reference: one table per section.
#include "io/scenario/describe.hpp"
#include "io/scenario/registry.hpp"
#include "io/scenario/restart.hpp"
#include "io/scenario/value_text.hpp"

namespace marrow::io {

namespace {

/// A table cell: no bars, no line breaks.
std::string cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) {
    text.replace(at, 1, "\\|");
  }
  return text;
}

std::string parameter_row(const ParameterSpec& spec) {
  const std::string value = spec.presence == Presence::required
                                ? "**required**, e.g. `" + spec.example + "`"
                                : "`" + default_text(spec) + "`";
  const std::string allowed =
      spec.type == ParameterType::choice ? type_words(spec) : limit_words(spec);
  return "| `" + spec.path + "` | " + cell(spec.sentence) + " | " + cell(value) + " | " +
         cell(allowed) + " | " + cell(spec.usual) + " | " + cell(spec.source) + " | " +
         std::string(policy_word(spec.restart)) + " |\n";
}

}  // namespace

std::string reference_markdown() {
  std::string text =
      "# Parameters of a scenario\n\n"
      "Made from the program's parameter table. Values with a dimension need a unit. Evidence "
      "tags: "
      "[S] read in the source, [M] general knowledge, not re-checked, [D] derived, [A] assumption "
      "or "
      "calibration. Restart: *free* values may change when a run continues, *warned* ones need "
      "`--allow-change`, *fixed* ones may not.\n";
  for (const SectionSpec& section : registry().sections()) {
    if (section.path.empty()) continue;
    text += "\n## " + section.path + "\n\n" + section.sentence;
    if (section.kind == SectionKind::list) text += " A list.";
    if (section.kind == SectionKind::optional) {
      text += " Optional: not there unless written; `none` for none.";
    }
    text += "\n";
    std::string rows;
    for (const ParameterSpec& spec : registry().parameters()) {
      if (&registry().section_of(spec.path) == &section) rows += parameter_row(spec);
    }
    if (rows.empty()) continue;
    text +=
        "\n| parameter | meaning | default | allowed | usual | source | restart |\n"
        "|---|---|---|---|---|---|---|\n" +
        rows;
  }
  return text;
}

}  // namespace marrow::io
