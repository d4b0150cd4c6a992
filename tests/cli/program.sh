#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# program.sh MARROW MPIEXEC SCENARIOS: the program as a user meets it, mistakes included: exit codes, what is
# said, and that nothing is created where something is wrong.
set -euo pipefail
marrow=$1 mpiexec=$2 scenarios=$3
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
  printf 'FAILED: %s\n--- output\n' "$*" >&2
  cat "$work/output" >&2
  exit 1
}

# expect CODE command…: the exit code; output is kept for said().
expect() {
  local wanted=$1 code=0
  shift
  timeout 120 "$@" >"$work/output" 2>&1 </dev/null || code=$?
  [[ $code == "$wanted" ]] || fail "'$*' ended with $code instead of $wanted"
}

said() { grep -Fq -- "$1" "$work/output" || fail "nothing was said of: $1"; }

nothing_created() {
  local found
  found=$(find "$work" -mindepth 1 ! -name output ! -name '*.yaml' | head -n 3)
  [[ -z $found ]] || fail "created: $found"
}

small=(--set 'domain.size=[64, 64, 64]' --set 'run.duration=6 d' --set 'tcells.trigger.at=1 d'
  --set 'tcells.trigger.influx=200 /mm^3' --set 'checkpoint.every=2 d' --set 'niches.density=300 /mm^3'
  --set 'output.frames.every=3 d')
scenario=$scenarios/saa_untreated.yaml

# Mistakes before anything runs.
expect 2 "$marrow"
expect 2 "$marrow" rum
expect 0 "$marrow" --help
said 'Exit codes'
expect 2 "$marrow" explain tcells.motilty
said 'tcells.motility'
expect 0 "$marrow" explain tcells.motility
said 'um^2/min'
expect 3 "$marrow" run missing.yaml -o out
said 'missing.yaml'
sed 's/motility: 20 um/motilty: 20 um/' "$scenario" >misspelt.yaml
expect 3 "$marrow" run misspelt.yaml -o out
said 'misspelt.yaml:'
said "did you mean 'motility'"
expect 3 "$marrow" validate misspelt.yaml
expect 0 "$marrow" validate "$scenario"
expect 3 "$marrow" run "$scenario" -o out --set 'run.duration=3'
said 'unit'
expect 3 "$marrow" run "$scenario" -o out --set 'tcells.kill_coefficient=1e-2 mm^3/d'
said 'kill_coefficient'
for wrong in '--max-walltime soon' '--stop-at never' '--watchdog sometimes'; do
  expect 2 "$marrow" run "$scenario" -o out "${small[@]}" ${wrong% *} "${wrong#* }"
  said "'${wrong#* }'"
  nothing_created
done
expect 2 timeout 60 "$mpiexec" -n 3 --oversubscribe --quiet "$marrow" run "$scenario" -o out "${small[@]}" \
  --set 'domain.size=[16, 16, 32]' --set 'niches.density=1000 /mm^3'
said 'at most 2'
expect 4 "$marrow" status out
nothing_created
# What is printed is a result: a full disk below it is an error.
for command in schema "validate $scenario" --help; do
  expect 4 bash -c '"$1" ${@:2} >/dev/full' - "$marrow" $command
  said 'not all that was printed could be written'
done

# A run, and what it leaves.
expect 0 "$marrow" run "$scenario" -o run "${small[@]}"
said 'open:'
said 'run/series.csv'
said 'achieved'
said 'kill chance per contact'
for file in scenario.yaml scenario.effective.yaml provenance.json log.txt status.json series.csv \
  frames/cells.pvd frames/tissue.pvd frames/fields.pvd; do
  [[ -s run/$file ]] || fail "run/$file is missing"
done
[[ $(grep -vc '^#' run/series.csv) == 8 ]] || fail "7 samples and a header were expected"
[[ -e run/LOCK ]] && fail "the lock stays behind"
expect 0 "$marrow" status run
said 'finished'
expect 0 "$marrow" inspect run
said 'complete; --resume tries this first'
expect 0 "$marrow" inspect run --deep
said 'good; --resume continues here'
said 'every value was read'
MARROW_FAULT=hang@inspect:tcells/record expect 5 "$marrow" inspect run --deep --patience '1 s'
said 'no progress for 1 s at tcells/record'
MARROW_FAULT=kill@inspect:header expect 5 "$marrow" inspect run/checkpoints/step_000000096
said 'died of signal 9 at header'
expect 4 "$marrow" run "$scenario" -o run "${small[@]}"
said '--resume'
before=$(find run -type f -printf '%p %T@\n' | sort)
expect 0 "$marrow" run "$scenario" -o run "${small[@]}" --resume
said 'Nothing to do'
[[ $before == "$(find run -type f -printf '%p %T@\n' | sort)" ]] || fail "a finished run was touched"

# Biopsies: mistakes leave nothing behind; the same bytes twice; what is said is what is written.
core=(--needle 0.4mm --length 0.6mm --resolution 2um)
expect 2 "$marrow" biopsy run "${core[@]}" --stain Giemsa -o cores
said 'CD34'
expect 2 "$marrow" biopsy run "${core[@]}" --site posterior-illiac-crest -o cores
said "did you mean"
expect 2 "$marrow" biopsy run "${core[@]}" --site 999,1,1 -o cores
said 'outside the box'
expect 2 "$marrow" biopsy run "${core[@]}" --site random --direction 0,1,0 -o cores
said 'direction of its own'
expect 2 "$marrow" biopsy run "${core[@]}" --site random --seed -1 -o cores
said 'not negative'
expect 2 "$marrow" biopsy run "${core[@]}" --seed 2 -o cores
said 'goes with --site random'
expect 2 "$marrow" biopsy run "${core[@]}" --cores 5 --stain CD8 -o cores
said 'leave out --stain'
expect 2 "$marrow" biopsy run -o cores
said 'wider than the box'
expect 2 "$marrow" biopsy run --needle 2 -o cores
said 'a length with its unit'
expect 4 "$marrow" biopsy nowhere -o cores
said 'does not exist'
mkdir -p empty/checkpoints
expect 5 "$marrow" biopsy empty -o cores
said 'no checkpoint yet'
rm -r empty
[[ ! -e cores ]] || fail "a refused biopsy left a folder"
expect 0 "$marrow" biopsy run "${core[@]}" --stain HE,CD8 -o cores
said 'cellularity'
expect 0 "$marrow" biopsy run "${core[@]}" --stain HE,CD8 -o cores_again
name=day6_right-posterior-iliac-crest_0.4x0.6mm
cmp cores/${name}_HE_2um-per-pixel.png cores_again/${name}_HE_2um-per-pixel.png || fail "two biopsies of one place differ"
cmp cores/$name.json cores_again/$name.json || fail "two biopsies of one place differ in numbers"
[[ -s cores/${name}_CD8_2um-per-pixel.png ]] || fail "no CD8 section"
expect 0 "$marrow" biopsy run --needle 0.4mm --length 0.6mm --thickness 6um --resolution 4um -o cores
cmp cores/$name.json cores_again/$name.json || fail "a thicker section wrote over the counts of the usual one"
[[ -s cores/${name}_6um-thick_HE_4um-per-pixel.png && -s cores/${name}_6um-thick.csv ]] || fail "no thick section"
expect 0 "$marrow" biopsy run "${core[@]}" --cores 5
said 'Two cores differ'
[[ $(grep -vc "^#" run/biopsy/day6_random-1_0.4x0.6mm_5cores.csv) == 6 ]] || fail "5 cores and a header were expected"
rm -r run/biopsy
cp -r run hurt
truncate -s -1000 hurt/checkpoints/step_000000144/state.h5
expect 0 "$marrow" biopsy hurt "${core[@]}"
said 'taken from hurt/checkpoints/step_000000096; newer checkpoints are damaged:'
said 'hurt/checkpoints/step_000000144: '
rm -r hurt/checkpoints
expect 4 "$marrow" biopsy hurt "${core[@]}"
said "holds a run without its folder 'checkpoints'"
rm -r hurt

# The effective scenario is the same scenario.
expect 0 "$marrow" run run/scenario.effective.yaml -o again
expect 0 "$marrow" compare run again
cmp run/series.csv again/series.csv || fail "the effective scenario gives another series"
expect 0 "$marrow" run "$scenario" -o other "${small[@]}" --set scenario.seed=2
expect 10 "$marrow" compare run other
said 'niche'
said 'first difference at hour 48 (equal up to hour 24)'
said 'tissue: A procedural'
expect 0 "$marrow" run "$scenario" -o seldom "${small[@]}" --set 'output.series.every=2 d'
expect 0 "$marrow" compare run seldom
said 'rows that both have'

# Continuing: longer, changed, damaged.
expect 3 "$marrow" run "$scenario" -o run "${small[@]}" --resume --set 'run.duration=8 d' --set scenario.seed=9
said 'scenario.seed'
expect 3 "$marrow" run "$scenario" -o run "${small[@]}" --resume --set 'run.duration=8 d' \
  --set 'tcells.death_rate=0.02 /d'
said '--allow-change tcells.death_rate'
cp -r run longer
expect 0 "$marrow" run "$scenario" -o longer "${small[@]}" --resume --set 'run.duration=8 d'
expect 0 "$marrow" run "$scenario" -o at_once "${small[@]}" --set 'run.duration=8 d'
cmp longer/series.csv at_once/series.csv || fail "a lengthened run differs from one of that length"
expect 0 "$marrow" run "$scenario" -o branch "${small[@]}" --branch run/checkpoints/step_000000096 \
  --set 'tcells.death_rate=0.02 /d' --allow-change tcells.death_rate
grep -q 'branched' branch/provenance.json || fail "provenance does not tell of the branch"

# Where two runs part, and nearer: as `compare` itself says.
expect 10 "$marrow" compare run branch
said 'To find the hour, repeat both'
for found in 'is the first that differs. To see its first field and site' 'differs: nearer there is nothing'; do
  grep '^  marrow ' "$work/output" | sed "s|^  marrow|'$marrow'|" >closer.sh
  code=0
  bash closer.sh >"$work/output" 2>&1 || code=$?
  [[ $code == 10 ]] || fail "repeating up to the difference gave exit code $code"
  said "$found"
done
said 'fields differ'
printf 'x' | dd of=longer/checkpoints/step_000000192/state.h5 bs=1 seek=3000 conv=notrunc status=none
expect 0 "$marrow" run "$scenario" -o longer "${small[@]}" --resume --set 'run.duration=8 d'
said 'rejected'
cmp longer/series.csv at_once/series.csv || fail "resuming from an older checkpoint gives another series"
for state in longer/checkpoints/*/state.h5; do truncate -s 100 "$state"; done
expect 5 "$marrow" run "$scenario" -o longer "${small[@]}" --resume --set 'run.duration=8 d'
said 'step_000000192'

# Interrupted from outside.
"$marrow" run "$scenario" -o stopped "${small[@]}" --set 'run.duration=6000 d' >"$work/output" 2>&1 &
pid=$!
for _ in $(seq 200); do [[ -s stopped/series.csv ]] && break || sleep 0.1; done
sleep 0.5
kill -TERM "$pid" || fail "the run was over before it could be interrupted"
code=0
wait "$pid" || code=$?
[[ $code == 75 ]] || fail "SIGTERM gave exit code $code instead of 75"
said '--resume'
expect 0 "$marrow" status stopped
said 'stopped'
"$marrow" run "$scenario" -o stopped "${small[@]}" --set 'run.duration=6000 d' --resume >"$work/output" 2>&1 &
pid=$!
sleep 1
expect 4 "$marrow" run "$scenario" -o stopped "${small[@]}" --set 'run.duration=6000 d' --resume
said 'in use'
touch stopped/STOP
code=0
wait "$pid" || code=$?
[[ $code == 75 ]] || fail "the file STOP gave exit code $code instead of 75"
echo "the program says what happens and what to do"
