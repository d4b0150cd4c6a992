#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# changes.sh MARROW MPIEXEC: a run that continues with other values, on other numbers of ranks, or from a
# checkpoint of another format. (Faults 10, 11, 12 of README.md. Every parameter: restart_test.cpp.)
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
sets+=(--set 'run.duration=6 d')
calm_run

# The halves on 1 to 4 ranks, each continued on 1 to 4.
for before in 1 2 3 4; do
  run "$work/half-$before" "$before" --stop-at '3 d'
  ended_with 75 "the first half on $before ranks"
  for after in 1 2 3 4; do
    d=$work/$before-$after
    cp -r "$work/half-$before" "$d"
    run "$d" "$after" --resume
    ended_with 0 "$before ranks, then $after"
    same_as_calm "$d" "$before ranks, then $after"
  done
done

# Violations are listed all at once; free changes are none.
d=$work/half-2
cp -r "$d" "$work/untouched"
run "$d" 2 --resume --set 'scenario.seed=9' --set 'tcells.death_rate=0.02 /d' --set 'patient.age=50 y' \
  --set 'hspc.stress_rate=0.2 /h' --set 'checkpoint.keep_last=1'
ended_with 3 'four changes' 'scenario.seed: 1 -> 9 (fixed: a run cannot continue with another value)' \
  'tcells.death_rate' '(warned: needs --allow-change tcells.death_rate)' 'patient.age' 'hspc.stress_rate'
[[ $(grep -c '^  .* -> ' "$said") == 4 ]] || { cat "$said" >&2; fail 'four changes: not four lines'; }
diff -r "$d" "$work/untouched" || fail 'a refused change has left traces'
# A permitted one is a branch, and provenance says so.
run "$d" 2 --resume --set 'tcells.death_rate=0.02 /d' --allow-change tcells.death_rate --set 'checkpoint.keep_last=1'
ended_with 0 'a permitted change' 'changed tcells.death_rate'
grep -q '"branched"' "$d/provenance.json" || fail 'a permitted change: provenance does not call it a branch'
grep -q 'tcells.death_rate: .* -> ' "$d/provenance.json" || fail 'a permitted change: not in provenance'
# A free one is none.
d=$work/half-3
run "$d" 2 --resume --set 'checkpoint.keep_last=1'
ended_with 0 'a free change'
! grep -q '"branched"' "$d/provenance.json" || fail 'a free change was called a branch'
same_as_calm "$d" 'a free change'
# A checkpoint that was to be kept for ever is kept when another cadence goes on from it; what goes is in the log.
d=$work/half-1
rm -r "$d"
run "$d" 2 --set 'checkpoint.keep_every=1' --stop-at '3 d'
run "$d" 2 --resume --set 'checkpoint.every=1 d' --set 'checkpoint.keep_last=1'
ended_with 0 'another cadence'
same_as_calm "$d" 'another cadence'
[[ $(cd -- "$d/checkpoints" && echo step_*) == 'step_000000072 step_000000144' ]] || fail 'another cadence: other checkpoints'
grep -q 'removed the checkpoint of hour 96' "$d/log.txt" || fail 'another cadence: log.txt does not say what was removed'
# A longer run has nothing of the hour at which it was to end before: neither the row nor the frame off its cadence. It
# may be killed before it comes to another checkpoint.
odd=(--set 'output.series.every=3 d' --set 'output.frames.every=3 d')
d=$work/longer
run "$d" 2 "${odd[@]}" --set 'run.duration=4 d'
ended_with 0 'an end off the cadence'
[[ $(grep -o '^[0-9]*' "$d/series.csv" | tr '\n' ' ') == '0 72 96 ' ]] || fail 'an end off the cadence: other rows'
cp -r "$d" "$work/longer-killed"
kept=$calm calm=$work/longer-calm
run "$calm" 2 "${odd[@]}" --set 'run.duration=9 d'
run "$d" 3 "${odd[@]}" --resume --set 'run.duration=9 d'
ended_with 0 'a longer run'
same_as_calm "$d" 'a longer run'
d=$work/longer-killed
MARROW_FAULT=kill@step:150 run "$d" 2 "${odd[@]}" --resume --set 'run.duration=9 d' --set 'checkpoint.every=9 d'
run "$d" 1 "${odd[@]}" --resume --set 'run.duration=4 d'
ended_with 0 'the old end after all' 'its end was not written down'
[[ $(grep -o '^[0-9]*' "$d/series.csv" | tr '\n' ' ') == '0 72 96 ' ]] || fail 'the old end after all: other rows'
run "$d" 1 "${odd[@]}" --resume --set 'run.duration=9 d'
ended_with 0 'a longer run, killed'
same_as_calm "$d" 'a longer run, killed'
calm=$kept
# Frames of a course that was given up do not stay among those of the new one, not even when it wants none.
d=$work/given-up
MARROW_FAULT=kill@step:120 run "$d" 2 --set 'output.frames.every=1 d'
[[ -e $d/frames/cells_000000096.vtp ]] || fail 'a course that was given up: it had no frames'
run "$d" 2 --resume --set 'output.frames.every=0 d' --set 'tcells.death_rate=0.2 /d' --allow-change tcells.death_rate
ended_with 0 'a course that was given up'
[[ -e $d/frames/cells_000000072.vtp && ! -e $d/frames/cells_000000096.vtp ]] ||
  fail 'a course that was given up: other frames than there should be'
! grep -q 000000096 "$d/frames/cells.pvd" || fail 'a course that was given up: its frames are listed'

# --allow-change does not swallow the option behind it, and knows the parameters.
d=$work/half-4
run "$d" 2 --allow-change --resume
ended_with 2 'no parameter after --allow-change' '--allow-change' "a value is missing before '--resume'"
run "$d" 2 --resume --allow-change tcells.deth_rate
ended_with 2 'a misspelt parameter' "did you mean 'tcells.death_rate'?"

# A branch that is killed before its first checkpoint begins again where it branched, and only there.
d=$work/branch
last=$(find "$work/half-3/checkpoints" -name 'step_*' | sort | tail -n 1)
MARROW_FAULT=kill@step:150 run "$d" 2 --branch "$last" --set 'run.duration=8 d'
run "$d" 2 --resume --set 'run.duration=8 d'
ended_with 5 'a branch without a checkpoint' "add --branch $last" 'Nothing was changed'
mv "$d/provenance.json" "$work/provenance.json"
run "$d" 2 --resume --set 'run.duration=8 d'
ended_with 5 'a branch that does not know its beginning' 'begins at hour 144' 'add --branch CHECKPOINT' 'Nothing was changed'
mv "$work/provenance.json" "$d"
run "$d" 2 --resume --branch "$last" --set 'run.duration=8 d'
ended_with 0 'a branch that begins again'
run "$work/whole-branch" 3 --branch "$last" --set 'run.duration=8 d'
cmp "$d/series.csv" "$work/whole-branch/series.csv" || fail 'a branch that begins again: another result'
# From the end there is nothing to do, and nothing is made.
run "$work/beyond" 2 --branch "$last"
ended_with 0 'a branch from the end' 'stands at hour 144, the scenario ends at hour 144. Nothing to do'
nothing_made "$work/beyond" 'a branch from the end'

# Checkpoints of other formats: refused with what can be done; nothing is made.
formats=$here/../data/formats
code=0
"$marrow" run "$formats/stored_format.yaml" -o "$work/old" --branch "$formats"/1/checkpoints/step_* >"$said" 2>&1 || code=$?
ended_with 5 'a checkpoint of format 1' 'written by marrow 0.1.0 (format 1); this program reads 2' \
  'Continue with the program that wrote it'
nothing_made "$work/old" 'a checkpoint of format 1'
code=0
"$marrow" inspect "$formats"/2/checkpoints/step_* >"$said" 2>&1 || code=$?
ended_with 0 'the stored checkpoint of format 2' 'stored_format'
echo "changes: $survived runs continued"
