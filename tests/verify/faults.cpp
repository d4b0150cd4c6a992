// SPDX-License-Identifier: BSD-3-Clause
// verify_faults [--output DIR]: the program with one deliberate mistake at a time
// (core/model/fault.hpp) against the checks of one subject. Tells which check caught each, and ends
// with 1 if a mistake was not caught.
#include "core/model/failure.hpp"
#include "core/model/fault.hpp"
#include "parallel/session.hpp"
#include "tests/verify/checks.hpp"
#include "tests/verify/table.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>

namespace marrow {
namespace {

Fault present = Fault::none;

}  // namespace

Fault injected_fault() { return present; }

namespace verify {
namespace {

struct Mistake {
  Fault fault;
  const char* text;
  Subject subject;
};

constexpr Mistake mistakes[] = {
    {Fault::biased_direction, "one hop in eight to the first face turned round", {"hops", hops}},
    {Fault::repeated_directions, "the same twelve hops drawn again and again", {"hops", hops}},
    {Fault::first_come, "a contested voxel goes to the first in the sweep", {"hops", hops}},
    {Fault::narrow_halo, "a ghost layer too few for rivals of a hop", {"invariants", invariants}},
    {Fault::fast_division, "division a tenth too likely", {"turnover", turnover}},
    {Fault::lost_daughter, "one daughter in eight never settles", {"invariants", invariants}},
    {Fault::anywhere_nearby, "daughters settle near or far alike", {"turnover", turnover}},
    {Fault::mutant_mother, "a mutation strikes both cells of a division", {"mutation", mutation}},
    {Fault::kill_counted_twice, "one dead stem cell counted as two", {"invariants", invariants}},
    {Fault::immortal_tcell, "one T cell in eight cannot die", {"turnover", turnover}},
    {Fault::closed_face,
     "no T cell leaves a block through its last face",
     {"first_passage", first_passage}},
    {Fault::blind_to_fitness, "the fitter cell is chosen like any other", {"fixation", fixation}},
    {Fault::silent_engaged_tcell, "engaged T cells secrete nothing", {"invariants", invariants}},
};

struct Outcome {
  std::vector<std::string> caught_by;
};

/// The checks of the subject that fail; a broken invariant that ends the run is caught too.
Outcome outcome_of(const Mistake& mistake, const parallel::Communicator& world) {
  Outcome outcome;
  Verifier verify(world, Effort::quick);
  verify.on_row([&](const Row& row) {
    if (!row.passed) outcome.caught_by.push_back(row.check + " (" + row.conditions + ")");
  });
  present = mistake.fault;
  try {
    mistake.subject.run(verify);
  } catch (const Failure& failure) {
    if (failure.code() != ExitCode::model_health) throw;
    outcome.caught_by.push_back(std::string("the run ends: ") + failure.what());
  }
  present = Fault::none;
  return outcome;
}

std::string table_line(const Mistake& mistake, const Outcome& outcome) {
  const auto& by = outcome.caught_by;
  std::string line = std::string("| ") + mistake.text + " | " + mistake.subject.name + " | ";
  if (by.empty()) return line + "NOT CAUGHT |\n";
  line += by.front();
  if (by.size() > 1) line += "; and " + std::to_string(by.size() - 1) + " more";
  return line + " |\n";
}

int run(const std::string& output) {
  const parallel::Communicator world(MPI_COMM_WORLD);
  std::string table = "| mistake | subject | caught by |\n|---|---|---|\n";
  int missed = 0;
  for (const Mistake& mistake : mistakes) {
    const Outcome outcome = outcome_of(mistake, world);
    missed += outcome.caught_by.empty() ? 1 : 0;
    table += table_line(mistake, outcome);
    if (world.is_root()) std::cout << table_line(mistake, outcome) << std::flush;
  }
  if (world.is_root() && !output.empty()) write_text(output, "faults.md", table);
  return missed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace verify
}  // namespace marrow

int main(int argument_count, char** arguments) {
  std::string output;
  CLI::App app("verify_faults: which check catches which mistake");
  app.add_option("-o,--output", output, "directory for faults.md");
  CLI11_PARSE(app, argument_count, arguments);
  const marrow::parallel::Session session(argument_count, arguments);
  try {
    return marrow::verify::run(output);
  } catch (const std::exception& error) {
    std::cerr << "verify_faults: " << error.what() << '\n';
    return 1;
  }
}
