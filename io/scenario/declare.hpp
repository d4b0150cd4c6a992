// SPDX-License-Identifier: BSD-3-Clause
// The words in which the registry's entries are written. Only the declare_*.cpp files and the
// registry itself use it.
#pragma once

#include "io/scenario/registry.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace marrow::io {

template <typename T>
struct optional_content {
  using type = T;
  static constexpr bool is_optional = false;
};
template <typename T>
struct optional_content<std::optional<T>> {
  using type = T;
  static constexpr bool is_optional = true;
};

/// Converts between a member of the parameters and a Value.
template <typename Member>
struct Conversion {
  static Value to_value(const Member& member, const std::vector<std::string>& choices) {
    if constexpr (optional_content<Member>::is_optional) {
      if (!member) return std::monostate{};
      return Conversion<typename optional_content<Member>::type>::to_value(*member, choices);
    } else if constexpr (std::is_enum_v<Member>) {
      return choices[static_cast<std::size_t>(member)];
    } else if constexpr (std::is_integral_v<Member> && !std::is_same_v<Member, bool>) {
      return static_cast<std::int64_t>(member);
    } else {
      return member;
    }
  }
  static Member from_value(const Value& value, const std::vector<std::string>& choices) {
    if constexpr (optional_content<Member>::is_optional) {
      if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
      return Conversion<typename optional_content<Member>::type>::from_value(value, choices);
    } else if constexpr (std::is_enum_v<Member>) {
      const auto found = std::find(choices.begin(), choices.end(), std::get<std::string>(value));
      return static_cast<Member>(found - choices.begin());
    } else if constexpr (std::is_integral_v<Member> && !std::is_same_v<Member, bool>) {
      return static_cast<Member>(std::get<std::int64_t>(value));
    } else {
      return std::get<Member>(value);
    }
  }
};

/// Completes one entry of the registry, one property per call.
class Entry {
 public:
  explicit Entry(ParameterSpec& spec) : spec_(&spec) {}

  Entry& means(std::string sentence) {
    spec_->sentence = std::move(sentence);
    return *this;
  }
  Entry& source(std::string text) {
    spec_->source = std::move(text);
    return *this;
  }
  Entry& usual(std::string range) {
    spec_->usual = std::move(range);
    return *this;
  }
  Entry& at_least(double lowest) {
    spec_->limits.lowest = lowest;
    return *this;
  }
  Entry& above(double lowest) {
    spec_->limits.above_lowest = true;
    return at_least(lowest);
  }
  Entry& at_most(double highest) {
    spec_->limits.highest = highest;
    return *this;
  }
  Entry& whole_hours() {
    spec_->whole_hours = true;
    return *this;
  }
  Entry& required(std::string example) { return presence(Presence::required, std::move(example)); }
  Entry& required_if_section_is_written(std::string example) {
    return presence(Presence::required_if_section_is_written, std::move(example));
  }
  Entry& on_restart(RestartPolicy policy) {
    spec_->restart = policy;
    return *this;
  }

 private:
  Entry& presence(Presence how, std::string example) {
    spec_->presence = how;
    spec_->example = std::move(example);
    return *this;
  }

  ParameterSpec* spec_;
};

/// Collects the entries. `section` sets the prefix and the restart policy of what follows it. An
/// access is a generic lambda `[](auto& p, auto i) -> auto& { return p.member; }`; i is the index
/// in a list.
class Declarations {
 public:
  Declarations(std::vector<ParameterSpec>& parameters, std::vector<SectionSpec>& sections)
      : parameters_(&parameters), sections_(&sections) {}

  void section(std::string path, RestartPolicy restart, std::string sentence) {
    add_section(std::move(path), SectionKind::plain, restart, std::move(sentence));
  }

  template <typename Access>
  void list(std::string path, RestartPolicy restart, std::string sentence, Access access) {
    SectionSpec& spec =
        add_section(std::move(path), SectionKind::list, restart, std::move(sentence));
    prefix_ = spec.path + "[].";
    spec.count = [access](const Parameters& p) { return access(p).size(); };
    spec.resize = [access](Parameters& p, std::size_t n) { access(p).resize(n); };
  }

  template <typename Access>
  void optional(std::string path, RestartPolicy restart, std::string sentence, Access access) {
    SectionSpec& spec =
        add_section(std::move(path), SectionKind::optional, restart, std::move(sentence));
    spec.count = [access](const Parameters& p) -> std::size_t { return access(p) ? 1 : 0; };
    spec.resize = [access](Parameters& p, std::size_t n) {
      if (n == 0) {
        access(p).reset();
      } else if (!access(p)) {
        access(p).emplace();
      }
    };
  }

  /// Another policy for what follows than the section itself has: a switch may be fixed, and its
  /// rates not.
  void entries_on_restart(RestartPolicy policy) { restart_ = policy; }

  template <typename Access>
  Entry add(ParameterType type, const std::string& name, Access access,
            std::vector<std::string> choices = {}) {
    using Member = std::remove_cvref_t<decltype(access(std::declval<Parameters&>(), 0U))>;
    ParameterSpec& spec = parameters_->emplace_back();
    spec.path = prefix_ + name;
    spec.type = type;
    spec.restart = restart_;
    spec.may_be_none = optional_content<Member>::is_optional;
    spec.get = [access, choices](const Parameters& p, std::size_t i) {
      return Conversion<Member>::to_value(access(p, i), choices);
    };
    spec.set = [access, choices](Parameters& p, std::size_t i, const Value& value) {
      access(p, i) = Conversion<Member>::from_value(value, choices);
    };
    spec.choices = std::move(choices);
    return Entry(spec);
  }

  /// A number with a unit: `units` begins with the unit of the struct member.
  template <typename Access>
  Entry quantity(const std::string& name, std::vector<std::string> units, Access access) {
    Entry entry = add(ParameterType::quantity, name, access);
    ParameterSpec& spec = parameters_->back();
    spec.unit = parse_unit(units.front()).unit;
    spec.units = std::move(units);
    return entry;
  }

  /// A name that may be missing: the empty text, written `none`.
  template <typename Access>
  Entry name_or_none(const std::string& name, Access access) {
    Entry entry = add(ParameterType::name, name, access);
    ParameterSpec& spec = parameters_->back();
    spec.may_be_none = true;
    spec.get = [access](const Parameters& p, std::size_t i) -> Value {
      const std::string& text = access(p, i);
      return text.empty() ? Value{} : Value{text};
    };
    spec.set = [access](Parameters& p, std::size_t i, const Value& value) {
      const std::string* text = std::get_if<std::string>(&value);
      access(p, i) = text == nullptr ? std::string() : *text;
    };
    return entry;
  }

  template <typename Access>
  Entry share(const std::string& name, Access access) {
    return add(ParameterType::share, name, access).at_least(0.0).at_most(1.0);
  }

 private:
  SectionSpec& add_section(std::string path, SectionKind kind, RestartPolicy restart,
                           std::string sentence) {
    SectionSpec& spec = sections_->emplace_back();
    prefix_ = path + ".";
    restart_ = restart;
    spec.path = std::move(path);
    spec.kind = kind;
    spec.restart = restart;
    spec.sentence = std::move(sentence);
    return spec;
  }

  std::vector<ParameterSpec>* parameters_;
  std::vector<SectionSpec>* sections_;
  std::string prefix_;
  RestartPolicy restart_ = RestartPolicy::warned;
};

void declare_domain(Declarations& d);      // scenario, domain
void declare_tissue(Declarations& d);      // tissue, niches
void declare_stem_cells(Declarations& d);  // hspc
void declare_clones(Declarations& d);
void declare_tcells(Declarations& d);
void declare_immune(Declarations& d);       // tregs, signals
void declare_patient(Declarations& d);      // blood; then declare_clinic
void declare_definitions(Declarations& d);  // shares and limits directly in patient
void declare_clinic(Declarations& d);       // patient: criteria, tests, transfusion, death
void declare_drugs(Declarations& d);
void declare_therapy(Declarations& d);  // drugs, therapy
void declare_output(Declarations& d);   // run, output, checkpoint

}  // namespace marrow::io
