// SPDX-License-Identifier: BSD-3-Clause
// From bytes to a checked cohort: the file itself, then what its parts mean together.
#include "core/model/failure.hpp"
#include "io/cohort/cohort_file.hpp"
#include "io/cohort/table.hpp"
#include "io/file/files.hpp"
#include "io/run/run_paths.hpp"
#include "io/scenario/restart.hpp"
#include "io/scenario/yaml_errors.hpp"
#include "io/text/suggestion.hpp"
#include "io/text/utf8.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <tuple>
#include <utility>

namespace marrow::io {
namespace {

constexpr std::int64_t most_tried = 1000;

std::string_view without_mark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

/// The tree of a text; nothing, and an error, when it has none.
std::optional<YamlNode> tree_of(const SourceText& source, std::string_view text,
                                std::vector<Diagnostic>& errors) {
  const std::vector<Diagnostic> characters = check_characters(source, text);
  if (!characters.empty()) {
    errors.insert(errors.end(), characters.begin(), characters.end());
    return std::nullopt;
  }
  const std::size_t before = errors.size();
  std::optional<YamlNode> root = read_yaml(source, text, 0, 0, errors);
  if (root && root->kind != YamlNode::Kind::empty) return root;
  if (errors.size() == before) errors.push_back(source.error("the file has no content"));
  return std::nullopt;
}

const YamlNode* child(const YamlNode& node, std::string_view name) {
  for (const YamlEntry& entry : node.entries) {
    if (entry.key.text == name) return &entry.value;
  }
  return nullptr;
}

/// cohort.scenario as it is written; empty when it is not there.
std::string base_of(const YamlNode& root) {
  const YamlNode* head = child(root, "cohort");
  const YamlNode* base = head == nullptr ? nullptr : child(*head, "scenario");
  return base != nullptr && base->kind == YamlNode::Kind::scalar ? base->text : "";
}

/// One of the two stands in the other, or they are the same: "therapy" and "therapy[0].given".
bool overlap(const std::string& a, const std::string& b) {
  const std::string& shorter = a.size() <= b.size() ? a : b;
  const std::string& longer = a.size() <= b.size() ? b : a;
  if (!longer.starts_with(shorter)) return false;
  return longer.size() == shorter.size() || longer[shorter.size()] == '.' ||
         longer[shorter.size()] == '[';
}

/// A path that something gives a value to.
struct Claim {
  std::string path;
  std::string owner;
  Place place;
};

std::vector<Claim> claims_of(const CohortSettings& settings) {
  std::vector<Claim> claims;
  for (const YamlEntry& entry : settings.node.entries) {
    claims.push_back({entry.key.text, settings.owner, entry.key.place});
  }
  return claims;
}

}  // namespace

CohortBytes load_cohort_bytes(const std::string& path) {
  CohortBytes result;
  ScenarioBytes own = load_scenario_bytes(path);
  result.text = std::move(own.text);
  result.diagnostics = std::move(own.diagnostics);
  if (!result.diagnostics.empty()) return result;
  const SourceText source = SourceText::from_text(path, without_mark(result.text), 0);
  std::vector<Diagnostic> later;  // read_cohort tells them
  const auto root = tree_of(source, without_mark(result.text), later);
  const std::string base = root ? base_of(*root) : "";
  if (base.empty()) return result;
  result.base_path = (std::filesystem::path(path).parent_path() / base).lexically_normal();
  ScenarioBytes read = load_scenario_bytes(result.base_path);
  result.base_text = std::move(read.text);
  result.diagnostics = std::move(read.diagnostics);
  for (Diagnostic& diagnostic : result.diagnostics) {
    diagnostic.advice.push_back("it is 'cohort.scenario' of " + path + ", relative to that file");
  }
  return result;
}

bool is_cohort_text(std::string_view text) {
  const SourceText source = SourceText::from_text("", without_mark(text), 0);
  std::vector<Diagnostic> ignored;
  const auto root = tree_of(source, without_mark(text), ignored);
  return root && child(*root, "cohort") != nullptr;
}

class CohortReader {
 public:
  CohortReader(const CohortBytes& bytes, const std::string& name) : name_(name) {
    cohort_.text_ = bytes.text;
    cohort_.base_text_ = bytes.base_text;
    cohort_.source_ = SourceText::from_text(name, without_mark(bytes.text), 0);
    cohort_.base_ = SourceText::from_text(bytes.base_path, without_mark(bytes.base_text), 1);
  }

  CohortReading read() {
    read_trees();
    if (errors_.empty()) check_columns();
    if (errors_.empty()) check_owners();
    if (errors_.empty()) check_arms();
    CohortReading result;
    if (errors_.empty()) try_patients(result);
    remove_repeated();
    result.diagnostics = std::move(errors_);
    if (result.diagnostics.empty()) {
      result.cohort = std::make_shared<const Cohort>(std::move(cohort_));
    }
    return result;
  }

 private:
  void read_trees() {
    if (cohort_.text_.size() > largest_scenario_bytes) {
      errors_.push_back(cohort_.source_.error("the file is larger than 1 MiB"));
      return;
    }
    const auto root = tree_of(cohort_.source_, without_mark(cohort_.text_), errors_);
    if (!root) return;
    cohort_.plan_ = read_plan(cohort_.source_, *root, errors_);
    if (cohort_.plan_.scenario.empty()) return;
    if (auto base = tree_of(cohort_.base_, without_mark(cohort_.base_text_), errors_)) {
      cohort_.base_root_ = std::move(*base);
    }
  }

  /// A trait named "arm" would hide the arm in the table.
  void check_columns() {
    std::set<std::string> names;
    for (const TableColumn& column : table_columns(cohort_.plan_)) {
      if (names.insert(column.name).second) continue;
      errors_.push_back(cohort_.source_.error(
          "two columns of the table would be called '" + column.name + "'",
          {"give the trait or the endpoint another name, and draw each parameter once"}));
    }
  }

  void error(const Claim& claim, std::string message, std::vector<std::string> advice) {
    Diagnostic diagnostic =
        cohort_.source_.error(claim.place, std::move(message), std::move(advice));
    diagnostic.parameter = claim.path;
    errors_.push_back(std::move(diagnostic));
  }

  void refuse_overlap(const Claim& claim, const Claim& other) {
    if (!overlap(claim.path, other.path)) return;
    error(claim,
          "'" + claim.path + "' of " + claim.owner + " contradicts '" + other.path + "' of " +
              other.owner + " (line " + std::to_string(other.place.line) + ")",
          {"one would silently replace the other: keep one of them"});
  }

  void refuse_overlaps(const std::vector<Claim>& claims, const std::vector<Claim>& others) {
    for (const Claim& claim : claims) {
      for (const Claim& other : others) refuse_overlap(claim, other);
    }
  }

  /// No two parts of a cohort may give a value to the same parameter; but an arm or a kind may
  /// change what `set` says for all.
  void check_owners() {
    const CohortPlan& plan = cohort_.plan_;
    const std::vector<Claim> fixed = claims_of(plan.settings);
    std::vector<Claim> by_arms;
    for (const CohortArm& arm : plan.arms) {
      const std::vector<Claim> claims = claims_of(arm.settings);
      for (std::size_t i = 0; i < claims.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) refuse_overlap(claims[i], claims[j]);
      }
      by_arms.insert(by_arms.end(), claims.begin(), claims.end());
    }
    std::vector<Claim> taken = by_arms;
    for (const CohortTrait& trait : plan.traits) {
      std::vector<Claim> of_trait;
      for (const CohortSettings& kind : trait.settings) {
        const std::vector<Claim> claims = claims_of(kind);
        refuse_overlaps(claims, taken);
        of_trait.insert(of_trait.end(), claims.begin(), claims.end());
      }
      taken.insert(taken.end(), of_trait.begin(), of_trait.end());
    }
    for (const CohortDraw& draw : plan.draws) {
      const Claim claim{draw.path, "'draws'", draw.place};
      for (const Claim& other : fixed) {  // a draw within a list that `set` writes is none
        if (other.path == claim.path) refuse_overlap(claim, other);
      }
      for (const Claim& other : taken) refuse_overlap(claim, other);
      taken.push_back(claim);
    }
    taken.insert(taken.end(), fixed.begin(), fixed.end());
    for (const Claim& claim : taken) {
      if (!overlap(claim.path, "scenario.seed") || claim.path == "scenario") continue;
      error(claim, "'scenario.seed' cannot be set in a cohort",
            {"each patient has a seed of its own, drawn from 'cohort.seed'"});
    }
  }

  /// Every arm with every kind must be readable; arms that are the same would be one.
  void check_arms() {
    const CohortPlan& plan = cohort_.plan_;
    std::vector<Parameters> arms;
    for (std::size_t a = 0; a < plan.arms.size(); ++a) {
      std::vector<std::size_t> kinds(plan.traits.size(), 0);
      arms.push_back(read_arm(a, kinds));
      for (std::size_t t = 0; t < kinds.size(); ++t) {
        for (kinds[t] = 1; kinds[t] < plan.traits[t].kinds.size(); ++kinds[t]) read_arm(a, kinds);
        kinds[t] = 0;
      }
    }
    const auto imported = [](const Parameters& p) {
      return p.tissue.source == TissueSource::image;
    };
    if (plan.biopsy && std::ranges::any_of(arms, imported)) {
      errors_.push_back(cohort_.source_.error("'output.biopsy' needs procedural tissue",
                                              {"leave it out where the tissue is an image"}));
    }
    const auto narrow = [&plan](const Parameters& p) {
      const Index3& size = p.domain.size_voxels;
      const auto least = static_cast<double>(std::min({size.x, size.y, size.z}));
      return plan.biopsy && least * p.domain.spacing_um < plan.biopsy->width_um;
    };
    if (std::ranges::any_of(arms, narrow)) {
      errors_.push_back(cohort_.source_.error("'output.biopsy.needle' is wider than the box",
                                              {"take a thinner one, or a larger 'domain.size'"}));
    }
    if (!errors_.empty()) return;
    for (std::size_t a = 1; a < arms.size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        if (!compare_for_restart(arms[a], arms[b]).empty()) continue;
        errors_.push_back(
            cohort_.source_.error(plan.arms[a].settings.node.place,
                                  "the arms '" + plan.arms[b].name + "' and '" + plan.arms[a].name +
                                      "' are the same: every patient would be computed twice",
                                  {"change something under 'set' of one of them, or remove one"}));
      }
    }
  }

  Parameters read_arm(std::size_t arm, const std::vector<std::size_t>& kinds) {
    Origins origins;
    return cohort_.arm_parameters(arm, kinds, origins, errors_);
  }

  /// The real scenarios of the first patients. What refuses all of them is a mistake of the file.
  void try_patients(CohortReading& result) {
    const CohortPlan& plan = cohort_.plan_;
    result.tried = std::min(plan.patients, most_tried);
    std::vector<std::int64_t> refused(plan.arms.size(), 0);
    std::vector<std::vector<Diagnostic>> first(plan.arms.size());
    for (std::int64_t number = 1; number <= result.tried; ++number) {
      const VirtualPatient patient = cohort_.patient(number);
      bool good = true;
      for (std::size_t a = 0; a < plan.arms.size(); ++a) {
        ReadResult read = cohort_.scenario(patient, a);
        if (read.ok()) continue;
        good = false;
        ++refused[a];
        if (result.first_reason.empty()) {
          result.first_reason = "patient " + std::to_string(number) + ", arm '" +
                                plan.arms[a].name + "': " + reason_of(read.diagnostics);
        }
        if (first[a].empty()) first[a] = std::move(read.diagnostics);
      }
      result.refused += good ? 0 : 1;
    }
    for (std::size_t a = 0; a < plan.arms.size(); ++a) {
      if (refused[a] < result.tried) continue;
      errors_.insert(errors_.end(), first[a].begin(), first[a].end());
    }
  }

  /// A mistake of the base is one mistake, in however many arms it is read.
  void remove_repeated() {
    std::set<std::tuple<std::string, std::size_t, std::size_t, std::string>> seen;
    std::erase_if(errors_, [&](const Diagnostic& d) {
      return !seen.emplace(d.source, d.place.line, d.place.column, d.message).second;
    });
    sort_by_place(errors_);
  }

  std::string name_;
  Cohort cohort_;
  std::vector<Diagnostic> errors_;
};

CohortReading read_cohort(const CohortBytes& bytes, const std::string& name) {
  if (!bytes.diagnostics.empty()) {
    CohortReading failed;
    failed.diagnostics = bytes.diagnostics;
    return failed;
  }
  return CohortReader(bytes, name).read();
}

CohortReading read_cohort_in(const std::filesystem::path& directory) {
  const RunPaths paths(directory);
  CohortBytes bytes;
  bytes.text = read_file_text(paths.cohort());
  bytes.base_text = read_file_text(paths.scenario());
  bytes.base_path = paths.scenario().string();
  return read_cohort(bytes, paths.cohort().string());
}

std::shared_ptr<const Cohort> cohort_or_throw(CohortReading reading) {
  if (!reading.ok()) throw Failure(ExitCode::scenario, render_all(reading.diagnostics));
  return std::move(reading.cohort);
}

}  // namespace marrow::io
