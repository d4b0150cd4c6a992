// SPDX-License-Identifier: BSD-3-Clause
// Follows one virtual patient day by day and keeps what the table of a cohort asks for: findings at
// diagnosis, response and endpoints, the clinical course, the series.
#pragma once

#include "core/observe/course.hpp"
#include "io/cohort/cohort_plan.hpp"
#include "parallel/communicator.hpp"
#include "parallel/simulation.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace marrow::tool {

class Examiner {
 public:
  /// `comm`: of the simulation. All must outlive it.
  Examiner(const parallel::Communicator& comm, const io::CohortPlan& plan,
           const parallel::Simulation& simulation);

  /// After each hour, and once before the first. Collective.
  void look();

  /// The cells behind those of the head, once the simulation has ended. Collective.
  [[nodiscard]] std::vector<std::string> cells() const;
  [[nodiscard]] const std::string& series() const { return series_; }

 private:
  struct Examination {
    std::int64_t hour = -1;  // -1: not yet
    std::vector<std::string> found;
    std::vector<std::string> biopsy;
  };
  /// A window of response that is open, or was when it became a response.
  struct Window {
    std::int64_t since_h = -1;
    std::vector<std::string> found;
  };

  [[nodiscard]] std::int64_t due(const io::CohortEndpoint& endpoint) const;
  [[nodiscard]] std::vector<std::string> examine() const;
  [[nodiscard]] std::vector<std::string> take_biopsy() const;
  void watch_window(std::int64_t since_h, std::int64_t first_h, Window& window);
  void add_row();
  [[nodiscard]] std::vector<std::string> cells_of(const Examination& examination) const;

  const parallel::Communicator& comm_;
  const io::CohortPlan& plan_;
  const parallel::Simulation& simulation_;
  Course course_;
  std::vector<Examination> examinations_;  // as io::examinations(plan)
  Window partial_;
  Window complete_;
  std::vector<std::size_t> series_columns_;
  std::string series_;
};

}  // namespace marrow::tool
