// SPDX-License-Identifier: BSD-3-Clause
// The Newick text, read back by a strict parser and compared with the clone table.
#include "core/observe/phylogeny.hpp"

#include "core/random/draws.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace marrow {
namespace {

struct ParsedNode {
  std::size_t parent = 0;  // the root is its own
  std::string label;
  double from_root_d = 0;
  bool leaf = true;
  std::map<std::string, std::string> nhx;
};

/// Newick: one comment, then nodes "(node,node)" or "label", each with ":length" and an NHX
/// comment;
/// ";" and a line end. Anything else throws.
class NewickParser {
 public:
  explicit NewickParser(std::string_view text) : rest_(text) {
    if (rest_.empty() || rest_[0] != '[') throw std::runtime_error("no header");
    header = take_until(']');
    if (next() == ';') {
      finish();
      return;
    }
    bool open = true;  // a node begins here
    std::size_t above = no_parent_node;
    while (true) {
      if (open) {
        nodes.push_back({above == no_parent_node ? nodes.size() : above, {}, 0, true, {}});
        if (next() == '(') {
          skip();
          nodes.back().leaf = false;
          path_.push_back(nodes.size() - 1);
          above = path_.back();
          continue;
        }
        nodes.back().label = label();
        close(nodes.size() - 1);
      }
      if (path_.empty()) break;
      const char c = skip();
      if (c != ',' && c != ')') throw std::runtime_error("neither , nor )");
      open = c == ',';
      if (!open) {
        const std::size_t inner = path_.back();
        path_.pop_back();
        close(inner);
      }
      above = path_.empty() ? no_parent_node : path_.back();
    }
    finish();
    for (std::size_t n = 0; n < nodes.size(); ++n) {  // parents come first
      if (nodes[n].parent != n) nodes[n].from_root_d += nodes[nodes[n].parent].from_root_d;
    }
  }

  std::string header;
  std::vector<ParsedNode> nodes;

 private:
  static constexpr std::size_t no_parent_node = ~std::size_t{0};

  char next() const {
    if (rest_.empty()) throw std::runtime_error("ends too early");
    return rest_[0];
  }
  char skip() {
    const char c = next();
    rest_.remove_prefix(1);
    return c;
  }
  std::string take_until(char last) {
    const std::size_t end = rest_.find(last);
    if (end == std::string_view::npos) throw std::runtime_error("not closed");
    std::string taken(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return taken;
  }
  std::string label() {
    std::string name;
    if (next() != '\'') {
      while (std::string_view("()[]:;,' \t\n").find(next()) == std::string_view::npos)
        name += skip();
      if (name.empty()) throw std::runtime_error("no label");
      return name;
    }
    skip();
    while (true) {
      const char c = skip();
      if (c != '\'') {
        name += c;
      } else if (next() == '\'') {
        name += skip();
      } else {
        return name;
      }
    }
  }
  void close(std::size_t node) {
    if (skip() != ':') throw std::runtime_error("no length");
    const auto [end, error] =
        std::from_chars(rest_.data(), rest_.data() + rest_.size(), nodes[node].from_root_d);
    if (error != std::errc() || nodes[node].from_root_d < 0) throw std::runtime_error("bad length");
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    if (next() != '[') throw std::runtime_error("no NHX");
    std::string text = take_until(']') + ":";
    if (!text.starts_with("&&NHX:")) throw std::runtime_error("another comment than NHX");
    text.erase(0, 6);
    while (!text.empty()) {
      const std::size_t equals = text.find('=');
      const std::size_t end_of_pair = text.find(':');
      if (equals == std::string::npos || equals > end_of_pair) throw std::runtime_error("bad NHX");
      nodes[node].nhx[text.substr(0, equals)] = text.substr(equals + 1, end_of_pair - equals - 1);
      text.erase(0, end_of_pair + 1);
    }
  }
  void finish() const {
    if (rest_ != ";\n") throw std::runtime_error("no end");
  }

  std::string_view rest_;
  std::vector<std::size_t> path_;
};

Parameters two_founders() {
  Parameters p;
  p.scenario.seed = 42;
  p.clones.founders.resize(2);
  p.clones.founders[0].name = "hla_clone";
  p.clones.founders[1].name = "donor's graft";
  p.clones.mutations.resize(2);
  p.clones.mutations[0].name = "piga";
  p.clones.mutations[1].name = "tet2";
  return p;
}

Clone child_of(std::uint32_t parent, std::int64_t birth_step) {
  Clone clone;
  clone.parent = parent;
  clone.birth_step = birth_step;
  return clone;
}

void put(ModelState& state, std::uint32_t clone, int cells) {
  state.niches.insert(state.niches.end(), static_cast<std::size_t>(cells),
                      CellRecord::make(CellState::stem, clone));
}

/// A random history in which many clones have died out; vacant and apoptotic niches between.
ModelState random_history(std::uint64_t seed, std::uint32_t clones) {
  ModelState state;
  state.step = 5000;
  state.clones.assign(1, Clone{});
  const Draws draws(seed);
  for (std::uint32_t c = 1; c < clones; ++c) {
    const Bits128 bits = draws(Purpose::measurement, Entity::clone, c);
    const bool standing = c < 5;
    const auto parent = standing ? 0u : static_cast<std::uint32_t>(uniform_below(bits.first, c));
    const std::int64_t first =
        standing ? -90'000 : std::max<std::int64_t>(0, state.clones[parent].birth_step);
    const std::int64_t last = standing ? 0 : 5000;
    state.clones.push_back(
        child_of(parent, first + static_cast<std::int64_t>(uniform_below(
                                     bits.second, static_cast<std::uint64_t>(last - first + 1)))));
  }
  for (std::uint32_t c = 0; c < clones; ++c) {
    const Bits128 bits = draws(Purpose::measurement, Entity::patient, c);
    if (uniform_below(bits.first, 3) == 0) put(state, c, 1 + static_cast<int>(bits.second % 5));
    state.niches.emplace_back();
    state.niches.push_back(CellRecord::make(CellState::apoptotic, c, 2));
  }
  return state;
}

std::map<std::uint32_t, std::size_t> leaves_by_clone(const NewickParser& tree) {
  std::map<std::uint32_t, std::size_t> leaves;
  for (std::size_t n = 0; n < tree.nodes.size(); ++n) {
    if (!tree.nodes[n].leaf) continue;
    const auto id = static_cast<std::uint32_t>(std::stoul(tree.nodes[n].nhx.at("clone")));
    EXPECT_TRUE(leaves.emplace(id, n).second) << "twice: " << id;
  }
  return leaves;
}

std::map<std::uint32_t, std::int64_t> living(const ModelState& state) {
  std::map<std::uint32_t, std::int64_t> cells;
  for (const CellRecord cell : state.niches) {
    if (cell.state() == CellState::stem) ++cells[cell.clone()];
  }
  return cells;
}

/// The hour at which the lines of two clones part: the first birth on the way to their common
/// ancestor.
std::int64_t parting_hour(const CloneTable& clones, std::uint32_t a, std::uint32_t b) {
  std::int64_t hour = std::numeric_limits<std::int64_t>::max();
  while (a != b) {
    std::uint32_t& younger = a > b ? a : b;  // children come after their parents
    hour = std::min(hour, clones[younger].birth_step);
    younger = clones[younger].parent;
  }
  return hour;
}

std::size_t common_node(const NewickParser& tree, std::size_t a, std::size_t b) {
  std::set<std::size_t> above;
  for (std::size_t n = a;; n = tree.nodes[n].parent) {
    above.insert(n);
    if (tree.nodes[n].parent == n) break;
  }
  while (!above.contains(b)) b = tree.nodes[b].parent;
  return b;
}

TEST(Newick, HasTheLivingClonesAsLeaves) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const ModelState state = random_history(seed, 60);
    const NewickParser tree(newick(state, Parameters()));
    const auto leaves = leaves_by_clone(tree);
    const auto cells = living(state);
    ASSERT_EQ(leaves.size(), cells.size());
    for (const auto& [clone, count] : cells) {
      ASSERT_TRUE(leaves.contains(clone));
      EXPECT_EQ(tree.nodes[leaves.at(clone)].nhx.at("cells"), std::to_string(count));
    }
    EXPECT_EQ(tree.nodes.size(), 2 * cells.size() - 1) << "two lines part at every inner node";
  }
}

TEST(Newick, PutsAllLeavesAtThePresent) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const NewickParser tree(newick(random_history(seed, 60), Parameters()));
    for (const auto& [clone, leaf] : leaves_by_clone(tree)) {
      EXPECT_NEAR(tree.nodes[leaf].from_root_d,
                  tree.nodes[leaves_by_clone(tree).begin()->second].from_root_d, 1e-9);
    }
  }
}

TEST(Newick, PartsLinesWhenTheTableSays) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const ModelState state = random_history(seed, 60);
    const NewickParser tree(newick(state, Parameters()));
    const auto leaves = leaves_by_clone(tree);
    for (const auto& [a, leaf_a] : leaves) {
      for (const auto& [b, leaf_b] : leaves) {
        if (a >= b) continue;
        const double back_d = tree.nodes[leaf_a].from_root_d -
                              tree.nodes[common_node(tree, leaf_a, leaf_b)].from_root_d;
        const auto hours = static_cast<double>(state.step - parting_hour(state.clones, a, b));
        ASSERT_NEAR(back_d, hours / 24.0, 1e-9) << a << " and " << b;
      }
    }
  }
}

TEST(Newick, SaysWhichCloneIsBornAtAnInnerNode) {
  const ModelState state = random_history(3, 200);
  const NewickParser tree(newick(state, Parameters()));
  const double present_d = tree.nodes[leaves_by_clone(tree).begin()->second].from_root_d;
  for (const ParsedNode& node : tree.nodes) {
    if (node.leaf) continue;
    const Clone& born = state.clones[std::stoul(node.nhx.at("born"))];
    EXPECT_EQ(node.nhx.at("parent"), std::to_string(born.parent));
    EXPECT_NEAR(present_d - node.from_root_d,
                static_cast<double>(state.step - born.birth_step) / 24.0, 1e-9);
  }
}

TEST(Newick, NamesClonesByFounderAndMutations) {
  const Parameters p = two_founders();
  ModelState state;
  state.step = 240;
  state.clones.assign(1, Clone{});
  state.clones.push_back(child_of(0, 0));
  state.clones[1].founder = 1;
  state.clones[1].genotype = hla_lost;
  state.clones.push_back(child_of(0, 48));
  state.clones[2].founder = 2;
  state.clones.push_back(child_of(0, -24'000));
  state.clones[3].mutations = 0b11;
  state.clones[3].genotype = gpi_negative | driver;
  state.clones.push_back(child_of(1, 120));
  state.clones[4].founder = 1;
  state.clones[4].mutations = 0b10;
  for (std::uint32_t c = 0; c < 5; ++c) put(state, c, 2);
  const NewickParser tree(newick(state, p));
  const auto leaves = leaves_by_clone(tree);
  const std::vector<std::string> names = {"normal_c0", "hla_clone_c1", "donor's graft_c2",
                                          "piga+tet2_c3", "hla_clone+tet2_c4"};
  for (std::uint32_t c = 0; c < 5; ++c) EXPECT_EQ(tree.nodes[leaves.at(c)].label, names[c]);
  EXPECT_EQ(tree.nodes[leaves.at(3)].nhx.at("genotype"), "gpi_negative+driver");
  EXPECT_EQ(tree.nodes[leaves.at(3)].nhx.at("birth_d"), "-1000");
  EXPECT_EQ(tree.nodes[leaves.at(4)].nhx.at("parent"), "1");
  EXPECT_EQ(tree.nodes[leaves.at(0)].nhx.at("genotype"), "none");
  EXPECT_FALSE(tree.nodes[leaves.at(0)].nhx.contains("parent"));
  EXPECT_EQ(tree.nodes[leaves.at(0)].from_root_d, 1010.0) << "the root is the oldest birth";
}

TEST(Newick, IsWrittenLikeThis) {
  Parameters p = two_founders();
  p.clones.n_real = 1e6;
  ModelState state;
  state.step = 48;
  state.clones.assign(1, Clone{});
  state.clones.push_back(child_of(0, 12));
  state.clones[1].mutations = 1;
  put(state, 0, 3);
  put(state, 1, 1);
  EXPECT_EQ(newick(state, p),
            "[hour=48 seed=42 n_real=1000000 niches=4 n_real_per_niche=250000 branch_lengths=days]"
            "(normal_c0:1.5[&&NHX:clone=0:cells=3:genotype=none],"
            "piga_c1:1.5[&&NHX:clone=1:parent=0:birth_d=0.5:cells=1:genotype=none])"
            ":0[&&NHX:born=1:parent=0];\n");
}

TEST(Newick, LeavesOutTheDeadAndKeepsLinesThroughThem) {
  ModelState state;
  state.step = 480;
  state.clones.assign(1, Clone{});
  state.clones.push_back(child_of(0, 24));  // died out, but 2 and 3 come from it
  state.clones.push_back(child_of(1, 48));
  state.clones.push_back(child_of(1, 240));
  state.clones.push_back(child_of(0, 72));  // died out with all it had
  put(state, 2, 1);
  put(state, 3, 1);
  const NewickParser tree(newick(state, Parameters()));
  ASSERT_EQ(tree.nodes.size(), 3u);
  EXPECT_EQ(tree.nodes[0].nhx.at("born"), "2");
  EXPECT_EQ(tree.nodes[1].from_root_d, 18.0);
}

TEST(Newick, OfOneCloneOrNone) {
  ModelState state;
  state.step = 24;
  state.clones.assign(2, Clone{});
  state.clones[1] = child_of(0, 0);
  put(state, 1, 7);
  const NewickParser one(newick(state, Parameters()));
  ASSERT_EQ(one.nodes.size(), 1u);
  EXPECT_EQ(one.nodes[0].nhx.at("clone"), "1");
  EXPECT_EQ(one.nodes[0].nhx.at("cells"), "7");
  state.niches.assign(3, CellRecord());
  EXPECT_TRUE(NewickParser(newick(state, Parameters())).nodes.empty());
}

TEST(Newick, WritesADonorsLineAsATreeOfItsOwn) {
  ModelState state;
  state.step = 2400;
  state.clones = {Clone{}, child_of(no_parent, 240), child_of(1, 1200)};
  put(state, 0, 1);
  put(state, 1, 2);
  put(state, 2, 3);
  const std::string text = newick(state, two_founders());
  const std::size_t second = text.find(";\n") + 2;
  EXPECT_EQ(text.substr(second),
            "(normal_c1:50[&&NHX:clone=1:birth_d=10:cells=2:genotype=none],"
            "normal_c2:50[&&NHX:clone=2:parent=1:birth_d=50:cells=3:genotype=none])"
            ":0[&&NHX:born=2:parent=1];\n");
  EXPECT_EQ(text.substr(text.find(']') + 1, second - text.find(']') - 1),
            "normal_c0:0[&&NHX:clone=0:cells=1:genotype=none];\n");
}

TEST(Newick, BearsAHundredThousandClones) {
  constexpr std::uint32_t clones = 100'000;
  for (const bool chain : {true, false}) {
    ModelState state;
    state.step = clones;
    state.clones.assign(1, Clone{});
    for (std::uint32_t c = 1; c < clones; ++c) {
      state.clones.push_back(child_of(chain ? c - 1 : 0, c));
    }
    for (std::uint32_t c = 0; c < clones; ++c) put(state, c, 1);
    const NewickParser tree(newick(state, Parameters()));
    EXPECT_EQ(tree.nodes.size(), 2 * clones - 1u);
    EXPECT_EQ(leaves_by_clone(tree).size(), clones);
  }
}

}  // namespace
}  // namespace marrow
