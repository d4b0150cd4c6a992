// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/compare_runs.hpp"

#include "core/model/failure.hpp"
#include "io/checkpoint/compare_series.hpp"
#include "io/checkpoint/directory.hpp"
#include "io/checkpoint/metadata_guard.hpp"
#include "io/file/files.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace marrow::io {
namespace fs = std::filesystem;
namespace {

/// What is known of where two runs part; all in steps, which are hours.
struct Parting {
  std::optional<std::int64_t> equal;      // the last hour of which the states are known to be equal
  std::optional<std::int64_t> different;  // the first of which they are known to differ
  std::vector<std::int64_t> equal_checkpoints;  // ascending
  std::optional<std::int64_t> different_checkpoint;

  void differ_at(std::int64_t step) { different = std::min(different.value_or(step), step); }
  /// The last checkpoint that both have before they part.
  [[nodiscard]] std::optional<std::int64_t> branch_point() const {
    std::optional<std::int64_t> last;
    for (const std::int64_t step : equal_checkpoints) {
      if (step < *different) last = step;
    }
    return last;
  }
};

std::map<std::int64_t, fs::path> checkpoints_in(const CheckpointPath& run) {
  std::map<std::int64_t, fs::path> all;
  for (const CheckpointPlace& place : list_checkpoints(run.holder)) {
    all[place.step] = place.directory;
  }
  return all;
}

std::optional<Manifest> manifest_or_trouble(const char* name, const fs::path& directory,
                                            Comparison& result) {
  try {
    Manifest manifest = read_manifest(directory);
    require_sound_metadata(directory / "state.h5", manifest);
    return manifest;
  } catch (const Failure& failure) {
    result.equal = false;
    result.text += fmt::format("{} is DAMAGED: {}\n", name, failure.what());
    return std::nullopt;
  }
}

bool same_state(const Manifest& a, const Manifest& b) {
  return a.digest == b.digest && a.tissue == b.tissue && a.lattice.extent == b.lattice.extent &&
         a.lattice.periodic == b.lattice.periodic && a.lattice.spacing_um == b.lattice.spacing_um;
}

void compare_series_of(const CheckpointPath& a, const CheckpointPath& b, Comparison& result,
                       Parting& parting) {
  const auto left = read_file(a.path / "series.csv"), right = read_file(b.path / "series.csv");
  if (!left && !right) return;
  if (!left || !right) {
    result.equal = false;
    result.text += fmt::format("series.csv: {} has none\n", left ? "B" : "A");
    return;
  }
  const SeriesComparison found = compare_series(*left, *right);
  result.equal = result.equal && found.equal;
  result.text += "series.csv: " + found.text + "\n";
  parting.equal = found.last_equal;
  if (found.first_differing) parting.differ_at(*found.first_differing);
}

std::string steps_text(std::int64_t count) {
  return count == 1 ? "1 step" : fmt::format("{} steps", count);
}

/// By the digests of their manifests.
void compare_checkpoints_of(const CheckpointPath& a, const CheckpointPath& b, Comparison& result,
                            Parting& parting) {
  const auto left = checkpoints_in(a), right = checkpoints_in(b);
  std::int64_t common = 0, equal = 0;
  for (const auto& [step, directory] : left) {
    const auto other = right.find(step);
    if (other == right.end()) continue;
    const auto in_a = manifest_or_trouble("A", directory, result);
    const auto in_b = manifest_or_trouble("B", other->second, result);
    if (!in_a || !in_b) continue;
    ++common;
    if (same_state(*in_a, *in_b)) {
      ++equal;
      parting.equal_checkpoints.push_back(step);
    } else if (!parting.different_checkpoint) {
      parting.different_checkpoint = step;
    }
  }
  if (common == 0) {
    result.equal = false;
    result.text += "checkpoints: no step has a usable one in both runs\n";
    return;
  }
  result.equal = result.equal && equal == common;
  result.text += fmt::format("checkpoints: of {} that both have {} are equal, by their digests\n",
                             steps_text(common), equal);
}

/// A path as a shell takes it.
std::string shell_word(const fs::path& path) {
  constexpr std::string_view harmless =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";
  const std::string text = path.string();
  if (text.find_first_not_of(harmless) == std::string::npos) return text;
  std::string safe = "'";
  for (const char c : text) safe += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return safe + "'";
}

fs::path closer(const fs::path& run) {
  const fs::path plain = run.has_filename() ? run : run.parent_path();
  return fs::path(plain) += ".closer";
}

/// The options that start a branched run as it was started; nothing for a run that began anew.
std::string branch_options(const CheckpointPath& run) {
  using nlohmann::json;
  try {
    const json all = json::parse(read_file(run.path / "provenance.json").value_or("{}"));
    const json first = all.value("/segments/0"_json_pointer, json::object());
    const std::string from = first.value("from_checkpoint", "");
    if (from.empty()) return {};
    std::string options =
        " --branch " + shell_word(fs::path(first.value("working_directory", "")) / from);
    for (const std::string& change : first.value("changes", std::vector<std::string>())) {
      options += " --allow-change " + shell_word(change.substr(0, change.find(':')));
    }
    return options;
  } catch (const json::exception&) {
    return {};  // no or a damaged provenance.json: as far as is known it began anew
  }
}

/// Repeats a run from the last checkpoint that is equal in both, or else from its own last one
/// before they part, or else as it began.
std::string rerun(const CheckpointPath& run, const Parting& parting, bool each_hour) {
  std::optional<std::int64_t> start = parting.branch_point();
  if (!start) {
    for (const auto& [step, directory] : checkpoints_in(run)) {
      if (step < *parting.different) start = step;
    }
  }
  return fmt::format(
      "  marrow run {} -o {}{} --stop-at '{} h'{}\n",
      shell_word(run.path / "scenario.effective.yaml"), shell_word(closer(run.path)),
      start ? " --branch " + shell_word(run.holder / checkpoint_name(*start)) : branch_options(run),
      *parting.different, each_hour ? " --set 'output.series.every=1 h'" : "");
}

/// What to do to learn more, when the runs part between checkpoints.
std::string advice(const CheckpointPath& a, const CheckpointPath& b, const Parting& parting) {
  const std::int64_t to = *parting.different;
  if (!parting.equal && to == 0) {
    return "They differ from the start: compare scenario.effective.yaml of both.\n";
  }
  const bool hour_known = parting.equal && to - *parting.equal == 1;
  if (hour_known && parting.different_checkpoint == to) {
    return fmt::format("Hour {} is the first that differs: nearer there is nothing.\n", to);
  }
  std::string text =
      hour_known
          ? fmt::format("Hour {} is the first that differs. To see its first field and site", to)
          : fmt::format("They part after hour {} and by hour {}. To find the hour",
                        parting.equal.value_or(0), to);
  text += ", repeat both";
  if (const auto step = parting.branch_point()) {
    text += fmt::format(" from the last equal checkpoint (step {})", *step);
  }
  return text + ", and compare again:\n" + rerun(a, parting, !hour_known) +
         rerun(b, parting, !hour_known) +
         fmt::format("  marrow compare {} {}\n", shell_word(closer(a.path)),
                     shell_word(closer(b.path))) +
         "If the repeated runs are equal, something from outside changed one of the two: compare "
         "each with its repetition.\n";
}

std::string values_of(const fs::path& a, const fs::path& b, const Alive& alive) {
  try {
    return compare_files(a / "state.h5", b / "state.h5", alive).text;
  } catch (const Failure& failure) {
    return std::string("its values cannot be compared: ") + failure.what() + "\n";
  }
}

}  // namespace

Comparison compare_runs(const CheckpointPath& a, const CheckpointPath& b, const Alive& alive) {
  Comparison result{"", true};
  Parting parting;
  compare_series_of(a, b, result, parting);
  compare_checkpoints_of(a, b, result, parting);
  if (const auto step = parting.different_checkpoint) {
    parting.differ_at(*step);
    result.text += "first differing checkpoint: " +
                   values_of(checkpoints_in(a).at(*step), checkpoints_in(b).at(*step), alive);
  }
  if (!parting.different) return result;
  if (const auto step = parting.branch_point()) {
    parting.equal = std::max(parting.equal.value_or(*step), *step);
  }
  result.text += advice(a, b, parting);
  return result;
}

}  // namespace marrow::io
