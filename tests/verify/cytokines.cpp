// SPDX-License-Identifier: BSD-3-Clause
// The cytokine fields of a run around one T cell: the lattice Green's function of the closed box.
#include "tests/verify/checks.hpp"
#include "tests/verify/walkers.hpp"

#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string>

namespace marrow::verify {
namespace {

constexpr const char* section = "4.11";

/// (L + s)^-1 of a closed box of `edge`^3 cells between two of them, as a sum over its cosine
/// modes.
double green_of_closed_box(std::int64_t edge, double screening, const Index3& a, const Index3& b) {
  const auto n = static_cast<double>(edge);
  std::vector<double> eigenvalue;
  std::array<std::vector<double>, 3> mode;
  for (std::int64_t k = 0; k < edge; ++k) {
    const double angle = std::numbers::pi * static_cast<double>(k) / n;
    eigenvalue.push_back(2.0 - 2.0 * std::cos(angle));
    const auto product = [&](std::int64_t x, std::int64_t y) {
      return (k == 0 ? 1.0 : 2.0) / n * std::cos(angle * (static_cast<double>(x) + 0.5)) *
             std::cos(angle * (static_cast<double>(y) + 0.5));
    };
    mode[0].push_back(product(a.x, b.x));
    mode[1].push_back(product(a.y, b.y));
    mode[2].push_back(product(a.z, b.z));
  }
  double sum = 0.0;
  for (std::size_t z = 0; z < mode[2].size(); ++z) {
    for (std::size_t y = 0; y < mode[1].size(); ++y) {
      double row = 0.0;
      for (std::size_t x = 0; x < mode[0].size(); ++x) {
        row += mode[0][x] / (screening + eigenvalue[x] + eigenvalue[y] + eigenvalue[z]);
      }
      sum += row * mode[1][y] * mode[2][z];
    }
  }
  return sum;
}

/// A run whose one T cell has been about for one period of one hour, on all ranks. The level of a
/// field is screening times the Green's function, in units of the T-cell-hours that give level 1.
class OneSource {
 public:
  OneSource(const Verifier& verify, std::int64_t edge, double length_voxels,
            const ImportedTissue* image = nullptr)
      : verify_(verify),
        screening_(1.0 / (length_voxels * length_voxels)),
        simulation_(verify.world(), parameters(edge, length_voxels, image != nullptr), image) {
    simulation_.start();
    ModelState state = simulation_.snapshot();
    const Index3 middle{edge / 2, edge / 2, edge / 2};
    if (simulation_.own().contains(middle)) {
      state.tcells.push_back(
          {simulation_.model().lattice.site(middle), CellRecord::make(CellState::effector, 0)});
    }
    state.census.effector = 1;
    simulation_.restore(export_fields(state));
    simulation_.step();
    const std::vector<TCell> mine = simulation_.snapshot().tcells;
    source_ = simulation_.model().lattice.position(
        verify.world().all_gather(std::span<const TCell>(mine)).at(0).site);
  }

  [[nodiscard]] Index3 source() const { return source_; }
  [[nodiscard]] double screening() const { return screening_; }
  /// The Green's function that the field of IFN-gamma shows at a voxel.
  [[nodiscard]] double green(const Index3& voxel) const {
    double mine = 0.0;
    if (simulation_.own().contains(voxel)) mine = simulation_.signals()->ifn(voxel);
    const std::vector<double> all = verify_.world().all_gather(std::span<const double>(&mine, 1));
    return std::accumulate(all.begin(), all.end(), 0.0) * hours_of_level_one() / screening_;
  }
  /// Sum of the IFN-gamma level over the voxels of a box, in units of the source.
  [[nodiscard]] double total(const Box& box) const {
    const Box mine = intersection(box, simulation_.own());
    std::int64_t sum = 0;  // in 2^-40 of a level, so that ranks add up to the same
    for (std::int64_t z = mine.lo.z; z < mine.hi.z; ++z) {
      for (std::int64_t y = mine.lo.y; y < mine.hi.y; ++y) {
        for (std::int64_t x = mine.lo.x; x < mine.hi.x; ++x) {
          sum += std::llround(simulation_.signals()->ifn({x, y, z}) * 0x1p40);
        }
      }
    }
    return static_cast<double>(verify_.world().sum(sum)) * 0x1p-40 * hours_of_level_one();
  }

 private:
  static Parameters parameters(std::int64_t edge, double length_voxels, bool from_image) {
    Parameters p = walkers_only({edge, edge, edge}, 1, 1);
    p.domain.boundary = Boundary::reflecting;
    if (from_image) p.tissue.source = TissueSource::image;
    p.scenario.seed = 70'000'000;
    p.tcells.kill_coefficient_mm3_per_h = 0.0;
    p.signals = SignalParameters{};
    p.signals->period_h = 1.0;
    p.signals->voxels_per_cell = 1;
    p.signals->ifn_length_um = 10.0 * length_voxels;
    p.signals->tolerance = 1e-7;
    return p;
  }
  [[nodiscard]] double hours_of_level_one() const {
    const Model& model = simulation_.model();
    const TissueCensus& census = simulation_.tissue().census;
    return model.parameters.tcells.reference_density_per_mm3 * model.lattice.volume_mm3() /
           static_cast<double>(census.voxels - census.bone);
  }

  const Verifier& verify_;
  double screening_;
  parallel::Simulation simulation_;
  Index3 source_;
};

std::string where(const Index3& d) {
  return "(" + std::to_string(d.x) + ", " + std::to_string(d.y) + ", " + std::to_string(d.z) + ")";
}

void point_source(Verifier& verify, double length_voxels, std::string name) {
  constexpr std::int64_t edge = 71;
  constexpr double solver = 1e-4;
  const OneSource one(verify, edge, length_voxels);
  const std::string box =
      "71^3 closed, range " + std::to_string(length_voxels).substr(0, 3) + " voxels, offset ";
  Curve curve{std::move(name), "distance, voxels", "Green's function", {}, false, true};
  curve.lines = {{"lattice theory", {}, {}, true}, {"simulated", {}, {}, false}};
  for (const Index3& d :
       {Index3{0, 0, 0}, Index3{1, 0, 0}, Index3{0, -2, 0}, Index3{0, 0, 3}, Index3{-4, 0, 0},
        Index3{0, 5, 0}, Index3{0, 0, -6}, Index3{8, 0, 0}, Index3{0, 10, 0}, Index3{3, -3, 3}}) {
    const double theory =
        green_of_closed_box(edge, one.screening(), one.source(), one.source() + d);
    const double found = one.green(one.source() + d);
    verify.exact(section, "Green's function of the screened lattice", box + where(d), theory, found,
                 solver);
    if (d == Index3{3, -3, 3}) continue;
    curve.lines[0].x.push_back(std::fabs(static_cast<double>(d.x + d.y + d.z)));
    curve.lines[0].y.push_back(theory);
    curve.lines[1].x.push_back(curve.lines[0].x.back());
    curve.lines[1].y.push_back(found);
  }
  const double at_source = one.green(one.source());
  double around = 0.0;
  for (const Index3& step : face_offsets) around += one.green(one.source() + step);
  verify.exact(section, "(s + 6) G(0) - the sum of G over the six neighbours", box + "0", 1.0,
               (one.screening() + 6.0) * at_source - around, solver);
  verify.exact(section, "conservation: the level summed over the box per T-cell-hour", box + "all",
               1.0, one.total({{0, 0, 0}, {edge, edge, edge}}), 1e-5);
  verify.curve(std::move(curve));
}

/// A wall of bone across the box: nothing passes, and what is on the source's side is all of it.
void wall_of_bone(Verifier& verify) {
  constexpr std::int64_t edge = 48;
  constexpr std::int64_t wall = 32;  // x of the bone
  const Lattice lattice{{edge, edge, edge}};
  ImportedTissue image{lattice.extent, {}, true};
  for (SiteIndex s = 0; s < static_cast<SiteIndex>(volume(lattice.extent)); ++s) {
    const Index3 p = lattice.position(s);
    const bool vessel = p.x % 12 == 6 && p.y % 12 == 6;
    image.kind.push_back(static_cast<std::uint8_t>(
        p.x == wall ? TissueKind::bone : (vessel ? TissueKind::sinusoid : TissueKind::marrow)));
  }
  const OneSource one(verify, edge, 3.5, &image);
  const std::string conditions = "48^3 closed, a wall of bone across it";
  verify.exact(section, "level beyond bone", conditions, 0.0,
               one.total({{wall, 0, 0}, {edge, edge, edge}}), 0.0);
  verify.exact(section, "level on the source's side of bone, of all that was released", conditions,
               1.0, one.total({{0, 0, 0}, {wall, edge, edge}}), 1e-5);
}

}  // namespace

void cytokines(Verifier& verify) {
  point_source(verify, 3.5, "screened_source_35um");
  point_source(verify, 2.0, "screened_source_20um");
  wall_of_bone(verify);
}

}  // namespace marrow::verify
