// SPDX-License-Identifier: BSD-3-Clause
// verify [--effort quick|full] [--only SUBJECT]... [--output DIR]: the program against exact
// theory, on any number of ranks. Tells each row as it comes, writes the table, and ends with 1 if
// a row fails, 2 on a wrong command line, 4 if it cannot write.
#include "core/model/failure.hpp"
#include "parallel/session.hpp"
#include "tests/verify/checks.hpp"
#include "tests/verify/suite_rows.hpp"
#include "tests/verify/table.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>

namespace marrow::verify {
namespace {

struct Request {
  Effort effort = Effort::quick;
  std::vector<std::string> only;
  std::string output;
};

bool wanted(const Request& request, const Subject& subject) {
  return request.only.empty() || std::ranges::count(request.only, subject.name) > 0;
}

void run_subject(const Subject& subject, Verifier& verify) {
  const auto start = std::chrono::steady_clock::now();
  const std::size_t first = verify.rows().size();
  verify.fresh_subject();
  subject.run(verify);
  add_bias_row(verify, subject.name, first);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  if (verify.world().is_root()) {
    std::cerr << "  " << subject.name << ": " << number_text(elapsed.count(), 3) << " s\n";
  }
}

/// An earlier run's files go at once: what lies there after an interruption is of no run.
void make_ready(const std::string& directory) {
  remove_files(directory);
  write_text(directory, "table.csv", "");
  remove_files(directory);
}

/// More rows with chance would break the promise of verifier.hpp.
void check_false_alarms(const Verifier& verify) {
  const auto random = std::ranges::count(verify.rows(), true, &Row::chance);
  if (random <= most_rows_with_chance) return;
  throw Failure(ExitCode::internal_error, std::to_string(random) + " rows with chance: at most " +
                                              std::to_string(most_rows_with_chance) +
                                              " keep the bound on false alarms");
}

/// Number of rows that failed.
std::int64_t run_all(const Request& request, const parallel::Communicator& world) {
  world.agree([&] {  // before the work of an hour, not after
    if (world.is_root() && !request.output.empty()) make_ready(request.output);
  });
  Verifier verify(world, request.effort);
  verify.on_row([&](const Row& row) {
    if (world.is_root()) std::cout << terminal_line(row) << std::endl;
  });
  for (const Subject& subject : subjects) {
    if (wanted(request, subject)) run_subject(subject, verify);
  }
  add_suite_rows(verify);
  world.agree([&] {
    if (!world.is_root() || request.output.empty()) return;
    write_files(request.output, verify.rows(), verify.curves());
  });
  check_false_alarms(verify);
  const auto failed = std::ranges::count(verify.rows(), false, &Row::passed);
  if (world.is_root()) {
    std::cout << verify.rows().size() - static_cast<std::size_t>(failed) << " rows pass, " << failed
              << " fail" << std::endl;
  }
  return failed;
}

int exit_code(const std::exception& error) {
  const auto* failure = dynamic_cast<const Failure*>(&error);
  return static_cast<int>(failure == nullptr ? ExitCode::internal_error : failure->code());
}

int run(const Request& request) {
  const parallel::Communicator world(MPI_COMM_WORLD);
  try {
    return run_all(request, world) == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    if (world.is_root()) std::cerr << "verify: " << error.what() << '\n';
    return exit_code(error);
  }
}

}  // namespace
}  // namespace marrow::verify

int main(int argument_count, char** arguments) {
  using namespace marrow::verify;
  Request request;
  CLI::App app("verify: the program against exact theory");
  app.add_option("--effort", request.effort, "quick or full")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Effort>{{"quick", Effort::quick}, {"full", Effort::full}}));
  std::vector<std::string> names;
  for (const Subject& subject : subjects) names.emplace_back(subject.name);
  app.add_option("--only", request.only, "subject, may be given more than once")
      ->check(CLI::IsMember(names));
  app.add_option("-o,--output", request.output, "directory for table.md, table.csv and curves");
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = app.exit(error) == 0;
    return static_cast<int>(asked_for_help ? marrow::ExitCode::finished
                                           : marrow::ExitCode::command_line);
  }
  const marrow::parallel::Session session(argument_count, arguments);
  return run(request);
}
