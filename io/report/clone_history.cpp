// SPDX-License-Identifier: BSD-3-Clause
#include "io/report/clone_history.hpp"

#include "core/observe/census.hpp"
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
  Builder(std::span<const double> days, const LineCells& cells, const Parameters& parameters,
          const CloneRecords& records)
      : days_(days),
        cells_(cells),
        parameters_(parameters),
        mutants_(mutant_groups(parameters.clones)),
        table_(records.table),
        counts_(records.counts) {}

  CloneHistory build(std::size_t most_shown) {
    add_lines();
    if (cells_.mutants.size() == mutants_.size()) add_mutants();
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
    for (std::size_t line = 0; line < cells_.lines.size(); ++line) {
      CloneGroup group;
      group.name = line == 0 ? "normal" : founders[line - 1].name;
      group.genotype = line == 0 ? 0 : founders[line - 1].genotype;
      const auto of_line = [line](const MutantGroup& g) { return g.line == line; };
      if (cells_.mutants.size() != mutants_.size() && std::ranges::any_of(mutants_, of_line)) {
        group.name += ", mutants not told apart";
        group.genotype.reset();
      }
      const bool own_root = line == 0 || founders[line - 1].at == FounderTime::infusion;
      group.parent = own_root ? -1 : 0;
      group.cells = cells_.lines[line];
      history_.groups.push_back(std::move(group));
    }
  }

  /// The cells of a line whose genotype is not the founder's, where there ever were any.
  void add_mutants() {
    for (std::size_t g = 0; g < mutants_.size(); ++g) {
      const std::vector<double>& cells = cells_.mutants[g];
      if (std::ranges::none_of(cells, [](double c) { return c > 0.0; })) continue;
      const auto& [line, genotype] = mutants_[g];
      CloneGroup group;
      group.name = palette_entry(Palette::genotype, static_cast<int>(genotype)).name;
      group.name += line == 0 ? " mutants" : " mutants of " + history_.groups[line].name;
      group.genotype = genotype;
      group.parent = static_cast<std::int64_t>(line);
      group.cells = cells;
      take_from(line, cells);
      history_.groups.push_back(std::move(group));
      mutant_group_of_[{line, genotype}] = history_.groups.size() - 1;
    }
  }

  void take_from(std::size_t group, const std::vector<double>& cells) {
    std::vector<double>& rest = history_.groups[group].cells;
    for (std::size_t i = 0; i < rest.size(); ++i) rest[i] = std::max(rest[i] - cells[i], 0.0);
  }

  [[nodiscard]] std::size_t line_of(std::uint32_t clone) const {
    return std::min<std::size_t>(table_[clone].founder, cells_.lines.size() - 1);
  }

  /// The group of all cells of the clone's line and genotype, as far as the series knows it.
  [[nodiscard]] std::size_t base_of(std::uint32_t clone) const {
    const auto found = mutant_group_of_.find({line_of(clone), table_[clone].genotype});
    return found == mutant_group_of_.end() ? line_of(clone) : found->second;
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

  /// The group that holds a clone's cells: its own, or all of its line and genotype.
  [[nodiscard]] std::size_t group_of(std::uint32_t clone) const {
    const auto found = group_of_clone_.find(clone);
    return found == group_of_clone_.end() ? base_of(clone) : found->second;
  }

  /// The group from which a clone arose: an ancestor's, whatever its genotype.
  [[nodiscard]] std::size_t origin_of(std::uint32_t clone) const {
    for (std::uint32_t c = table_[clone].parent; c < table_.size(); c = table_[c].parent) {
      const auto found = group_of_clone_.find(c);
      if (found != group_of_clone_.end()) return found->second;
      if (is_line_root(c)) break;
    }
    return base_of(clone);
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
    group.parent = static_cast<std::int64_t>(origin_of(id));
    group.birth_d = static_cast<double>(clone.birth_step) / hours_per_day;
    const std::size_t base = base_of(id);
    whole_.try_emplace(base, history_.groups[base].cells);
    const std::vector<double> shares = shares_at_moments(id, base);
    for (std::size_t i = 0; i < days_.size(); ++i) {
      group.cells.push_back(whole_[base][i] * share_on(days_[i], shares, group.birth_d));
    }
    take_from(base, group.cells);
    history_.groups.push_back(std::move(group));
    group_of_clone_[id] = history_.groups.size() - 1;
  }

  /// The clone's share of the cells of its base at each moment.
  [[nodiscard]] std::vector<double> shares_at_moments(std::uint32_t id, std::size_t base) const {
    std::vector<double> shares;
    for (const CloneCount& count : counts_) {
      std::int64_t whole = 0;
      for (const auto& [clone, cells] : count.cells) {
        if (base_of(clone) == base) whole += cells;
      }
      const auto own = static_cast<double>(cells_at(count, id));
      shares.push_back(whole == 0 ? 0.0 : own / static_cast<double>(whole));
    }
    return shares;
  }

  /// Straight between two moments that are near each other, from nothing at birth; nothing where no
  /// such moments tell of it.
  [[nodiscard]] double share_on(double day, std::span<const double> shares, double birth_d) const {
    if (day < birth_d) return 0.0;
    const auto next = std::ranges::lower_bound(counts_, day, {}, &CloneCount::day);
    const auto m = static_cast<std::size_t>(next - counts_.begin());
    if (m == counts_.size()) return 0.0;
    if (counts_[m].day == day) return shares[m];
    if (m == 0 || counts_[m].day - counts_[m - 1].day > longest_gap_d) return 0.0;
    const bool from_birth = birth_d > counts_[m - 1].day;
    const double from_d = from_birth ? birth_d : counts_[m - 1].day;
    const double from = from_birth ? 0.0 : shares[m - 1];
    return from + (shares[m] - from) * (day - from_d) / (counts_[m].day - from_d);
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
  const LineCells& cells_;
  const Parameters& parameters_;
  std::vector<MutantGroup> mutants_;
  const CloneTable& table_;
  const std::vector<CloneCount>& counts_;
  std::map<std::uint32_t, std::size_t> group_of_clone_;
  std::map<std::pair<std::size_t, std::uint32_t>, std::size_t> mutant_group_of_;
  std::map<std::size_t, std::vector<double>> whole_;  // cells of a base before clones left it
  CloneHistory history_;
};

}  // namespace

CloneHistory clone_history(std::span<const double> days, const LineCells& cells,
                           const Parameters& parameters, const CloneRecords& records,
                           std::size_t most_shown) {
  return Builder(days, cells, parameters, records).build(most_shown);
}

}  // namespace marrow::io
