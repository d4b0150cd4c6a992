// SPDX-License-Identifier: BSD-3-Clause
#include "io/cohort/cohort_plan.hpp"
#include "io/cohort/entries.hpp"
#include "io/cohort/read_distribution.hpp"
#include "io/scenario/value_text.hpp"
#include "io/text/number.hpp"
#include "io/text/suggestion.hpp"
#include "io/text/utf8.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace marrow::io {
namespace {

constexpr std::int64_t most_patients = 10'000'000;
constexpr std::int64_t most_ranks = 1'000'000;
constexpr double longest_um = 1e5;
constexpr double longest_h = 1e6;

std::string text_in(const std::optional<Value>& value, std::string otherwise = {}) {
  return value ? std::get<std::string>(*value) : std::move(otherwise);
}

std::int64_t whole_in(const std::optional<Value>& value, std::int64_t otherwise) {
  return value ? std::get<std::int64_t>(*value) : otherwise;
}

double number_in(const std::optional<Value>& value, double otherwise) {
  return value ? std::get<double>(*value) : otherwise;
}

class PlanReader {
 public:
  PlanReader(const SourceText& source, std::vector<Diagnostic>& errors)
      : source_(&source), errors_(&errors) {}

  CohortPlan read(const YamlNode& root) {
    Entries sections(*source_, *errors_, root, "");
    if (const YamlNode* node = sections.require("cohort",
                                                "write 'cohort:' with name, scenario "
                                                "and patients below it")) {
      read_head(*node);
    }
    if (const YamlNode* node = sections.find("set"))
      plan_.settings = settings(*node, "set", "'set'");
    if (const YamlNode* node = sections.find("draws")) read_draws(*node);
    if (const YamlNode* node = sections.find("traits")) read_traits(*node);
    if (const YamlNode* node = sections.find("correlated")) read_correlated(*node);
    if (const YamlNode* node = sections.find("arms")) read_arms(*node);
    if (const YamlNode* node = sections.find("endpoints")) read_endpoints(*node);
    if (const YamlNode* node = sections.find("output")) read_output(*node);
    sections.finish();
    if (plan_.arms.empty()) plan_.arms.push_back({"all", {"arm 'all'", {}}});
    return std::move(plan_);
  }

 private:
  void error(const Place& place, std::string message, std::vector<std::string> advice = {}) {
    errors_->push_back(source_->error(place, std::move(message), std::move(advice)));
  }

  void read_head(const YamlNode& node) {
    Entries head(*source_, *errors_, node, "cohort");
    plan_.name = text_in(head.read("name", name_spec("first"), true));
    plan_.text = text_in(head.read("text", text_spec("What the cohort shows.")));
    plan_.scenario = text_in(head.read("scenario", text_spec("horse_atg_csa.yaml"), true));
    plan_.patients =
        whole_in(head.read("patients", whole_number_spec(1, most_patients, "100"), true), 0);
    constexpr std::int64_t largest = std::int64_t{1} << 53;
    plan_.seed = static_cast<std::uint64_t>(
        whole_in(head.read("seed", whole_number_spec(0, largest, "1")), 1));
    plan_.ranks_per_patient =
        whole_in(head.read("ranks_per_patient", whole_number_spec(1, most_ranks, "1")), 1);
    head.finish();
  }

  /// A mapping of paths; the values are read with the scenario.
  CohortSettings settings(const YamlNode& node, const std::string& path, std::string owner) {
    const Entries entries(*source_, *errors_, node, path);
    return {std::move(owner), node};
  }

  void read_draws(const YamlNode& node) {
    const Entries entries(*source_, *errors_, node, "draws");
    for (const YamlEntry& entry : node.entries) {
      if (entry.key.kind != YamlNode::Kind::scalar) continue;
      CohortDraw draw;
      draw.path = entry.key.text;
      draw.place = entry.key.place;
      const std::string generic = without_indices(draw.path);
      draw.spec = registry().parameter(generic);
      draw.index = index_in(draw.path);
      if (draw.spec == nullptr) {
        refuse_path(draw, generic);
      } else if (generic.starts_with("scenario.")) {
        error(draw.place, "'" + draw.path + "' cannot be drawn",
              {"each patient has a seed of its own, drawn from 'cohort.seed'"});
      } else {
        read_distribution(*source_, entry.value, draw, *errors_);
        plan_.draws.push_back(std::move(draw));
      }
    }
  }

  void refuse_path(const CohortDraw& draw, const std::string& generic) {
    std::vector<std::string> advice;
    if (registry().section(generic) != nullptr) {
      advice.push_back("it is a section: draw one of " + listed(registry().children(generic)));
    } else if (const auto match = nearest_path(generic)) {
      advice.push_back("did you mean '" + *match + "'?");
    } else {
      advice.emplace_back("'marrow explain' lists all parameters");
    }
    error(draw.place, "there is no parameter " + in_quotes(draw.path), std::move(advice));
  }

  /// Calls read(entry, path) for each entry of a list.
  template <class Read>
  void for_each(const YamlNode& node, const std::string& path, const Read& read) {
    if (node.kind == YamlNode::Kind::invalid) return;
    if (node.kind != YamlNode::Kind::sequence || node.items.empty()) {
      return error(node.place,
                   "'" + path + "' is a list, not " +
                       (node.kind == YamlNode::Kind::sequence ? "an empty one" : words_for(node)),
                   {"begin each entry with '- ', or leave '" + path + "' out"});
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      Entries entry(*source_, *errors_, node.items[i], path + "[" + std::to_string(i) + "]");
      read(entry);
      entry.finish();
    }
  }

  /// The name of an entry; one that was taken before is reported.
  std::string unique_name(Entries& entry, std::vector<std::string>& taken, const char* example) {
    std::string name = text_in(entry.read("name", name_spec(example), true));
    if (!name.empty() && std::ranges::find(taken, name) != taken.end()) {
      error(entry.find("name")->place, "there are two of the name " + in_quotes(name),
            {"give each a name of its own: results are told apart by it"});
    }
    taken.push_back(name);
    return name;
  }

  CohortSettings settings_in(Entries& entry, std::string owner) {
    const YamlNode* node = entry.find("set");
    if (node == nullptr) return {std::move(owner), {}};
    return settings(*node, entry.path_of("set"), std::move(owner));
  }

  void read_traits(const YamlNode& node) {
    std::vector<std::string> names;
    for_each(node, "traits", [&](Entries& entry) {
      CohortTrait trait;
      trait.name = unique_name(entry, names, "attack");
      trait.distribution.kind = Distribution::Kind::categories;
      const YamlNode* kinds =
          entry.require("kinds", "write 'kinds: [{name: …, weight: 40 %, set: {…}}, …]'");
      if (kinds == nullptr) return;
      Weights weights;
      std::vector<std::string> kind_names;
      for_each(*kinds, entry.path_of("kinds"), [&](Entries& kind) {
        weights.add(kind);
        trait.kinds.push_back(unique_name(kind, kind_names, "escapable"));
        trait.settings.push_back(
            settings_in(kind, "kind '" + trait.kinds.back() + "' of '" + trait.name + "'"));
      });
      if (!trait.kinds.empty()) {
        trait.distribution.weights =
            weights.sum_up(*source_, *errors_, kinds->place, "trait's kinds");
      }
      plan_.traits.push_back(std::move(trait));
    });
  }

  void read_arms(const YamlNode& node) {
    std::vector<std::string> names;
    for_each(node, "arms", [&](Entries& entry) {
      const std::string name = unique_name(entry, names, "horse");
      plan_.arms.push_back({name, settings_in(entry, "arm '" + name + "'")});
    });
  }

  void read_endpoints(const YamlNode& node) {
    static const std::vector<std::pair<std::string, EndpointOrigin>> origins = {
        {"diagnosis", {false, Anchor::diagnosis}}, {"treatment", {true, Anchor::start}},
        {"start", {false, Anchor::start}},         {"trigger", {false, Anchor::trigger}},
        {"severe", {false, Anchor::severe}},       {"response", {false, Anchor::response}},
        {"relapse", {false, Anchor::relapse}}};
    std::vector<std::string> words;
    for (const auto& [word, origin] : origins) words.push_back(word);
    std::vector<std::string> names = {"diagnosis", "response"};  // these dates are always examined
    for_each(node, "endpoints", [&](Entries& entry) {
      CohortEndpoint endpoint;
      endpoint.name = unique_name(entry, names, "month_6");
      const std::string from = text_in(entry.read("from", word_spec(words), true), words[0]);
      endpoint.from =
          std::ranges::find(origins, from, [](const auto& o) { return o.first; })->second;
      ParameterSpec at = quantity_spec({"h", "d", "wk", "y"}, {0.0, longest_h, false}, "183 d");
      at.whole_hours = true;
      endpoint.after_h = std::llround(number_in(entry.read("at", at, true), 0.0));
      plan_.endpoints.push_back(std::move(endpoint));
    });
  }

  void read_output(const YamlNode& node) {
    Entries output(*source_, *errors_, node, "output");
    if (const YamlNode* series = output.find("series")) {
      Entries entries(*source_, *errors_, *series, "output.series");
      ParameterSpec every = quantity_spec({"h", "d", "wk"}, {1.0, longest_h, false}, "30 d");
      every.whole_hours = true;
      plan_.series_every_h = std::llround(number_in(entries.read("every", every, true), 24.0));
      entries.finish();
    }
    if (const YamlNode* biopsy = output.find("biopsy")) {
      Entries entries(*source_, *errors_, *biopsy, "output.biopsy");
      const Limits length{0.0, longest_um, true};
      plan_.biopsy.emplace();
      plan_.biopsy->width_um = number_in(
          entries.read("needle", quantity_spec({"um", "mm"}, length, "2 mm"), true), 2000.0);
      plan_.biopsy->length_um = number_in(
          entries.read("length", quantity_spec({"um", "mm"}, length, "20 mm"), true), 20000.0);
      entries.finish();
    }
    output.finish();
  }

  void read_correlated(const YamlNode& node) {
    for_each(node, "correlated", [&](Entries& entry) {
      CorrelatedSet set;
      const YamlNode* names = entry.require("parameters", "write 'parameters: [first, second]'");
      const YamlNode* matrix = entry.require("matrix", "write 'matrix: [[1, 0.5], [0.5, 1]]'");
      if (names == nullptr || matrix == nullptr || !read_names(*names, set.names)) return;
      set.factor = factor_of(*matrix, set.names.size(), entry.path_of("matrix"));
      plan_.correlated.push_back(std::move(set));
    });
  }

  bool read_names(const YamlNode& node, std::vector<std::string>& names) {
    if (node.kind != YamlNode::Kind::sequence || node.items.size() < 2) {
      error(node.place, "a correlation is between at least two draws or traits",
            {"write their names as a list: [hspc.stress_rate, patient.age]"});
      return false;
    }
    std::vector<std::string> known;
    for (const CohortDraw& draw : plan_.draws) known.push_back(draw.path);
    for (const CohortTrait& trait : plan_.traits) known.push_back(trait.name);
    bool good = true;
    for (const YamlNode& item : node.items) {
      names.push_back(item.text);
      if (std::ranges::find(known, item.text) == known.end()) {
        std::vector<std::string> advice = {
            "correlated are those that stand under 'draws' or 'traits'"};
        if (const auto match = closest(item.text, known)) {
          advice.insert(advice.begin(), "did you mean '" + *match + "'?");
        }
        error(item.place, in_quotes(item.text) + " is not drawn", std::move(advice));
        good = false;
      } else if (std::ranges::find(correlated_, item.text) != correlated_.end()) {
        error(item.place, in_quotes(item.text) + " is already correlated",
              {"put all that are correlated with it into one matrix"});
        good = false;
      }
      correlated_.push_back(item.text);
    }
    return good;
  }

  std::vector<double> factor_of(const YamlNode& node, std::size_t n, const std::string& path) {
    const std::string form = "write " + std::to_string(n) + " rows of " + std::to_string(n) +
                             " numbers, one row and column for each parameter";
    std::vector<double> matrix;
    const std::size_t errors_before = errors_->size();
    for (const YamlNode& row : node.items) {
      for (const YamlNode& item : row.items) {
        const ScannedNumber parsed = parse_number(item.text);
        if (item.kind != YamlNode::Kind::scalar || parsed.fault != NumberFault::none ||
            std::fabs(parsed.value) > 1.0) {
          error(item.place, "a correlation is a number from -1 to 1, not " + words_for(item));
        }
        matrix.push_back(parsed.value);
      }
      if (row.items.size() != n) matrix.clear();
    }
    if (errors_->size() > errors_before) return {};
    if (node.items.size() != n || matrix.size() != n * n) {
      error(node.place,
            "'" + path + "' is no " + std::to_string(n) + " x " + std::to_string(n) + " matrix",
            {form});
      return {};
    }
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        const bool good =
            i == j ? matrix[i * n + i] == 1.0 : matrix[i * n + j] == matrix[j * n + i];
        if (good) continue;
        error(node.items[i].items[j].place,
              i == j ? "the diagonal of a correlation matrix is 1"
                     : "a correlation matrix is symmetric: this one is " +
                           format_number(matrix[i * n + j]) + ", its mirror image " +
                           format_number(matrix[j * n + i]));
        return {};
      }
    }
    std::vector<double> factor = cholesky(matrix, n);
    if (factor.empty()) {
      error(node.place,
            "no random numbers have these correlations: the matrix is not positive semidefinite",
            {"correlations contradict each other: if a goes with b and b with c, a cannot go "
             "against c; bring them nearer to 0"});
    }
    return factor;
  }

  const SourceText* source_;
  std::vector<Diagnostic>* errors_;
  CohortPlan plan_;
  std::vector<std::string> correlated_;
};

}  // namespace

CohortPlan read_plan(const SourceText& source, const YamlNode& root,
                     std::vector<Diagnostic>& errors) {
  return PlanReader(source, errors).read(root);
}

}  // namespace marrow::io
