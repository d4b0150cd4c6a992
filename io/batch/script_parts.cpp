// SPDX-License-Identifier: BSD-3-Clause
#include "io/batch/script_parts.hpp"

#include "io/text/shell_words.hpp"

#include <fmt/format.h>

namespace marrow::io {
namespace {

std::string words(const std::vector<std::string>& texts) {
  std::string line;
  for (const std::string& text : texts) {
    if (!line.empty()) line += ' ';
    line += shell_word(text);
  }
  return line;
}

const char* const say = R"bash(
# A log that cannot be written, as on a full disk, is no reason to end.
say() { printf '%s %s\n' "$(date '+%F %T')" "$*" || true; }
)bash";

const char* const source_setup = R"bash(
# The environment of the site; its files need not know `set -eu`. Only `exit` in it ends the job: a last test that is
# false is no failure.
[[ -f $setup && -r $setup ]] || { say "the setup file $setup cannot be read" && exit 1; }
trap 'say "setup $setup failed ($?)"' EXIT
set +eu
# shellcheck source=/dev/null
. "$setup" || say "setup $setup ended with code $?; the job goes on"
set -eu
trap - EXIT
)bash";

/// A site's files may use any name and option.
const char* const after_environment = R"bash(
# What follows counts, whatever the files above have set.
set -eu +f +o pipefail
shopt -u nullglob failglob
IFS=$' \t\n'
)bash";

}  // namespace

std::string opening(const BatchJob& job) {
  // A login shell knows `module`; any other keeps the environment of whoever submits.
  return fmt::format(
      "#!/bin/bash{}\n"
      "# Written by marrow submit. Each start of this job continues the run from its newest good\n"
      "# checkpoint. When the run stops early and has made progress, the job is queued again, at "
      "most\n"
      "# {} times; a file named STOP in the run directory ends that.\n"
      "# The folder of its log must exist before it is queued:\n"
      "#   mkdir -p -- {}\n",
      job.modules.empty() ? "" : " -l", job.most_restarts,
      shell_word(batch_directory(job.directory)));
}

std::string settings(const BatchJob& job) {
  return fmt::format("program={}\nscenario={}\ndirectory={}\nrun_options=({})\nmost_restarts={}\n",
                     shell_word(job.program), shell_word(job.scenario), shell_word(job.directory),
                     words(job.run_options), job.most_restarts);
}

std::string environment(const BatchJob& job) {
  std::string text;
  if (!job.setup.empty()) text += fmt::format("\nsetup={}", shell_word(job.setup)) + source_setup;
  if (!job.modules.empty()) {
    text += fmt::format(
        "\nset +eu\nmodule load {0} || {{ code=$?; say {1} \"($code)\"; exit $code; }}\nset -eu\n",
        words(job.modules), shell_word(fmt::format("module load {} failed", words(job.modules))));
  }
  return text.empty() ? text : say + text + after_environment;
}

std::string seed_of_array(const BatchJob& job, const std::string& index) {
  if (!job.seeds) return {};
  return fmt::format(
      "\n# One seed for each element of the array.\n"
      "seed=${0}\n"
      "directory=$directory/seed_$seed\n"
      "run_options+=(--set \"scenario.seed=$seed\")\n",
      index);
}

std::string helpers() {
  return std::string(say) + R"bash(newest_checkpoint() {
  local all=("$directory"/checkpoints/step_*)
  [[ ! -e ${all[-1]} ]] || printf '%s\n' "${all[-1]##*/}"
}
# patiently COMMAND...: again for five minutes until it succeeds; a busy batch system may not answer for a while.
patiently() {
  local tries
  for ((tries = 1; tries < 31; ++tries)); do
    if "$@"; then return 0; fi
    sleep 10
  done
  "$@"
}
)bash";
}

const char* const heed_signals = R"bash(
# Signal USR1 asks the run to save its state and to stop, whenever it comes.
marrow_asked=no
trap 'marrow_asked=yes' USR1
)bash";

const char* const heed_stop = R"bash(
# Whoever asked for an end while the job was waiting shall have it.
if [[ -e $directory/STOP ]]; then
  say "not started: $directory/STOP asks for that; marrow submit removes it and queues the run again"
  exit 0
fi
)bash";

const char* const run_and_wait = R"bash(
# A launcher or program that just begins may not hear the signal: it is told again until it ends.
tell_run() { while kill -USR1 "$run" 2>/dev/null; do sleep 5; done; }
pass_on() {
  signalled=yes
  [[ -n $run && -z $messenger ]] || return 0
  tell_run >/dev/null 2>&1 &
  messenger=$!
  disown "$messenger"
}
run='' messenger='' signalled=no
trap 'marrow_asked=yes; pass_on' USR1

before=$(newest_checkpoint)
code=75
if [[ $marrow_asked == no ]]; then
  say "start $((restarts + 1)) on $(hostname), from ${before:-the beginning}"
  "${launch[@]}" "$program" run "$scenario" -o "$directory" --resume "${run_options[@]}" &
  run=$!
  # A signal that came while this process was being started has not been passed on.
  [[ $marrow_asked == no ]] || pass_on
fi
# A signal ends `wait`, which is then called again.
while [[ -n $run ]]; do
  code=0
  wait "$run" || code=$?
  [[ $signalled == yes ]] || break
  signalled=no
done
[[ -z $messenger ]] || kill "$messenger" 2>/dev/null || true
)bash";

const char* const judge = R"bash(
# Whether the start had no fair chance to make progress.
excused=$marrow_asked
finished() { grep -qs '"state": "finished"' "$directory/status.json"; }
case $code in
  0)
    if finished; then say "the run is finished" && exit 0; fi
    code=1 excused=yes
    why="the launcher ended well, but status.json does not call the run finished: a node may be lost"
    ;;
  75) if [[ -n $run ]]; then why="the run stopped early with a good checkpoint"; else why="signal USR1 came before the run"; fi ;;
  9) why="the run made no progress, and its watchdog ended it" ;;
  138 | 140 | 143) # USR1, USR2 or TERM, before the program or its launcher listened
    excused=yes
    why="the run was ended by signal $((code - 128)), a request that came before it listened"
    ;;
  129 | 13[1-9] | 14? | 15?) why="the run was killed by signal $((code - 128))" ;;
  *) say "the run ended with exit code $code; starting it again would not help" && exit "$code" ;;
esac
give_up() { say "$why; not queued again by itself: $1" && exit "$code"; }
[[ ! -e $directory/STOP ]] || give_up "$directory/STOP asks for that"

# Without progress a start would only repeat itself; excused ones may be two in a row.
tally=$directory/batch/starts_in_vain
in_vain=0
if [[ $(newest_checkpoint) == "$before" ]]; then
  [[ $excused == yes ]] || give_up "there is no newer checkpoint than at the start"
  if ((restarts > 0)) && [[ -r $tally ]]; then read -r in_vain <"$tally" || true; fi
  [[ $in_vain =~ ^[0-9]$ ]] || in_vain=0
  ((++in_vain < 3)) || give_up "$in_vain starts in a row brought no newer checkpoint"
fi
# On a full disk only the bound on restarts counts.
if ((in_vain > 0)) || [[ -e $tally ]]; then
  { mkdir -p -- "$directory/batch" && printf '%s\n' "$in_vain" >"$tally"; } 2>/dev/null || true
fi
((restarts < most_restarts)) || give_up "it was started $((restarts + 1)) times already"
)bash";

std::string directive_value(const std::string& text) {
  std::string quoted = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') quoted += '\\';
    quoted += character;
  }
  return quoted + "\"";
}

}  // namespace marrow::io
