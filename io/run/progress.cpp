// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/progress.hpp"

#include "io/run/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace marrow::io {
namespace {

constexpr double averaging_s = 300.0;  // spans a checkpoint, yet follows a change of pace
constexpr double plain_interval_s = 60.0;
constexpr double live_interval_s = 0.2;
constexpr double percent_per_mark = 5.0;
constexpr double forecast_after_s = 30.0;   // earlier rates are guesses
constexpr double forecast_again_s = 600.0;  // a forecast near the limit must not flicker
constexpr int bar_columns = 20;

std::string bar(double percent) {
  const int filled = std::clamp(static_cast<int>(percent / 100.0 * bar_columns), 0, bar_columns);
  std::string text(static_cast<std::size_t>(bar_columns), ' ');
  std::fill_n(text.begin(), filled, '=');
  if (filled < bar_columns) text[static_cast<std::size_t>(filled)] = '>';
  return "[" + text + "]";
}

/// Three leading digits are all a forecast can promise.
std::int64_t rounded(double steps) {
  double unit = 1.0;
  while (steps / unit >= 1000.0) unit *= 10.0;
  return static_cast<std::int64_t>(std::floor(steps / unit) * unit);
}

}  // namespace

Progress::Progress(const ProgressPlan& plan, Messages& messages, const Clock& clock)
    : plan_(plan),
      messages_(&messages),
      clock_(&clock),
      step_(plan.first_step),
      began_s_(clock.steady_s()),
      timed_s_(began_s_),
      last_plain_s_(began_s_),
      last_live_s_(began_s_ - live_interval_s),
      last_mark_(percent_mark()) {}

void Progress::update(std::int64_t step, const Counts& counts) {
  take_time(step);
  const bool plain = line_due();
  const bool live = messages_->terminal().kind == TerminalKind::live &&
                    timed_s_ - last_live_s_ >= live_interval_s;
  if (!plain && !live) return;
  const std::vector<std::string> texts = counts ? counts() : std::vector<std::string>{};
  if (plain) {
    const std::string line = plain_line(texts);
    if (messages_->terminal().kind == TerminalKind::live) {
      messages_->log_only(line);
    } else {
      messages_->info(line);
    }
    last_plain_s_ = timed_s_;
    last_mark_ = percent_mark();
  }
  speak_about_deadline();
  if (live) {
    messages_->show_live_line(live_line(texts));
    last_live_s_ = timed_s_;
  }
}

/// Both sums forget at the same pace, so that their quotient is right from the first step on.
void Progress::take_time(std::int64_t step) {
  const double now_s = clock_->steady_s();
  const double passed_s = now_s - timed_s_;
  const double kept = std::exp(-passed_s / averaging_s);
  weighted_steps_ = weighted_steps_ * kept + static_cast<double>(step - step_);
  weighted_s_ = weighted_s_ * kept + passed_s;
  step_ = step;
  timed_s_ = now_s;
}

bool Progress::line_due() const {
  return timed_s_ - last_plain_s_ >= plain_interval_s || percent_mark() != last_mark_;
}

double Progress::percent() const {
  if (plan_.last_step <= 0) return 100.0;
  return 100.0 * static_cast<double>(step_) / static_cast<double>(plan_.last_step);
}

std::int64_t Progress::percent_mark() const {
  return static_cast<std::int64_t>(percent() / percent_per_mark);
}

double Progress::steps_per_s() const {
  return weighted_s_ > 0.0 ? weighted_steps_ / weighted_s_ : 0.0;
}

std::optional<double> Progress::eta_s() const {
  const double rate = steps_per_s();
  if (!(rate > 0.0)) return std::nullopt;
  return static_cast<double>(plan_.last_step - step_) / rate;
}

std::string Progress::against_deadline(double eta_s) const {
  if (!deadline_) return {};
  const double left_s = deadline_->deadline_s - timed_s_;
  return eta_s <= left_s ? fmt::format(" ({} before the deadline)", duration_text(left_s - eta_s))
                         : fmt::format(" (deadline in {})", duration_text(left_s));
}

std::string Progress::count_text(const std::string& joint) const {
  const std::string count = with_thousands(step_) + joint + with_thousands(plan_.last_step);
  return plan_.unit.empty() ? "step " + count : count + " " + plan_.unit;
}

std::string Progress::date_text() const {
  if (!plan_.unit.empty()) return {};
  return simulated_date_text(static_cast<double>(step_) * plan_.days_per_step);
}

std::string Progress::rate_text() const {
  if (!plan_.unit.empty()) return fmt::format("{:.3g} {}/min", 60.0 * steps_per_s(), plan_.unit);
  return fmt::format("{:.3g} days/s", steps_per_s() * plan_.days_per_step);
}

std::string Progress::plain_line(const std::vector<std::string>& counts) const {
  std::string line = fmt::format("{} ({:.0f}%)", count_text(" of "), std::floor(percent()));
  if (const std::string date = date_text(); !date.empty()) line += ", " + date;
  if (const std::optional<double> eta = eta_s()) {
    line += fmt::format(", {}, ETA {}{}", rate_text(), duration_text(*eta), against_deadline(*eta));
  }
  if (!counts.empty()) line += fmt::format("; {}", joined(counts));
  return line;
}

/// Parts are left out from the end until the line fits; the counts go first, the step stays.
std::string Progress::live_line(const std::vector<std::string>& counts) const {
  std::vector<std::string> parts;
  parts.push_back(fmt::format("{:3.0f}% {}", std::floor(percent()), bar(percent())));
  parts.push_back(count_text("/"));
  if (const std::string date = date_text(); !date.empty()) parts.push_back(date);
  if (const std::optional<double> eta = eta_s()) {
    parts.push_back(rate_text());
    parts.push_back("ETA " + duration_text(*eta));
  }
  parts.insert(parts.end(), counts.begin(), counts.end());
  const int columns = messages_->terminal().columns() - 1;
  std::string line = parts.front();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string longer = line + "  " + parts[i];
    if (cut_to_columns(longer, columns) != longer) break;
    line = longer;
  }
  return line;
}

void Progress::speak_about_deadline() {
  const std::optional<double> eta = eta_s();
  if (!deadline_ || !eta || timed_s_ - began_s_ < forecast_after_s) return;
  const double stop_s = deadline_->deadline_s - deadline_->margin_s;
  const Forecast now = timed_s_ + *eta <= stop_s ? Forecast::finishes : Forecast::stops_early;
  const bool settled = forecast_ != Forecast::unknown &&
                       (now == forecast_ || timed_s_ - forecast_said_s_ < forecast_again_s);
  if (settled) return;
  forecast_ = now;
  forecast_said_s_ = timed_s_;
  const std::int64_t wall_s = clock_->wall_s();
  if (now == Forecast::finishes) {
    const double deadline_in_s = deadline_->deadline_s - timed_s_;
    messages_->info(fmt::format(
        "will finish before the deadline ({} < {})",
        short_local_text(wall_s + static_cast<std::int64_t>(std::llround(*eta)), wall_s),
        short_local_text(wall_s + static_cast<std::int64_t>(std::llround(deadline_in_s)), wall_s)));
    return;
  }
  const double more_steps = std::max(0.0, stop_s - timed_s_) * steps_per_s();
  const std::int64_t reach =
      std::clamp(rounded(static_cast<double>(step_) + more_steps), step_, plan_.last_step);
  messages_->info(fmt::format("will stop at about {} {} of {}; resubmit to continue",
                              plan_.unit.empty() ? "step" : plan_.unit, with_thousands(reach),
                              with_thousands(plan_.last_step)));
}

}  // namespace marrow::io
