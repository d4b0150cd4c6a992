#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What `marrow submit` and `marrow plan` refuse, or warn of, before anything is written or queued; and that the number of
# a queued job is never lost. sbatch and qsub are stand-ins.
#
#   refusals.sh MARROW
set -euo pipefail
marrow=$1
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/repro/scenarios.sh
source "$here/../repro/scenarios.sh"
scenario=$here/../../scenarios/saa_untreated.yaml
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
unset "${!SLURM_@}" "${!PBS_@}"

mkdir -- "$work/bin" "$work/place"
for queue in sbatch qsub; do
  printf '#!/bin/bash\ntouch %q\necho 41\n' "$work/queued" >"$work/bin/$queue"
done
printf '#!/bin/bash\necho "Invalid job id specified"; exit 1\n' >"$work/bin/scontrol"
chmod +x "$work"/bin/*
export PATH=$work/bin:$PATH
cd -- "$work/place"

# refused TEXT COMMAND [options]: exit code 2, the text, no file and no job.
refused() {
  local text=$1 command=$2 code=0
  shift 2
  "$marrow" "$command" "$scenario" "$@" >"$work/out" 2>"$work/said" || code=$?
  ((code == 2)) || fail "$command $*: exit code $code: $(cat "$work/said")"
  grep -qF -- "$text" "$work/said" || fail "$command $* should say '$text': $(cat "$work/said")"
  [[ -z $(ls -A) && ! -e $work/queued && ! -s $work/out ]] || fail "$command $* left something behind"
}
submit=(submit --time 12h)
refused 'leave the option out, or say --launcher mpirun' "${submit[@]}" --scheduler pbs --launcher srun
refused 'contradict each other' "${submit[@]}" --seeds 1-3 --set scenario.seed=4
refused 'contradict each other' "${submit[@]}" --seeds 1-3 --run-option=--set --run-option='scenario.seed = 4'
refused 'is no file' "${submit[@]}" --setup "$work/bin"
refused 'no such file' "${submit[@]}" --setup "$work/nothing"
for option in --module --setup --directive --seeds --run-option --output --memory-per-node --set; do
  refused 'the value is empty: give one, or leave the option out' "${submit[@]}" "$option" ''
done
refused '8 would be bytes: give a unit' "${submit[@]}" --memory-per-node 8
refused '8 MB are too little, a node with 1 rank of this run needs' "${submit[@]}" --memory-per-node 8MB
refused '-o /: the root of the file system' "${submit[@]}" -o /
refused '-o /: the root of the file system' "${submit[@]}" -o //
refused 'without one in its path' "${submit[@]}" -o 'back\slash'
refused 'not in range 1 to' "${submit[@]}" --tasks-per-node 0
refused 'leave it out for this machine' plan --no-calibration --memory-per-node 0
refused '8 would be bytes: give a unit' plan --no-calibration --memory-per-node 8
refused 'the value is empty' plan --no-calibration --time ''

# A job that has hardly more time than it keeps for its end is warned of, others are not.
for command in 'submit --print --scheduler slurm' 'plan --no-calibration'; do
  for time in 90s 10min; do
    # shellcheck disable=SC2086 # The command is several words.
    "$marrow" ${command%% *} "$scenario" ${command#* } --time "$time" >"$work/said" 2>&1
    if grep -q 'warning: of --time 00:01:30 each job keeps some 60 s' "$work/said"; then warned=90s; else warned=no; fi
    [[ $time != 90s || $warned == 90s ]] || fail "$command --time $time: no warning"
    [[ $time == 90s ]] || ! grep -q 'each job keeps' "$work/said" || fail "$command --time $time: warned of"
  done
done

# A record that cannot be written is seen before the job is queued, and if it fails then, its number is told.
mkdir -p -- run/batch/job
code=0
"$marrow" submit "$scenario" --scheduler slurm --time 12h -o run >"$work/out" 2>"$work/said" || code=$?
[[ $code == 4 && ! -e $work/queued ]] || fail "queued without a record: $code: $(cat "$work/said")"
rmdir run/batch/job
printf '#!/bin/bash\nmkdir -p run/batch/job\necho 42\n' >"$work/bin/sbatch"
code=0
"$marrow" submit "$scenario" --scheduler slurm --time 12h -o run >"$work/out" 2>"$work/said" || code=$?
[[ $code == 4 && $(cat "$work/out") == 42 ]] || fail "the number of the job was lost: $code: $(cat "$work/said")"
grep -q 'job 42 is queued, but .*scancel 42' "$work/said" || fail "a lost record: $(cat "$work/said")"
rmdir run/batch/job
eval "$(sed -n 's/.*possible again: //p' "$work/said")"
[[ $(cat run/batch/job) == $'scheduler slurm\nid 42' ]] || fail "the advice gives: $(cat run/batch/job)"
echo 'submit and plan refuse what they should'
