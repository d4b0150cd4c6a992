// SPDX-License-Identifier: BSD-3-Clause
// The commands that only read and print; they work on a login node, without MPI.

#include "io/batch/array_status.hpp"
#include "io/checkpoint/compare.hpp"
#include "io/checkpoint/directory.hpp"
#include "io/checkpoint/inspect.hpp"
#include "io/cohort/cohort_file.hpp"
#include "io/report/report.hpp"
#include "io/run/build_info.hpp"
#include "io/run/clock.hpp"
#include "io/run/fault_plan.hpp"
#include "io/run/run_paths.hpp"
#include "io/scenario/describe.hpp"
#include "io/scenario/scenario_file.hpp"
#include "tools/marrow/commands.hpp"
#include "tools/marrow/origin_of_state.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <functional>
#include <iostream>

namespace marrow::tool {
namespace {

/// Looks at checkpoints in a child process; tests ask for its faults at "inspect:" and a field.
io::Guarded reading_in_child(double patience_s) {
  return [patience_s](const std::function<io::ChildAnswer(const io::Alive&)>& work) {
    return io::in_child(patience_s, [&](const io::Alive& alive) {
      io::FaultPlan faults = io::FaultPlan::from_environment(1);
      return work([&](std::string_view doing) {
        alive(doing);
        if (!faults.empty()) faults.at("inspect:" + std::string(doing), 0);
      });
    });
  };
}

/// What --resume has against a good checkpoint of this run directory, which its files alone do not
/// show; of anything else nothing.
io::Objection objection_of_resume(const std::filesystem::path& directory) {
  std::error_code error;
  if (!std::filesystem::is_directory(io::checkpoints_of(directory), error)) return {};
  return [series = io::RunPaths(directory).series()](const io::Manifest& manifest) {
    try {
      return objection_of_series(series, manifest);
    } catch (const Failure& failure) {
      return std::string(failure.what());
    }
  };
}

/// Why the newest checkpoint will not be taken, as a further line of a status; empty if it will.
std::string doubt_about(const std::filesystem::path& directory) {
  const io::Objection objection = objection_of_resume(directory);
  if (!objection) return {};
  try {
    const auto places = io::list_checkpoints(io::checkpoints_of(directory));
    if (places.empty()) return {};
    const std::string against = objection(io::read_manifest(places.front().directory));
    if (against.empty()) return {};
    return fmt::format("\n  step {} cannot be continued: {}", places.front().step, against);
  } catch (const Failure& failure) {
    return std::string("\n  ") + failure.what();
  }
}

}  // namespace

ExitCode validate(const std::vector<std::string>& scenarios,
                  const std::vector<std::string>& overrides, bool as_json) {
  ExitCode code = ExitCode::finished;
  nlohmann::json all = nlohmann::json::array();
  for (const std::string& path : scenarios) {
    if (!as_json && overrides.empty() && io::is_cohort_text(io::load_scenario_bytes(path).text)) {
      const ExitCode of_cohort = validate_cohort(path);
      if (of_cohort != ExitCode::finished) code = of_cohort;
      continue;
    }
    const io::ReadResult result = io::read_scenario_file(path, overrides);
    if (!result.ok()) code = ExitCode::scenario;
    if (as_json) {
      all.push_back({{"file", path},
                     {"valid", result.ok()},
                     {"diagnostics", io::diagnostics_json(result.diagnostics)}});
    } else if (result.ok()) {
      std::cout << path << ": valid\n";
    } else {
      std::cerr << result.report();
    }
  }
  if (as_json) std::cout << all.dump(2) << '\n';
  return code;
}

ExitCode explain(const std::string& parameter) {
  if (const auto text = io::explain(parameter)) {
    std::cout << *text;
    return ExitCode::finished;
  }
  std::cerr << io::explain_unknown(parameter);
  return ExitCode::command_line;
}

ExitCode schema() {
  std::cout << io::json_schema().dump(2) << '\n';
  return ExitCode::finished;
}

ExitCode reference() {
  std::cout << io::reference_markdown();
  return ExitCode::finished;
}

ExitCode info() {
  const io::BuildInfo& build = io::build_info();
  std::cout << "marrow " << build.version << "\n  commit    " << build.git_commit << " ("
            << build.git_state << ")\n  compiler  " << build.compiler << "\n  flags     "
            << build.compiler_flags << " (" << build.build_type << ")\n";
  for (const auto& [name, version] : io::library_versions()) {
    std::cout << "  " << name << std::string(name.size() < 14 ? 14 - name.size() : 1, ' ')
              << version << '\n';
  }
  std::cout << "  CPU           " << io::cpu_model() << '\n';
  return ExitCode::finished;
}

ExitCode status(const std::string& directory) {
  const io::SystemClock clock;
  const io::StatusReport report = io::report_with_job(directory, clock);
  (report.code == ExitCode::finished ? std::cout : std::cerr)
      << report.text << doubt_about(directory) << '\n';
  return report.code;
}

ExitCode inspect(const std::string& path, bool deep, const std::string& patience) {
  if (is_cohort_directory(path)) return inspect_cohort(path);
  const io::Inspection found =
      io::inspect(path, deep ? io::Depth::deep : io::Depth::plain,
                  reading_in_child(io::parse_duration_s(patience)), objection_of_resume(path));
  std::cout << found.text;
  return found.valid ? ExitCode::finished : ExitCode::no_usable_checkpoint;
}

ExitCode compare(const std::string& a, const std::string& b, const std::string& patience) {
  const io::ChildAnswer answer =
      reading_in_child(io::parse_duration_s(patience))([&](const io::Alive& alive) {
        const io::Comparison comparison = io::compare(a, b, alive);
        return io::ChildAnswer{comparison.text, comparison.equal ? 1 : 0, {}};
      });
  if (!answer.trouble.empty()) {
    throw Failure(ExitCode::no_usable_checkpoint,
                  "comparing " + a + " and " + b + ": " + answer.trouble);
  }
  std::cout << answer.text;
  return answer.verdict == 1 ? ExitCode::finished : ExitCode::different;
}

ExitCode report(const std::vector<std::string>& directories, const std::string& output) {
  const io::SystemClock clock;
  const std::vector<std::filesystem::path> runs(directories.begin(), directories.end());
  std::cout << io::write_report(runs, output, clock).string() << '\n';
  return ExitCode::finished;
}

}  // namespace marrow::tool
