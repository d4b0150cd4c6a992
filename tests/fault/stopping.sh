#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# stopping.sh MARROW MPIEXEC: asked to stop or to save by signals, files and the clock; nothing left to do.
# (Faults 21, 22, 29 of README.md.)
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
long=(--set 'run.duration=40 d' --set 'checkpoint.every=40 d')
calm_run "${long[@]}"
d=$work/asked

saved() { compgen -G "$d/checkpoints/step_*" >/dev/null; }
# begin HOUR…: the job in the background, met in the middle: its first rank, whose process is in $first, stops at each
# of these hours until it is thawed.
begin() {
  local hour plan=
  for hour in "$@"; do plan+="freeze@step:$hour,rank=0;"; done
  MARROW_FAULT=$plan start "$d" 2 --resume "${long[@]}"
  until_true rank_of 0 >/dev/null
  first=$(rank_of 0)
  until_true is_frozen "$first"
}
goes_on_to_next_hour() { # [SIGNAL]
  thaw "$first" "$@"
  until_true is_frozen "$first"
}
stopped() { # WHY TEXT [SIGNAL]
  thaw "$first" ${3-}
  finish
  ended_with 75 "$1" "stopped by $2" 'continue with: the same command and --resume'
}
usr1=$(kill -l USR1) usr2=$(kill -l USR2)

# A checkpoint now, and on it goes: a file, which is looked for each second, then USR2 to the launcher.
begin 30 60 90
touch "$d/CHECKPOINT"
sleep 1.1
goes_on_to_next_hour
saved || fail 'the file CHECKPOINT: no checkpoint'
[[ ! -e $d/CHECKPOINT ]] || fail 'the file CHECKPOINT is still there'
rm -rf "$d"/checkpoints/step_*
kill -USR2 "$(launcher_of)"
goes_on_to_next_hour "$usr2"
saved || fail 'USR2: no checkpoint'
# Stop with a checkpoint: USR1 to the launcher, TERM to a rank that is not the first, INT to the first, a file.
kill -USR1 "$(launcher_of)"
stopped 'USR1 to the launcher' 'signal USR1' "$usr1"
begin 120
kill -TERM "$(rank_of 1)"
stopped 'TERM to rank 1' 'signal TERM'
begin 150
kill -INT "$first"
stopped 'INT to rank 0' 'an interrupt'
begin 180
touch "$d/STOP"
sleep 1.1
stopped 'the file STOP' 'the file STOP'
# TERM to the launcher wakes the ranks and leaves them two seconds: enough here, no promise.
begin 210
kill -TERM "$(launcher_of)"
finish
[[ $code != 0 ]] || fail 'TERM to the launcher: it ended as if nothing had been'
run "$d" 3 --resume "${long[@]}"
ended_with 0 'asked to stop five times, continued'
same_as_calm "$d" 'asked to stop five times'

# A second interrupt leaves at once, without a checkpoint: here out of a step that never ends. The first one is there
# before that step.
MARROW_FAULT='freeze@step:23;hang@series' start "$work/impatient" 0 --watchdog off --set 'output.series.every=1 d'
until_true is_frozen "$(launcher_of)"
kill -INT "$(launcher_of)"
thaw "$(launcher_of)"
sleep 1.5
kill -INT "$(launcher_of)"
finish
ended_with 130 'interrupted twice'
[[ -z $(find "$work/impatient/checkpoints" -name 'step_*' 2>/dev/null) ]] || fail 'interrupted twice: a checkpoint'

# The time limit of the job is near: a checkpoint at once, because one must still fit in.
calm=$work/calm-short
calm_run
run "$work/hurry" 2 --stop-at "$(date -d '+5 seconds' +%Y-%m-%dT%H:%M:%S)"
ended_with 75 'five seconds left' 'stopped by' '--resume'
healed "$work/hurry" 'five seconds left'
run "$work/limit" 2 --max-walltime '20 s'
ended_with 75 'twenty seconds left' 'stopped by' '--resume'
healed "$work/limit" 'twenty seconds left'
# One that is far away does not.
run "$work/leisure" 2 --max-walltime '2 h' --stop-at "$(date -d '+3 hours' +%Y-%m-%dT%H:%M:%S)"
ended_with 0 'two hours left'
same_as_calm "$work/leisure" 'two hours left'

# Asked to stop while it is being set up: obeyed at its first step.
d=$work/early
MARROW_FAULT=freeze@begin:outputs start "$d" 0
until_true is_frozen "$(launcher_of)"
mkdir -p "$d"
touch "$d/STOP"
thaw "$(launcher_of)"
finish
ended_with 75 'a STOP during set-up' 'stopped by the file STOP'
healed "$d" 'a STOP during set-up'

# A signal while MPI is being set up, with a launcher and without: heeded at the first step.
for signal in USR1 TERM HUP INT; do
  d=$work/before-mpi-$signal
  MARROW_FAULT=freeze@begin:mpi start "$d" 0
  until_true is_frozen "$(launcher_of)"
  kill "-$signal" "$(launcher_of)"
  thaw "$(launcher_of)"
  finish
  ended_with 75 "$signal before MPI" 'stopped by' 'at hour 1 of' 'continue with'
done
healed "$d" 'signals before MPI'
d=$work/save-before-mpi
MARROW_FAULT='freeze@begin:mpi;kill@step:3' start "$d" 2
until_true rank_of 1 >/dev/null
until_true is_frozen "$(rank_of 0)"
until_true is_frozen "$(rank_of 1)"
kill -USR2 "$(rank_of 1)"
for rank in $(rank_of 0) $(rank_of 1); do thaw "$rank"; done
finish
[[ -e $d/checkpoints/step_000000001/manifest.json ]] || fail 'USR2 before MPI: no checkpoint'
healed "$d" 'USR2 before MPI'

# A deadline that has passed, and a STOP whose date is still to come: one stop each, and none at the next start.
d=$work/late
run "$d" 2 --stop-at '2020-01-01T00:00:00'
ended_with 75 'a deadline in the past' 'the deadline, which has passed'
touch -d '+1 hour' "$d/STOP"
healed "$d" 'a STOP with a date ahead'

# The checkpoint of a stop fails: it is tried once more, and what is said is true either way.
d=$work/saved
MARROW_FAULT=fail@checkpoint:closed run "$d" 2 --stop-at '2 d'
ended_with 75 'a stop whose first checkpoint fails' 'checkpoint at hour 48 failed' 'continue with'
# The same again has nothing to do: it does not go on by an hour each time.
run "$d" 2 --resume --stop-at '2 d'
ended_with 75 'a stop that was reached before' 'stands at hour 48, and --stop-at is hour 48. Nothing to do'
healed "$d" 'a stop whose first checkpoint fails'
d=$work/unsaved
MARROW_FAULT='fail@checkpoint:closed;fail@checkpoint:closed' run "$d" 2 --stop-at '2 d'
ended_with 4 'a stop without a checkpoint' 'nothing is saved: there is no checkpoint to continue from'
! grep -q 'continue with' "$said" || fail 'a stop without a checkpoint: it said how to continue'
healed "$d" 'a stop without a checkpoint'

# Nothing to do: said, and not a byte or date touched.
look "$calm" >"$work/before"
run "$calm" 3 --resume
ended_with 0 'a finished run' 'Nothing to do'
diff "$work/before" <(look "$calm") || fail 'a finished run was touched'
# Nothing to do, but the newest checkpoint is spoilt: said. Here because the scenario now ends earlier.
d=$work/spoilt
cp -r "$work/saved" "$d"
newest=$(find "$d/checkpoints" -name 'step_*' | sort | tail -n 1)
flip "$newest/state.h5" 70
before=$(find "$d/checkpoints" -name 'step_*' | sort | tail -n 2 | head -n 1)
run "$d" 2 --resume --stop-at "$((10#${before##*step_} / 24)) d"
ended_with 75 'a spoilt checkpoint and nothing to do' "rejected $newest" 'Nothing to do'
run "$d" 2 --resume --set "run.duration=$((10#${before##*step_} / 24)) d"
ended_with 0 'a spoilt checkpoint and an earlier end' "rejected $newest" 'Nothing to do'
# Killed between the last checkpoint and the last word: the next start says it.
MARROW_FAULT=kill@checkpoint:pruned run "$work/wordless" 2 --set 'checkpoint.every=12 d'
mkdir "$work/wordless/checkpoints/.partial-pruned-step_000000144"
run "$work/wordless" 2 --resume --set 'checkpoint.every=12 d'
ended_with 0 'an end that was not written down' 'its end was not written down'
grep -q '"state": "finished"' "$work/wordless/status.json" || fail 'an end that was not written down: nor now'
same_as_calm "$work/wordless" 'an end that was not written down'
[[ -z $(find "$work/wordless/checkpoints" -name '.partial*') ]] || fail 'an end that was not written down: leftovers stay'
# Finished, but somebody has removed what the state tells anew.
rm "$work"/wordless/{events.csv,phylogeny.nwk}
run "$work/wordless" 2 --resume --set 'checkpoint.every=12 d'
ended_with 0 'results that were removed' 'results of it are missing'
same_as_calm "$work/wordless" 'results that were removed'
echo "stopping: $survived runs stopped and continued"
