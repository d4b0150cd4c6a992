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

# Somebody takes the directory away while the run goes on: it ends at once, and leaves what is there alone.
MARROW_FAULT=freeze@step:100 start "$work/taken" 0
until_true is_frozen "$(launcher_of)"
sed -i 's/"host": *"[^"]*"/"host":"n12"/; s/"machine": *"[^"]*"/"machine":"another"/' "$work/taken/LOCK"
series=$(cksum <"$work/taken/series.csv") status=$(cksum <"$work/taken/status.json")
thaw "$(launcher_of)"
finish
ended_with 4 'a directory that another run took' 'no longer says that this process owns' 'n12'
[[ $series$status == "$(cksum <"$work/taken/series.csv")$(cksum <"$work/taken/status.json")" && -e $work/taken/LOCK ]] ||
  fail 'a directory that another run took: it was written to'
healed "$work/taken" 'a directory that another run took' --break-lock

# Below a file, without permission, read-only.
touch "$work/file"
run "$work/file/run" 2
ended_with 4 'a directory below a file' "$work/file"
if [[ $(id -u) != 0 ]]; then
  mkdir "$work/closed"
  chmod a-w "$work/closed"
  run "$work/closed/run" 2
  ended_with 4 'a directory without permission' "$work/closed"
fi
if small_disk "$work/readonly" 1m; then
  mount -o remount,ro "$work/readonly"
  run "$work/readonly/run" 2
  ended_with 4 'a read-only file system' "$work/readonly" 'read-only'
  nothing_made "$work/readonly/run" 'a read-only file system'
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
