#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# disk.sh MARROW MPIEXEC: disks that are full and files that may not grow, be written or be removed.
# (Faults 4, 5, 6, 24 of README.md.)
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
may_mount "$@"
calm_run

# No room for checkpoints: said with path, need and what is free; after three in a row it ends, and continues
# when there is room.
small_disk "$work/small" 600k
run "$work/small/run" 2
ended_with 4 'a full disk' "not enough space in $work/small/run/checkpoints: the checkpoint needs" 'free are' \
  'there is no good one yet'
mount -o remount,size=64m "$work/small"
healed "$work/small/run" 'a full disk'

# No room for what a start writes, whichever file it is that finds none: no checkpoint ever was, so that the run begins
# again when there is room. The first is full before the first frame, the second has too few names.
full() { # NAME OPTIONS
  local d=$work/full-$1/run
  small_disk "$work/full-$1" "$2"
  run "$d" 0 --set 'output.frames.every=2 d'
  ended_with 4 "a full disk ($2)"
  mount -o remount,size=64m,nr_inodes=1000 "$work/full-$1"
  run "$d" 2 --resume --set 'output.frames.every=2 d'
  ended_with 0 "a full disk ($2), continued"
  same_as_calm "$d" "a full disk ($2)"
}
full bytes 60k
full names 8m,nr_inodes=12

# Results that cannot be replaced (mount points: as on a file server that holds them fast): said, 4, and mended by the
# next start, which otherwise has nothing to do. The account of the run itself must be written before it goes on.
d=$work/held
run "$d" 2 --stop-at '4 d'
for file in events.csv phylogeny.nwk; do
  mount --bind "$d/$file" "$d/$file"
  mounted+=("$d/$file")
done
run "$d" 2 --resume
ended_with 4 'results that cannot be replaced' 'but events.csv, phylogeny.nwk could not be written'
for file in events.csv phylogeny.nwk; do umount "$d/$file"; done
mounted=("${mounted[@]:0:${#mounted[@]}-2}")
! cmp -s "$d/phylogeny.nwk" "$calm/phylogeny.nwk" || fail 'results that cannot be replaced: they were'
run "$d" 2 --resume
ended_with 0 'results that can be replaced again' 'its end was not written down'
same_as_calm "$d" 'results that can be replaced again'
run "$d" 2 --resume
ended_with 0 'results that were replaced' 'Nothing to do'
d=$work/silent
run "$d" 2 --stop-at '4 d'
mount --bind "$d/status.json" "$d/status.json"
run "$d" 2 --resume
umount "$d/status.json"
ended_with 4 'a status that cannot be replaced' "$d/status.json' cannot be written"
healed "$d" 'a status that cannot be replaced'

# What cannot be removed (a mount point: as a file of another user, or one still open on a network file system) is
# said once and is in nobody's way.
d=$work/leftover
for name in .partial-step_000000072 .partial-pruned-step_000000072; do small_disk "$d/checkpoints/$name" 64k; done
run "$d" 2 --resume --set 'checkpoint.keep_last=1'
ended_with 0 'leftovers that cannot be removed' 'cannot be removed' 'remove it by hand'
[[ $(grep -c 'cannot be removed' "$said") == 1 ]] || fail 'leftovers that cannot be removed: said more than once'
[[ -e $d/checkpoints/step_000000288/manifest.json && ! -e $d/checkpoints/step_000000072 ]] ||
  fail 'leftovers that cannot be removed: other checkpoints than there should be'
same_as_calm "$d" 'leftovers that cannot be removed'

# Nothing may be written: the whole place, or series.csv alone, before which nothing else is touched.
small_disk "$work/readonly" 1m
mount -o remount,ro "$work/readonly"
run "$work/readonly/run" 2
ended_with 4 'a read-only file system' "$work/readonly" 'read-only'
nothing_made "$work/readonly/run" 'a read-only file system'
d=$work/kept-series
run "$d" 2 --stop-at '4 d'
ended_with 75 'the first half'
provenance=$(cksum <"$d/provenance.json")
mount --bind "$d/series.csv" "$d/series.csv"
mount -o remount,bind,ro "$d/series.csv"
run "$d" 2 --resume
ended_with 4 'a series that may not be written' "$d/series.csv' cannot be opened for writing" 'mend that and resume again'
[[ $provenance == "$(cksum <"$d/provenance.json")" ]] || fail 'a series that may not be written: a segment was begun'
umount "$d/series.csv"
healed "$d" 'a series that may not be written'

# No room for frames: they are dropped, counted and said. A stopped run is to be continued all the same; what is lost
# stays counted, also when there is room again, and the end of the run says 4. Static frames come later.
frames=(--set 'output.frames.every=1 d')
d=$work/framed
small_disk "$d/frames" 8k
run "$d" 2 --resume "${frames[@]}" --stop-at '6 d'
ended_with 75 'no room for frames' 'frame dropped: ' 'frames could not be written' 'continue with'
grep -Eq '"outputs_lost": [1-9]' "$d/status.json" || fail 'no room for frames: status.json does not count them'
[[ ! -e $d/frames/tissue.vti ]] || fail 'no room for frames: there was room'
mount -o remount,size=64m "$d/frames"
run "$d" 2 --resume "${frames[@]}"
ended_with 4 'room for frames again' 'frames could not be written'
same_as_calm "$d" 'room for frames again'
for file in tissue.vti niches.vtp cells_000000288.vtp; do
  [[ -e $d/frames/$file ]] || fail "room for frames again: no $file"
done
[[ -e $d/checkpoints/step_000000288/manifest.json ]] || fail 'no room for frames: no last checkpoint'
run "$d" 2 --resume "${frames[@]}"
ended_with 4 'frames that are lost for good' 'is finished' 'frames could not be written'

# The disk is full for a while: rows of the series wait in memory and none is lost.
small_disk "$work/tide" 3m
long=(--set 'run.duration=30 d' --set 'checkpoint.every=30 d')
calm=$work/long-calm
run "$calm" 0 "${long[@]}" --set 'output.series.every=1 h'
ended_with 0 'the long calm run'
MARROW_FAULT='freeze@step:100;freeze@step:300' start "$work/tide/run" 0 "${long[@]}" --set 'output.series.every=1 h'
until_true is_frozen "$(launcher_of)"
dd if=/dev/zero of="$work/tide/ballast" bs=4096 2>/dev/null || true
thaw "$(launcher_of)"
until_true grep -q 'rows are kept in memory' "$said"
until_true is_frozen "$(launcher_of)"
rm "$work/tide/ballast"
thaw "$(launcher_of)"
finish
ended_with 0 'a disk that was full for a while'
same_as_calm "$work/tide/run" 'a disk that was full for a while'
calm=$work/calm

# Files may not grow beyond 40 KiB: as a full disk, and no crash at the end. The limit would stop a launcher,
# so the program runs alone, and MPI keeps its notes in memory instead of in files.
export PMIX_MCA_gds=hash
(ulimit -f 40 && run "$work/limited" 0 && exit "$code") && code=0 || code=$?
ended_with 4 'a limit of file size' 'ulimit -f' 'state.h5 needs' '3 checkpoints in a row failed'
healed "$work/limited" 'a limit of file size'
# 8 KiB: not even the scenario with its defaults can be written. Said before anything is computed.
(ulimit -f 8 && run "$work/tight" 0 && exit "$code") && code=0 || code=$?
ended_with 4 'a tight limit of file size' 'scenario.effective.yaml'
echo "bad days of disks: $survived survived"
