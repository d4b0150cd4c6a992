// SPDX-License-Identifier: BSD-3-Clause
// verify_faults [--output DIR]: the program with one deliberate mistake at a time
// (core/model/fault.hpp) against the checks of one subject, which without it must pass. Tells which
// check caught each, and ends with 1 if the check meant for a mistake did not.
#include "core/model/failure.hpp"
#include "core/model/fault.hpp"
#include "parallel/session.hpp"
#include "tests/verify/checks.hpp"
#include "tests/verify/table.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <iostream>
#include <set>

namespace marrow {
namespace {

Fault present = Fault::none;

}  // namespace

Fault injected_fault() { return present; }

namespace verify {
namespace {

/// A deliberate mistake, and a check that must show it.
struct Mistake {
  Fault fault;
  const char* text;
  Subject subject;
  const char* shown_by;  // part of the check's name and conditions
};

constexpr Subject in_growth{"mutation", growing_marrow};
constexpr Subject in_kernel_motion{"first_passage", kernel_motion};

constexpr Mistake mistakes[] = {
    {Fault::biased_direction,
     "one hop in eight to the first face turned round",
     {"hops", hops},
     "equal use of the six faces"},
    {Fault::repeated_directions,
     "the same twelve hops drawn again and again",
     {"hops", hops},
     "independence of hops"},
    {Fault::first_come,
     "a contested voxel goes to the first in the sweep",
     {"hops", hops},
     "contests won by"},
    {Fault::narrow_halo,
     "a ghost layer too few for rivals of a hop",
     {"invariants", invariants},
     "T cells are there, but by their balance"},
    {Fault::fast_division,
     "division a tenth too likely",
     {"turnover", turnover},
     "divisions of stem cells"},
    {Fault::lost_daughter,
     "one daughter in eight never settles",
     {"invariants", invariants},
     "stem cells do not add up"},
    {Fault::anywhere_nearby,
     "daughters settle near or far alike",
     {"turnover", turnover},
     "niches of daughters"},
    {Fault::mutant_mother, "a mutation strikes both cells of a division", in_growth,
     "law of the number of mutants"},
    {Fault::kill_counted_twice,
     "one dead stem cell counted as two",
     {"invariants", invariants},
     "kills are not new apoptotic cells"},
    {Fault::immortal_tcell,
     "one T cell in eight cannot die",
     {"turnover", turnover},
     "share of T cells alive"},
    {Fault::closed_face, "no T cell leaves a block through its last face", in_kernel_motion,
     "mean square displacement of kernel motion"},
    {Fault::blind_to_fitness,
     "the fitter cell is chosen like any other",
     {"fixation", fixation},
     "fixation, birth-death (N = 4^3, 6 neighbours, r = 1.5"},
    {Fault::silent_engaged_tcell,
     "engaged T cells secrete nothing",
     {"invariants", invariants},
     "sources are not the T cells that secrete"},
};

/// The checks of a subject that fail with the fault present; a broken invariant that ends the run
/// is one too.
std::vector<std::string> failures(const Subject& subject, Fault fault,
                                  const parallel::Communicator& world) {
  std::vector<std::string> found;
  Verifier verify(world, Effort::quick);
  verify.on_row([&](const Row& row) {
    if (!row.passed) found.push_back(row.check + " (" + row.conditions + ")");
  });
  present = fault;
  try {
    subject.run(verify);
  } catch (const Failure& failure) {
    if (failure.code() != ExitCode::model_health) throw;
    found.push_back(std::string("the run ends: ") + failure.what());
  }
  present = Fault::none;
  return found;
}

/// The failure that must be among them, or the end.
auto shown(const Mistake& mistake, const std::vector<std::string>& failures) {
  return std::ranges::find_if(failures, [&](const std::string& failure) {
    return failure.find(mistake.shown_by) != std::string::npos;
  });
}

std::string table_line(const Mistake& mistake, const std::vector<std::string>& failures) {
  const auto by = shown(mistake, failures);
  std::string line = std::string("| ") + mistake.text + " | " + mistake.subject.name + " | ";
  if (by == failures.end()) return line + "NOT CAUGHT by '" + mistake.shown_by + "' |\n";
  line += *by;
  if (failures.size() > 1) line += "; and " + std::to_string(failures.size() - 1) + " more";
  return line + " |\n";
}

/// Without a mistake the same checks must pass. Number of subjects in which one fails.
int control(const parallel::Communicator& world) {
  int failed = 0;
  std::set<void (*)(Verifier&)> done;
  for (const Mistake& mistake : mistakes) {
    if (!done.insert(mistake.subject.run).second) continue;
    for (const std::string& failure : failures(mistake.subject, Fault::none, world)) {
      ++failed;
      if (world.is_root()) std::cout << "FAILS WITHOUT A MISTAKE: " << failure << std::endl;
    }
  }
  return failed;
}

int run(const std::string& output) {
  const parallel::Communicator world(MPI_COMM_WORLD);
  std::string table = "| mistake | subject | caught by |\n|---|---|---|\n";
  int wrong = control(world);
  for (const Mistake& mistake : mistakes) {
    const std::vector<std::string> found = failures(mistake.subject, mistake.fault, world);
    wrong += shown(mistake, found) == found.end() ? 1 : 0;
    table += table_line(mistake, found);
    if (world.is_root()) std::cout << table_line(mistake, found) << std::flush;
  }
  if (world.is_root() && !output.empty()) write_text(output, "faults.md", table);
  return wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace verify
}  // namespace marrow

int main(int argument_count, char** arguments) {
  std::string output;
  CLI::App app("verify_faults: which check catches which mistake");
  app.add_option("-o,--output", output, "directory for faults.md");
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(marrow::ExitCode::command_line);
  }
  const marrow::parallel::Session session(argument_count, arguments);
  try {
    return marrow::verify::run(output);
  } catch (const std::exception& error) {
    std::cerr << "verify_faults: " << error.what() << '\n';
    return 1;
  }
}
