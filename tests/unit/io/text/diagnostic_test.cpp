// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/diagnostic.hpp"

#include "io/text/utf8.hpp"

#include <gtest/gtest.h>

namespace {

using namespace marrow::io;

Diagnostic sample() {
  Diagnostic diagnostic;
  diagnostic.source = "a.yaml";
  diagnostic.place = {7, 12, 2};
  diagnostic.message = "no unit";
  diagnostic.advice = {"write 10 um"};
  diagnostic.source_line = "  spacing: 10";
  return diagnostic;
}

TEST(Diagnostic, ShowsPlaceSourceCaretAndAdvice) {
  EXPECT_EQ(render(sample()),
            "a.yaml:7:12: error: no unit\n"
            "    7 |   spacing: 10\n"
            "      |            ^~\n"
            "      = write 10 um\n");
}

TEST(Diagnostic, OfAWholeFileHasNoExcerpt) {
  Diagnostic diagnostic = sample();
  diagnostic.place = {};
  EXPECT_EQ(render(diagnostic), "a.yaml: error: no unit\n      = write 10 um\n");
}

TEST(Diagnostic, ColorsOnlyWhenAsked) {
  EXPECT_EQ(render(sample(), Color::off).find('\x1b'), std::string::npos);
  EXPECT_NE(render(sample(), Color::on).find("\x1b[1;31merror:\x1b[0m"), std::string::npos);
}

TEST(Diagnostic, NeverSendsControlCharactersOfTheSource) {
  Diagnostic diagnostic = sample();
  diagnostic.source = "a\x1b[2J.yaml";
  diagnostic.source_line = "x\x1b[31m\ty\x07\xC2\x9B";
  const std::string text = render(diagnostic);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("x?[31m y??"), std::string::npos);
}

TEST(Diagnostic, CutsLongLinesAroundTheCaret) {
  Diagnostic diagnostic = sample();
  diagnostic.source_line = std::string(500, 'a') + "X" + std::string(500, 'b');
  diagnostic.place = {1, 501, 1};
  const std::string text = render(diagnostic);
  const std::size_t line_begin = text.find('\n') + 1;
  const std::size_t line_end = text.find('\n', line_begin);
  const std::size_t caret = text.find('^', line_end) - line_end - 1;
  EXPECT_EQ(text[line_begin + caret], 'X');
  EXPECT_LT(line_end - line_begin, 130U);
}

TEST(Diagnostic, CaretStaysUnderAccentedText) {
  Diagnostic diagnostic = sample();
  diagnostic.source_line = "\xC3\xA9\xC3\xA9: \xC3\xA9";
  diagnostic.place = {1, 5, 1};
  EXPECT_NE(render(diagnostic).find("      |     ^\n"), std::string::npos);
}

TEST(Diagnostics, AreSortedCountedAndLimited) {
  Diagnostic first = sample();
  first.place.line = 2;
  Diagnostic second = sample();
  second.place.line = 10;
  Diagnostic argument = sample();
  argument.source = "--set";
  argument.source_order = 1;
  argument.place.line = 1;
  const std::string text = render_all({argument, second, first});
  EXPECT_LT(text.find("a.yaml:2:"), text.find("a.yaml:10:"));
  EXPECT_LT(text.find("a.yaml:10:"), text.find("--set:1:"));
  EXPECT_TRUE(text.ends_with("3 errors\n"));
  EXPECT_TRUE(
      render_all({first, second}, Color::off, 1).ends_with("2 errors, the first 1 shown\n"));
  EXPECT_EQ(render_all({}), "");
}

TEST(Utf8, FindsTheFirstInvalidByte) {
  EXPECT_EQ(first_invalid_utf8("plain \xC3\xA9 \xF0\x9D\x9B\xBC"), std::string::npos);
  EXPECT_EQ(first_invalid_utf8("ab\xE9"), 2U);
  EXPECT_EQ(first_invalid_utf8("\xC0\x80"), 0U) << "overlong";
  EXPECT_EQ(first_invalid_utf8("\xED\xA0\x80"), 0U) << "surrogate";
  EXPECT_EQ(first_invalid_utf8("\xF4\x90\x80\x80"), 0U) << "beyond Unicode";
  EXPECT_EQ(code_points("\xC3\xA9x\xF0\x9D\x9B\xBC"), 3U);
  EXPECT_EQ(in_quotes(std::string(100, 'a'), 5), "'aaaaa...'");
}

}  // namespace
