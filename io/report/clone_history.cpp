// SPDX-License-Identifier: BSD-3-Clause
#include "io/report/clone_history.hpp"

#include "core/observe/phylogeny.hpp"
#include "io/palette/palette.hpp"

#include <algorithm>
#include <map>

namespace marrow::io {
namespace {

constexpr std::size_t fewest_moments = 3;
constexpr double hours_per_day = 24.0;

std::int64_t cells_at(const CloneCount& count, std::uint32_t clone) {
  const auto found = count.cells.find(clone);
  return found == count.cells.end() ? 0 : found->second;
}

class Builder {
 public:
  Builder(std::span<const double> days, const std::vector<std::vector<double>>& line_cells,
          const Parameters& parameters, const CloneRecords& records)
      : days_(days),
        lines_(line_cells),
        parameters_(parameters),
        table_(records.table),
        counts_(records.counts) {}

  CloneHistory build(std::size_t most_shown) {
    add_lines();
    if (counts_.size() >= fewest_moments) {
      history_.moments = counts_.size();
      for (const std::uint32_t clone : largest(most_shown)) add_clone(clone);
      count_hidden();
    }
    if (!history_.groups.empty()) add_bands();
    return std::move(history_);
  }

 private:
  void add_lines() {
    const auto& founders = parameters_.clones.founders;
    for (std::size_t line = 0; line < lines_.size(); ++line) {
      CloneGroup group;
      group.name = line == 0 ? "normal" : founders[line - 1].name;
      group.genotype = line == 0 ? 0 : founders[line - 1].genotype;
      const bool own_root = line == 0 || founders[line - 1].at == FounderTime::infusion;
      group.parent = own_root ? -1 : 0;
      group.cells = lines_[line];
      history_.groups.push_back(std::move(group));
    }
  }

  /// A clone is the root of its line when no other clone of its line is its parent.
  [[nodiscard]] bool is_line_root(std::uint32_t clone) const {
    const Clone& c = table_[clone];
    if (clone == 0) return true;
    if (c.founder == 0) return false;
    return c.mutations == 0 && (c.parent >= table_.size() || table_[c.parent].founder != c.founder);
  }

  /// The clones to show by themselves, parents before offspring: ids ascend with birth.
  [[nodiscard]] std::vector<std::uint32_t> largest(std::size_t most) const {
    std::vector<std::pair<std::int64_t, std::uint32_t>> peaks;
    for (std::uint32_t clone = 0; clone < table_.size(); ++clone) {
      std::int64_t peak = 0;
      for (const CloneCount& count : counts_) peak = std::max(peak, cells_at(count, clone));
      if (peak > 0 && !is_line_root(clone)) peaks.emplace_back(-peak, clone);
    }
    std::ranges::sort(peaks);
    if (peaks.size() > most) peaks.resize(most);
    std::vector<std::uint32_t> shown;
    for (const auto& [peak, clone] : peaks) shown.push_back(clone);
    std::ranges::sort(shown);
    return shown;
  }

  /// The group that holds a clone: its own, or that of its nearest ancestor that has one.
  [[nodiscard]] std::size_t group_of(std::uint32_t clone) const {
    for (std::uint32_t c = clone; c < table_.size(); c = table_[c].parent) {
      const auto found = group_of_clone_.find(c);
      if (found != group_of_clone_.end()) return found->second;
      if (is_line_root(c)) break;
    }
    return std::min<std::size_t>(table_[clone].founder, lines_.size() - 1);
  }

  void add_clone(std::uint32_t id) {
    const Clone& clone = table_[id];
    CloneGroup group;
    const bool seen_in_frames_only =
        clone.mutations == 0 && clone.founder == 0 && clone.genotype != 0;
    group.name = seen_in_frames_only
                     ? palette_entry(Palette::genotype, static_cast<int>(clone.genotype)).name +
                           ", clone " + std::to_string(id)
                     : clone_name(clone, id, parameters_.clones.founders,
                                  parameters_.clones.active_mutations());
    group.genotype = clone.genotype;
    group.parent = static_cast<std::int64_t>(group_of(id));
    group.birth_d = static_cast<double>(clone.birth_step) / hours_per_day;
    const std::size_t line = std::min<std::size_t>(clone.founder, lines_.size() - 1);
    for (std::size_t i = 0; i < days_.size(); ++i) {
      group.cells.push_back(lines_[line][i] * share_in_line(id, line, group.birth_d, days_[i]));
      history_.groups[line].cells[i] -= group.cells.back();
    }
    for (double& rest : history_.groups[line].cells) rest = std::max(rest, 0.0);
    history_.groups.push_back(std::move(group));
    group_of_clone_[id] = history_.groups.size() - 1;
  }

  [[nodiscard]] double share_at(std::size_t moment, std::uint32_t id, std::size_t line) const {
    std::int64_t whole = 0;
    for (const auto& [clone, cells] : counts_[moment].cells) {
      if (std::min<std::size_t>(table_[clone].founder, lines_.size() - 1) == line) whole += cells;
    }
    return whole == 0
               ? 0.0
               : static_cast<double>(cells_at(counts_[moment], id)) / static_cast<double>(whole);
  }

  /// Linear between the moments, from nothing at birth, constant beyond the first and last moment.
  [[nodiscard]] double share_in_line(std::uint32_t id, std::size_t line, double birth_d,
                                     double day) {
    if (day < birth_d) return 0.0;
    std::vector<double>& shares = shares_[id];
    for (std::size_t m = shares.size(); m < counts_.size(); ++m) {
      shares.push_back(share_at(m, id, line));
    }
    const auto later = std::ranges::upper_bound(counts_, day, {}, &CloneCount::day);
    const auto m = static_cast<std::size_t>(later - counts_.begin());
    if (m == counts_.size()) return shares.back();
    const double to = shares[m];
    const bool from_birth = birth_d > 0.0 && (m == 0 || counts_[m - 1].day < birth_d);
    if (m == 0 && !from_birth) return to;
    const double from_d = from_birth ? birth_d : counts_[m - 1].day;
    const double from = from_birth ? 0.0 : shares[m - 1];
    const double width = counts_[m].day - from_d;
    return width > 0.0 ? from + (to - from) * (day - from_d) / width : to;
  }

  void count_hidden() {
    for (CloneGroup& group : history_.groups) group.clones = 0;
    std::vector<bool> lived(table_.size());
    for (const CloneCount& count : counts_) {
      for (const auto& [clone, cells] : count.cells) lived[clone] = true;
    }
    for (std::uint32_t clone = 0; clone < table_.size(); ++clone) {
      if (lived[clone]) ++history_.groups[group_of(clone)].clones;
    }
  }

  struct Visit {
    std::size_t group;
    std::size_t next = 0;
  };

  /// Depth first without recursion: a group's first half, its offspring, its second half.
  void add_bands() {
    std::vector<std::vector<std::size_t>> offspring(history_.groups.size());
    std::vector<Visit> path;
    for (std::size_t g = history_.groups.size(); g-- > 0;) {
      const std::int64_t parent = history_.groups[g].parent;
      if (parent < 0) {
        path.push_back({g});
      } else {
        auto& siblings = offspring[static_cast<std::size_t>(parent)];
        siblings.insert(siblings.begin(), g);
      }
    }
    while (!path.empty()) {
      Visit& at = path.back();
      const auto& below = offspring[at.group];
      if (at.next == 0) history_.bands.push_back({at.group, below.empty() ? 1.0 : 0.5});
      if (at.next < below.size()) {
        path.push_back({below[at.next++]});
        continue;
      }
      if (!below.empty()) history_.bands.push_back({at.group, 0.5});
      path.pop_back();
    }
  }

  std::span<const double> days_;
  const std::vector<std::vector<double>>& lines_;
  const Parameters& parameters_;
  const CloneTable& table_;
  const std::vector<CloneCount>& counts_;
  std::map<std::uint32_t, std::size_t> group_of_clone_;
  std::map<std::uint32_t, std::vector<double>> shares_;
  CloneHistory history_;
};

}  // namespace

CloneHistory clone_history(std::span<const double> days,
                           const std::vector<std::vector<double>>& line_cells,
                           const Parameters& parameters, const CloneRecords& records,
                           std::size_t most_shown) {
  return Builder(days, line_cells, parameters, records).build(most_shown);
}

}  // namespace marrow::io
