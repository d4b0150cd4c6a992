// SPDX-License-Identifier: BSD-3-Clause
// Grey values to tissue kinds. Every value must have a meaning: what the label map does not name,
// and what is not a number, is refused with its count.
#pragma once

#include "core/model/parameters.hpp"

#include <vtkDataArray.h>

#include <cstdint>
#include <string>
#include <vector>

namespace marrow::io {

/// Throws Failure(scenario) unless the parameters hold exactly one of threshold and label map, with
/// known tissues and no value twice. `where` names the image in messages.
void check_labels(const ImageParameters& parameters, const std::string& where);

/// One TissueKind byte per value. Throws Failure(scenario) when a value has no meaning, or when
/// everything would be bone.
std::vector<std::uint8_t> classify(vtkDataArray& values, const ImageParameters& parameters,
                                   const std::string& where);

}  // namespace marrow::io
