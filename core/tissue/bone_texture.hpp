// SPDX-License-Identifier: BSD-3-Clause
// From the asked BV/TV, Tb.Th and Tb.Sp to wavelength and shape of the bone field: the calibration
// of core/tissue/bone_field.hpp. Pure arithmetic on a table.
#pragma once

#include "core/model/parameters.hpp"
#include "core/tissue/bone_field.hpp"

namespace marrow {

/// BV/TV fixes the range of Tb.Th/Tb.Sp that any shape between plates and rods can have: 0.08-0.16
/// at BV/TV 0.08, 0.18-0.28 at 0.18, 0.26-0.37 at 0.25. Inside it both figures are met; outside it
/// the nearest shape is taken, with the wavelength that shares the error evenly between the two.
BoneTexture bone_texture(const BoneParameters& bone);

/// What the calibration expects this texture to measure at this BV/TV.
BoneParameters expected_bone(const BoneTexture& texture, double volume_share);

}  // namespace marrow
