// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/phylogeny.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace marrow {
namespace {

constexpr std::size_t no_node = ~std::size_t{0};

/// A leaf (a living clone at the present hour), or the birth of `clone`, where two lines part.
struct Node {
  std::int64_t hour = 0;
  std::uint32_t clone = 0;
  std::size_t older = no_node;  // the line of the clone's parent
  std::size_t born = no_node;   // the line of the clone

  [[nodiscard]] bool leaf() const { return born == no_node; }
};

struct Tree {
  std::vector<Node> nodes;
  std::vector<std::size_t> roots;  // the patient's own line, then those of donors

  std::size_t add(const Node& node) {
    nodes.push_back(node);
    return nodes.size() - 1;
  }
};

/// A clone with living cells or descendants, and the first node of its line.
struct Line {
  std::int64_t birth_step;
  std::uint32_t clone;
  std::size_t node;
};

std::vector<std::int64_t> living_cells(const ModelState& state) {
  std::vector<std::int64_t> cells(state.clones.size());
  for (const CellRecord cell : state.niches) {
    if (cell.state() == CellState::stem) ++cells[cell.clone()];
  }
  return cells;
}

/// Children come after their parents in the clone table, so one pass from its end finds all lines
/// of a clone's children complete when it comes to the clone.
Tree tree_of(const ModelState& state, std::span<const std::int64_t> cells) {
  Tree tree;
  std::vector<std::vector<Line>> children(state.clones.size());
  for (std::size_t i = state.clones.size(); i-- > 0;) {
    const auto id = static_cast<std::uint32_t>(i);
    const Clone& clone = state.clones[i];
    std::size_t line = cells[i] > 0 ? tree.add({state.step, id, no_node, no_node}) : no_node;
    std::vector<Line> parting = std::move(children[i]);
    std::ranges::sort(parting, [](const Line& a, const Line& b) {
      return a.birth_step != b.birth_step ? a.birth_step > b.birth_step : a.clone > b.clone;
    });
    for (const Line& child : parting) {
      line = line == no_node ? child.node
                             : tree.add({child.birth_step, child.clone, line, child.node});
    }
    if (line == no_node) continue;
    if (clone.parent == no_parent) {
      tree.roots.push_back(line);
    } else {
      children[clone.parent].push_back({clone.birth_step, id, line});
    }
  }
  std::ranges::reverse(tree.roots);
  return tree;
}

/// Without exponents, which not every tree viewer reads.
std::string text(double value) {
  std::array<char, 64> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed)
          .ptr;
  return {buffer.data(), end};
}

std::string days(std::int64_t hours) { return text(static_cast<double>(hours) / 24.0); }

std::string joined(std::span<const std::string_view> words) {
  std::string all;
  for (const std::string_view word : words) {
    if (!all.empty()) all += '+';
    all += word;
  }
  return all;
}

std::string genotype_name(std::uint32_t genotype) {
  std::vector<std::string_view> words;
  if (genotype & hla_lost) words.emplace_back("hla_lost");
  if (genotype & gpi_negative) words.emplace_back("gpi_negative");
  if (genotype & driver) words.emplace_back("driver");
  if (genotype & monosomy_7) words.emplace_back("monosomy_7");
  return words.empty() ? "none" : joined(words);
}

/// A label as Newick wants it: in quotes where it holds more than plain characters.
std::string newick_label(const std::string& name) {
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+-";
  if (name.find_first_not_of(plain) == std::string::npos) return name;
  std::string quoted = "'";
  for (const char c : name) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

class NewickWriter {
 public:
  NewickWriter(const ModelState& state, const Parameters& parameters)
      : state_(state),
        parameters_(parameters),
        mutations_(parameters.clones.active_mutations()),
        cells_(living_cells(state)),
        tree_(tree_of(state, cells_)) {}

  std::string write() {
    header();
    if (tree_.roots.empty()) out_ += ";\n";
    for (const std::size_t root : tree_.roots) write_tree(root);
    return out_;
  }

 private:
  void write_tree(std::size_t root) {
    struct Visit {
      std::size_t node;
      std::int64_t from_hour;
      int lines_written;
    };
    std::vector<Visit> path = {{root, tree_.nodes[root].hour, 0}};
    while (!path.empty()) {
      Visit& at = path.back();
      const Node& node = tree_.nodes[at.node];
      if (!node.leaf() && at.lines_written < 2) {
        out_ += at.lines_written == 0 ? '(' : ',';
        path.push_back({++at.lines_written == 1 ? node.older : node.born, node.hour, 0});
        continue;
      }
      close(node, at.from_hour);
      path.pop_back();
    }
    out_ += ";\n";
  }

  void header() {
    const auto niches = static_cast<double>(state_.niches.size());
    out_ = "[hour=" + std::to_string(state_.step) +
           " seed=" + std::to_string(parameters_.scenario.seed) +
           " n_real=" + text(parameters_.clones.n_real) +
           " niches=" + std::to_string(state_.niches.size()) +
           " n_real_per_niche=" + text(parameters_.clones.n_real / niches) +
           " branch_lengths=days]";
  }

  void close(const Node& node, std::int64_t from_hour) {
    const Clone& clone = state_.clones[node.clone];
    if (node.leaf()) {
      out_ += newick_label(clone_name(clone, node.clone, parameters_.clones.founders, mutations_));
    } else {
      out_ += ')';
    }
    out_ += ':' + days(node.hour - from_hour) + "[&&NHX:";
    out_ += (node.leaf() ? "clone=" : "born=") + std::to_string(node.clone);
    if (clone.parent != no_parent) out_ += ":parent=" + std::to_string(clone.parent);
    if (node.leaf()) {
      if (node.clone != 0) out_ += ":birth_d=" + days(clone.birth_step);
      out_ += ":cells=" + std::to_string(cells_[node.clone]) +
              ":genotype=" + genotype_name(clone.genotype);
    }
    out_ += ']';
  }

  const ModelState& state_;
  const Parameters& parameters_;
  std::vector<MutationClass> mutations_;
  std::vector<std::int64_t> cells_;
  Tree tree_;
  std::string out_;
};

}  // namespace

std::string clone_name(const Clone& clone, std::uint32_t id, std::span<const FounderClone> founders,
                       std::span<const MutationClass> mutations) {
  std::vector<std::string_view> words;
  if (clone.founder > 0) words.emplace_back(founders[clone.founder - 1].name);
  for (std::size_t m = 0; m < mutations.size(); ++m) {
    if ((clone.mutations >> m) & 1) words.emplace_back(mutations[m].name);
  }
  return (words.empty() ? "normal" : joined(words)) + "_c" + std::to_string(id);
}

std::string newick(const ModelState& state, const Parameters& parameters) {
  return NewickWriter(state, parameters).write();
}

}  // namespace marrow
