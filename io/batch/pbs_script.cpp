// SPDX-License-Identifier: BSD-3-Clause
// PBS gives users no way to queue a running job again, so the script submits itself. Signal TERM
// comes from qdel or when PBS is about to kill the job at its limit: the run saves its state, and
// only after the latter is anything submitted.
#include "io/batch/script_parts.hpp"
#include "io/text/shell_words.hpp"

#include <fmt/format.h>

namespace marrow::io {
namespace {

std::string directives(const BatchJob& job) {
  std::string text = fmt::format(
      "#PBS -N {}\n"
      "#PBS -S /bin/bash\n"
      "#PBS -l select={}:ncpus={}:mpiprocs={}{}\n"
      "#PBS -l walltime={}\n"
      "#PBS -r y\n"
      "#PBS -j oe\n"
      "#PBS -o {}\n",
      job.name, job.nodes, job.tasks_per_node, job.tasks_per_node,
      job.memory_per_node_bytes > 0 ? fmt::format(":mem={}mb", mebibytes_per_node(job)) : "",
      batch_time(job.time_s), directive_value(batch_directory(job.directory) + "/"));
  // PBS knows no array of one element, but one of every second element.
  if (job.seeds && job.seeds->first == job.seeds->last) {
    text += fmt::format("#PBS -J {}-{}:2\n", job.seeds->first, job.seeds->first + 1);
  } else if (job.seeds) {
    text += fmt::format("#PBS -J {}-{}\n", job.seeds->first, job.seeds->last);
  }
  for (const std::string& more : job.directives) text += "#PBS " + more + "\n";
  return text;
}

const char* const prepare = R"bash(
job=$PBS_JOBID
restarts=${MARROW_RESTARTS:-0}
# The job before this one is over, and so is an earlier start of this one, which PBS repeats after the loss of a node:
# their locks count no more.
if [[ $restarts != 0 ]] || grep -qsF "\"$job\"" "$directory/LOCK"; then run_options+=(--break-lock); fi
# What went by since the job began, as in the site's setup, counts as well.
left_s=$((time_limit_s - SECONDS))
((left_s > 0)) || left_s=1
run_options+=(--max-walltime "$left_s s")
launch=(mpirun)

# Near the limit it is the limit that TERM announces, and no request. PBS counts its own preparations.
near_s=$((time_limit_s < 1200 ? time_limit_s / 10 : 120))
asked_to_end=no
heed_end() {
  ((SECONDS >= time_limit_s - near_s)) || asked_to_end=yes
  kill -USR1 $$
}
trap heed_end TERM
)bash";

const char* const resubmit = R"bash(
[[ $asked_to_end == no ]] || give_up "PBS has asked job $job to end"
)bash";

std::string submission(const BatchJob& job) {
  const char* const element = job.seeds ? " -J \"$seed-$((seed + 1)):2\"" : "";
  return fmt::format(
      "next=$(patiently qsub -v \"MARROW_RESTARTS=$((restarts + 1))\"{} \"$script\") ||\n"
      "  give_up \"qsub failed; submit again to continue\"\n"
      "say \"$why; job $next continues it (restart $((restarts + 1)) of at most "
      "$most_restarts)\"\n"
      "record=$directory/batch/job\n"
      "{{ mkdir -p -- \"$directory/batch\" && printf 'scheduler pbs\\nid %s\\n' \"$next\" "
      ">\"$record.new\" &&\n"
      "  mv -- \"$record.new\" \"$record\"; }} || say \"$record cannot be written: marrow status "
      "will not know of job $next\"\n",
      element);
}

}  // namespace

std::string pbs_script(const BatchJob& job) {
  return opening(job) + directives(job) + "\nset -eu\n" + heed_signals + environment(job) +
         settings(job) +
         fmt::format("time_limit_s={}\nscript={}\n", job.time_s,
                     shell_word(script_path(job.directory))) +
         helpers() + seed_of_array(job, "PBS_ARRAY_INDEX") + heed_stop + prepare + run_and_wait +
         judge + resubmit + submission(job);
}

}  // namespace marrow::io
