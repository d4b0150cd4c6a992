// SPDX-License-Identifier: BSD-3-Clause
// Samples are small marrows of the scenario: two sizes without T cells tell what a step costs as
// such and per volume, one with a crowd of T cells what a T cell costs, and one in motion kernel,
// which is cheap, goes through the whole course and counts the T cells of every hour.
#include "tools/marrow/calibration.hpp"

#include "core/model/failure.hpp"
#include "parallel/communicator.hpp"
#include "parallel/session.hpp"
#include "parallel/simulation.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

namespace marrow::tool {
namespace {

using nlohmann::json;

constexpr std::int64_t large_edge_voxels = 128;
constexpr std::int64_t small_edge_voxels = 64;
constexpr std::int64_t quiet_hours = 480;
constexpr std::int64_t crowded_hours = 48;
constexpr double crowd_per_mm3 = 300.0;
constexpr unsigned longest_s = 120;

double cpu_s() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double resident_bytes() {
  std::ifstream status("/proc/self/statm");
  double pages = 0.0;
  status >> pages >> pages;
  return pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

/// The scenario in a smaller box; founders given by number keep their share of the niches.
Parameters sample(Parameters p, std::int64_t edge) {
  const double whole_mm3 = p.lattice().volume_mm3();
  Index3& size = p.domain.size_voxels;
  size = {std::min(size.x, edge), std::min(size.y, edge), std::min(size.z, edge)};
  const double part = p.lattice().volume_mm3() / whole_mm3;
  for (FounderClone& founder : p.clones.founders) {
    if (founder.cells > 0) {
      founder.cells =
          std::max<std::int64_t>(1, std::llround(static_cast<double>(founder.cells) * part));
    }
  }
  return p;
}

bool has_tcells(const Parameters& p) {
  return p.tcells.trigger || p.tcells.recruitment_per_mm3_h > 0.0;
}

double tcells(const parallel::Simulation& simulation) {
  return static_cast<double>(simulation.state().census.tcells());
}

double stem_cells(const parallel::Simulation& simulation) {
  const Census& census = simulation.state().census;
  return static_cast<double>(census.stem + census.apoptotic);
}

/// One hour with what a run does each sample of the series.
void step(parallel::Simulation& simulation, const Parameters& p) {
  simulation.step();
  const std::int64_t every = std::max<std::int64_t>(1, std::llround(p.output.series_every_h));
  if (simulation.state().step % every != 0) return;
  simulation.check_health();
  static_cast<void>(simulation.digest());
}

struct Cost {
  double setup_s = 0.0;
  double quiet_s = 0.0;      // of an hour before the trigger
  double crowded_s = 0.0;    // of all hours after it
  double tcell_hours = 0.0;  // in these
  double volume_mm3 = 0.0;
  double voxels = 0.0;
};

/// Steps without T cells, then, with `crowd`, steps with many.
Cost measure(const parallel::Communicator& comm, Parameters p, bool crowd) {
  p.therapy.clear();
  p.tcells.trigger.reset();
  p.tcells.recruitment_per_mm3_h = 0.0;
  if (crowd) p.tcells.trigger = {static_cast<double>(quiet_hours), crowd_per_mm3, 1};
  const Lattice lattice = p.lattice();
  Cost cost;
  cost.volume_mm3 = lattice.volume_mm3();
  cost.voxels = static_cast<double>(lattice.box().volume());
  const double began = cpu_s();
  parallel::Simulation simulation(comm, p);
  simulation.start();
  const double ready = cpu_s();
  cost.setup_s = ready - began;
  while (simulation.state().step < quiet_hours) step(simulation, p);
  const double crowded = cpu_s();
  cost.quiet_s = (crowded - ready) / static_cast<double>(quiet_hours);
  if (!crowd) return cost;
  while (simulation.state().step < quiet_hours + crowded_hours) {
    step(simulation, p);
    cost.tcell_hours += tcells(simulation);
  }
  cost.crowded_s = cpu_s() - crowded;
  return cost;
}

struct Course {
  double hours_s = 0.0;  // what its hours took
  double tcell_hours_per_mm3 = 0.0;
  double hours_with_tcells_share = 0.0;
  double most_tcells_per_mm3 = 0.0;
  double most_cells_per_mm3 = 0.0;
};

/// The whole course, T cells as counts per block.
Course go_through(const parallel::Communicator& comm, Parameters p) {
  p.tcells.motion = Motion::kernel;
  p.tcells.chemotaxis.reset();
  p.signals.reset();
  const double volume_mm3 = p.lattice().volume_mm3();
  parallel::Simulation simulation(comm, p);
  simulation.start();
  Course course;
  const double began = cpu_s();
  const std::int64_t hours = std::llround(p.run.duration_h);
  std::int64_t with_tcells = 0;
  while (simulation.state().step < hours) {
    step(simulation, p);
    const double now = tcells(simulation);
    with_tcells += now > 0.0 ? 1 : 0;
    course.tcell_hours_per_mm3 += now / volume_mm3;
    course.most_tcells_per_mm3 = std::max(course.most_tcells_per_mm3, now / volume_mm3);
    course.most_cells_per_mm3 =
        std::max(course.most_cells_per_mm3, (now + stem_cells(simulation)) / volume_mm3);
  }
  course.hours_with_tcells_share = static_cast<double>(with_tcells) / p.run.duration_h;
  course.hours_s = cpu_s() - began;
  return course;
}

/// In motion kernel a block costs more than the T cells in it: there the course itself is the
/// measure.
double tcell_hour_s(const Parameters& p, const Cost& cost, const Course& course) {
  const bool kernel = p.tcells.motion == Motion::kernel;
  const double tcell_hours =
      kernel ? course.tcell_hours_per_mm3 * cost.volume_mm3 : cost.tcell_hours;
  const double hours = kernel ? p.run.duration_h : static_cast<double>(crowded_hours);
  const double all_s = kernel ? course.hours_s : cost.crowded_s;
  return tcell_hours > 0.0 ? std::max(0.0, all_s - hours * cost.quiet_s) / tcell_hours : 0.0;
}

json measure_all(const Parameters& p) {
  int argument_count = 0;
  char** arguments = nullptr;
  parallel::Session mpi(argument_count, arguments);
  const parallel::Communicator comm(MPI_COMM_WORLD);
  const double process_bytes = resident_bytes();
  const double start_s = cpu_s();
  const bool crowd = has_tcells(p);
  const Parameters large_sample = sample(p, large_edge_voxels);
  const Cost large = measure(comm, large_sample, crowd);
  const Cost small = measure(comm, sample(p, small_edge_voxels), false);
  const Course course = crowd ? go_through(comm, large_sample) : Course();
  const double more_mm3 = large.volume_mm3 - small.volume_mm3;
  const double per_mm3 =
      more_mm3 > 0.0 ? std::max(0.0, (large.quiet_s - small.quiet_s) / more_mm3) : 0.0;
  return {{"process_bytes", process_bytes},
          {"start_s", start_s},
          {"setup_s_per_voxel", large.setup_s / large.voxels},
          {"step_s_per_mm3", per_mm3},
          {"step_s", std::max(0.0, large.quiet_s - per_mm3 * large.volume_mm3)},
          {"tcell_hour_s", crowd ? tcell_hour_s(p, large, course) : 0.0},
          {"tcell_hours_per_mm3", course.tcell_hours_per_mm3},
          {"hours_with_tcells_share", course.hours_with_tcells_share},
          {"most_tcells_per_mm3", course.most_tcells_per_mm3},
          {"most_cells_per_mm3", crowd ? course.most_cells_per_mm3 : p.niches.density_per_mm3}};
}

/// In the child: measures and writes one line of JSON.
[[noreturn]] void child(const Parameters& p, int out) {
  ::alarm(longest_s);
  const int nowhere = ::open("/dev/null", O_WRONLY);
  ::dup2(nowhere, STDOUT_FILENO);
  ::dup2(nowhere, STDERR_FILENO);
  json result;
  try {
    result = measure_all(p);
  } catch (const std::exception& error) {
    result = {{"why_not", error.what()}};
  }
  const std::string text = result.dump(-1, ' ', false, json::error_handler_t::replace);
  const bool written = ::write(out, text.data(), text.size()) == std::ssize(text);
  ::_exit(written ? 0 : 1);
}

std::string read_all(int in) {
  std::string text;
  char buffer[512];
  for (ssize_t n = 0; (n = ::read(in, buffer, sizeof buffer)) > 0;) text.append(buffer, n);
  return text;
}

Calibration understood(const std::string& text, int status) {
  Calibration c;
  const json result = json::parse(text, nullptr, false);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
    c.why_not = fmt::format("it took longer than {} s", longest_s);
  } else if (result.is_object() && result.contains("why_not")) {
    c.why_not = result["why_not"].get<std::string>();
  } else if (!result.is_object()) {
    c.why_not =
        "MPI does not start here by itself; in a job, call it as srun --mpi=pmix -n 1 marrow plan";
  }
  if (!c.why_not.empty()) return c;
  c.done = true;
  c.process_bytes = result.at("process_bytes");
  c.start_s = result.at("start_s");
  c.setup_s_per_voxel = result.at("setup_s_per_voxel");
  c.step_s = result.at("step_s");
  c.step_s_per_mm3 = result.at("step_s_per_mm3");
  c.tcell_hour_s = result.at("tcell_hour_s");
  c.tcell_hours_per_mm3 = result.at("tcell_hours_per_mm3");
  c.hours_with_tcells_share = result.at("hours_with_tcells_share");
  c.most_tcells_per_mm3 = result.at("most_tcells_per_mm3");
  c.most_cells_per_mm3 = result.at("most_cells_per_mm3");
  return c;
}

}  // namespace

Calibration calibrate(const Parameters& parameters) {
  Calibration c;
  if (parameters.tissue.source == TissueSource::image) {
    c.why_not = "tissue from an image has no smaller sample";
    return c;
  }
  timespec began{};
  ::clock_gettime(CLOCK_MONOTONIC, &began);
  int ends[2];
  if (::pipe(ends) != 0) return c;
  const pid_t process = ::fork();
  if (process == 0) child(parameters, ends[1]);
  ::close(ends[1]);
  const std::string text = read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  if (process > 0) ::waitpid(process, &status, 0);
  c = understood(text, status);
  timespec ended{};
  ::clock_gettime(CLOCK_MONOTONIC, &ended);
  c.seconds = static_cast<double>(ended.tv_sec - began.tv_sec) +
              1e-9 * static_cast<double>(ended.tv_nsec - began.tv_nsec);
  return c;
}

}  // namespace marrow::tool
