#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# places.sh MARROW MPIEXEC: directories that are taken, locked, read-only or oddly named; a locale with decimal
# commas. (Faults 23, 24, 30 of README.md.)
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
calm_run

# Taken: a finished run, and one that is being written.
run "$calm" 2
ended_with 4 'an existing run without --resume' 'already holds a run: continue it with --resume'
MARROW_FAULT=hang@step:100 start "$work/busy" 1 --watchdog off
until_true test -s "$work/busy/LOCK"
until_true rows "$work/busy" 2
first=$(launcher_of)
said=$work/said2
run "$work/busy" 1 --resume
ended_with 4 'a second process on one directory' 'is in use' "on host $(hostname)"
# Its owner is gone: the lock is taken over with a note.
kill -KILL "$(rank_of 0)"
kill -KILL "$first" 2>/dev/null || true
finish
healed "$work/busy" 'a lock whose owner is gone'
grep -q 'lock' "$said" || fail 'a lock whose owner is gone: nothing was said'
# Its owner is on a machine that cannot be asked: explained, and the user's word is needed.
run "$work/foreign" 1 --stop-at '4 d'
ended_with 75 'the first half'
MARROW_FAULT=kill@step:120 run "$work/foreign" 1 --resume
sed -i 's/"host": *"[^"]*"/"host":"n12"/; s/"machine": *"[^"]*"/"machine":"another"/' "$work/foreign/LOCK"
run "$work/foreign" 2 --resume
ended_with 4 'a lock of another machine' 'n12' '--break-lock'
healed "$work/foreign" 'a lock of another machine' --break-lock

# Somebody takes the directory away while the run goes on: it ends at once, and leaves what is there alone. Whatever
# comes first of what it would have written: a row, a frame, or nothing until the last checkpoint.
taken() { # WHAT [options]
  local what=$1 d=$work/taken-$1
  shift
  MARROW_FAULT=freeze@step:100 start "$d" 0 "$@"
  until_true is_frozen "$(launcher_of)"
  sed -i 's/"host": *"[^"]*"/"host":"n12"/; s/"machine": *"[^"]*"/"machine":"another"/' "$d/LOCK"
  look "$d" >"$work/before"
  thaw "$(launcher_of)"
  finish
  ended_with 4 "a directory that another run took, $what" 'no longer says that this process owns' 'n12'
  diff "$work/before" <(look "$d") || fail "a directory that another run took, $what: it was written to"
}
taken rows
healed "$work/taken-rows" 'a directory that another run took' --break-lock
seldom=(--set 'output.series.every=12 d' --set 'checkpoint.every=12 d')
taken frames "${seldom[@]}" --set 'output.frames.every=1 h'
taken nothing "${seldom[@]}"

# A file system that does not answer for a while (a path that leads in circles): the directory is not lost for that. The
# rows wait, the checkpoint of that time fails, and it goes on.
d=$work/away
MARROW_FAULT='freeze@step:100;freeze@step:150' start "$d" 0
until_true is_frozen "$(launcher_of)"
mv "$d" "$d.aside"
ln -s "$d" "$d"
thaw "$(launcher_of)"
until_true grep -q 'checkpoint at hour 144 failed' "$said"
until_true is_frozen "$(launcher_of)"
rm "$d"
mv "$d.aside" "$d"
thaw "$(launcher_of)"
finish
ended_with 0 'a directory that cannot be seen for a while'
same_as_calm "$d" 'a directory that cannot be seen for a while'

# Two at once: one has chosen its state and waits, the other works on to its end and leaves. The first looks again.
at_once() { # WHAT
  local first said_by_first=$said d=$work/at-once
  MARROW_FAULT=freeze@begin:outputs start "$d" 0 --resume
  first=$(launcher_of)
  until_true is_frozen "$first"
  said=$work/said-by-second
  run "$d" 0 --resume "${@:2}"
  ended_with '0 75' "$1: the second"
  said=$said_by_first
  thaw "$first"
  finish
}
at_once 'two in a directory that is not there yet' --stop-at '4 d'
ended_with 0 'two in a directory that is not there yet' 'looked again' 'resuming at hour 96'
same_as_calm "$work/at-once" 'two in a directory that is not there yet'
rm -r "$work/at-once"
run "$work/at-once" 2 --stop-at '4 d'
at_once 'two that continue one run'
ended_with 0 'two that continue one run' 'Nothing to do'
same_as_calm "$work/at-once" 'two that continue one run'
[[ ! -e $work/at-once/LOCK ]] || fail 'two that continue one run: a lock is left'
run "$work/at-once" 2 --resume
ended_with 0 'two that continued one run, afterwards' 'Nothing to do'

# Results that no run of this program left are not written over; a directory that flock keeps is not waited for.
mkdir "$work/results"
echo 'ours' >"$work/results/events.csv"
run "$work/results" 1
ended_with 4 'results of somebody else' 'already holds a run'
run "$work/results" 1 --resume
ended_with 4 'results of somebody else, resumed' 'holds events.csv, but neither provenance.json nor status.json'
[[ $(ls -A "$work/results") == events.csv && $(<"$work/results/events.csv") == ours ]] || fail 'results of somebody else: touched'
mkdir "$work/flocked"
code=0
timeout 60 flock "$work/flocked" "$marrow" run "$scenario" -o "$work/flocked" "${sets[@]}" >"$said" 2>&1 </dev/null || code=$?
ended_with 4 'a directory that flock keeps' 'is kept locked by process' '(flock)' 'a file outside of the run directory'

# Below a file, without permission. (Read-only: disk.sh.)
touch "$work/file"
run "$work/file/run" 2
ended_with 4 'a directory below a file' "$work/file"
if [[ $(id -u) != 0 ]]; then
  mkdir "$work/closed"
  chmod a-w "$work/closed"
  run "$work/closed/run" 2
  ended_with 4 'a directory without permission' "$work/closed"
fi

# Odd names.
odd=$work/"a b 'c' \"d\" é %s \$HOME"
run "$odd" 2
ended_with 0 'an odd name'
same_as_calm "$odd" 'an odd name'
cp "$scenario" "$work/my scenario é.yaml"
plain=$scenario scenario="$work/my scenario é.yaml"
run "$work/odd scenario" 2
ended_with 0 'an odd scenario name'
same_as_calm "$work/odd scenario" 'an odd scenario name'
scenario=$plain

# A path that is too long for MPI's files: said at once. The longest that fits works, and so does a link to a longer one.
mkdir "$work/long"
base=$work/long/
long=$base$(printf 'x%.0s' {1..200})
run "$long" 2
ended_with 4 'a path that is too long' 'MPI can write checkpoints below at most' 'a symbolic link'
nothing_made "$long" 'a path that is too long'
longest=$(sed -n 's/.*below at most \([0-9]*\)\..*/\1/p' "$said")
fits=${long:0:longest}
run "$fits" 2
ended_with 0 'the longest path'
same_as_calm "$fits" 'the longest path'
mkdir "$long"
ln -s "$long" "$work/link"
run "$work/link" 2 --stop-at '4 d'
ended_with 75 'a link to a path that is too long'
healed "$work/link" 'a link to a path that is too long'
"$marrow" inspect --deep "$long" >"$said" || fail 'a link to a path that is too long: it cannot be inspected'

# Without standard streams, as some daemons start programs: what is said goes nowhere, and not into the files that are
# opened next. In a directory that somebody has removed.
d=$work/streamless
MARROW_FAULT=freeze@step:100 timeout 300 "$marrow" run "$scenario" -o "$d" "${sets[@]}" <&- >&- 2>&- &
job=$!
until_true rows "$d" 2
until_true is_frozen "$(launcher_of)"
for stream in 0 1 2; do
  [[ $(readlink "/proc/$(launcher_of)/fd/$stream") == /dev/null ]] || fail "no standard streams: $stream is something else"
done
thaw "$(launcher_of)"
finish
ended_with 0 'no standard streams'
same_as_calm "$d" 'no standard streams'
mkdir "$work/gone"
cd "$work/gone"
rmdir "$work/gone"
run "$work/homeless" 0
cd "$here"
ended_with 0 'a working directory that was removed'
same_as_calm "$work/homeless" 'a working directory that was removed'

# A locale with decimal commas, made here: Debian's package `locales` has its source.
if localedef -i de_DE -f UTF-8 "$work/de_DE.UTF-8" 2>"$said"; then
  [[ $(LOCPATH=$work LC_ALL=de_DE.UTF-8 bash -c 'printf %.1f 1,5') == 1,5 ]] || fail 'the locale has no decimal commas'
  # The shell itself may be unable to take it; the program gets it all the same.
  { LOCPATH=$work LC_ALL=de_DE.UTF-8 run "$work/commas" 2 --stop-at '6 d' --set 'output.frames.every=6 d'; } 2>/dev/null
  ended_with 75 'decimal commas'
  grep -q 'Spacing="10 10 10"' "$work/commas"/frames/*.vti || fail 'decimal commas: a frame without spacing'
  { LOCPATH=$work LC_ALL=de_DE.UTF-8 healed "$work/commas" 'decimal commas' --set 'output.frames.every=6 d'; } 2>/dev/null
else
  cat "$said" >&2
  fail 'decimal commas: no locale could be made (package locales)'
fi
echo "bad days of places: $survived survived"
