// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/biopsy_request.hpp"

#include "core/model/failure.hpp"
#include "io/text/number.hpp"
#include "io/text/suggestion.hpp"
#include "io/text/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace marrow::tool {
namespace {

/// A place of the body: where in the box (in shares of its edges) and which way the needle goes. x
/// runs from the patient's right to the left, y from back to front, z from foot to head.
struct Site {
  const char* name;
  Vector3 place;
  Vector3 along;
};
constexpr std::array<Site, 4> sites = {{
    {"right-posterior-iliac-crest", {0.25, 0.25, 0.5}, {0, 1, 0}},
    {"left-posterior-iliac-crest", {0.75, 0.25, 0.5}, {0, 1, 0}},
    {"right-anterior-iliac-crest", {0.25, 0.75, 0.5}, {0, -1, 0}},
    {"left-anterior-iliac-crest", {0.75, 0.75, 0.5}, {0, -1, 0}},
}};
constexpr const char* random_site = "random";

[[noreturn]] void refuse(const std::string& what) { throw Failure(ExitCode::command_line, what); }

double length_um(const char* option, const std::string& text, double least_um, double most_um) {
  const io::Dimension length{1, 0, 0, 0};
  const io::ParsedQuantity q = io::parse_quantity(text, &length);
  if (q.fault != io::QuantityFault::none || q.unit.dimension != length) {
    refuse(fmt::format("{} {}: a length with its unit is expected, such as 2mm or 500um{}", option,
                       text, q.message.empty() ? "" : " (it " + q.message + ")"));
  }
  const double um = io::value_in(q, io::parse_unit("um").unit);
  if (!(um >= least_um && um <= most_um)) {
    refuse(
        fmt::format("{} {}: must lie between {:g} and {:g} um", option, text, least_um, most_um));
  }
  return um;
}

/// "1,2,3"; nothing when the text is not of that form.
std::optional<Vector3> triple(const std::string& text) {
  std::array<double, 3> v{};
  std::size_t from = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t comma = text.find(',', from);
    if ((comma == std::string::npos) != (i == 2)) return std::nullopt;
    const io::ScannedNumber number = io::parse_number(text.substr(from, comma - from));
    if (number.fault != io::NumberFault::none) return std::nullopt;
    v[i] = number.value;
    from = comma + 1;
  }
  return Vector3{v[0], v[1], v[2]};
}

const Site* find_site(const std::string& name) {
  for (const Site& site : sites) {
    // "posterior-iliac-crest" is the right one.
    if (name == site.name || "right-" + name == site.name) return &site;
  }
  return nullptr;
}

[[noreturn]] void refuse_site(const std::string& name) {
  std::vector<std::string> known;
  for (const Site& site : sites) known.emplace_back(site.name);
  known.emplace_back(random_site);
  std::vector<std::string> accepted = known;
  accepted.insert(accepted.end(), {"posterior-iliac-crest", "anterior-iliac-crest"});
  const auto near = io::closest(name, accepted);
  refuse(
      fmt::format("--site {}: there is no such site{}; known are {}, and a voxel such as "
                  "100,100,80 (with --direction)",
                  name, near ? fmt::format(", did you mean '{}'?", *near) : "", io::listed(known)));
}

bool parallel_to_an_axis(const Vector3& v) {
  return (v.x != 0.0) + (v.y != 0.0) + (v.z != 0.0) == 1;
}

void check_fit(const Lattice& lattice, const Needle& needle) {
  const double room = room_across_um(lattice, needle);
  if (room >= needle.width_um * (1.0 - 1e-9)) return;
  refuse(
      fmt::format("--needle {:g}mm: the needle is wider than the box, which has {:g} mm there; "
                  "take --needle {:g}mm, or a run of a larger box (domain.size)",
                  1e-3 * needle.width_um, 1e-3 * room, 1e-3 * room));
}

}  // namespace

BiopsyPlan check_request(const BiopsyRequest& request) {
  BiopsyPlan plan;
  plan.needle.width_um = length_um("--needle", request.needle, 100.0, 2e4);
  plan.needle.length_um = length_um("--length", request.length, 100.0, 1e5);
  plan.thickness_um = length_um("--thickness", request.thickness, 0.5, 50.0);
  plan.um_per_pixel = length_um("--resolution", request.resolution, 0.2, 10.0);
  for (const std::string& text : request.stains) {
    const io::Stain stain = io::parse_stain(text);
    if (std::ranges::find(plan.stains, stain) == plan.stains.end()) plan.stains.push_back(stain);
  }
  if (request.cores < 1 || request.cores > 10000) {
    refuse(fmt::format("--cores {}: must lie between 1 and 10000", request.cores));
  }
  plan.cores = request.cores;
  plan.seed = request.seed;
  const bool named = request.site.empty() || find_site(request.site) != nullptr;
  if (plan.cores > 1 && !request.site.empty() && request.site != random_site) {
    refuse(fmt::format("--cores {} takes random places: leave out --site {}", plan.cores,
                       request.site));
  }
  if (plan.cores > 1 && plan.stains != std::vector{io::Stain::he}) {
    refuse(
        fmt::format("--cores {} paints no pictures: leave out --stain; CD34+ and CD8+ cells are "
                    "always counted",
                    plan.cores));
  }
  if (plan.cores == 1 && request.site != random_site && plan.seed != BiopsyPlan{}.seed) {
    refuse(fmt::format("--seed {}: goes with --site random or --cores", plan.seed));
  }
  if (!named && request.site != random_site && !triple(request.site)) refuse_site(request.site);
  if (!request.direction.empty()) {
    const auto direction = triple(request.direction);
    if (!direction || dot(*direction, *direction) == 0.0) {
      refuse(
          fmt::format("--direction {}: three numbers are expected that are not all 0, such as "
                      "0,1,0",
                      request.direction));
    }
    if (named || request.site == random_site) {
      refuse(fmt::format(
          "--direction {}: goes with a voxel such as --site 100,100,80; {} has a "
          "direction of its own",
          request.direction, request.site.empty() ? "the usual site" : "--site " + request.site));
    }
  }
  return plan;
}

void place_needle(const BiopsyRequest& request, const Lattice& lattice, BiopsyPlan& plan) {
  Needle& needle = plan.needle;
  plan.site = request.site;
  if (request.cores > 1 || request.site == random_site) {
    plan.site = fmt::format("{}-{}", random_site, request.seed);
    for (std::int64_t i = plan.cores - 1; i >= 0; --i) {
      needle = random_needle(lattice, Draws(request.seed), static_cast<std::uint64_t>(i),
                             needle.width_um, needle.length_um);
      check_fit(lattice, needle);
    }
  } else if (const Site* site = find_site(request.site.empty() ? sites[0].name : request.site)) {
    plan.site = site->name;
    needle.along = site->along;
    // The middle of a voxel: on the face between two, outlines of voxels would lie in the section.
    const auto at = [&](double share, std::int64_t n) {
      return static_cast<std::int64_t>(share * static_cast<double>(n));
    };
    const Index3& n = lattice.extent;
    needle.through_um = voxel_centre_um(
        lattice, {at(site->place.x, n.x), at(site->place.y, n.y), at(site->place.z, n.z)});
    needle = fitted(lattice, needle);
  } else {
    plan.site = "voxel-" + request.site;
    std::ranges::replace(plan.site, ',', '-');
    const Vector3 voxel = *triple(request.site);
    if (!request.direction.empty()) {
      needle.along = *triple(request.direction);
      std::string way = request.direction;
      std::ranges::replace(way, ',', '-');
      plan.site += "_along-" + way;
    }
    needle.through_um = lattice.spacing_um * (voxel + Vector3{0.5, 0.5, 0.5});
    if (!stretch_in_box(lattice, needle.through_um, section_frame(needle.along).along)) {
      const Index3& n = lattice.extent;
      refuse(fmt::format("--site {}: this voxel lies outside the box of {} x {} x {} voxels",
                         request.site, n.x, n.y, n.z));
    }
    if (parallel_to_an_axis(needle.along)) needle = fitted(lattice, needle);
  }
  check_fit(lattice, needle);
}

}  // namespace marrow::tool
