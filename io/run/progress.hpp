// SPDX-License-Identifier: BSD-3-Clause
// How far the run is and when it will end: one live line on a terminal, sparse plain lines
// elsewhere. Rates come from an exponential average over the steady clock, checkpoints included.
// Knows no model: counts come as ready text.
#pragma once

#include "io/run/messages.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace marrow::io {

struct ProgressPlan {
  std::int64_t first_step = 0;  // where this segment begins
  std::int64_t last_step = 0;   // where the run ends
  double days_per_step = 1.0 / 24.0;
  std::string unit = {};  // what is counted instead of hours: "patients"; then there is no date
};

/// When the run must end (steady clock) and how long before that it will ask to stop.
struct DeadlineView {
  double deadline_s = 0.0;
  double margin_s = 0.0;
};

class Progress {
 public:
  using Counts = std::function<std::vector<std::string>()>;  // e.g. {"12,345 stem cells", ...}

  Progress(const ProgressPlan& plan, Messages& messages, const Clock& clock);

  /// After each step; `counts` is only called when a line is shown.
  void update(std::int64_t step, const Counts& counts);

  /// The deadline with its present margin; a sentence is said when the forecast is known and
  /// whenever it changes.
  void set_deadline(const DeadlineView& deadline) { deadline_ = deadline; }

  /// 0 until the first step has been timed.
  [[nodiscard]] double steps_per_s() const;
  [[nodiscard]] std::optional<double> eta_s() const;

  /// Removes the live line; the caller then says how the run ended.
  void finish() { messages_->clear_live_line(); }

 private:
  void take_time(std::int64_t step);
  [[nodiscard]] bool line_due() const;
  [[nodiscard]] std::int64_t percent_mark() const;
  [[nodiscard]] std::string against_deadline(double eta_s) const;
  [[nodiscard]] std::string count_text(const std::string& joint) const;
  [[nodiscard]] std::string date_text() const;
  [[nodiscard]] std::string rate_text() const;
  [[nodiscard]] std::string plain_line(const std::vector<std::string>& counts) const;
  [[nodiscard]] std::string live_line(const std::vector<std::string>& counts) const;
  [[nodiscard]] double percent() const;
  void speak_about_deadline();

  ProgressPlan plan_;
  Messages* messages_;
  const Clock* clock_;
  std::int64_t step_;
  double began_s_;
  double timed_s_;  // when `step_` was reached
  double weighted_steps_ = 0.0;
  double weighted_s_ = 0.0;
  double last_plain_s_;
  double last_live_s_;
  std::int64_t last_mark_;
  std::optional<DeadlineView> deadline_;
  enum class Forecast { unknown, finishes, stops_early } forecast_ = Forecast::unknown;
  double forecast_said_s_ = 0.0;
};

}  // namespace marrow::io
