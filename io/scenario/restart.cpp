// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/restart.hpp"

#include "core/patient/therapy.hpp"
#include "io/scenario/value_text.hpp"

#include <algorithm>

namespace marrow::io {

namespace {

std::string count_words(const SectionSpec& section, std::size_t count) {
  if (section.kind == SectionKind::optional) return count == 0 ? "none" : "given";
  return std::to_string(count) + (count == 1 ? " entry" : " entries");
}

constexpr std::string_view therapy = "therapy";

/// The treatments of two scenarios, number by number.
class TherapyComparison {
 public:
  TherapyComparison(const Parameters& before, const Parameters& after,
                    const TherapyProgress& progress)
      : before_(&before), after_(&after), progress_(&progress) {}

  [[nodiscard]] std::vector<ParameterChange> changes() const {
    std::vector<ParameterChange> list;
    const std::size_t shared = std::min(before_->therapy.size(), after_->therapy.size());
    for (std::size_t i = 0; i < shared; ++i) compare(i, list);
    for (std::size_t i = shared; i < before_->therapy.size(); ++i) {
      list.push_back({event_path(i), policy(i), event_name(*before_, i), "none"});
    }
    for (std::size_t i = shared; i < after_->therapy.size(); ++i) {
      list.push_back({event_path(i), policy(i), "none", event_name(*after_, i)});
    }
    return list;
  }

 private:
  static std::string event_path(std::size_t i) {
    return std::string(therapy) + "[" + std::to_string(i) + "]";
  }
  static std::string event_name(const Parameters& parameters, std::size_t i) {
    return std::string(drug_name(parameters.therapy[i].drug));
  }

  void compare(std::size_t i, std::vector<ParameterChange>& list) const {
    for (const ParameterSpec& spec : registry().parameters()) {
      if (registry().section_of(spec.path).path != therapy) continue;
      const Value before = spec.get(*before_, i);
      const Value after = spec.get(*after_, i);
      if (same_value(before, after)) continue;
      list.push_back({with_index(spec.path, i), policy(i), format_value(spec, before),
                      format_value(spec, after)});
    }
  }

  [[nodiscard]] RestartPolicy policy(std::size_t i) const {
    const std::vector<std::int64_t>& began_h = progress_->patient.therapy_began_h;
    const bool decided = i < began_h.size() && began_h[i] != never;
    const bool late = i < after_->therapy.size() && lies_in_the_past(after_->therapy[i]);
    return decided || late ? RestartPolicy::fixed : RestartPolicy::warned;
  }

  [[nodiscard]] bool lies_in_the_past(const TherapyEvent& event) const {
    const std::int64_t due_h = due_hour(event, *after_, progress_->patient);
    return due_h != never && due_h < progress_->hour;
  }

  const Parameters* before_;
  const Parameters* after_;
  const TherapyProgress* progress_;
};

/// Whether `path` is that of a parameter or of a section around it: "therapy" covers "therapy[2]"
/// and "therapy[2].dose".
bool covers(std::string_view section, std::string_view path) {
  if (section.empty() || !path.starts_with(section)) return false;
  const std::string_view rest = path.substr(section.size());
  return rest.empty() || rest.front() == '.' || rest.front() == '[';
}

/// Changes of one parameter, by index.
void compare_parameter(const ParameterSpec& spec, const Parameters& before_all,
                       const Parameters& after_all, std::vector<ParameterChange>& changes) {
  const SectionSpec& section = registry().section_of(spec.path);
  const std::size_t count = section.count ? section.count(before_all) : 1;
  if (section.count && count != section.count(after_all)) return;
  for (std::size_t i = 0; i < count; ++i) {
    const Value before = spec.get(before_all, i);
    const Value after = spec.get(after_all, i);
    if (same_value(before, after)) continue;
    changes.push_back({with_index(spec.path, i), spec.restart, format_value(spec, before),
                       format_value(spec, after)});
  }
}

}  // namespace

std::vector<ParameterChange> compare_for_restart(const Parameters& checkpoint,
                                                 const Parameters& now,
                                                 const TherapyProgress& progress) {
  std::vector<ParameterChange> changes;
  for (const SectionSpec& section : registry().sections()) {
    if (!section.count || section.path == therapy) continue;
    const std::size_t before = section.count(checkpoint);
    const std::size_t after = section.count(now);
    if (before == after) continue;
    changes.push_back(
        {section.path, section.restart, count_words(section, before), count_words(section, after)});
  }
  for (const ParameterSpec& spec : registry().parameters()) {
    if (registry().section_of(spec.path).path == therapy) continue;
    compare_parameter(spec, checkpoint, now, changes);
  }
  const std::vector<ParameterChange> treatments =
      TherapyComparison(checkpoint, now, progress).changes();
  changes.insert(changes.end(), treatments.begin(), treatments.end());
  return changes;
}

RestartVerdict judge(const std::vector<ParameterChange>& changes,
                     const std::vector<std::string>& allowed) {
  RestartVerdict verdict;
  for (const ParameterChange& change : changes) {
    const std::string text = change.path + ": " + change.old_value + " -> " + change.new_value;
    verdict.changes.push_back(text);
    if (change.policy == RestartPolicy::free) continue;
    const bool named = std::ranges::any_of(
        allowed, [&](const std::string& path) { return covers(path, change.path); });
    if (change.policy == RestartPolicy::fixed) {
      verdict.refused += "  " + text + " (" + std::string(policy_sentence(change.policy)) + ")\n";
    } else if (!named) {
      verdict.refused += "  " + text + " (warned: needs --allow-change " + change.path + ")\n";
    } else {
      verdict.branches = true;
    }
  }
  return verdict;
}

std::string_view policy_word(RestartPolicy policy) {
  switch (policy) {
    case RestartPolicy::free:
      return "free";
    case RestartPolicy::warned:
      return "warned";
    case RestartPolicy::fixed:
      return "fixed";
  }
  return "fixed";
}

std::string_view policy_sentence(RestartPolicy policy) {
  switch (policy) {
    case RestartPolicy::free:
      return "free: may change when a run continues";
    case RestartPolicy::warned:
      return "warned: a run continues with another value only with --allow-change";
    case RestartPolicy::fixed:
      return "fixed: a run cannot continue with another value";
  }
  return "";
}

}  // namespace marrow::io
