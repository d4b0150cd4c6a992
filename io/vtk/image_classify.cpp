// SPDX-License-Identifier: BSD-3-Clause
#include "io/vtk/image_classify.hpp"

#include "core/model/failure.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>

namespace marrow::io {
namespace {

std::optional<TissueKind> tissue_named(const std::string& name) {
  if (name == "marrow") return TissueKind::marrow;
  if (name == "bone") return TissueKind::bone;
  if (name == "sinusoid") return TissueKind::sinusoid;
  if (name == "arteriole") return TissueKind::arteriole;
  return std::nullopt;
}

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw Failure(ExitCode::scenario, fmt::format("{}: {}", where, why));
}

template <class T>
bool is_number(T value) {
  if constexpr (std::is_floating_point_v<T>) return !std::isnan(value);
  return true;
}

/// The whole number that a value is, if it is one and fits.
template <class T>
std::optional<std::int64_t> whole(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    constexpr T exact = T{1} * (std::int64_t{1} << 53);
    if (!(std::fabs(value) <= exact) || std::floor(value) != value) return std::nullopt;
  } else if constexpr (std::is_unsigned_v<T> && sizeof(T) == 8) {
    if (value > static_cast<T>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  }
  return static_cast<std::int64_t>(value);
}

/// Values without a meaning, counted up to a point: a grey image given to a label map may have a
/// different value in every voxel.
template <class T>
class Unknowns {
 public:
  void add(T value) {
    ++total_;
    if (!is_number(value)) {
      ++not_numbers_;
    } else if (counts_.size() < most_ || counts_.contains(value)) {
      ++counts_[value];
    }
  }
  [[nodiscard]] bool none() const { return total_ == 0; }
  [[nodiscard]] std::string text() const {
    constexpr std::size_t shown = 8;
    std::string list;
    if (not_numbers_ > 0) list = fmt::format("not a number ({} voxels)", not_numbers_);
    std::size_t index = 0;
    for (const auto& [value, count] : counts_) {
      if (index++ == shown) break;
      // + promotes characters to numbers.
      list += fmt::format("{}{} ({} voxels)", list.empty() ? "" : ", ", +value, count);
    }
    if (counts_.size() > shown) {
      list += fmt::format(", and {}{} more values", counts_.size() >= most_ ? "at least " : "",
                          counts_.size() - shown);
    }
    return list;
  }

 private:
  static constexpr std::size_t most_ = 1000;
  std::map<T, std::int64_t> counts_;
  std::int64_t not_numbers_ = 0;
  std::int64_t total_ = 0;
};

template <class T>
std::vector<std::uint8_t> by_threshold(const T* values, std::size_t count, double threshold,
                                       const std::string& where) {
  std::vector<std::uint8_t> kinds(count);
  std::size_t bone = 0;
  std::size_t not_numbers = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_bone = static_cast<double>(values[i]) >= threshold;
    kinds[i] = static_cast<std::uint8_t>(is_bone ? TissueKind::bone : TissueKind::marrow);
    bone += is_bone ? 1 : 0;
    not_numbers += is_number(values[i]) ? 0 : 1;
  }
  if (not_numbers > 0) {
    refuse(where, fmt::format("{} of {} voxels are not numbers (NaN)", not_numbers, count));
  }
  if (bone == count) {
    const auto [low, high] = std::minmax_element(values, values + count);
    refuse(where,
           fmt::format("tissue.image.bone_threshold {} makes every voxel bone; the grey values "
                       "run from {} to {}",
                       threshold, +*low, +*high));
  }
  return kinds;
}

using LabelMap = std::map<std::int64_t, std::uint8_t>;

LabelMap label_map(const ImageParameters& parameters) {
  LabelMap map;
  for (const ImageLabel& label : parameters.labels) {
    map[label.value] = static_cast<std::uint8_t>(*tissue_named(label.tissue));
  }
  return map;
}

std::string known_values(const LabelMap& map) {
  std::string list;
  for (const auto& [value, kind] : map) {
    list += fmt::format("{}{}", list.empty() ? "" : ", ", value);
  }
  return list;
}

template <class T>
std::vector<std::uint8_t> by_labels(const T* values, std::size_t count, const LabelMap& map,
                                    const std::string& where) {
  std::vector<std::uint8_t> kinds(count);
  Unknowns<T> unknowns;
  bool all_bone = true;
  auto last = map.end();  // neighbours mostly carry the same label
  for (std::size_t i = 0; i < count; ++i) {
    const std::optional<std::int64_t> value = whole(values[i]);
    if (last == map.end() || !value || last->first != *value) {
      last = value ? map.find(*value) : map.end();
    }
    if (last == map.end()) {
      unknowns.add(values[i]);
      continue;
    }
    kinds[i] = last->second;
    all_bone = all_bone && last->second == static_cast<std::uint8_t>(TissueKind::bone);
  }
  if (!unknowns.none()) {
    refuse(where, fmt::format("tissue.image.labels gives no tissue for {}; it names {}. Add the "
                              "missing values, or use tissue.image.bone_threshold for a grey image",
                              unknowns.text(), known_values(map)));
  }
  if (all_bone) refuse(where, "its labels make every voxel bone");
  return kinds;
}

}  // namespace

void check_labels(const ImageParameters& parameters, const std::string& where) {
  if (parameters.bone_threshold.has_value() != parameters.labels.empty()) {
    refuse(where, "give exactly one of tissue.image.bone_threshold and tissue.image.labels");
  }
  if (parameters.bone_threshold && !std::isfinite(*parameters.bone_threshold)) {
    refuse(where, "tissue.image.bone_threshold must be a finite number");
  }
  std::map<std::int64_t, std::string> seen;
  for (const ImageLabel& label : parameters.labels) {
    if (!tissue_named(label.tissue)) {
      refuse(where, fmt::format("tissue.image.labels: value {} is '{}'; a tissue is one of marrow, "
                                "bone, sinusoid, arteriole",
                                label.value, label.tissue));
    }
    if (!seen.emplace(label.value, label.tissue).second) {
      refuse(where, fmt::format("tissue.image.labels gives value {} twice", label.value));
    }
  }
}

std::vector<std::uint8_t> classify(vtkDataArray& values, const ImageParameters& parameters,
                                   const std::string& where) {
  const auto count = static_cast<std::size_t>(values.GetNumberOfTuples());
  const LabelMap map = label_map(parameters);
  const auto run = [&](const auto* data) {
    return parameters.bone_threshold ? by_threshold(data, count, *parameters.bone_threshold, where)
                                     : by_labels(data, count, map, where);
  };
  switch (values.GetDataType()) {
    vtkTemplateMacro(return run(static_cast<const VTK_TT*>(values.GetVoidPointer(0))));
    default:
      throw Failure(ExitCode::files, fmt::format("{}: its values are of type '{}', which cannot be "
                                                 "read as grey values",
                                                 where, values.GetDataTypeAsString()));
  }
}

}  // namespace marrow::io
