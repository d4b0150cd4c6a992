#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# ranks.sh MARROW MPIEXEC: ranks that should not have started, that die, throw, hang or compute nonsense.
# (Faults 13 to 19, 26, 27 of README.md.)
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
calm_run

# Too many for the lattice, too much for the memory: refused before anything is made.
run "$work/crowd" 5 --set 'domain.size=[32, 32, 16]' --set 'niches.density=900 /mm^3'
ended_with 2 'too many ranks' '5 ranks are too many for a lattice of 2 x 2 x 1 blocks' 'use at most 4 ranks' \
  'even divisions are 4 (2 x 2 x 1 boxes), 2 (2 x 1 x 1), 1 (1 x 1 x 1)'
nothing_made "$work/crowd" 'too many ranks'
run "$work/huge" 2 --set 'domain.size=[4000, 4000, 4000]'
ended_with 4 'too large a lattice' 'not enough memory on' '2 ranks there will need about' "A smaller 'domain.size'"
nothing_made "$work/huge" 'too large a lattice'

# Ranks of different builds: a copy of the program with another build id. And of different command lines.
id=$(readelf -n "$marrow" | sed -n 's/.*Build ID: //p')
place=$(LC_ALL=C grep -obUaP "$(sed 's/../\\x&/g' <<<"$id")" "$marrow" | head -n 1 | cut -d : -f 1)
cp "$marrow" "$work/other"
printf '\x00\x11' | dd of="$work/other" bs=1 seek="$place" conv=notrunc status=none
mixed() { # WHAT TEXT COMMAND…: started with rank 0 of the one kind, ranks 1 and 2 of the other
  local what=$1 text=$2 code=0
  shift 2
  timeout 100 "$mpiexec" --oversubscribe --quiet -n 1 "$marrow" run "$scenario" -o "$work/mixed" : -n 2 "$@" \
    >"$said" 2>&1 </dev/null || code=$?
  ended_with 2 "$what" "$text" 'nothing was computed'
  nothing_made "$work/mixed" "$what"
}
mixed 'two builds' 'ranks 1 to 2 were started with another program than rank 0' \
  "$work/other" run "$scenario" -o "$work/mixed"
mixed 'two scenarios' 'ranks 1 to 2 were started with other arguments than rank 0' \
  "$marrow" run "$here/../../scenarios/saa_untreated.yaml" -o "$work/mixed"

# One rank dies, throws, or hangs.
MARROW_FAULT=kill@step:100,rank=0 run "$work/dead" 2
ended_with '137 143 1' 'a rank that dies'
healed "$work/dead" 'a rank that dies'
MARROW_FAULT=crash@step:100,rank=1 run "$work/crash" 2
ended_with 1 'an unexpected exception' 'rank 1' 'a crash was asked for'
healed "$work/crash" 'an unexpected exception'
MARROW_FAULT=hang@step:100,rank=1 run "$work/hang" 2 --watchdog '3 s'
ended_with 9 'a rank that hangs' 'no progress for 3 s' 'step:100' '--resume'
healed "$work/hang" 'a rank that hangs'
MARROW_FAULT=hang@begin:state,rank=1 run "$work/hang-begin" 2 --watchdog '3 s'
ended_with 9 'a rank that hangs before the first step' 'no progress for 3 s' 'begin:state'
healed "$work/hang-begin" 'a rank that hangs before the first step'
# A job that is suspended for longer than the watchdog's patience has not hung.
MARROW_FAULT=freeze@step:100 start "$work/asleep" 0 --watchdog '3 s'
until_true is_frozen "$(launcher_of)"
sleep 5
thaw "$(launcher_of)"
finish
ended_with 0 'a job that was suspended'
survived=$((survived + 1))

# Numbers that are none, in the patient and in a field of the lattice; a T cell that vanishes. None is saved.
MARROW_FAULT=sick@step:100,rank=1 run "$work/sick" 2
ended_with 6 'a number that is none' 'patient/neutrophils[0] is nan' 'hour 120' 'It was not saved'
healed "$work/sick" 'a number that is none'
MARROW_FAULT=poison@step:96,rank=1 run "$work/poison" 2
ended_with 6 'a level that is none' 'at hour 96 is sick: IFN-gamma at voxel (' ') is nan' \
  "the neighbourhood of the first of these voxels is in $work/poison/sick_hour_000000096.vti"
grep -q 'Name="ifn_level"' "$work/poison/sick_hour_000000096.vti" || fail 'a level that is none: no image of it'
grep -q '"exit_code": 6' "$work/poison/status.json" || fail 'a level that is none: status.json does not say so'
healed "$work/poison" 'a level that is none'
MARROW_FAULT=lose@step:100,rank=1 run "$work/lost" 2
ended_with 6 'a T cell that vanished' 'broken invariant at hour 101' 'T cells are there, but by their balance' \
  ' before + ' ' entered + ' ' born - ' ' died = '
healed "$work/lost" 'a T cell that vanished'

MARROW_FAULT=explode@step:1 run "$work/typo" 1
ended_with 2 'a fault that does not exist' 'MARROW_FAULT'
nothing_made "$work/typo" 'a fault that does not exist'
echo "bad days of ranks: $survived survived"
