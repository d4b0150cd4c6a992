// SPDX-License-Identifier: BSD-3-Clause
#include "io/batch/script_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace marrow::io {
namespace {

/// Slurm may send the signal a minute early, so that short jobs are better off without: the run
/// knows its deadline anyway.
constexpr std::int64_t shortest_job_with_signal_s = 1200;

const char* name_of(Launcher launcher) {
  switch (launcher) {
    case Launcher::srun:
      return "srun";
    case Launcher::mpirun:
      return "mpirun";
    case Launcher::detect:
      break;
  }
  return "detect";
}

std::string output_pattern(const BatchJob& job) {
  std::string path;
  for (const char character : batch_directory(job.directory)) {
    path += character == '%' ? "%%" : std::string(1, character);
  }
  return path + (job.seeds ? "/job-%A_%a.log" : "/job-%j.log");
}

std::string directives(const BatchJob& job) {
  std::string text = fmt::format(
      "#SBATCH --job-name={}\n"
      "#SBATCH --nodes={}\n"
      "#SBATCH --ntasks-per-node={}\n"
      "#SBATCH --time={}\n"
      "#SBATCH --requeue\n"
      "#SBATCH --open-mode=append\n"
      "#SBATCH --output={}\n",
      job.name, job.nodes, job.tasks_per_node, batch_time(job.time_s),
      directive_value(output_pattern(job)));
  if (job.memory_per_node_bytes > 0) {
    text += fmt::format("#SBATCH --mem={}M\n", mebibytes_per_node(job));
  }
  if (job.time_s >= shortest_job_with_signal_s) {
    text += fmt::format("#SBATCH --signal=B:USR1@{}\n",
                        std::clamp<std::int64_t>(job.time_s / 10, 120, 600));
  }
  if (job.seeds) text += fmt::format("#SBATCH --array={}-{}\n", job.seeds->first, job.seeds->last);
  for (const std::string& more : job.directives) text += "#SBATCH " + more + "\n";
  return text;
}

const char* const ask_slurm = R"bash(
restarts=${SLURM_RESTART_COUNT:-0}
job_field() {
  SLURM_TIME_FORMAT=standard scontrol show job --oneliner "$job" |
    sed -n "s/.* $1=\([^ ]*\).*/\1/p" | head -n 1
}
# ask FIELD: leaves its value in `answer`; false if Slurm does not answer.
ask() { answer=$(job_field "$1") && [[ -n $answer ]]; }

# Slurm knows when this job must end; the run stops in time to save its state.
patiently ask EndTime || true
case $answer in
  [0-9]*) run_options+=(--stop-at "$answer") ;;
  *) say "Slurm names no end of job $job: the run has no deadline" ;;
esac

if [[ $launcher == detect ]]; then
  if srun --mpi=list 2>&1 | grep -qw pmix; then launcher=srun; else launcher=mpirun; fi
fi
case $launcher in
  srun) launch=(srun --mpi=pmix --kill-on-bad-exit=1) ;;
  mpirun) launch=(mpirun) ;;
esac
)bash";

/// The number of one element's own job may be that of its whole array, so that elements go by their
/// index. Only a script of an array trusts the variables of arrays: others may have inherited them.
std::string own_number(const BatchJob& job) {
  return job.seeds ? "\njob=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" : "\njob=$SLURM_JOB_ID";
}

/// A job that is being cancelled is asked to end as well, and must not come back.
const char* const outlive_cancelling = R"bash(
# scancel sends TERM, to the run as well: this script waits for it and tells how it ended.
trap 'signalled=yes' TERM
)bash";

const char* const requeue = R"bash(
patiently ask JobState ||
  give_up "Slurm does not tell whether job $job is being cancelled; submit again to continue"
[[ $answer == RUNNING || $answer == SIGNALING ]] || give_up "Slurm says that job $job is $answer"
say "$why; job $job is queued again (restart $((restarts + 1)) of at most $most_restarts)"
patiently scontrol requeue "$job" || give_up "scontrol requeue failed; submit again to continue"
)bash";

}  // namespace

std::string slurm_script(const BatchJob& job) {
  return opening(job) + directives(job) + "\nset -eu\n" + heed_signals + environment(job) +
         settings(job) + "launcher=" + name_of(job.launcher) + "\n" + helpers() +
         seed_of_array(job, "SLURM_ARRAY_TASK_ID") + heed_stop + own_number(job) + ask_slurm +
         outlive_cancelling + run_and_wait + judge + requeue;
}

}  // namespace marrow::io
