// SPDX-License-Identifier: BSD-3-Clause
#include "io/report/run_report.hpp"

#include "core/model/failure.hpp"
#include "core/observe/census.hpp"
#include "io/file/files.hpp"
#include "io/report/clone_history.hpp"
#include "io/report/moments.hpp"
#include "io/report/run_texts.hpp"
#include "io/report/slices.hpp"
#include "io/run/run_directory.hpp"
#include "io/run/run_paths.hpp"
#include "io/run/status.hpp"
#include "io/scenario/scenario_file.hpp"
#include "io/text/delimited_text.hpp"
#include "io/vtk/png_image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <set>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Six digits are more than a curve shows; text without the digits that nobody sees.
json rounded(double value) {
  if (!std::isfinite(value)) return nullptr;
  double short_value = value;
  const std::string text = fmt::format("{:.6g}", value);
  std::from_chars(text.data(), text.data() + text.size(), short_value);
  return short_value;
}

json rounded(const std::vector<double>& values) {
  json list = json::array();
  for (const double value : values) list.push_back(rounded(value));
  return list;
}

json criteria_json(const ClinicalCriteria& c) {
  return {{"neutrophils", c.neutrophils_1e9_per_l},
          {"platelets", c.platelets_1e9_per_l},
          {"reticulocytes", c.reticulocytes_1e9_per_l},
          {"hemoglobin", c.hemoglobin_g_per_l},
          {"cellularity", c.cellularity},
          {"window_d", c.window_h / 24.0}};
}

json clinic_json(const PatientParameters& p) {
  return {{"severe", criteria_json(p.saa)},
          {"moderate", criteria_json(p.moderate)},
          {"partial_response", criteria_json(p.partial_response)},
          {"complete_response", criteria_json(p.complete_response)},
          {"very_severe_neutrophils", p.very_severe_neutrophils_1e9_per_l},
          {"pnh_share", p.pnh_share},
          {"evolution_share", p.evolution_share},
          {"detection",
           {{"gpi_negative", p.detection.gpi_negative},
            {"hla_lacking", p.detection.hla_lacking},
            {"driver", p.detection.driver}}},
          {"normal",
           {{"neutrophils", p.neutrophils.normal},
            {"platelets", p.platelets.normal},
            {"reticulocytes", p.reticulocytes.normal},
            {"hemoglobin", p.hemoglobin.normal},
            {"cellularity", p.cellularity}}}};
}

class Collector {
 public:
  Collector(fs::path directory, const Clock& clock) : paths_(std::move(directory)), clock_(clock) {}

  json collect() {
    add_status();
    add_scenario();
    add_events();  // before the series: the rows of the key days are always shown
    add_series();
    add_texts();
    add_cells();
    report_["notes"] = notes_;
    return std::move(report_);
  }

 private:
  void note(const std::string& sentence) { notes_.push_back(sentence); }

  /// Runs a part; what it cannot read becomes a note.
  template <class Work>
  void attempt(const std::string& without, Work work) {
    try {
      work();
    } catch (const Failure& failure) {
      note(without + ": " + failure.what());
    }
  }

  std::string text_of(const fs::path& file) {
    std::error_code error;
    if (!fs::exists(file, error)) return "";
    std::string text;
    attempt(file.filename().string() + " is left out", [&] { text = read_file_text(file); });
    return text;
  }

  void add_status() {
    std::error_code error;
    const fs::path whole = fs::weakly_canonical(paths_.root, error);
    report_["directory"] = error ? paths_.root.string() : whole.filename().string();
    report_["name"] = report_["directory"];
    report_["made"] = utc_text(clock_.wall_s());
    report_["state"] = report_status(paths_.root, clock_).text;
    report_["status"] = json::parse(text_of(paths_.status()), nullptr, false);
    if (report_["status"].is_discarded()) report_["status"] = nullptr;
  }

  void add_scenario() {
    const std::string text = text_of(paths_.effective_scenario());
    const ReadResult read = read_scenario_text(text, paths_.effective_scenario().string());
    report_["settings"] = json::array();
    for (const Setting& setting : settings_of(text)) {
      report_["settings"].push_back({setting.path, setting.value, setting.origin});
    }
    if (!read.ok()) {
      return note(
          "The scenario cannot be read by this version of the program, so thresholds, "
          "clones and slices are missing.");
    }
    parameters_ = read.scenario->parameters;
    const Parameters& p = *parameters_;
    report_["name"] = p.scenario.name;
    report_["text"] = p.scenario.text;
    report_["seed"] = p.scenario.seed;
    report_["volume_mm3"] = p.lattice().volume_mm3();
    report_["duration_d"] = p.run.duration_h / 24.0;
    report_["clinic"] = clinic_json(p.patient);
    report_["signals"] = p.signals.has_value();
    report_["founders"] = json::array();
    for (const FounderClone& founder : p.clones.founders) {
      report_["founders"].push_back({{"name", founder.name}, {"genotype", founder.genotype}});
    }
  }

  void add_series() {
    const DelimitedText table(text_of(paths_.series()));
    if (table.rows_left_out() > 0) {
      note(fmt::format("series.csv: {} incomplete row(s) left out.", table.rows_left_out()));
    }
    const std::vector<double> days = table.numbers("day");
    const std::size_t every =
        std::max<std::size_t>(1, (days.size() + most_points - 1) / most_points);
    const std::set<std::size_t> key_rows = key_rows_of(days, table);
    for (std::size_t i = 0; i < days.size(); ++i) {
      if (i % every == 0 || key_rows.contains(i)) rows_.push_back(i);
    }
    json& series = report_["series"] = json::object();
    for (const std::string& column : table.columns()) {
      if (column == "therapy" || column == "clinical_state" || column == "digest") continue;
      columns_[column] = picked(table.numbers(column));
      series[column] = rounded(columns_[column]);
    }
    report_["rows"] = table.rows();
    report_["every"] = every;
    if (table.rows() == 0) note("series.csv holds no sample yet.");
    const std::vector<std::string> states = table.texts("clinical_state");
    const std::vector<std::string> therapy = table.texts("therapy");
    report_["clinical_states"] = spans_json(spans_of(days, states));
    report_["therapy"] = spans_json(spans_of_members(days, therapy));
    if (!states.empty()) {
      report_["clinical_state"] = states.back();
      report_["digest"] = table.texts("digest").back();
    }
  }

  /// The last row, and those of the key days and of the fewest stem cells.
  [[nodiscard]] std::set<std::size_t> key_rows_of(const std::vector<double>& days,
                                                  const DelimitedText& table) const {
    if (days.empty()) return {};
    const auto first_least = [](const std::vector<double>& values) {
      return static_cast<std::size_t>(std::ranges::min_element(values) - values.begin());
    };
    std::set<std::size_t> rows = {days.size() - 1};
    const std::vector<double> stem_cells = table.numbers("stem_cells");
    if (stem_cells.size() == days.size()) rows.insert(first_least(stem_cells));
    for (const auto& [what, key_day] : key_days_) {
      std::vector<double> apart = days;
      for (double& day : apart) day = std::abs(day - key_day);
      rows.insert(first_least(apart));
    }
    return rows;
  }

  [[nodiscard]] std::vector<double> picked(const std::vector<double>& values) const {
    std::vector<double> some;
    for (const std::size_t row : rows_) some.push_back(values[row]);
    return some;
  }

  static json spans_json(const std::vector<Span>& spans) {
    json list = json::array();
    for (const Span& span : spans) list.push_back({span.from_d, span.to_d, span.what});
    return list;
  }

  void add_events() {
    const DelimitedText table(text_of(paths_.events()));
    const std::vector<double> days = table.numbers("day");
    const std::vector<std::string> events = table.texts("event");
    const std::vector<std::string> details = table.texts("detail");
    json& list = report_["events"] = json::array();
    for (std::size_t i = 0; i < days.size(); ++i) {
      if (!std::isfinite(days[i])) continue;
      list.push_back({days[i], events[i], details[i]});
      if (events[i].find("aplastic anemia") != std::string::npos) {
        key_days_.emplace("diagnosis", days[i]);
      }
      if (events[i].starts_with("severe")) key_days_.emplace("severe disease", days[i]);
      if (events[i] == "death") key_days_.emplace("death", days[i]);
    }
    report_["key_days"] = json(key_days_);
  }

  /// Whether a moment lies on a key day or after it; false when the run has no such day.
  [[nodiscard]] bool reaches(const Moment& moment, const std::string& key_day) const {
    const auto found = key_days_.find(key_day);
    return found != key_days_.end() && static_cast<double>(moment.step) / 24.0 >= found->second;
  }

  void add_texts() {
    json& tissue = report_["tissue"] = json::array();
    for (const AskedAchieved& row : asked_and_achieved(text_of(paths_.log()))) {
      tissue.push_back({row.what, row.asked, row.achieved});
    }
    report_["provenance"] = json::parse(text_of(paths_.provenance()), nullptr, false);
    if (report_["provenance"].is_discarded()) report_["provenance"] = nullptr;
  }

  void add_cells() {
    report_["slices"] = json::array();
    if (!parameters_) return;
    const std::vector<Moment> moments = moments_of(paths_.root);
    add_clones(moments);
    add_slices(moments);
  }

  /// Columns of the series for the clone plot; no mutants when the series does not have them all.
  LineCells line_cells() {
    LineCells cells;
    cells.lines.push_back(columns_["cells_normal"]);
    for (const FounderClone& founder : parameters_->clones.founders) {
      cells.lines.push_back(columns_["cells_" + founder.name]);
    }
    for (const MutantGroup& group : mutant_groups(parameters_->clones)) {
      const auto column = columns_.find(mutant_group_name(group, parameters_->clones));
      if (column == columns_.end()) {
        cells.mutants.clear();
        note(
            "Genotypes of mutants among the stem cells: series.csv, of another version of the "
            "program, does not tell them apart.");
        break;
      }
      cells.mutants.push_back(column->second);
    }
    return cells;
  }

  static bool has_cells(const Moment& moment) { return !moment.cells.empty(); }

  void add_clones(const std::vector<Moment>& moments) {
    const LineCells cells = line_cells();
    for (const std::vector<double>& line : cells.lines) {
      if (line.size() != rows_.size()) return note("series.csv lacks the lines of the founders.");
    }
    std::vector<std::string> trouble;
    const auto extent =
        parameters_->output.frames.crop_voxels ? FrameExtent::cropped : FrameExtent::whole;
    if (extent == FrameExtent::cropped && std::ranges::any_of(moments, has_cells)) {
      note(
          "Clones in frames, which show a part of the box (output.frames.crop): single clones are "
          "counted in checkpoints only.");
    }
    const CloneRecords records = clone_records(moments, extent, most_moments, trouble);
    for (const std::string& sentence : trouble) note(sentence);
    const CloneHistory history =
        clone_history(columns_["day"], cells, *parameters_, records, most_clones);
    json groups = json::array();
    for (const CloneGroup& g : history.groups) {
      groups.push_back({{"name", g.name},
                        {"genotype", g.genotype ? json(*g.genotype) : json(nullptr)},
                        {"parent", g.parent},
                        {"birth_d", rounded(g.birth_d)},
                        {"clones", g.clones},
                        {"cells", rounded(g.cells)}});
    }
    json bands = json::array();
    for (const CloneBand& band : history.bands) bands.push_back({band.group, band.part});
    report_["clones"] = {{"groups", groups}, {"bands", bands}, {"moments", history.moments}};
  }

  /// The first moment, the first one in severe disease (or after the diagnosis), and the last,
  /// where they lie apart. After death nothing changes, so one moment is enough.
  void add_slices(const std::vector<Moment>& moments) {
    std::vector<std::pair<Moment, std::string>> wanted;
    std::vector<Moment> drawable;
    std::ranges::copy_if(moments, std::back_inserter(drawable), &Moment::drawable);
    if (drawable.empty()) return note("There is no frame and no checkpoint yet, so no slice.");
    const std::int64_t last_step = drawable.back().step;
    const auto early = [&](const Moment& m) {
      return last_step - m.step > last_step / 10 && !reaches(m, "death");
    };
    const std::string ill_from =
        key_days_.contains("severe disease") ? "severe disease" : "diagnosis";
    if (early(drawable.front())) {
      wanted.emplace_back(drawable.front(), drawable.front().step == 0 ? "start" : "first kept");
    } else {
      note(
          "Sections of earlier days: neither a frame nor a checkpoint of them is there; "
          "output.frames.every or checkpoint.keep_every keeps some.");
    }
    const auto ill =
        std::ranges::find_if(drawable, [&](const Moment& m) { return reaches(m, ill_from); });
    if (ill != drawable.end() && early(*ill)) wanted.emplace_back(*ill, "after diagnosis");
    wanted.emplace_back(drawable.back(), "latest");
    attempt("Slices are left out", [&] {
      const SlicePainter painter = slice_painter(*parameters_, moments);
      std::int64_t last = -1;
      for (const auto& [moment, name] : wanted) {
        if (moment.step <= last) continue;
        last = moment.step;
        attempt("A slice is left out", [&] { add_slice(painter.paint(moment), name); });
      }
    });
  }

  void add_slice(const Slice& slice, const std::string& name) {
    json cells = json::array();
    for (const SliceCell& cell : slice.cells) {
      cells.push_back(
          {rounded(cell.x_um), rounded(cell.y_um), static_cast<int>(cell.state), cell.genotype});
    }
    report_["slices"].push_back({{"name", name},
                                 {"day", slice.day},
                                 {"source", slice.source},
                                 {"x_um", slice.x_um},
                                 {"y_um", slice.y_um},
                                 {"height_um", slice.height_um},
                                 {"thickness_um", slice_thickness_um},
                                 {"whole", slice.whole},
                                 {"png", base64(slice.png)},
                                 {"cells", cells}});
  }

  RunPaths paths_;
  const Clock& clock_;
  json report_;
  std::vector<std::string> notes_;
  std::optional<Parameters> parameters_;
  std::map<std::string, double>
      key_days_;                   // first diagnosis of either degree, severe disease, death
  std::vector<std::size_t> rows_;  // of the series that the page shows
  std::map<std::string, std::vector<double>> columns_;
};

}  // namespace

json run_report(const fs::path& directory, const Clock& clock) {
  const DirectoryContents found = look_at(directory);
  std::error_code error;
  const bool started = fs::exists(RunPaths(directory).effective_scenario(), error);
  if (!found.holds_run() || !started) {
    throw Failure(
        ExitCode::files,
        fmt::format("'{}' {}: give the directory that 'marrow run -o DIRECTORY' filled; it holds "
                    "scenario.effective.yaml and series.csv",
                    directory.string(),
                    found.exists ? "holds no run" : "is no directory that exists"));
  }
  return Collector(directory, clock).collect();
}

}  // namespace marrow::io
