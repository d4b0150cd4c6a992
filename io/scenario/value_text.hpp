// SPDX-License-Identifier: BSD-3-Clause
// One value of a scenario as text: how it is written, what may be written, and what is allowed, in
// words. Works from the parameter's specification alone.
#pragma once

#include "io/scenario/registry.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

/// The value as it stands in a scenario file; reads back to the same bits.
std::string format_value(const ParameterSpec& spec, const Value& value);

/// A text between double quotes with everything escaped that YAML or a terminal would interpret.
std::string double_quoted(std::string_view text);

/// True for yes, no, on, off, true, false, null and their like, which YAML readers do not take for
/// text.
bool is_yaml_word(std::string_view text);

/// True if `text` may be a name: a letter, then up to 63 letters, digits and underscores.
bool is_name(std::string_view text);

/// "a length", "a whole number", "true or false"...
std::string type_words(const ParameterSpec& spec);

/// How to write it: "a number with a unit: nm, um, mm, cm, m".
std::string form_words(const ParameterSpec& spec);

/// "1 um to 100 um", "above 0 h", or "" without limits.
std::string limit_words(const ParameterSpec& spec);

/// A limit in the parameter's own way of writing.
std::string limit_text(const ParameterSpec& spec, double limit);

/// Default as text, or "" where there is none.
std::string default_text(const ParameterSpec& spec);

/// "default: 10 um", or "for example: 2 y" where a value is required.
std::string default_or_example(const ParameterSpec& spec);

}  // namespace marrow::io
