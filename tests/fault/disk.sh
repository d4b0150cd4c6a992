#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# disk.sh MARROW MPIEXEC: disks that are full and files that may not grow. (Faults 4, 5, 6 of README.md.)
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
calm_run

# No room for checkpoints: said with path, need and what is free; after three in a row it ends, and continues
# when there is room.
if small_disk "$work/small" 600k; then
  run "$work/small/run" 2
  ended_with 4 'a full disk' "not enough space in $work/small/run/checkpoints: the checkpoint needs" 'free are' \
    'there is no good one yet'
  mount -o remount,size=64m "$work/small"
  healed "$work/small/run" 'a full disk'
else
  echo 'full disks: not tried, mounting is not allowed here'
fi

# No room for frames: they are dropped, counted and said; all else is as it should be, but the exit code is 4.
if small_disk "$work/framed/frames" 64k; then
  run "$work/framed" 2 --resume --set 'output.frames.every=1 d'
  ended_with 4 'no room for frames' 'frame dropped: ' 'frames could not be written'
  grep -Eq '"outputs_lost": [1-9]' "$work/framed/status.json" || fail 'no room for frames: status.json does not count them'
  same_as_calm "$work/framed" 'no room for frames'
  [[ -e $work/framed/checkpoints/step_000000288/manifest.json ]] || fail 'no room for frames: no last checkpoint'
  run "$work/framed" 2 --resume --set 'output.frames.every=1 d'
  ended_with 4 'frames that are lost for good' 'is finished' 'frames could not be written'
fi

# The disk is full for a while: rows of the series wait in memory and none is lost.
if small_disk "$work/tide" 3m; then
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
fi

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
