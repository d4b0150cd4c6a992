// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/restart.hpp"

#include "io/scenario/value_text.hpp"

namespace marrow::io {

namespace {

std::string count_words(const SectionSpec& section, std::size_t count) {
  if (section.kind == SectionKind::optional) return count == 0 ? "none" : "given";
  return std::to_string(count) + (count == 1 ? " entry" : " entries");
}

}  // namespace

std::vector<ParameterChange> compare_for_restart(const Parameters& checkpoint,
                                                 const Parameters& now) {
  std::vector<ParameterChange> changes;
  for (const SectionSpec& section : registry().sections()) {
    if (!section.count) continue;
    const std::size_t before = section.count(checkpoint);
    const std::size_t after = section.count(now);
    if (before == after) continue;
    changes.push_back(
        {section.path, section.restart, count_words(section, before), count_words(section, after)});
  }
  for (const ParameterSpec& spec : registry().parameters()) {
    const SectionSpec& section = registry().section_of(spec.path);
    const std::size_t count = section.count ? section.count(checkpoint) : 1;
    if (section.count && count != section.count(now)) continue;
    for (std::size_t i = 0; i < count; ++i) {
      const Value before = spec.get(checkpoint, i);
      const Value after = spec.get(now, i);
      if (same_value(before, after)) continue;
      changes.push_back({with_index(spec.path, i), spec.restart, format_value(spec, before),
                         format_value(spec, after)});
    }
  }
  return changes;
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
