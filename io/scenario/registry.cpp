// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/registry.hpp"

#include "io/scenario/declare.hpp"
#include "io/text/suggestion.hpp"

#include <algorithm>
#include <bit>
#include <charconv>

namespace marrow::io {

namespace {

template <typename Spec>
const Spec* find_path(const std::vector<Spec>& specs, std::string_view path) {
  const auto found =
      std::find_if(specs.begin(), specs.end(), [&](const Spec& spec) { return spec.path == path; });
  return found == specs.end() ? nullptr : &*found;
}

}  // namespace

Registry::Registry() {
  Declarations declarations(parameters_, sections_);
  declarations.section("", RestartPolicy::warned, "A scenario: one simulated block of marrow.");
  declare_domain(declarations);
  declare_tissue(declarations);
  declare_stem_cells(declarations);
  declare_clones(declarations);
  declare_tcells(declarations);
  declare_immune(declarations);
  declare_patient(declarations);
  declare_therapy(declarations);
  declare_output(declarations);
  for (const SectionSpec& section : sections_) {
    if (section.resize) section.resize(prototype_, 1);
  }
}

const ParameterSpec* Registry::parameter(std::string_view path) const {
  return find_path(parameters_, path);
}

const SectionSpec* Registry::section(std::string_view path) const {
  return find_path(sections_, path);
}

const SectionSpec& Registry::section_of(std::string_view path) const {
  std::string_view parent = parent_path(path);
  if (parent.ends_with("[]")) parent.remove_suffix(2);
  return *section(parent);
}

std::vector<std::string> Registry::children(std::string_view section_path) const {
  std::vector<std::string> names;
  const auto add = [&](const std::string& path) {
    if (path.empty() || section_of(path).path != section_path) return;
    names.emplace_back(last_name(path));
  };
  for (const ParameterSpec& spec : parameters_) add(spec.path);
  for (const SectionSpec& spec : sections_) add(spec.path);
  return names;
}

const Registry& registry() {
  static const Registry table;
  return table;
}

std::string_view parent_path(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot);
}

std::string_view last_name(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

std::string without_indices(std::string_view path) {
  std::string result;
  bool inside = false;
  for (const char c : path) {
    if (c == ']') inside = false;
    if (!inside) result += c;
    if (c == '[') inside = true;
  }
  return result;
}

std::size_t index_in(std::string_view path) {
  const std::size_t open = path.find('[');
  std::size_t index = 0;
  if (open != std::string_view::npos) {
    std::from_chars(path.data() + open + 1, path.data() + path.size(), index);
  }
  return index;
}

std::string with_index(std::string_view path, std::size_t index) {
  const std::size_t at = path.find("[]");
  if (at == std::string_view::npos) return std::string(path);
  return std::string(path.substr(0, at + 1)) + std::to_string(index) +
         std::string(path.substr(at + 1));
}

std::string child_path(const SectionSpec& section, std::string_view name) {
  if (section.path.empty()) return std::string(name);
  return section.path + (section.kind == SectionKind::list ? "[]." : ".") + std::string(name);
}

std::optional<std::string> nearest_path(std::string_view path) {
  std::vector<std::string> paths;
  for (const ParameterSpec& spec : registry().parameters()) paths.push_back(spec.path);
  for (const SectionSpec& spec : registry().sections()) {
    if (!spec.path.empty()) paths.push_back(spec.path);
  }
  if (auto match = closest(path, paths)) return match;
  // The right name in the wrong section, or the name alone.
  std::vector<std::string> names;
  for (const std::string& known : paths) names.emplace_back(last_name(known));
  const auto name = closest(last_name(path), names);
  if (!name) return std::nullopt;
  const auto at = std::find(names.begin(), names.end(), *name) - names.begin();
  return paths[static_cast<std::size_t>(at)];
}

bool same_value(const Value& a, const Value& b) {
  if (a.index() != b.index()) return false;
  if (const double* x = std::get_if<double>(&a)) {
    return std::bit_cast<std::uint64_t>(*x) == std::bit_cast<std::uint64_t>(std::get<double>(b));
  }
  return a == b;
}

}  // namespace marrow::io
