// SPDX-License-Identifier: BSD-3-Clause
// The one table of parameters: every member of marrow::Parameters with its path, type, unit,
// default, limits, sentence, source and restart policy. Reader, printer, explain, schema, reference
// and the comparison on resume all walk this table; none of them knows a parameter by itself.
#pragma once

#include "core/model/parameters.hpp"
#include "io/text/units.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace marrow::io {

enum class ParameterType {
  integer,
  number,    // without dimension
  quantity,  // with a unit
  share,     // 0 to 1, or a percentage
  choice,
  text,
  name,  // a word that may become a column or directory name
  flag,
  extent,    // three whole numbers, in voxels
  genotype,  // list of losses and gains
  dose,      // an amount whose dimension depends on the drug
};

/// What a changed value means when a run continues from a checkpoint.
enum class RestartPolicy { free, warned, fixed };

enum class Presence { has_default, required, required_if_section_is_written };

/// std::monostate: an optional value that is absent (`none`). Choices are held as their word,
/// genotypes as their bits, quantities in the first unit of their specification.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string, Index3, Dose>;

struct Limits {
  double lowest = -std::numeric_limits<double>::infinity();
  double highest = std::numeric_limits<double>::infinity();
  bool above_lowest = false;  // lowest itself is not allowed
};

/// One parameter. Paths of list elements contain "[]": the element's index is passed to get and
/// set.
struct ParameterSpec {
  std::string path;
  ParameterType type = ParameterType::number;
  RestartPolicy restart = RestartPolicy::warned;
  Presence presence = Presence::has_default;
  bool may_be_none = false;
  bool whole_hours = false;
  Limits limits;
  std::vector<std::string>
      units;  // the unit of the struct member first, then others fit for printing
  Unit unit;
  std::vector<std::string> choices;
  std::string sentence;
  std::string usual;    // published or plausible range
  std::string source;   // with its evidence tag
  std::string example;  // shown where there is no default
  std::function<Value(const Parameters&, std::size_t)> get;
  std::function<void(Parameters&, std::size_t, const Value&)> set;
};

enum class SectionKind { plain, optional, list };

struct SectionSpec {
  std::string path;  // "" for the whole scenario; elements of a list have the path of the list
  SectionKind kind = SectionKind::plain;
  RestartPolicy restart = RestartPolicy::warned;
  std::string sentence;
  // Of optional sections (0 or 1 element) and lists:
  std::function<std::size_t(const Parameters&)> count;
  std::function<void(Parameters&, std::size_t)> resize;
};

/// Parameters and sections in the order in which they are printed.
class Registry {
 public:
  Registry();

  [[nodiscard]] const std::vector<ParameterSpec>& parameters() const { return parameters_; }
  [[nodiscard]] const std::vector<SectionSpec>& sections() const { return sections_; }

  [[nodiscard]] const ParameterSpec* parameter(std::string_view path) const;
  [[nodiscard]] const SectionSpec* section(std::string_view path) const;
  /// The section that a parameter or section stands in.
  [[nodiscard]] const SectionSpec& section_of(std::string_view path) const;
  /// Names (last path parts) of the parameters and sections directly within a section, in order.
  [[nodiscard]] std::vector<std::string> children(std::string_view section_path) const;
  /// A scenario with every default, every optional section present and one element in each list.
  [[nodiscard]] const Parameters& prototype() const { return prototype_; }

 private:
  std::vector<ParameterSpec> parameters_;
  std::vector<SectionSpec> sections_;
  Parameters prototype_;
};

/// The registry of this program; built at the first call.
const Registry& registry();

/// "a.b[].c" -> "a.b[]"; "a" -> "".
std::string_view parent_path(std::string_view path);
/// "a.b[].c" -> "c".
std::string_view last_name(std::string_view path);
/// "a.b[3].c" -> "a.b[].c".
std::string without_indices(std::string_view path);
/// "a.b[3].c" -> 3; 0 for paths without an index.
std::size_t index_in(std::string_view path);
/// "a.b[].c" and 3 -> "a.b[3].c"; other paths unchanged.
std::string with_index(std::string_view path, std::size_t index);
/// Path of a child in a section: children of the list "a.b" are "a.b[].name".
std::string child_path(const SectionSpec& section, std::string_view name);

/// The parameter or section that a misspelt or incomplete path (without indices) most likely means.
std::optional<std::string> nearest_path(std::string_view path);

/// True if both hold the same value (floating point compared bit by bit).
bool same_value(const Value& a, const Value& b);

}  // namespace marrow::io
