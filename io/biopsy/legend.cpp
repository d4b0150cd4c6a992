// SPDX-License-Identifier: BSD-3-Clause
#include "io/biopsy/legend.hpp"

#include "core/model/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cairo.h>
#include <memory>
#include <sstream>
#include <vector>

namespace marrow::io {
namespace {

constexpr std::int64_t widest_canvas = 16384;  // cairo's pixels end at 32767
constexpr double largest_letters = 72.0, smallest_letters = 7.0;

/// The largest round length that is at most `um`.
double round_length(double um) {
  double best = 10.0;
  for (const double length : {20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0}) {
    if (length <= um) best = length;
  }
  return best;
}

std::string length_text(double um) {
  return um < 1000.0 ? fmt::format("{:g} \u00b5m", um) : fmt::format("{:g} mm", um / 1000.0);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// What stands in the band; lengths in pixels.
struct Words {
  double margin, bar;
  std::string bar_text;
  std::vector<std::string> lines;
};

/// Writes on a canvas whose letters are `letters` pixels high.
class Band {
 public:
  Band(std::int64_t width, double letters, const Words& words)
      : words_(words),
        letters_(letters),
        surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width),
                                            static_cast<int>(height())),
                 cairo_surface_destroy),
        context_(cairo_create(surface_.get()), cairo_destroy) {
    if (cairo_status(context_.get()) != CAIRO_STATUS_SUCCESS) {
      throw Failure(ExitCode::internal_error,
                    std::string("cairo made no legend: ") +
                        cairo_status_to_string(cairo_status(context_.get())));
    }
    cairo_select_font_face(context_.get(), "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(context_.get(), letters);
  }

  [[nodiscard]] std::int64_t height() const {
    const auto lines = static_cast<double>(std::max<std::size_t>(1, words_.lines.size()));
    return static_cast<std::int64_t>((line_height * lines + 0.8) * letters_);
  }

  /// Right end of the longest line.
  [[nodiscard]] double right() const {
    double longest = 0.0;
    for (const std::string& line : words_.lines) longest = std::max(longest, width_of(line));
    return text_left() + longest;
  }

  void draw() {
    cairo_t* c = context_.get();
    cairo_set_source_rgb(c, glass_colour[0] / 255.0, glass_colour[1] / 255.0,
                         glass_colour[2] / 255.0);
    cairo_paint(c);
    cairo_set_source_rgb(c, 0.1, 0.1, 0.1);
    cairo_rectangle(c, words_.margin, base(0) - 0.45 * letters_, words_.bar, 0.25 * letters_);
    cairo_fill(c);
    write(words_.margin + words_.bar + 0.5 * letters_, 0, words_.bar_text);
    for (std::size_t i = 0; i < words_.lines.size(); ++i) write(text_left(), i, words_.lines[i]);
    cairo_surface_flush(surface_.get());
  }

  void copy_to(RgbTile& out) const {
    const unsigned char* data = cairo_image_surface_get_data(surface_.get());
    const int stride = cairo_image_surface_get_stride(surface_.get());
    const std::int64_t width = cairo_image_surface_get_width(surface_.get());
    for (std::int64_t y = 0; y < out.height; ++y) {
      const auto* row = reinterpret_cast<const std::uint32_t*>(data + y * stride);
      for (std::int64_t x = 0; x < width; ++x) {
        std::uint8_t* pixel = out.at(x, y);
        pixel[0] = static_cast<std::uint8_t>(row[x] >> 16);
        pixel[1] = static_cast<std::uint8_t>(row[x] >> 8);
        pixel[2] = static_cast<std::uint8_t>(row[x]);
      }
    }
  }

 private:
  static constexpr double line_height = 1.4;  // in letters

  [[nodiscard]] double width_of(const std::string& text) const {
    cairo_text_extents_t extents{};
    cairo_text_extents(context_.get(), text.c_str(), &extents);
    return extents.x_advance;
  }
  [[nodiscard]] double text_left() const {
    return words_.margin + words_.bar + width_of(words_.bar_text) + 2.0 * letters_;
  }
  [[nodiscard]] double base(std::size_t line) const {
    return (1.0 + line_height * static_cast<double>(line)) * letters_;
  }
  void write(double x, std::size_t line, const std::string& text) {
    cairo_move_to(context_.get(), x, base(line));
    cairo_show_text(context_.get(), text.c_str());
  }

  const Words& words_;
  double letters_;
  std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> surface_;
  std::unique_ptr<cairo_t, void (*)(cairo_t*)> context_;
};

}  // namespace

RgbTile legend_band(std::int64_t width, std::int64_t picture_height, double um_per_pixel,
                    const std::string& text) {
  const std::int64_t canvas = std::min(width, widest_canvas);
  const double bar_um = round_length(0.18 * static_cast<double>(canvas) * um_per_pixel);
  const Words words{slide_margin_um / um_per_pixel, bar_um / um_per_pixel, length_text(bar_um),
                    lines_of(text)};
  const double suits = std::max(static_cast<double>(picture_height) / 36.0,
                                static_cast<double>(canvas) / 100.0);  // of a strip
  double letters = std::clamp(suits, 13.0, largest_letters);
  while (letters > smallest_letters &&
         Band(16, letters, words).right() + words.margin > static_cast<double>(canvas)) {
    letters *= 0.95;
  }
  Band band(canvas, letters, words);
  band.draw();
  RgbTile out{width, band.height(), {}};
  out.rgb.reserve(static_cast<std::size_t>(3 * width * out.height));
  for (std::int64_t i = 0; i < width * out.height; ++i) {
    out.rgb.insert(out.rgb.end(), glass_colour.begin(), glass_colour.end());
  }
  band.copy_to(out);
  return out;
}

}  // namespace marrow::io
