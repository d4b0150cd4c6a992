// SPDX-License-Identifier: BSD-3-Clause
// marrow biopsy: takes cores out of a checkpoint, paints their sections, counts. Works on a login
// node, without MPI.

#include "core/model/failure.hpp"
#include "io/biopsy/slide.hpp"
#include "io/biopsy/tables.hpp"
#include "io/file/files.hpp"
#include "io/text/scale.hpp"
#include "tools/marrow/biopsy_core.hpp"
#include "tools/marrow/biopsy_request.hpp"
#include "tools/marrow/biopsy_source.hpp"
#include "tools/marrow/commands.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <system_error>
#include <utility>

namespace marrow::tool {
namespace fs = std::filesystem;
namespace {

/// "day270_left-anterior-iliac-crest_0.5x10mm": what the counts of two biopsies of a run differ in;
/// a thickness only when it is not the usual one.
std::string file_stem(double day, const BiopsyPlan& plan) {
  std::string stem = fmt::format("day{}_{}_{:g}x{:g}mm", io::day_text(day), plan.site,
                                 1e-3 * plan.needle.width_um, 1e-3 * plan.needle.length_um);
  if (plan.thickness_um != BiopsyPlan{}.thickness_um) {
    stem += fmt::format("_{:g}um-thick", plan.thickness_um);
  }
  return stem;
}

/// "…_HE", or "…_HE_0.5um-per-pixel" when that is not the usual resolution.
std::string picture_stem(const fs::path& stem, io::Stain stain, const BiopsyPlan& plan) {
  std::string name = fmt::format("{}_{}", stem.string(), io::stain_name(stain));
  if (plan.um_per_pixel != BiopsyPlan{}.um_per_pixel) {
    name += fmt::format("_{:g}um-per-pixel", plan.um_per_pixel);
  }
  return name;
}

/// One core: its sections, if they are to be painted, and its counts.
struct Core {
  std::vector<io::SectionContent> sections;
  io::BiopsyRow row;
};

Core take_core(const BiopsySource& source, const BiopsyPlan& plan, const Needle& needle,
               LongCore rule) {
  BiopsyCore taken = take_core(source, needle, rule, plan.thickness_um);
  return {std::move(taken.sections), {plan.site, needle, taken.stretches, taken.counts}};
}

io::BiopsyFacts facts_of(const BiopsySource& source, const BiopsyPlan& plan) {
  const Parameters& p = source.parameters();
  const std::int64_t niches = source.niche_count();
  return {p.scenario.name,
          source.checkpoint().string(),
          source.day(),
          source.death_day(),
          plan.thickness_um,
          p.patient.saa.cellularity,
          source.lattice().volume_mm3(),
          source.clone_names(),
          io::scale_text(p.clones.n_real, niches),
          p.clones.n_real / static_cast<double>(niches)};
}

fs::path made_folder(const BiopsyRequest& request, const BiopsySource& source) {
  const fs::path folder =
      request.output.empty() ? source.home() / "biopsy" : fs::path(request.output);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw Failure(ExitCode::files,
                  fmt::format("cannot create {}: {}; choose another folder with -o",
                              folder.string(), error.message()));
  }
  return folder;
}

void write_tables(const fs::path& stem, const io::BiopsyFacts& facts,
                  std::span<const io::BiopsyRow> rows) {
  for (const char* ending : {".csv", ".json"}) {
    const fs::path file = stem.string() + ending;
    io::replace_file_text(file, ending == std::string(".csv")
                                    ? io::biopsy_csv(facts, rows)
                                    : io::biopsy_json(facts, rows).dump(2) + "\n");
    std::cout << "  " << file.string() << '\n';
  }
}

void explain_length(const Core& core, const Lattice& lattice) {
  const double asked = core.row.needle.length_um, got = core.row.counts.length_um;
  const Vector3 box = extent_um(lattice);
  const std::string size =
      fmt::format("{:g} x {:g} x {:g} mm", 1e-3 * box.x, 1e-3 * box.y, 1e-3 * box.z);
  if (got < asked * (1.0 - 1e-9)) {
    std::cerr << fmt::format(
        "marrow: the core has {:.2f} mm, not {:.2f}: the box ({}) has no more marrow that is not "
        "already in it\n",
        1e-3 * got, 1e-3 * asked, size);
  } else if (core.row.stretches > 1) {
    std::cerr << fmt::format(
        "marrow: the box ({}) is shorter than the core: {} parallel stretches lie side by side, "
        "no place is cut twice\n",
        size, core.row.stretches);
  }
}

void paint(const io::BiopsyFacts& facts, const BiopsyPlan& plan, const Core& core,
           const fs::path& stem) {
  for (const io::Stain stain : plan.stains) {
    io::SlideRequest slide;
    slide.stain = stain;
    slide.um_per_pixel = plan.um_per_pixel;
    slide.thickness_um = plan.thickness_um;
    slide.legend = io::slide_caption(facts, core.row, stain);
    const std::string name = picture_stem(stem, stain, plan);
    slide.picture = name + ".png";
    slide.overview = name + "_overview.png";
    const io::SlideResult result = io::write_slide(core.sections, slide);
    std::cout << fmt::format("  {}  ({} x {} pixels of {:g} um)\n", slide.picture.string(),
                             result.width, result.height, plan.um_per_pixel);
    if (result.has_overview) std::cout << "  " << slide.overview.string() << '\n';
  }
}

ExitCode one_core(const BiopsyRequest& request, const BiopsySource& source,
                  const BiopsyPlan& plan) {
  const Core core = take_core(source, plan, plan.needle, LongCore::several_passes);
  const io::BiopsyFacts facts = facts_of(source, plan);
  explain_length(core, source.lattice());
  std::cout << io::biopsy_text(facts, core.row);
  const fs::path stem = made_folder(request, source) / file_stem(source.day(), plan);
  paint(facts, plan, core, stem);
  write_tables(stem, facts, std::span(&core.row, 1));
  return ExitCode::finished;
}

ExitCode many_cores(const BiopsyRequest& request, const BiopsySource& source, BiopsyPlan plan) {
  std::vector<io::BiopsyRow> rows;
  for (std::int64_t i = 0; i < plan.cores; ++i) {
    const Needle needle =
        random_needle(source.lattice(), Draws(plan.seed), static_cast<std::uint64_t>(i),
                      plan.needle.width_um, plan.needle.length_um);
    rows.push_back(take_core(source, plan, needle, LongCore::cut).row);
  }
  const io::BiopsyFacts facts = facts_of(source, plan);
  std::cout << io::spread_text(facts, rows);
  const std::string name = fmt::format("{}_{}cores", file_stem(source.day(), plan), plan.cores);
  write_tables(made_folder(request, source) / name, facts, rows);
  return ExitCode::finished;
}

}  // namespace

ExitCode biopsy(const BiopsyRequest& request) {
  BiopsyPlan plan = check_request(request);
  BiopsySource source(request.path);
  place_needle(request, source.lattice(), plan);
  source.prepare(plan.cores > 1 ? TissueUse::many_cores : TissueUse::one_core);
  return plan.cores > 1 ? many_cores(request, source, plan) : one_core(request, source, plan);
}

}  // namespace marrow::tool
