// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/yaml_tree.hpp"

#include "io/scenario/yaml_errors.hpp"
#include "io/text/utf8.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <sstream>
#include <utility>

namespace marrow::io {

namespace {

constexpr std::size_t most_nodes = 20000;
constexpr std::size_t deepest = 24;

/// Thrown by the handler to leave the parser after an error that makes the rest unreadable.
struct Abandon {};

/// Builds the tree from yaml-cpp's events. The event interface, because yaml-cpp's own tree
/// resolves aliases, keeps duplicate keys without a word and forgets where values stood.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const SourceText& source, std::size_t line, std::size_t byte_column,
              std::vector<Diagnostic>& errors)
      : source_(&source), line_(line), byte_column_(byte_column), errors_(&errors) {}

  [[nodiscard]] const std::optional<YamlNode>& root() const { return root_; }
  /// Innermost bracket that is open, if any.
  [[nodiscard]] const YamlNode* open_bracket() const {
    for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame) {
      if (frame->bracket) return &frame->node;
    }
    return nullptr;
  }
  [[nodiscard]] std::pair<std::size_t, std::size_t> position(const YAML::Mark& mark) const {
    const auto line = static_cast<std::size_t>(std::max(mark.line, 0));
    const auto column = static_cast<std::size_t>(std::max(mark.column, 0));
    return {line_ + line, column + (line == 0 ? byte_column_ : 0)};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    const auto [line, column] = position(mark);
    report(source_->place(line, column, 3),
           "a scenario is one YAML document; a second one begins here",
           {"remove this '---' or put the second scenario into a file of its own"});
    throw Abandon{};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    YamlNode node = node_at(mark, YamlNode::Kind::empty, 1);
    // The event's mark is that of the next token; an empty value stands with its key.
    if (!frames_.empty() && frames_.back().key && !is_written_null(mark)) {
      node.place = frames_.back().key->place;
      node.byte_column = frames_.back().key->byte_column;
    } else if (!is_written_null(mark)) {
      node.place = place_of_dash(mark, node.place);
    }
    add(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    YamlNode node = node_at(mark, YamlNode::Kind::invalid, 0);
    const bool merge = !frames_.empty() && frames_.back().key && frames_.back().key->text == "<<";
    if (!merge && ++aliases_ == 1) {  // one such error says it all
      report(node.place, "aliases ('*') are not used in scenarios",
             {"write the value out, here and wherever else an alias stands"});
    }
    add(std::move(node));
  }

  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    if (++anchors_ > 1) return;
    const auto [line, column] = position(mark);
    report(source_->place(line, column, name.size() + 1),
           "anchors ('&') are not used in scenarios: every value stands where it is used",
           {"remove " + in_quotes("&" + name) + ", and any other anchor"});
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    YamlNode node = node_at(mark, YamlNode::Kind::scalar, 0);
    const auto [line, column] = position(mark);
    const std::string_view rest = rest_of_line(line, column);
    if (!check_tag(tag, node.place)) node.kind = YamlNode::Kind::invalid;
    node.text = value;
    const char first = rest.empty() ? ' ' : rest[0];
    node.quoted = first == '"' || first == '\'' || first == '|' || first == '>';
    node.place = source_->place(line, column, scalar_length(line, column, value));
    if (first == '"' || first == '\'') check_closed(line, column, first, node.place);
    if (node.text == "<<" && !node.quoted) {
      report(node.place, "merge keys ('<<') are not used in scenarios",
             {"write the entries out here"});
      node.kind = YamlNode::Kind::invalid;
    }
    add(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value style) override {
    open(mark, tag, YamlNode::Kind::sequence, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value style) override {
    open(mark, tag, YamlNode::Kind::mapping, style);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    YamlNode node;
    std::optional<YamlNode> key;  // of a mapping: waits for its value
    bool bracket = false;
  };

  void report(const Place& place, std::string message, std::vector<std::string> advice) {
    errors_->push_back(source_->error(place, std::move(message), std::move(advice)));
  }

  [[nodiscard]] std::string_view rest_of_line(std::size_t line, std::size_t column) const {
    const std::string_view text = source_->line(line);
    return column < text.size() ? text.substr(column) : std::string_view{};
  }

  [[nodiscard]] bool is_written_null(const YAML::Mark& mark) const {
    const auto [line, column] = position(mark);
    const std::string_view rest = rest_of_line(line, column);
    return rest.starts_with('~') || rest.starts_with("null") || rest.starts_with("Null") ||
           rest.starts_with("NULL");
  }

  /// The '-' of an empty list entry: the event's mark is that of the next token.
  [[nodiscard]] Place place_of_dash(const YAML::Mark& mark, const Place& otherwise) const {
    for (std::size_t line = position(mark).first + 1; line-- > line_;) {
      const std::string_view text = source_->line(line);
      const std::size_t end = text.find_last_not_of(' ');
      if (end == std::string_view::npos) continue;
      if (text[end] == '-') return source_->place(line, end, 1);
      if (line < position(mark).first) break;
    }
    return otherwise;
  }

  /// Length in bytes of a scalar within its first line.
  [[nodiscard]] std::size_t scalar_length(std::size_t line, std::size_t column,
                                          const std::string& value) const {
    const std::string_view rest = rest_of_line(line, column);
    if (rest.starts_with(value)) return value.size();
    if (rest.starts_with('"') || rest.starts_with('\'')) {
      const auto end = end_of_quote(*source_, line, column);
      return end && end->first == line ? end->second - column : rest.size();
    }
    if (rest.starts_with('|') || rest.starts_with('>')) return 1;
    return rest.size();
  }

  bool check_tag(const std::string& tag, const Place& place) {
    if (tag.empty() || tag == "?" || tag == "!") return true;
    report(place, "tags such as " + in_quotes(tag) + " are not used in scenarios",
           {"remove the tag"});
    return false;
  }

  void check_closed(std::size_t line, std::size_t column, char quote, const Place& place) {
    if (end_of_quote(*source_, line, column)) return;
    report({place.line, place.column, 1}, std::string("the quote ") + quote + " is never closed",
           {"add the closing quote at the end of the text"});
    throw Abandon{};
  }

  [[nodiscard]] YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind,
                                 std::size_t bytes) const {
    YamlNode node;
    node.kind = kind;
    const auto [line, column] = position(mark);
    node.place = source_->place(line, column, bytes);
    node.byte_column = column;
    return node;
  }

  void count(const Place& place) {
    if (++nodes_ <= most_nodes) return;
    report(place, "the file has more than " + std::to_string(most_nodes) + " values",
           {"a scenario has about a hundred; is this the right file?"});
    throw Abandon{};
  }

  void open(const YAML::Mark& mark, const std::string& tag, YamlNode::Kind kind,
            YAML::EmitterStyle::value style) {
    YamlNode node = node_at(mark, kind, 1);
    static_cast<void>(check_tag(tag, node.place));
    count(node.place);
    if (frames_.size() >= deepest) {
      report(node.place, "nested more than " + std::to_string(deepest) + " levels deep",
             {"a scenario needs four levels"});
      throw Abandon{};
    }
    frames_.push_back({std::move(node), std::nullopt, style == YAML::EmitterStyle::Flow});
  }

  void close() {
    YamlNode node = std::move(frames_.back().node);
    frames_.pop_back();
    attach(std::move(node));
  }

  void add(YamlNode node) {
    count(node.place);
    attach(std::move(node));
  }

  void attach(YamlNode node) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.kind == YamlNode::Kind::sequence) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.key) {
      frame.key = std::move(node);
    } else {
      frame.node.entries.push_back({std::move(*frame.key), std::move(node)});
      frame.key.reset();
    }
  }

  const SourceText* source_;
  std::size_t line_;
  std::size_t byte_column_;
  std::vector<Diagnostic>* errors_;
  std::vector<Frame> frames_;
  std::optional<YamlNode> root_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
  int aliases_ = 0;
  int anchors_ = 0;
};

Diagnostic syntax_error(const SourceText& source, const TreeBuilder& builder,
                        const YAML::ParserException& failure) {
  const YamlNode* bracket = builder.open_bracket();
  const auto [line, column] = builder.position(failure.mark);
  const std::string_view before =
      source.line(line).substr(0, std::min(column, source.line(line).size()));
  const SyntaxMessage text = explain_syntax_error(failure.msg, bracket != nullptr, before);
  if (text.at_open_bracket && bracket != nullptr) {
    return source.error(bracket->place, text.message, {text.advice});
  }
  return source.error(source.place(line, column, 1), text.message, {text.advice});
}

}  // namespace

std::optional<YamlNode> read_yaml(const SourceText& source, std::string_view text, std::size_t line,
                                  std::size_t byte_column, std::vector<Diagnostic>& errors) {
  TreeBuilder builder(source, line, byte_column, errors);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Abandon&) {
    return std::nullopt;
  } catch (const YAML::ParserException& failure) {
    errors.push_back(syntax_error(source, builder, failure));
    return std::nullopt;
  } catch (const std::exception& failure) {
    errors.push_back(source.error("the YAML reader gave up: " + printable(failure.what())));
    return std::nullopt;
  }
  return builder.root();
}

}  // namespace marrow::io
