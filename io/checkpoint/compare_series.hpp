// SPDX-License-Identifier: BSD-3-Clause
// The first difference between two tables of comma-separated values, exact to the character.
#pragma once

#include <string>
#include <string_view>

namespace marrow::io {

/// "line 17 (hour 384), column 'stem': A 10, B 11"; empty when the tables are equal. Lines that
/// begin with '#' are comments and not compared; the first other line names the columns.
std::string first_difference(std::string_view table_a, std::string_view table_b);

}  // namespace marrow::io
