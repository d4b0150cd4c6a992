// SPDX-License-Identifier: BSD-3-Clause
// Stands in for the program in the tests of tools/run: prints what it was given, reacts to signals
// as `marrow run` does, and exits with the code that `--set exit=N` names. `marrow N` without more
// exits with N and does not start MPI.
#include <mpi.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

namespace {

volatile std::sig_atomic_t stop = 0;
volatile std::sig_atomic_t checkpoints = 0;

void on_stop(int) { stop = 1; }
void on_checkpoint(int) { checkpoints = checkpoints + 1; }

/// The number after `name=` in the arguments, or 0.
int setting(int count, char** arguments, const std::string& name) {
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument.rfind(name + "=", 0) == 0) return std::atoi(argument.c_str() + name.size() + 1);
  }
  return 0;
}

void print_arguments(int count, char** arguments) {
  int ranks = 0;
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  std::printf("ranks=%d\n", ranks);
  for (int i = 1; i < count; ++i) std::printf("<%s>\n", arguments[i]);
  std::fflush(stdout);
}

/// Waits up to `seconds` for the signal to stop; the exit code.
int wait_for_stop(int seconds, bool is_root) {
  for (int i = 0; i < seconds * 20; ++i) {
    if (stop != 0) return 75;
    if (checkpoints != 0) {
      checkpoints = 0;
      if (is_root) std::puts("checkpoint");
      std::fflush(stdout);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 2) return std::atoi(arguments[1]);
  if (setting(count, arguments, "stubborn") == 0) std::signal(SIGUSR1, on_stop);
  if (setting(count, arguments, "stubborn") != 0) std::signal(SIGUSR1, SIG_IGN);
  std::signal(SIGUSR2, on_checkpoint);
  MPI_Init(&count, &arguments);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank == 0) print_arguments(count, arguments);
  int code = setting(count, arguments, "exit");
  const int seconds = setting(count, arguments, "wait");
  if (seconds > 0) code = wait_for_stop(seconds, rank == 0);
  MPI_Finalize();
  return code;
}
