// SPDX-License-Identifier: BSD-3-Clause
#include "io/biopsy/slide.hpp"

#include "io/biopsy/legend.hpp"
#include "io/biopsy/png_file.hpp"

#include <algorithm>
#include <optional>

namespace marrow::io {
namespace {

constexpr double gap_um = 120.0;  // between two passes
constexpr std::int64_t strip_rows = 256;

/// Where the passes lie on the slide, in pixels.
class Layout {
 public:
  Layout(std::span<const SectionContent> sections, const SlideRequest& request) {
    const auto pixels = [&](double um) {
      return static_cast<std::int64_t>(um / request.um_per_pixel + 0.5);
    };
    margin_ = pixels(slide_margin_um);
    width_ = margin_;
    for (const SectionContent& section : sections) {
      painters_.emplace_back(section, request.stain, request.um_per_pixel, request.thickness_um);
      left_.push_back(width_);
      width_ += painters_.back().width() + pixels(gap_um);
      height_ = std::max(height_, painters_.back().height());
    }
    width_ += margin_ - pixels(gap_um);
    height_ += 2 * margin_;
  }

  [[nodiscard]] std::int64_t width() const { return width_; }
  [[nodiscard]] std::int64_t height() const { return height_; }

  void paint(std::int64_t y, RgbTile& strip) const {
    for (std::size_t i = 0; i < strip.rgb.size(); ++i) strip.rgb[i] = glass_colour[i % 3];
    const std::int64_t first = std::max(y, margin_);
    for (std::size_t i = 0; i < painters_.size(); ++i) {
      const std::int64_t last = std::min(y + strip.height, margin_ + painters_[i].height());
      if (first >= last) continue;
      RgbTile part{painters_[i].width(), last - first, {}};
      part.rgb.resize(static_cast<std::size_t>(3 * part.width * part.height));
      painters_[i].paint(0, first - margin_, part.width, part.height, part, 0);
      for (std::int64_t row = 0; row < part.height; ++row) {
        std::copy_n(part.at(0, row), 3 * part.width, strip.at(left_[i], first - y + row));
      }
    }
  }

 private:
  std::vector<SectionPainter> painters_;
  std::vector<std::int64_t> left_;
  std::int64_t margin_ = 0, width_ = 0, height_ = 0;
};

void write_tile(PngFile& file, RgbTile& tile) {
  for (std::int64_t y = 0; y < tile.height; ++y) file.write_row(tile.at(0, y));
}

/// Averages squares of `factor` x `factor` pixels, row by row.
class Overview {
 public:
  Overview(const Layout& layout, std::int64_t factor)
      : factor_(factor), width_(layout.width() / factor) {
    sums_.resize(static_cast<std::size_t>(3 * width_));
    rows_.width = width_;
  }

  void add(const std::uint8_t* row) {
    for (std::int64_t x = 0; x < width_ * factor_; ++x) {
      for (std::int64_t c = 0; c < 3; ++c) {
        sums_[static_cast<std::size_t>(3 * (x / factor_) + c)] += row[3 * x + c];
      }
    }
    if (++added_ < factor_) return;
    const auto pixels = static_cast<std::uint32_t>(factor_ * factor_);
    for (std::uint32_t& sum : sums_) {
      rows_.rgb.push_back(static_cast<std::uint8_t>((sum + pixels / 2) / pixels));
      sum = 0;
    }
    ++rows_.height;
    added_ = 0;
  }

  void write(const SlideRequest& request) {
    const double um_per_pixel = request.um_per_pixel * static_cast<double>(factor_);
    RgbTile legend = legend_band(width_, rows_.height, um_per_pixel, request.legend);
    PngFile file(request.overview, width_, rows_.height + legend.height, um_per_pixel);
    write_tile(file, rows_);
    write_tile(file, legend);
    file.finish();
  }

 private:
  std::int64_t factor_, width_;
  std::int64_t added_ = 0;
  std::vector<std::uint32_t> sums_;
  RgbTile rows_;
};

}  // namespace

SlideResult write_slide(std::span<const SectionContent> sections, const SlideRequest& request) {
  const Layout layout(sections, request);
  RgbTile legend =
      legend_band(layout.width(), layout.height(), request.um_per_pixel, request.legend);
  PngFile file(request.picture, layout.width(), layout.height() + legend.height,
               request.um_per_pixel);
  const std::int64_t longer = std::max(layout.width(), layout.height());
  std::optional<Overview> overview;
  if (longer > overview_pixels) {
    overview.emplace(layout, (longer + overview_pixels - 1) / overview_pixels);
  }
  for (std::int64_t y = 0; y < layout.height(); y += strip_rows) {
    RgbTile strip{layout.width(), std::min(strip_rows, layout.height() - y), {}};
    strip.rgb.resize(static_cast<std::size_t>(3 * strip.width * strip.height));
    layout.paint(y, strip);
    write_tile(file, strip);
    for (std::int64_t row = 0; overview && row < strip.height; ++row)
      overview->add(strip.at(0, row));
  }
  write_tile(file, legend);
  if (overview) overview->write(request);
  file.finish();
  return {layout.width(), layout.height() + legend.height, overview.has_value()};
}

}  // namespace marrow::io
