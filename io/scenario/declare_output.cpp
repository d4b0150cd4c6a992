// SPDX-License-Identifier: BSD-3-Clause
// Registry entries of `run`, `output` and `checkpoint`.
#include "io/scenario/declare.hpp"

namespace marrow::io {

namespace {

constexpr RestartPolicy any_time = RestartPolicy::free;
constexpr double longest_h = 1000.0 * 8766.0;

void declare_run(Declarations& d) {
  d.section("run", any_time, "How long, and how the work is cut.");
  d.quantity(
       "duration", {"h", "d", "y"}, [](auto& p, auto) -> auto& { return p.run.duration_h; })
      .above(0.0)
      .at_most(longest_h)
      .whole_hours()
      .required("2 y")
      .means("Simulated time; a year is 365.25 days.");
  d.add(
       ParameterType::integer, "hops_per_exchange",
       [](auto& p, auto) -> auto& { return p.run.hops_per_exchange; })
      .at_least(0)
      .at_most(4095)
      .means(
          "Hop sub-steps between two exchanges with neighbouring ranks; 0 lets the program "
          "choose. Results never depend on it.");
}

void declare_crop(Declarations& d) {
  d.optional(
      "output.frames.crop", any_time, "The part of the box that frames show; none: all.",
      [](auto& p) -> auto& { return p.output.frames.crop_voxels; });
  d.add(
       ParameterType::extent, "from",
       [](auto& p, auto) -> auto& { return p.output.frames.crop_voxels->lo; })
      .at_least(0)
      .required("[0, 0, 0]")
      .means("First voxel shown along x, y and z.");
  d.add(
       ParameterType::extent, "to",
       [](auto& p, auto) -> auto& { return p.output.frames.crop_voxels->hi; })
      .at_least(1)
      .required("[100, 100, 100]")
      .means("One past the last voxel shown along x, y and z.");
}

void declare_frames(Declarations& d) {
  d.section("output", any_time, "What is written while the simulation runs.");
  d.section("output.series", any_time, "The table series.csv.");
  d.quantity(
       "every", {"h", "d", "y"}, [](auto& p, auto) -> auto& { return p.output.series_every_h; })
      .at_least(1.0)
      .at_most(longest_h)
      .whole_hours()
      .means("Simulated time between two rows.");
  d.section("output.frames", any_time, "Pictures of the tissue for ParaView.");
  d.quantity(
       "every", {"h", "d", "y"}, [](auto& p, auto) -> auto& { return p.output.frames.every_h; })
      .at_least(0.0)
      .at_most(longest_h)
      .whole_hours()
      .required_if_section_is_written("30 d")
      .means("Simulated time between two frames; 0 d writes none.");
  d.add(
       ParameterType::integer, "stride",
       [](auto& p, auto) -> auto& { return p.output.frames.stride; })
      .at_least(1)
      .at_most(1024)
      .means("Keep each n-th voxel along each axis of tissue and cytokine fields.");
  d.add(
       ParameterType::integer, "pieces",
       [](auto& p, auto) -> auto& { return p.output.frames.pieces; })
      .at_least(1)
      .at_most(65536)
      .means("Number of files that hold one tissue or field frame.");
  d.add(
       ParameterType::flag, "cells", [](auto& p, auto) -> auto& { return p.output.frames.cells; })
      .means("Write the cells as points.");
  d.add(
       ParameterType::flag, "tissue", [](auto& p, auto) -> auto& { return p.output.frames.tissue; })
      .means("Write the tissue voxels, once.");
  d.add(
       ParameterType::flag, "fields", [](auto& p, auto) -> auto& { return p.output.frames.fields; })
      .means("Write cellularity, fat and T cells counted by block.");
  d.add(
       ParameterType::flag, "signals",
       [](auto& p, auto) -> auto& { return p.output.frames.signals; })
      .means("Write the cytokine fields, if the scenario has any.");
  declare_crop(d);
}

void declare_checkpoint(Declarations& d) {
  d.section("checkpoint", any_time, "Saved states from which a run continues.");
  d.quantity(
       "every", {"h", "d", "y"}, [](auto& p, auto) -> auto& { return p.checkpoint.every_h; })
      .at_least(1.0)
      .at_most(longest_h)
      .whole_hours()
      .means("Simulated time between two checkpoints.");
  d.add(
       ParameterType::integer, "keep_last",
       [](auto& p, auto) -> auto& { return p.checkpoint.keep_last; })
      .at_least(1)
      .at_most(100000)
      .means("How many of the newest checkpoints are kept; 2 survive the loss of one.");
  d.add(
       ParameterType::integer, "keep_every",
       [](auto& p, auto) -> auto& { return p.checkpoint.keep_every; })
      .at_least(0)
      .at_most(100000)
      .means("Also keep each n-th checkpoint for ever; 0 keeps none of them.");
  d.add(
       ParameterType::flag, "verify", [](auto& p, auto) -> auto& { return p.checkpoint.verify; })
      .means("Read each checkpoint back and compare its digest before it counts.");
}

}  // namespace

void declare_output(Declarations& d) {
  declare_run(d);
  declare_frames(d);
  declare_checkpoint(d);
}

}  // namespace marrow::io
