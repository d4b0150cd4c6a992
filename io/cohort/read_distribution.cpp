// SPDX-License-Identifier: BSD-3-Clause
#include "io/cohort/read_distribution.hpp"

#include "io/scenario/value_reader.hpp"
#include "io/scenario/value_text.hpp"
#include "io/text/number.hpp"
#include "io/text/suggestion.hpp"

#include <cmath>
#include <numeric>
#include <utility>

namespace marrow::io {
namespace {

using Kind = Distribution::Kind;

constexpr double weights_slack = 1e-3;  // thirds as 0.333

const std::vector<std::pair<std::string, Kind>>& kinds() {
  static const std::vector<std::pair<std::string, Kind>> all = {
      {"fixed", Kind::fixed},         {"uniform", Kind::uniform}, {"normal", Kind::normal},
      {"lognormal", Kind::lognormal}, {"mixture", Kind::mixture}, {"categories", Kind::categories}};
  return all;
}

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const auto& [name, kind] : kinds()) names.push_back(name);
  return names;
}

bool is_numeric(ParameterType type) {
  return type == ParameterType::integer || type == ParameterType::number ||
         type == ParameterType::quantity || type == ParameterType::share;
}

double number_in(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  return std::get<double>(value);
}

/// A value on the parameter's own scale that need not be one it could have itself: fractions of
/// whole numbers and hours.
ParameterSpec scale_of(const ParameterSpec& spec, const Limits& limits) {
  ParameterSpec scale = spec;
  if (scale.type == ParameterType::integer) scale.type = ParameterType::number;
  scale.may_be_none = false;
  scale.whole_hours = false;
  scale.limits = limits;
  if (scale.example.empty()) scale.example = default_text(spec);
  if (scale.example.empty() || scale.example == "none") scale.example = "1";
  return scale;
}

class DistributionReader {
 public:
  DistributionReader(const SourceText& source, CohortDraw& draw, std::vector<Diagnostic>& errors)
      : source_(&source), draw_(&draw), errors_(&errors) {}

  /// `part`: of a mixture.
  Distribution read(const YamlNode& node, const std::string& path, Weights* part) {
    Entries entries(*source_, *errors_, node, path);
    Distribution result;
    if (part != nullptr) part->add(entries);
    const YamlNode* body = nullptr;
    for (const auto& [name, kind] : kinds()) {
      const YamlNode* found = entries.find(name);
      if (found == nullptr) continue;
      if (body != nullptr) {
        entries.error(found->place, "'" + path + "' has two distributions",
                      {"write one; to combine them, write a mixture"});
      }
      body = found;
      result.kind = kind;
    }
    entries.finish();
    if (node.kind != YamlNode::Kind::mapping) return result;
    if (body == nullptr) {
      entries.error(node.place, "'" + path + "' has no distribution",
                    {"write one of " + listed(kind_names()) + ", for example {uniform: {from: " +
                     scale_of(*draw_->spec, {}).example + ", to: …}}"});
      return result;
    }
    read_body(*body, path, part != nullptr, result);
    return result;
  }

 private:
  void read_body(const YamlNode& node, const std::string& path, bool in_mixture,
                 Distribution& result) {
    const ParameterSpec& spec = *draw_->spec;
    const bool categories = result.kind == Kind::categories;
    const bool fixed = result.kind == Kind::fixed;
    if (!is_numeric(spec.type) && !categories && !(fixed && !in_mixture)) {
      return refuse(node,
                    "'" + draw_->path + "' is " + type_words(spec) +
                        ", and this is a distribution of numbers",
                    {"write {categories: [{weight: 40 %, value: …}, {weight: 60 %, value: …}]}"});
    }
    if (categories && in_mixture) {
      return refuse(node, "a mixture has no categories among its parts",
                    {"write {fixed: …} for a part with one value"});
    }
    if (fixed) return read_fixed(node, path, result);
    if (categories) return read_categories(node, path, result);
    if (result.kind == Kind::mixture) return read_mixture(node, path, result);
    read_numbers(node, path, result);
  }

  void refuse(const YamlNode& node, std::string message, std::vector<std::string> advice) {
    Diagnostic error = source_->error(node.place, std::move(message), std::move(advice));
    error.parameter = draw_->path;
    errors_->push_back(std::move(error));
  }

  void read_fixed(const YamlNode& node, const std::string& path, Distribution& result) {
    const auto value = read_value(*draw_->spec, path + ".fixed", node, *source_, *errors_);
    if (!value) return;
    if (is_numeric(draw_->spec->type) && !std::holds_alternative<std::monostate>(*value)) {
      result.a = number_in(*value);
      return;
    }
    result.kind = Kind::categories;
    result.weights = {1.0};
    draw_->values = {*value};
  }

  /// The list of a mixture or of categories; null when it is none.
  const YamlNode* list_of(const YamlNode& node, const std::string& path, const char* form) {
    if (node.kind == YamlNode::Kind::sequence && !node.items.empty()) return &node;
    if (node.kind != YamlNode::Kind::invalid) {
      refuse(node,
             "'" + path + "' is a list of at least one part, not " +
                 (node.kind == YamlNode::Kind::sequence ? "an empty one" : words_for(node)),
             {std::string("write ") + form});
    }
    return nullptr;
  }

  void read_mixture(const YamlNode& node, const std::string& path, Distribution& result) {
    const YamlNode* list =
        list_of(node, path, "[{weight: 40 %, uniform: {…}}, {weight: 60 %, normal: {…}}]");
    if (list == nullptr) return;
    Weights weights;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      result.parts.push_back(
          read(list->items[i], path + ".mixture[" + std::to_string(i) + "]", &weights));
    }
    result.weights = weights.sum_up(*source_, *errors_, node.place, "mixture");
  }

  void read_categories(const YamlNode& node, const std::string& path, Distribution& result) {
    const YamlNode* list =
        list_of(node, path, "[{weight: 40 %, value: …}, {weight: 60 %, value: …}]");
    if (list == nullptr) return;
    Weights weights;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      Entries entry(*source_, *errors_, list->items[i],
                    path + ".categories[" + std::to_string(i) + "]");
      weights.add(entry);
      ParameterSpec spec = *draw_->spec;
      if (spec.example.empty()) spec.example = default_text(*draw_->spec);
      const auto value = entry.read("value", spec, true);
      entry.finish();
      draw_->values.push_back(value.value_or(Value{}));
    }
    result.weights = weights.sum_up(*source_, *errors_, node.place, "set of categories");
  }

  std::optional<double> number(Entries& entries, std::string_view name, const Limits& limits,
                               bool required = true) {
    const auto value = entries.read(name, scale_of(*draw_->spec, limits), required);
    if (!value) return std::nullopt;
    return number_in(*value);
  }

  void read_numbers(const YamlNode& node, const std::string& path, Distribution& result) {
    const Limits& own = draw_->spec->limits;
    constexpr Limits any;
    constexpr Limits from_zero{0.0, std::numeric_limits<double>::infinity(), false};
    if (result.kind == Kind::uniform) {
      Entries entries(*source_, *errors_, node, path + ".uniform");
      const auto from = number(entries, "from", own);
      const auto to = number(entries, "to", own);
      if (from && to && *from > *to) {
        entries.error(node.place, "'" + entries.path() + "' ends below its beginning",
                      {"exchange 'from' and 'to'"});
      }
      result.a = from.value_or(0.0);
      result.b = to.value_or(0.0);
      return entries.finish();
    }
    const bool logarithmic = result.kind == Kind::lognormal;
    Entries entries(*source_, *errors_, node, path + (logarithmic ? ".lognormal" : ".normal"));
    if (logarithmic) {
      Limits above_zero = own;
      above_zero.lowest = std::max(0.0, own.lowest);
      above_zero.above_lowest = above_zero.above_lowest || above_zero.lowest == 0.0;
      result.a = number(entries, "median", above_zero).value_or(1.0);
      const auto sd = entries.read("sd_log", number_spec(from_zero, "0.7"), true);
      result.b = sd ? number_in(*sd) : 0.0;
    } else {
      result.a = number(entries, "mean", any).value_or(0.0);
      result.b = number(entries, "sd", from_zero).value_or(0.0);
    }
    result.lowest = number(entries, "lowest", own, false).value_or(result.lowest);
    result.highest = number(entries, "highest", own, false).value_or(result.highest);
    if (result.lowest > result.highest) {
      entries.error(node.place, "'" + entries.path() + "' has its lowest above its highest value",
                    {"exchange 'lowest' and 'highest'"});
    }
    entries.finish();
  }

  const SourceText* source_;
  CohortDraw* draw_;
  std::vector<Diagnostic>* errors_;
};

}  // namespace

void Weights::add(Entries& entry) {
  ParameterSpec spec = number_spec({0.0, std::numeric_limits<double>::infinity(), false}, "40 %");
  spec.type = ParameterType::share;
  const auto value = entry.read("weight", spec, true);
  complete_ = complete_ && value.has_value();
  weights_.push_back(value ? std::get<double>(*value) : 0.0);
}

std::vector<double> Weights::sum_up(const SourceText& source, std::vector<Diagnostic>& errors,
                                    const Place& place, const std::string& what) {
  if (!complete_) return {};
  const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  if (std::fabs(sum - 1.0) > weights_slack) {
    errors.push_back(source.error(place,
                                  "the weights of this " + what + " add up to " +
                                      format_rounded(100.0 * sum, 6) + " %, not to 100 %",
                                  {"change them, or add the part that is missing"}));
    return {};
  }
  for (double& weight : weights_) weight /= sum;
  return weights_;
}

void read_distribution(const SourceText& source, const YamlNode& node, CohortDraw& draw,
                       std::vector<Diagnostic>& errors) {
  draw.distribution =
      DistributionReader(source, draw, errors).read(node, "draws." + draw.path, nullptr);
}

}  // namespace marrow::io
