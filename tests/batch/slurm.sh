#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Jobs that `marrow submit` queues, on a private Slurm: what happens to them, what `marrow status` says meanwhile, and
# that the result is that of an uninterrupted run to the byte. Jobs run side by side; a run that shall be met in the
# middle freezes itself at a step of its first start, so that nothing here depends on the speed of the machine.
#
#   slurm.sh MARROW
set -euo pipefail
marrow=$1
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/batch/cluster.sh
source "$here/cluster.sh"
# shellcheck source=tests/repro/scenarios.sh
source "$here/../repro/scenarios.sh"
work=$(mktemp -d)
clean_up() {
  local code=$?
  thaw_all
  stop_cluster
  rm -rf -- "$work"
  exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_mpi_yield_when_idle=1

places="$work/runs with spaces"
mkdir -- "$places"
sets=()
while IFS= read -r setting; do sets+=(--set "$setting"); done < <(settings_of protective_clone_remission)
# Few messages, so that ranks that share cores with other work do not wait for each other at every hop.
sets+=(--set 'domain.size=[64, 48, 64]' --set 'checkpoint.every=1 d' --set run.hops_per_exchange=8)

# submit NAME TIME [options]: the run is in "$places/NAME", the number of the job in ${job[NAME]}.
declare -A job
submit() {
  local name=$1 time=$2
  shift 2
  job[$name]=$("$marrow" submit "$here/../../scenarios/protective_clone_remission.yaml" -o "$places/$name" \
    --time "$time" "${sets[@]}" "$@" 2>"$work/$name.said") ||
    fail "$name was not queued: $(cat "$work/$name.said")"
}

log_of() { cat "$places/$1"/batch/job-*.log 2>/dev/null || true; }
trouble() { # NAME WHAT
  log_of "$1" | tail -n 30 >&2
  scontrol show job "${job[$1]}" >&2 || true
  fail "$1: $2"
}
state_of() { scontrol show job --oneliner "${job[$1]}" 2>/dev/null | sed -n 's/.*JobState=\([A-Z]*\).*/\1/p'; }
is() { [[ $(state_of "$1") == "$2" ]]; }
becomes() { # NAME STATE SECONDS
  until_true "$3" is "$1" "$2" || trouble "$1" "is $(state_of "$1") instead of $2"
}
logged() { # NAME TEXT…
  local name=$1 text
  shift
  for text in "$@"; do
    grep -qF -- "$text" <<<"$(log_of "$name")" || trouble "$name" "its log does not say '$text'"
  done
}
logged_already() { grep -qF -- "$2" <<<"$(log_of "$1")"; }
status_says() { # DIRECTORY TEXT…
  local directory=$places/$1 said text
  shift
  said=$("$marrow" status "$directory") || fail "status of $directory failed: $said"
  for text in "$@"; do
    [[ $said == *"$text"* ]] || fail "status should say '$text' but says: $said"
  done
}
same_as_plain() { # DIRECTORY
  cmp -s "$places/plain/series.csv" "$places/$1/series.csv" ||
    { diff "$places/plain/series.csv" "$places/$1/series.csv" | head -n 4 >&2; fail "$1: another result"; }
  local digest
  digest=$(sed -n 's/.*"digest": "\(.*\)".*/\1/p' "$places/plain/status.json")
  [[ $digest == "$(sed -n 's/.*"digest": "\(.*\)".*/\1/p' "$places/$1/status.json")" ]] || fail "$1: another digest"
}
finishes() { # NAME STARTS SECONDS: with the result of the plain run
  becomes "$1" COMPLETED "$3"
  [[ $(log_of "$1" | grep -c ' start [0-9]* on ') == "$2" ]] || trouble "$1" "was not started $2 times"
  logged "$1" 'the run is finished'
  status_says "$1" 'finished' 'step 288 of 288' 'is over (COMPLETED, exit code 0:0)'
}

# Meeting a run: pid_of its first rank, as the run itself says.
pid_of() { sed -n 's/.*"pid": \([0-9]*\).*/\1/p' "$places/$1/status.json" 2>/dev/null; }
# submit_frozen NAME HOUR TIME [options]: the first rank stops at this hour of its first start; returns when it has.
frozen=()
submit_frozen() {
  local name=$1 hour=$2 time=$3
  shift 3
  echo "[[ \${SLURM_RESTART_COUNT:-0} != 0 ]] || export MARROW_FAULT=freeze@step:$hour,rank=0" >"$work/freeze_$hour.sh"
  submit "$name" "$time" --setup "$work/freeze_$hour.sh" "$@"
  until_true 60 is_frozen "$name" || trouble "$name" 'did not begin'
  frozen+=("$(pid_of "$name")")
}
is_frozen() { grep -q '^State:.T' "/proc/$(pid_of "$1")/status" 2>/dev/null; }
go_on() { kill -CONT "$(pid_of "$1")"; }
thaw_all() { for pid in "${frozen[@]}"; do kill -CONT "$pid" 2>/dev/null || true; done; }
has_begun() { log_of "$1" | grep -q 'start 1 on'; }
has_checkpoint() { compgen -G "$places/$1/checkpoints/step_*" >/dev/null; }
step() { printf '%3d s: %s\n' "$SECONDS" "$*"; }

start_cluster "$work/cluster"
step 'the cluster is up'

# A drained node starts nothing: all jobs wait, and status says so.
scontrol update NodeName="$(hostname -s)" State=DRAIN Reason=test
submit plain 00:10:00 --tasks-per-node 2
status_says plain 'no run has started here yet' "Slurm job ${job[plain]} waits in the queue"
"$marrow" submit "$here/../../scenarios/protective_clone_remission.yaml" -o "$places/plain" --time 1h "${sets[@]}" \
  2>"$work/second" && fail 'a second job on one directory was accepted'
grep -qF 'already has a job' "$work/second" || fail "a second job: $(cat "$work/second")"
scontrol update NodeName="$(hostname -s)" State=RESUME

# Options that the run would refuse are refused here, and so is a directory in which a run lives.
refused() { # TEXT [options]
  local text=$1
  shift
  "$marrow" submit "$here/../../scenarios/protective_clone_remission.yaml" --time 1h -o "$places/refused" "${sets[@]}" "$@" \
    2>"$work/refused" && fail "accepted: $*"
  grep -qF -- "$text" "$work/refused" || fail "$*: $(cat "$work/refused")"
  [[ ! -e $places/refused/batch ]] || fail "$* left something behind"
}
refused '--wachdog' --run-option=--wachdog=2h
refused 'bananas' --run-option=--watchdog=bananas
refused 'with -o' --run-option=-o --run-option=elsewhere
refused 'sets --stop-at' --run-option=--stop-at=23:55
refused 'it is not there' --run-option=--branch=/nowhere
refused 'run.duratoin' --run-option=--set --run-option='run.duratoin=3 d'
refused 'only ask for help' --run-option=--help
mkdir -- "$places/refused"
"$marrow" run "$here/../../scenarios/protective_clone_remission.yaml" -o "$places/refused" "${sets[@]}" >"$work/live" 2>&1 &
live=$!
until_true 60 test -e "$places/refused/LOCK" || fail "no lock: $(cat "$work/live")"
kill -STOP "$live"
refused "(touch '$places/refused/STOP')"
kill -KILL "$live"
wait "$live" 2>/dev/null || true

# One after the other, each met as soon as it has begun.
submit_frozen deadline 10 00:01:00 --tasks-per-node 2
begun=$SECONDS
step 'the job with a limit of a minute is held up'
status_says deadline 'running: process' "Slurm job ${job[deadline]} is running on"
submit_frozen signal 10 00:10:00 --tasks-per-node 2
submit_frozen batch_signal 10 00:10:00 --tasks-per-node 2 --launcher mpirun
submit_frozen killed_early 10 00:10:00 --tasks-per-node 2
kill -KILL "$(pid_of killed_early)"
submit_frozen killed 30 00:10:00 --tasks-per-node 2
has_checkpoint killed || trouble killed 'no checkpoint'
kill -KILL "$(pid_of killed)"
step 'two runs were killed'

# Requests in the first moments of a start, to the script and, without --batch, to the step alone: neither is a failure.
# A step that has just begun may not even know of the second kind, and the run then goes on.
cat >"$work/slow.sh" <<'SETUP'
module() { [[ ${SLURM_RESTART_COUNT:-0} != 0 ]] || sleep 2; }
SETUP
submit early_setup 00:10:00 --tasks-per-node 2 --setup "$work/slow.sh" --module gcc
until_true 30 is early_setup RUNNING || trouble early_setup 'does not run'
sleep 1 # A login shell reads the profile of the site before it heeds signals.
scancel --batch --signal=USR1 "${job[early_setup]}"
for launcher in srun mpirun; do
  submit "early_$launcher" 00:10:00 --tasks-per-node 2 --launcher "$launcher"
  until_true 30 has_begun "early_$launcher" || trouble "early_$launcher" 'does not start'
  scancel --batch --signal=USR1 "${job[early_$launcher]}"
done
submit early_step 00:10:00 --tasks-per-node 2 --launcher srun
until_true 30 has_begun early_step || trouble early_step 'does not start'
scancel --signal=USR1 "${job[early_step]}"
step 'four runs were asked to stop as they began'

# Stopped by hand for good: by scancel, and by a file.
submit_frozen cancelled 10 00:10:00
submit_frozen ended 10 00:10:00
touch "$places/ended/STOP"
sleep 2 # The run looks for requests once a second.
scancel "${job[cancelled]}"
go_on cancelled
go_on ended

# A drained node lets its jobs go on, and starts none.
scontrol update NodeName="$(hostname -s)" State=DRAIN Reason=test
scancel --signal=USR1 "${job[signal]}"
scancel --batch --signal=USR1 "${job[batch_signal]}"
go_on signal
go_on batch_signal
cat >"$work/hang.sh" <<'SETUP'
[[ ${SLURM_RESTART_COUNT:-0} != 0 ]] || export MARROW_FAULT=hang@step:100
module() { printf 'modules: %s\n' "$*"; }
SETUP
submit hang 00:10:00 --tasks-per-node 2 --setup "$work/hang.sh" --module gcc --module openmpi/4.1 --run-option=--watchdog='5 s'
echo 'export SLURM_NTASKS=64' >"$work/too_many.sh"
submit launcher 00:10:00 --tasks-per-node 2 --setup "$work/too_many.sh" --launcher srun
submit seeds 00:10:00 --seeds 7-9
step 'all jobs are queued'
becomes signal PENDING 60
status_says signal 'stopped' 'by signal USR1' 'The queued job continues it' "Slurm job ${job[signal]} waits in the queue"
status_says seeds '0 of 3 seeds finished' 'seed_9    queued'
becomes ended FAILED 60
logged ended 'STOP asks for that'
status_says ended 'stopped by the file STOP' '--resume -o' 'is over (FAILED, exit code 75:0)'
submit ended 00:10:00
scontrol update NodeName="$(hostname -s)" State=RESUME
step 'the node is back'

# The job whose limit is too short for the run.
while ((SECONDS < begun + 8)); do sleep 0.1; done
go_on deadline
becomes deadline PENDING 60
logged deadline 'stopped by the deadline in' 'stopped early with a good checkpoint' 'is queued again (restart 1 of at most 100)'
status_says deadline 'stopped' 'The queued job continues it from the checkpoint at step' 'waits in the queue (' '), restarted 1 time'
step 'the job with a limit of a minute waits for its second start'

finishes plain 1 60
for name in deadline signal batch_signal killed; do finishes "$name" 2 60; same_as_plain "$name"; done
logged signal 'stopped by signal USR1'
logged batch_signal 'stopped by signal USR1'
logged killed 'the run was killed by signal 9'
finishes hang 2 60
same_as_plain hang
logged hang 'modules: load gcc openmpi/4.1' 'its watchdog ended it'
for name in early_setup early_srun early_mpirun early_step; do
  becomes "$name" COMPLETED 60
  same_as_plain "$name"
done
logged early_setup 'signal USR1 came before the run; job' 'start 2 on'
becomes killed_early FAILED 30
logged killed_early 'not queued again by itself: there is no newer checkpoint than at the start'
status_says killed_early 'was running' 'is gone' 'is over (FAILED, exit code 137:0)'
becomes cancelled CANCELLED 30
logged cancelled 'not queued again by itself: Slurm says that job'
has_checkpoint cancelled || trouble cancelled 'it was cancelled without a checkpoint'
status_says cancelled 'stopped' 'by signal TERM' 'is over (CANCELLED'
becomes ended COMPLETED 60
same_as_plain ended
becomes launcher FAILED 30
logged launcher 'starting it again would not help'
status_says launcher 'no run has started here yet' 'is over (FAILED'
step 'single jobs are as they should be'

all_finished() { [[ $("$marrow" status "$places/seeds") == *'3 of 3 seeds finished'* ]]; }
until_true 60 all_finished || trouble seeds 'unfinished'
status_says seeds 'seed_7    finished                  100.0 %'
status_says seeds/seed_8 'finished' "Slurm job ${job[seeds]}_8 is over"
[[ $(for seed in 7 8 9; do tail -n 1 "$places/seeds/seed_$seed/series.csv" | sed 's/.*,//'; done | sort -u | wc -l) == 3 ]] ||
  fail 'seeds do not differ'
step 'seeds are as they should be'

# A node that is lost takes its job along; it comes back by itself.
submit_frozen lost 30 00:10:00 --tasks-per-node 2
scontrol update NodeName="$(hostname -s)" State=DOWN Reason=test
becomes lost PENDING 60
! logged_already lost 'the run is finished' || trouble lost 'a lost run was called finished'
scontrol update NodeName="$(hostname -s)" State=RESUME
finishes lost 2 60
same_as_plain lost
step 'a run survives the loss of its node'
