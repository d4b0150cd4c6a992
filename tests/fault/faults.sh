#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# One bad day after the other, each really caused: what the run does, what it says, and that continuing gives
# the digest and the series.csv of the calm run to the byte.
#
#   faults.sh MARROW MPIEXEC
set -euo pipefail
marrow=$1 mpiexec=$2
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
source "$here/../repro/scenarios.sh"
scenario=$here/../../scenarios/protective_clone_remission.yaml
work=$(mktemp -d)
mounted=()
cleanup() {
  local place
  chmod -R u+w "$work" 2>/dev/null || true
  for place in "${mounted[@]}"; do umount "$place" || true; done
  rm -rf -- "$work"
}
trap cleanup EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
passed=0

sets=()
while IFS= read -r setting; do sets+=(--set "$setting"); done < <(settings_of protective_clone_remission)
sets+=(--set 'checkpoint.every=3 d')

# run DIRECTORY RANKS [options]: its code is left in $code, what it said in $said.
said=$work/said
run() {
  local directory=$1 ranks=$2
  shift 2
  code=0
  timeout 100 "$mpiexec" --oversubscribe --quiet -n "$ranks" "$marrow" run "$scenario" -o "$directory" \
    "${sets[@]}" "$@" >"$said" 2>&1 </dev/null || code=$?
}

ended_with() { # CODE WHAT [text that it said]…
  local wanted=$1 what=$2 text
  shift 2
  [[ " $wanted " == *" $code "* ]] || { tail -n 30 "$said" >&2; fail "$what: exit code $code instead of $wanted"; }
  for text in "$@"; do
    grep -qF -- "$text" "$said" || { tail -n 30 "$said" >&2; fail "$what: it did not say '$text'"; }
  done
}
same_as_calm() { # DIRECTORY WHAT
  cmp -s "$work/calm/series.csv" "$1/series.csv" ||
    { diff "$work/calm/series.csv" "$1/series.csv" | head -n 4 >&2; fail "$2: another result"; }
  passed=$((passed + 1))
}
# Continues on another number of ranks to the end.
healed() { # DIRECTORY WHAT
  run "$1" 3 --resume --break-lock
  ended_with 0 "$2, continued"
  same_as_calm "$1" "$2"
}

run "$work/calm" 2
ended_with 0 'the calm run'

points=(space created write:1 closed verified manifest renamed pruned)

# Killed while it writes a checkpoint: one rank and all of them in turn.
who=
for point in "${points[@]}"; do
  [[ -z $who ]] && who=,rank=1 || who=
  d=$work/kill-$point
  MARROW_FAULT=kill@checkpoint:$point$who run "$d" 2
  ended_with '137 143 1' "killed at $point$who"
  healed "$d" "killed at $point$who"
  [[ -z $(find "$d/checkpoints" -name '.partial*') ]] || fail "killed at $point$who: partial files are left"
done

# A write that fails on one rank: the run goes on, and the next checkpoint is good.
for point in space created write:1 closed verified manifest; do
  d=$work/fail-$point
  MARROW_FAULT=fail@checkpoint:$point,rank=1 run "$d" 2
  ended_with 0 "failed at $point" 'checkpoint at hour 72 failed' 'asked for at'
  same_as_calm "$d" "failed at $point"
done
for fault in fail crash; do
  d=$work/$fault-everywhere
  MARROW_FAULT="$fault@checkpoint:created;$fault@checkpoint:closed;$fault@checkpoint:verified" run "$d" 2
  ended_with 4 "$fault in three checkpoints in a row" '3 checkpoints in a row failed'
  healed "$d" "$fault in three checkpoints in a row"
done

# An exception, and a hang, on one rank in the middle of the run.
MARROW_FAULT=crash@step:100,rank=1 run "$work/crash" 2
ended_with 1 'an unexpected exception' 'rank 1' 'a crash was asked for'
healed "$work/crash" 'an unexpected exception'
MARROW_FAULT=hang@step:100,rank=1 run "$work/hang" 2 --watchdog '2 s'
ended_with 9 'a rank that hangs' 'no progress for 2 s' 'step:100' '--resume'
healed "$work/hang" 'a rank that hangs'
MARROW_FAULT=sick@step:100,rank=1 run "$work/sick" 2
ended_with 6 'a number that is none' 'patient/neutrophils[0] is nan' 'hour 120'
healed "$work/sick" 'a number that is none'
MARROW_FAULT=kill@step:100,rank=0 run "$work/dead" 2
ended_with '137 143 1' 'a rank that dies'
healed "$work/dead" 'a rank that dies'
MARROW_FAULT=explode@step:1 run "$work/typo" 1
ended_with 2 'a fault that does not exist' 'MARROW_FAULT'

# Files that are not what they were.
damaged() { # NAME COMMAND…: spoils the newest checkpoint of a run that was stopped half-way
  local name=$1 d=$work/$1 newest
  shift
  run "$d" 2 --stop-at '7 d'
  ended_with 75 "$name, first half"
  newest=$(find "$d/checkpoints" -name 'step_*' | sort | tail -n 1)
  (cd -- "$newest" && "$@")
  run "$d" 3 --resume
  ended_with 0 "$name" "$(basename "$newest")"
  same_as_calm "$d" "$name"
}
flip() { printf '\x5a\xa5' | dd of="$1" bs=1 seek=$(($(stat -c %s "$1") * $2 / 100)) conv=notrunc status=none; }
damaged 'truncated state' truncate -s -1000 state.h5
damaged 'empty state' truncate -s 0 state.h5
damaged 'flipped bytes' flip state.h5 70
damaged 'no state' rm state.h5
damaged 'empty manifest' truncate -s 0 manifest.json
damaged 'half a manifest' truncate -s 300 manifest.json
damaged 'no manifest' rm manifest.json
damaged 'a manifest without its digest' sed -i s/digest/dugest/ manifest.json
damaged 'a later format' sed -i 's/"format": *[0-9]*/"format": 999/' manifest.json

# A full disk, where mounting is allowed. (A limit of file size would stop the launcher before the program; the
# tests of checkpoints set it inside the process.)
mkdir "$work/small"
if mount -t tmpfs -o size=600k none "$work/small" 2>/dev/null; then
  mounted+=("$work/small")
  run "$work/small/run" 2
  ended_with 4 'a full disk' 'checkpoint at hour' 'free'
  mount -o remount,size=64m "$work/small"
  healed "$work/small/run" 'a full disk'
else
  echo 'a full disk: not tried, mounting is not allowed here'
fi

# Places: spaces, no permission, somebody else's run.
run "$work/a b 'c' é" 2
ended_with 0 'a directory with spaces'
same_as_calm "$work/a b 'c' é" 'a directory with spaces'
mkdir -p "$work/ro"
touch "$work/file"
run "$work/file/run" 2
ended_with 4 'a directory below a file'
if [[ $(id -u) != 0 ]]; then
  chmod a-w "$work/ro"
  run "$work/ro/run" 2
  ended_with 4 'a directory without permission' "$work/ro"
fi
MARROW_FAULT=hang@step:100 run "$work/busy" 1 --watchdog '12 s' &
first=$!
for _ in $(seq 100); do [[ -e $work/busy/LOCK ]] && break; sleep 0.1; done
sleep 1
said=$work/said2
run "$work/busy" 1 --resume
ended_with 4 'a second process on one directory' 'is in use'
wait "$first"
said=$work/said
healed "$work/busy" 'a second process on one directory'
run "$work/calm" 2
ended_with '2 3 4' 'an existing run without --resume' '--resume'
cp "$work/calm/series.csv" "$work/before.csv"
run "$work/calm" 3 --resume
ended_with 0 'a finished run' 'Nothing to do'
cmp "$work/before.csv" "$work/calm/series.csv" || fail 'a finished run was changed'

# A locale with decimal commas.
comma=$(locale -a 2>/dev/null | grep -m1 -iE '^(de_DE|fr_FR)' || true)
if [[ -n $comma ]]; then
  LC_ALL=$comma run "$work/locale" 2
  ended_with 0 'decimal commas'
  same_as_calm "$work/locale" 'decimal commas'
else
  echo 'decimal commas: not tried, no such locale here'
fi
echo "faults: $passed survived"
