// SPDX-License-Identifier: BSD-3-Clause
// `marrow plan`: what a run will need, printed for whoever asks a batch system for it.

#include "io/batch/batch_script.hpp"
#include "io/run/wording.hpp"
#include "io/scenario/scenario_file.hpp"
#include "tools/marrow/calibration.hpp"
#include "tools/marrow/commands.hpp"
#include "tools/marrow/run_estimate.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <iostream>
#include <limits>
#include <optional>

namespace marrow::tool {
namespace {

std::string bytes_text(double bytes) {
  if (bytes < 1e6) return fmt::format("{:.0f} kB", std::ceil(bytes / 1e3));
  if (bytes < 1e9) return fmt::format("{:.3g} MB", bytes / 1e6);
  return fmt::format("{:.3g} GB", bytes / 1e9);
}

std::string line(const char* what, const std::string& value) {
  return fmt::format("  {:<26}{}\n", what, value);
}

std::string box_text(const Index3& e) { return fmt::format("{} x {} x {}", e.x, e.y, e.z); }

struct Plan {
  const Parameters& parameters;
  const PlanRequest& request;
  Calibration calibration;
  RunEstimate run;
  std::int64_t job_s = 0;  // what one job may take; 0: not known
  Nodes node;
  SensibleRanks sensible;

  [[nodiscard]] RunEstimate with(int ranks) const {
    return estimate(parameters, ranks, request.ranks_per_node, calibration);
  }
  [[nodiscard]] std::int64_t nodes() const {
    return (request.ranks + request.ranks_per_node - 1) / request.ranks_per_node;
  }
  [[nodiscard]] double node_bytes() const {
    return run.memory.on_node(std::min(request.ranks_per_node, request.ranks));
  }
};

std::string division(const Plan& plan) {
  const Lattice lattice = plan.parameters.lattice();
  const parallel::Shares& shares = plan.run.shares;
  std::string text =
      line("lattice", fmt::format("{} voxels of {} um: {:.3g} mm3, {} niches",
                                  box_text(lattice.extent), lattice.spacing_um,
                                  lattice.volume_mm3(), io::with_thousands(plan.run.niches))) +
      line("ranks",
           fmt::format("{} on {}", plan.request.ranks, io::counted(plan.nodes(), "node"))) +
      line("largest box of a rank", fmt::format("{} voxels ({})", box_text(shares.largest_box),
                                                io::with_thousands(shares.most_own)));
  if (plan.request.ranks == 1) return text;
  return text +
         line("ghost layers", fmt::format("{}; with them a rank holds {} voxels", shares.layers,
                                          io::with_thousands(shares.most_held)));
}

std::string memory(const Plan& plan) {
  return line("memory of a rank", bytes_text(plan.run.memory.most_bytes)) +
         line("memory of a node",
              fmt::format("{} of {}{}", bytes_text(plan.node_bytes()), bytes_text(plan.node.bytes),
                          plan.request.memory_per_node_bytes ? "" : ", which this machine has"));
}

/// Those of one moment.
std::string frame_parts(const FrameSizes& sizes) {
  std::string text;
  const auto part = [&](double bytes, const char* what) {
    if (bytes > 0.0) text += (text.empty() ? "" : ", ") + bytes_text(bytes) + " " + what;
  };
  part(sizes.cells, "cells");
  part(sizes.fields, "block fields");
  part(sizes.signals, "cytokine fields");
  return text.empty() ? "nothing but the tissue" : text + " at a time";
}

std::string files(const Plan& plan) {
  const RunEstimate& run = plan.run;
  std::string text =
      line("steps", fmt::format("{} hours, {} of the series", io::with_thousands(run.steps),
                                io::counted(run.series_rows, "row"))) +
      line("checkpoints",
           fmt::format("{} of up to {}, {} kept", io::with_thousands(run.checkpoints),
                       bytes_text(run.checkpoint_bytes), plan.parameters.checkpoint.keep_last));
  if (run.frames == 0) return text + line("frames", "none");
  const FrameSizes& sizes = run.frame_bytes;
  return text +
         line(
             "frames",
             fmt::format(
                 "{} of up to {}, and {} for the tissue: {} in all", io::with_thousands(run.frames),
                 bytes_text(sizes.each_time()), bytes_text(sizes.once()),
                 bytes_text(sizes.once() + sizes.each_time() * static_cast<double>(run.frames)))) +
         line("  of it", frame_parts(sizes));
}

std::string messages(const Plan& plan) {
  if (plan.request.ranks == 1) return {};
  const parallel::Shares& shares = plan.run.shares;
  return line(
      "messages of a rank",
      fmt::format("{:.0f} in an hour with T cells: {} exchanges with {}",
                  static_cast<double>(shares.exchanges_per_hour * shares.most_neighbours),
                  shares.exchanges_per_hour, io::counted(shares.most_neighbours, "neighbour")));
}

std::string sensible_text(const Plan& plan) {
  if (plan.sensible.ranks == 0) {
    return fmt::format("none: {} on a node do not fit into its memory",
                       io::counted(plan.request.ranks_per_node, "rank"));
  }
  return fmt::format("{} ({})", plan.sensible.ranks,
                     plan.sensible.bound_by_memory
                         ? "more do not fit into the memory of their nodes"
                         : "more would spend over half of their time waiting or repeating");
}

std::string time(const Plan& plan) {
  const RunEstimate& run = plan.run;
  if (!plan.calibration.done) {
    return line("time", "not predicted: " + plan.calibration.why_not);
  }
  std::string text =
      line("T cells", fmt::format("{:.0f} per mm3 at most, {:.3g} at a time in the mean",
                                  plan.calibration.most_tcells_per_mm3,
                                  plan.calibration.tcell_hours_per_mm3 *
                                      plan.parameters.lattice().volume_mm3() /
                                      plan.parameters.run.duration_h)) +
      line("time",
           fmt::format("{} ({:.3g} h)", io::duration_text(run.run_s()), run.run_s() / 3600.0)) +
      line("  of it",
           fmt::format("{} setting up, {} stepping, {} messages, {} output",
                       io::duration_text(run.setup_s), io::duration_text(run.steps_s),
                       io::duration_text(run.messages_s), io::duration_text(run.output_s))) +
      line("processor time",
           io::duration_text(run.processor_s) + ", messages and waiting not counted") +
      line("largest sensible ranks", sensible_text(plan));
  if (plan.job_s == 0) return text;
  const auto job_s = static_cast<double>(plan.job_s - io::stop_reserve_s);
  if (job_s <= 0.0) return text + line("jobs", "a job of this length has no time to compute");
  const double jobs = std::ceil(plan.run.run_s() / job_s);
  return text + line("jobs", fmt::format("{:.0f} of {}", jobs, plan.request.time));
}

std::optional<double> memory_of_machine(const std::string& wanted) {
  std::ifstream info("/proc/meminfo");
  for (std::string key, rest; info >> key && std::getline(info, rest);) {
    if (key == wanted) return 1024.0 * std::stod(rest);
  }
  return std::nullopt;
}

double node_memory(const PlanRequest& request) {
  if (request.memory_per_node_bytes) return static_cast<double>(*request.memory_per_node_bytes);
  return memory_of_machine("MemTotal:").value_or(std::numeric_limits<double>::infinity());
}

/// Fewer ranks share the same memory among fewer nodes, so that the advice says what they take.
std::string advice_on_ranks(const Plan& plan) {
  const int ranks = plan.sensible.ranks;
  return fmt::format(
      "{} ranks are too many for this lattice{}: ask for {}; a node then needs {} of memory",
      plan.request.ranks, plan.sensible.bound_by_memory ? " and these nodes" : "",
      ranks == 1 ? "one" : fmt::format("at most {}", ranks),
      bytes_text(plan.with(ranks).memory.on_node(std::min(ranks, plan.request.ranks_per_node))));
}

std::string advice_on_memory(const Plan& plan) {
  const int most = most_ranks_per_node(plan.run, plan.request.ranks, plan.node);
  const std::string lack = fmt::format("a node needs {} of memory and has {}",
                                       bytes_text(plan.node_bytes()), bytes_text(plan.node.bytes));
  if (most == 0) return lack + ", too little for one rank: more ranks on more nodes need less each";
  return fmt::format("{}: at most {} on a node fit, {} nodes in all", lack,
                     io::counted(most, "rank"), (plan.request.ranks + most - 1) / most);
}

std::string warnings(const Plan& plan) {
  const parallel::Shares& shares = plan.run.shares;
  std::string text;
  const auto warn = [&](const std::string& sentence) { text += "  warning: " + sentence + "\n"; };
  if (plan.sensible.ranks > 0 && plan.request.ranks > plan.sensible.ranks) {
    warn(advice_on_ranks(plan));
  }
  if (const std::string short_job = io::short_job_warning(plan.job_s);
      plan.job_s > 0 && !short_job.empty()) {
    warn(short_job);
  }
  if (!fits(plan.run, plan.request.ranks, plan.node)) warn(advice_on_memory(plan));
  if (plan.request.ranks > 1 && shares.window == 1 &&
      plan.parameters.tcells.motion == Motion::hops) {
    warn(
        "the boxes are so thin that ghost cells are exchanged after every hop; fewer ranks, or a "
        "larger run.hops_per_exchange, cost less");
  }
  const double held = static_cast<double>(shares.most_held);
  if (held > 2.0 * static_cast<double>(shares.most_own)) {
    warn(fmt::format("a rank holds {:.1f} times its own box because of ghost layers",
                     held / static_cast<double>(shares.most_own)));
  }
  const auto available = memory_of_machine("MemAvailable:");
  if (!plan.request.memory_per_node_bytes && plan.nodes() == 1 && available &&
      plan.node_bytes() > *available) {
    warn(fmt::format("this machine has {} of memory free", bytes_text(*available)));
  }
  if (plan.calibration.done && plan.run.checkpoints > 0) {
    const double between_s = plan.run.run_s() / static_cast<double>(plan.run.checkpoints);
    constexpr double much_s = 2.0 * 3600.0;
    if (between_s > much_s) {
      warn(
          fmt::format("{} pass between checkpoints, which a killed job loses: lower "
                      "checkpoint.every",
                      io::duration_text(between_s)));
    }
  }
  return text;
}

nlohmann::ordered_json as_json(const Plan& plan) {
  const RunEstimate& run = plan.run;
  nlohmann::ordered_json out = {
      {"ranks", plan.request.ranks},
      {"voxels_per_rank", run.shares.most_own},
      {"voxels_per_rank_with_ghosts", run.shares.most_held},
      {"memory_per_rank_bytes", run.memory.most_bytes},
      {"memory_per_node_bytes", plan.node_bytes()},
      {"most_ranks_per_node", most_ranks_per_node(run, plan.request.ranks, plan.node)},
      {"checkpoints", run.checkpoints},
      {"checkpoint_bytes", run.checkpoint_bytes},
      {"frames", run.frames},
      {"frame_bytes", run.frame_bytes.each_time()},
      {"tissue_frame_bytes", run.frame_bytes.tissue},
      {"niches_frame_bytes", run.frame_bytes.niches},
      {"cells_frame_bytes", run.frame_bytes.cells},
      {"fields_frame_bytes", run.frame_bytes.fields},
      {"signals_frame_bytes", run.frame_bytes.signals},
      {"messages_per_step", run.messages_per_step}};
  if (!plan.calibration.done) return out;
  out["run_s"] = run.run_s();
  out["setup_s"] = run.setup_s;
  out["steps_s"] = run.steps_s;
  out["messages_s"] = run.messages_s;
  out["processor_s"] = run.processor_s;
  out["largest_sensible_ranks"] = plan.sensible.ranks;
  return out;
}

}  // namespace

ExitCode plan(const PlanRequest& request) {
  const io::ScenarioFile scenario =
      io::scenario_or_throw(io::read_scenario_file(request.scenario, request.overrides));
  const Parameters& parameters = scenario.parameters;
  Plan plan{parameters, request, {}, {}, 0, {}, {}};
  plan.node = {request.ranks_per_node, node_memory(request)};
  if (request.memory_per_node_bytes == 0U) {
    throw Failure(
        ExitCode::command_line,
        "--memory-per-node 0: only marrow submit can ask for none; plan compares with what "
        "a node has: give that, such as 256GB, or leave it out for this machine's");
  }
  if (!request.time.empty()) plan.job_s = io::parse_job_time_s(request.time);
  plan.run = plan.with(request.ranks);  // refuses too many ranks
  if (request.calibrate) {
    plan.calibration = calibrate(parameters);
  } else {
    plan.calibration.why_not = "--no-calibration";
  }
  plan.run = plan.with(request.ranks);
  if (plan.calibration.done) {
    plan.sensible = largest_sensible_ranks(parameters, plan.calibration, plan.node);
  }
  if (request.as_json) {
    std::cout << as_json(plan).dump(2) << '\n';
    return ExitCode::finished;
  }
  std::cout << parameters.scenario.name << '\n'
            << division(plan) << memory(plan) << files(plan) << messages(plan) << time(plan)
            << warnings(plan);
  return ExitCode::finished;
}

}  // namespace marrow::tool
