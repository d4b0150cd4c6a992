#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The job script for PBS: its syntax, and its body with stand-ins for qsub, qstat and mpirun, which do what PBS would:
# a submitted script is started with the environment that qsub was given. The result is that of an uninterrupted run.
#
#   pbs.sh MARROW MPIEXEC
set -euo pipefail
marrow=$1 mpiexec=$2
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/repro/scenarios.sh
source "$here/../repro/scenarios.sh"
scenario=$here/../../scenarios/protective_clone_remission.yaml
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_mpi_yield_when_idle=1
unset "${!SLURM_@}" "${!PBS_@}" MARROW_RESTARTS

sets=()
while IFS= read -r setting; do sets+=(--set "$setting"); done < <(settings_of protective_clone_remission)
# Few messages, so that ranks that share cores with other work do not wait for each other at every hop.
sets+=(--set 'domain.size=[64, 48, 64]' --set 'checkpoint.every=1 d' --set run.hops_per_exchange=8)

mkdir -- "$work/bin"
stand_in() { # NAME BODY
  printf '#!/bin/bash\n%s\n' "$2" >"$work/bin/$1"
  chmod +x "$work/bin/$1"
}
# The queue: one line for each submission.
stand_in qsub "printf '%s\n' \"\$*\" >>'$work/queue'; echo \"\$((\$(wc -l <'$work/queue') + 100)).server\""
stand_in qstat "cat '$work/qstat'"
stand_in mpirun "exec '$mpiexec' --oversubscribe --quiet -n 2 \"\$@\""
export PATH=$work/bin:$PATH

queued() { wc -l <"$work/queue"; }
submit() { # NAME [options]
  local name=$1
  shift
  : >"$work/queue"
  "$marrow" submit "$scenario" --scheduler pbs -o "$work/a $name" --nodes 2 --tasks-per-node 3 --time 1h "${sets[@]}" \
    "$@" >"$work/id" 2>&1 || fail "$name was not queued: $(cat "$work/id")"
}
# start NAME ID [VARIABLE=VALUE…]: what PBS does with the script; its process is in $job.
start() {
  local script="$work/a $1/batch/job.sh" log="$work/$1.log" id=$2
  shift 2
  env PBS_JOBID="$id" "$@" bash "$script" >>"$log" 2>&1 </dev/null &
  job=$!
}
ended_with() { # CODE NAME [TEXT…]
  local wanted=$1 name=$2 code=0 text
  shift 2
  wait "$job" || code=$?
  for text in "$@"; do
    grep -qF -- "$text" "$work/$name.log" || { cat "$work/$name.log" >&2; fail "$name did not say '$text'"; }
  done
  ((code == wanted)) || { cat "$work/$name.log" >&2; fail "$name ended with $code instead of $wanted"; }
}
met() { # DIRECTORY: waits until the run there is beyond its first checkpoint
  for _ in $(seq 600); do
    compgen -G "$1/checkpoints/step_*" >/dev/null && return
    sleep 0.1
  done
  fail "no checkpoint in $1"
}

# Directives, and the syntax with and without every option.
cat >"$work/site.sh" <<'SETUP'
module() { printf 'modules: %s\n' "$*"; }
SETUP
"$marrow" submit "$scenario" --scheduler pbs --print --nodes 4 --tasks-per-node 8 --time 12h --seeds 3-9 --memory-per-node 2GiB -o "$work/x" \
  --setup "$work/site.sh" --module gcc --directive='-A me' >"$work/script" || fail 'no script'
for line in '#PBS -l select=4:ncpus=8:mpiprocs=8:mem=2048mb' '#PBS -l walltime=12:00:00' '#PBS -J 3-9' '#PBS -A me' 'set -eu' \
  "#PBS -o \"$work/x/batch/\"" "setup=$work/site.sh"; do
  grep -qxF -- "$line" "$work/script" || { cat "$work/script" >&2; fail "the script lacks '$line'"; }
done
bash -n "$work/script"
[[ ! -e $work/x ]] || fail '--print created files'

submit plain --setup "$work/site.sh" --module gcc
[[ $(cat "$work/queue") == "$work/a plain/batch/job.sh" ]] || fail "qsub was called with $(cat "$work/queue")"
bash -n "$work/a plain/batch/job.sh"
printf 'Job Id: 101.server\n    job_state = Q\n    comment = Not Running: no nodes\n' >"$work/qstat"
said=$("$marrow" status "$work/a plain")
[[ $said == *'PBS job 101.server waits in the queue (Not Running: no nodes)'* ]] || fail "status said: $said"
start plain 101.server
ended_with 0 plain 'modules: load gcc' 'start 1 on' 'the run is finished'
(($(queued) == 1)) || fail 'a finished run was submitted again'

# Asked to stop in the middle: the script submits itself, and the second job finishes.
submit stopped
start stopped 101.server
met "$work/a stopped"
kill -USR1 "$job"
ended_with 0 stopped 'the run stopped early with a good checkpoint; job 102.server continues it (restart 1 of'
[[ $(tail -n 1 "$work/queue") == "-v MARROW_RESTARTS=1 $work/a stopped/batch/job.sh" ]] ||
  fail "qsub was called with $(tail -n 1 "$work/queue")"
grep -qx 'id 102.server' "$work/a stopped/batch/job" || fail 'the record does not name the new job'
printf 'Job Id: 102.server\n    job_state = R\n' >"$work/qstat"
said=$("$marrow" status "$work/a stopped")
[[ $said == *'The running job continues it'*'PBS job 102.server is running'* ]] || fail "status said: $said"
start stopped 102.server MARROW_RESTARTS=1
ended_with 0 stopped 'start 2 on' 'the run is finished'
cmp "$work/a plain/series.csv" "$work/a stopped/series.csv" || fail 'stopped: another result'

# qdel, or the end of the allotted time: saved, and not submitted again. So does the bound on restarts end it.
submit deleted
start deleted 101.server
met "$work/a deleted"
kill -TERM "$job"
ended_with 75 deleted 'not queued again by itself: PBS has asked job 101.server to end'
submit bounded --most-restarts 1
start bounded 101.server MARROW_RESTARTS=1
met "$work/a bounded"
kill -USR1 "$job"
ended_with 75 bounded 'not queued again by itself: it was started 2 times already'
(($(queued) == 1)) || fail 'a job was submitted that should not be'

# One element of an array continues as an array of that element alone.
submit seeds --seeds 4-6
start seeds '101[5].server' PBS_ARRAY_INDEX=5
met "$work/a seeds/seed_5"
kill -USR1 "$job"
ended_with 0 seeds 'continues it'
[[ $(tail -n 1 "$work/queue") == "-v MARROW_RESTARTS=1 -J 5-6:2 $work/a seeds/batch/job.sh" ]] ||
  fail "qsub was called with $(tail -n 1 "$work/queue")"
grep -q '^id 102.server$' "$work/a seeds/seed_5/batch/job" || fail 'the record does not name the job of the element'
printf 'Job Id: 101.server\n    job_state = Q\nJob Id: 102.server\n    job_state = R\n' >"$work/qstat"
said=$("$marrow" status "$work/a seeds")
[[ $said == *'0 of 3 seeds finished'*'seed_4    queued'*'seed_5    running'*'seed_6    queued'* ]] || fail "status said: $said"
"$marrow" submit "$scenario" --scheduler pbs -o "$work/a seeds" --time 1h --seeds 4-6 "${sets[@]}" 2>"$work/said" &&
  fail 'a second array was accepted'
grep -qF 'already has a job: PBS job 101.server waits' "$work/said" || fail "a second array: $(cat "$work/said")"
echo 'PBS: the script does what it should'
