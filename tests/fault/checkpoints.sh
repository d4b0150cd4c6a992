#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# checkpoints.sh MARROW MPIEXEC: killed while it writes a checkpoint, a write that fails on one rank, files that
# are not what they were. (Faults 1, 2, 3, 7, 8, 9, 16 of README.md.)
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
calm_run

# Killed at each point of the protocol: one rank and all of them in turn.
who=
for point in space created write:1 closed verified manifest renamed pruned; do
  [[ -z $who ]] && who=,rank=1 || who=
  d=$work/kill-$point
  MARROW_FAULT=kill@checkpoint:$point$who run "$d" 2
  ended_with '137 143 1' "killed at $point$who"
  healed "$d" "killed at $point$who"
  [[ -z $(find "$d/checkpoints" -name '.partial*') ]] || fail "killed at $point$who: partial files are left"
done

# A write that fails on one rank is the same failure everywhere: the run goes on, the next checkpoint is good.
for point in created closed verified; do
  d=$work/fail-$point
  MARROW_FAULT=fail@checkpoint:$point,rank=1 run "$d" 2
  ended_with 0 "failed at $point" 'checkpoint at hour 72 failed' 'asked for at'
  same_as_calm "$d" "failed at $point"
done
# An exception in a write is one, too; after three failures in a row going on would be in vain.
d=$work/crash-everywhere
MARROW_FAULT='crash@checkpoint:created,rank=1;fail@checkpoint:closed;crash@checkpoint:verified' run "$d" 2
ended_with 4 'three failures in a row' '3 checkpoints in a row failed' 'there is no good one yet'
healed "$d" 'three failures in a row'

# The newest checkpoint of a run that was stopped half-way is spoilt: it is named with the reason, the one
# before serves.
run "$work/half" 2 --stop-at '7 d'
ended_with 75 'the first half'
newest=$(basename "$(find "$work/half/checkpoints" -name 'step_*' | sort | tail -n 1)")
# Checkpoints that cannot be seen are not checkpoints that never were: nothing starts again over the results.
unseen() { # CODE WHAT-IT-SAYS
  local before
  before=$(find "$work/unseen" -printf '%P %s %T@\n' | sort)
  run "$work/unseen" 2 --resume
  ended_with "$1" "checkpoints that cannot be seen ($2)" "$work/unseen/checkpoints" "$2"
  [[ $before == "$(find "$work/unseen" -printf '%P %s %T@\n' | sort)" ]] || fail "it touched the run ($2)"
  survived=$((survived + 1))
}
cp -r "$work/half" "$work/unseen"
mv "$work/unseen/checkpoints" "$work/elsewhere"
unseen 5 'Put them back'
mkdir "$work/unseen/checkpoints"
unseen 5 'Put them back'
rmdir "$work/unseen/checkpoints"
ln -s "$work/unmounted" "$work/unseen/checkpoints"
unseen 4 'No such file or directory'
rm "$work/unseen/checkpoints"
mv "$work/elsewhere" "$work/unseen/checkpoints"
healed "$work/unseen" 'checkpoints that were put back'

damaged() { # NAME WHAT-IT-SAYS COMMAND…
  local name=$1 d=$work/$1 text=$2
  shift 2
  cp -r "$work/half" "$d"
  (cd -- "$d/checkpoints/$newest" && "$@")
  run "$d" 3 --resume
  ended_with 0 "$name" "rejected $d/checkpoints/$newest" "$text"
  same_as_calm "$d" "$name"
}
damaged 'truncated state' 'truncated' truncate -s -1000 state.h5
damaged 'flipped bytes' 'is damaged' flip state.h5 70
damaged 'no state' 'state.h5' rm state.h5
damaged 'empty manifest' 'is empty: the checkpoint was never completed' truncate -s 0 manifest.json
damaged 'a manifest without its digest' "'digest' not found" sed -i s/digest/dugest/ manifest.json
elsewhere() { mv "$PWD" "$PWD/../../../moved-$1" && ln -s nowhere "$PWD"; }
damaged 'a link that leads nowhere' 'is a link that leads nowhere' elsewhere link
damaged 'a later format' '(format 999); this program reads 2: continue it with that version' \
  sed -i 's/"format": *[0-9]*/"format": 999/' manifest.json
# One that verifies, but whose state does not bear looking at: the one before serves, too.
cp -r "$work/half" "$work/unfit"
MARROW_FAULT=sick@begin:state,rank=1 run "$work/unfit" 2 --resume
ended_with 0 'an unfit state' "rejected $work/unfit/checkpoints/$newest" 'is sick'
same_as_calm "$work/unfit" 'an unfit state'
# The run went on from an older one, and was killed before it came to this hour again: no wrong word about its rows.
d=$work/overtaken
run "$d" 2 --stop-at '7 d' --set 'checkpoint.keep_last=5'
flip "$d/checkpoints/$newest/state.h5" 70
MARROW_FAULT=kill@step:150 run "$d" 2 --resume --set 'checkpoint.keep_last=5'
code=0
"$marrow" inspect --deep "$d" >"$said" || code=$?
ended_with 5 'a damaged checkpoint, inspected' 'UNUSABLE' '--resume continues here'
run "$d" 2 --resume --set 'checkpoint.keep_last=5'
ended_with 0 'a checkpoint that was overtaken' "rejected $d/checkpoints/$newest" 'has gone on from an older checkpoint'
same_as_calm "$d" 'a checkpoint that was overtaken'
# A byte of the series is another one: no checkpoint goes with it, and each is still worth a branch.
cp -r "$work/half" "$work/series"
flip "$work/series/series.csv" 20
run "$work/series" 2 --resume
ended_with 5 'a changed series' 'does not belong to it' '--branch CHECKPOINT -o NEW'
code=0
"$marrow" inspect --deep "$work/series" >"$said" || code=$?
ended_with 5 'a changed series, inspected' 'good; --resume passes it over: '
! grep -q 'continues here' "$said" || fail 'a changed series, inspected: it promises what --resume refuses'
"$marrow" status "$work/series" >"$said"
ended_with 5 'a changed series, its status' 'cannot be continued'
# Two equal ones of which one is damaged in what HDF5 itself reads.
cp -r "$work/half" "$work/header"
flip "$work/header/checkpoints/$newest/state.h5" 0
code=0
"$marrow" compare "$work/half" "$work/header" >"$said" || code=$?
ended_with 10 'a damaged header, compared' 'B is DAMAGED'
echo "bad days of checkpoints: $survived survived"
