// SPDX-License-Identifier: BSD-3-Clause
#include "io/biopsy/section_painter.hpp"

#include "core/model/failure.hpp"
#include "io/biopsy/cell_painter.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

namespace marrow::io {
namespace {

constexpr double square_um = 64.0;
constexpr double widest_cell_um = 24.0;  // from its middle to its rim
constexpr float sinusoid_between_fat_um = 6.0F;
constexpr std::int64_t tile_pixels = 512;

bool lies_over(const SectionCell& cell) { return cell.look == CellLook::megakaryocyte; }

/// The dyes of a tile: a cairo image whose channels are haematoxylin, eosin and brown.
class Canvas {
 public:
  Canvas(std::int64_t width, std::int64_t height)
      : surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width),
                                            static_cast<int>(height)),
                 cairo_surface_destroy) {
    if (cairo_surface_status(surface_.get()) != CAIRO_STATUS_SUCCESS) {
      throw Failure(ExitCode::internal_error,
                    std::string("cairo made no canvas: ") +
                        cairo_status_to_string(cairo_surface_status(surface_.get())));
    }
  }
  [[nodiscard]] cairo_surface_t* surface() { return surface_.get(); }
  [[nodiscard]] std::uint32_t* row(std::int64_t y) {
    unsigned char* data = cairo_image_surface_get_data(surface_.get());
    return reinterpret_cast<std::uint32_t*>(data +
                                            y * cairo_image_surface_get_stride(surface_.get()));
  }

 private:
  std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> surface_;
};

std::int64_t square_of(double v_um, std::int64_t squares) {
  return std::clamp(static_cast<std::int64_t>(v_um / square_um), std::int64_t{0}, squares - 1);
}

std::uint32_t packed(const Dyes& dyes) {
  const auto byte = [](double v) {
    return static_cast<std::uint32_t>(std::clamp(255.0 * v + 0.5, 0.0, 255.0));
  };
  return byte(dyes.haematoxylin) << 16 | byte(dyes.eosin) << 8 | byte(dyes.brown);
}

}  // namespace

SectionPainter::SectionPainter(const SectionContent& section, Stain stain, double um_per_pixel,
                               double thickness_um)
    : section_(section),
      stain_(stain),
      um_per_pixel_(um_per_pixel),
      thickness_um_(thickness_um),
      ground_(stain),
      width_(static_cast<std::int64_t>(section.tissue.pass().length_um / um_per_pixel + 1e-6)),
      height_(static_cast<std::int64_t>(section.tissue.pass().width_um / um_per_pixel + 1e-6)) {
  scenery_ = sorted(section.scenery);
  large_ = sorted(section.agents);
  for (std::size_t i = 0; i < scenery_.cells.size(); ++i) {
    auto& square = scenery_.cells[i];
    const auto rest = std::ranges::stable_partition(
        square, [](const SectionCell* cell) { return !lies_over(*cell); });
    large_.cells[i].insert(large_.cells[i].begin(), rest.begin(), rest.end());
    square.erase(rest.begin(), rest.end());
  }
}

SectionPainter::Squares SectionPainter::sorted(std::span<const SectionCell> cells) const {
  const Pass& pass = section_.tissue.pass();
  Squares squares{static_cast<std::int64_t>(pass.length_um / square_um) + 1,
                  static_cast<std::int64_t>(pass.width_um / square_um) + 1,
                  {}};
  squares.cells.resize(static_cast<std::size_t>(squares.columns * squares.rows));
  for (const SectionCell& cell : cells) {
    const std::int64_t i = square_of(static_cast<double>(cell.s_um), squares.columns);
    const std::int64_t j = square_of(static_cast<double>(cell.t_um) - top_um(), squares.rows);
    squares.cells[static_cast<std::size_t>(i + squares.columns * j)].push_back(&cell);
  }
  return squares;
}

/// One tile at work: `from`, `y` its first pixel in the section.
class SectionPainter::Tile {
 public:
  Tile(const SectionPainter& painter, std::int64_t from, std::int64_t y, std::int64_t width,
       std::int64_t height)
      : painter_(painter),
        from_(from),
        y_(y),
        width_(width),
        height_(height),
        canvas_(width, height),
        places_(static_cast<std::size_t>(width * height)) {}

  void ground() {
    const SectionTissue& tissue = painter_.section_.tissue;
    for_each_pixel([&](std::int64_t i, std::int64_t j, double s, double t) {
      const SectionTissue::Shares shares = tissue.shares(s, t);
      const SectionPlace place = SectionTissue::structure(shares);
      places_[static_cast<std::size_t>(i + width_ * j)] = place;
      canvas_.row(j)[i] = packed(painter_.ground_.dyes(place, shares, s, t));
    });
  }

  /// Fat cells push aside what was painted before. Sinusoids, of which the model does not know that
  /// they run between fat cells, stay near the walls.
  void fat() {
    const SectionFat& fat = painter_.section_.tissue.fat();
    for_each_pixel([&](std::int64_t i, std::int64_t j, double s, double t) {
      const SectionPlace place = places_[static_cast<std::size_t>(i + width_ * j)];
      const bool sinusoid = place == SectionPlace::sinusoid;
      if (!sinusoid && place != SectionPlace::hematopoietic) return;
      const SectionFat::Place here = fat.at(s, t);
      if (!here.inside) return;
      const float wall_um = rounded_wall_um(here);
      if (wall_um < (sinusoid ? sinusoid_between_fat_um : 0.0F)) return;
      canvas_.row(j)[i] = packed(painter_.ground_.fat(static_cast<double>(wall_um)));
    });
  }

  void cells(const Squares& squares) {
    const double scale = painter_.um_per_pixel_;
    const double left = static_cast<double>(from_) * scale;
    const double above = static_cast<double>(y_) * scale;
    const std::unique_ptr<cairo_t, void (*)(cairo_t*)> context(cairo_create(canvas_.surface()),
                                                               cairo_destroy);
    cairo_scale(context.get(), 1.0 / scale, 1.0 / scale);
    cairo_translate(context.get(), -left, -painter_.top_um() - above);
    const CellPainter painter(context.get(), painter_.stain_, painter_.thickness_um_);
    const std::int64_t last_row =
        square_of(above + static_cast<double>(height_) * scale + widest_cell_um, squares.rows);
    const std::int64_t last_column =
        square_of(left + static_cast<double>(width_) * scale + widest_cell_um, squares.columns);
    for (std::int64_t b = square_of(above - widest_cell_um, squares.rows); b <= last_row; ++b) {
      for (std::int64_t a = square_of(left - widest_cell_um, squares.columns); a <= last_column;
           ++a) {
        for (const SectionCell* cell :
             squares.cells[static_cast<std::size_t>(a + squares.columns * b)]) {
          painter.paint(*cell);
        }
      }
    }
    cairo_surface_flush(canvas_.surface());
  }

  void colours(RgbTile& out, std::int64_t to_x) {
    for_each_pixel([&](std::int64_t i, std::int64_t j, double s, double t) {
      const std::uint32_t dyes = canvas_.row(j)[i];
      const float grain = painter_.ground_.grain(s, t);
      const auto amount = [&](std::uint32_t byte) {
        return std::min(255U, static_cast<std::uint32_t>(static_cast<float>(byte & 0xff) * grain));
      };
      std::ranges::copy(painter_.colours_(amount(dyes >> 16), amount(dyes >> 8), amount(dyes)),
                        out.at(to_x + i, j));
    });
  }

 private:
  template <class Use>
  void for_each_pixel(Use&& use) {
    cairo_surface_flush(canvas_.surface());
    for (std::int64_t j = 0; j < height_; ++j) {
      const double t =
          painter_.top_um() + (static_cast<double>(y_ + j) + 0.5) * painter_.um_per_pixel_;
      for (std::int64_t i = 0; i < width_; ++i) {
        use(i, j, (static_cast<double>(from_ + i) + 0.5) * painter_.um_per_pixel_, t);
      }
    }
    cairo_surface_mark_dirty(canvas_.surface());
  }

  const SectionPainter& painter_;
  std::int64_t from_, y_, width_, height_;
  Canvas canvas_;
  std::vector<SectionPlace> places_;
};

void SectionPainter::paint(std::int64_t x, std::int64_t y, std::int64_t width, std::int64_t height,
                           RgbTile& out, std::int64_t to_x) const {
  for (std::int64_t from = x; from < x + width; from += tile_pixels) {
    Tile tile(*this, from, y, std::min(tile_pixels, x + width - from), height);
    tile.ground();
    tile.cells(scenery_);
    tile.fat();
    tile.cells(large_);
    tile.colours(out, to_x + from - x);
  }
}

}  // namespace marrow::io
