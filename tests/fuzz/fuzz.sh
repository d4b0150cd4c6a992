#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The readers on hostile bytes (README.md).
#
#   fuzz.sh short SOURCE BUILD [SECONDS]    what CTest runs: the files that read, all targets at once, for a few seconds
#   fuzz.sh long SOURCE BUILD [SECONDS]     all of io/ instrumented, all targets at once, for ten minutes
#
# BUILD is a finished build; everything made here is below BUILD/fuzz-short or BUILD/fuzz-long. What a target chokes on
# stays in found/ there. The long run keeps its corpus and goes on from it the next time.
set -euo pipefail
length=$1 source_tree=$(cd -- "$2" && pwd) build=$(cd -- "$3" && pwd)
case $length in
  short) seconds=${4:-8} whole=OFF ;;
  long) seconds=${4:-600} whole=ON ;;
  *) echo "usage: fuzz.sh short|long SOURCE BUILD [SECONDS]" >&2 && exit 2 ;;
esac
here=$source_tree/tests/fuzz work=$build/fuzz-$length
[[ ! -w /dev/shm ]] || export TMPDIR=/dev/shm  # every input is a file
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
# HDF5 and VTK keep memory after they refuse a file; only the readers without them are held to giving all of it back.
export ASAN_OPTIONS=quarantine_size_mb=32:malloc_context_size=8:detect_leaks=0

quietly() { # WHAT COMMAND…
  local what=$1 said=$work/said
  shift
  "$@" >"$said" 2>&1 </dev/null || { tail -n 30 "$said" >&2 && echo "FAILED: $what" >&2 && exit 1; }
}

mkdir -p "$work/found"
quietly configure cmake -S "$source_tree" -B "$work/build" -DMARROW_FUZZ=ON -DMARROW_FUZZ_LIBRARIES="$build" \
  -DMARROW_FUZZ_WHOLE=$whole -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++
quietly build cmake --build "$work/build" --parallel 2

# Checkpoints as this program writes them; the other seeds are in the tree.
seeds=$work/seeds
rm -rf -- "$seeds"
mkdir -p "$seeds/manifest" "$seeds/state"
checkpoint_of() { # NAME [--set VALUE]…: a run of two hours leaves its checkpoint as a seed
  local name=$1 directory=$work/seeds/run_$1
  shift
  quietly "run for $name" timeout 120 "$build/marrow" run "$source_tree/scenarios/saa_untreated.yaml" \
    -o "$directory" --set 'run.duration=2 h' --set 'tcells.trigger.at=1 h' --set 'domain.size=[16,16,16]' \
    --set 'niches.density=3000 /mm^3' "$@"
  cp -- "$directory"/checkpoints/step_000000002/state.h5 "$seeds/state/$name.h5"
  cp -- "$directory"/checkpoints/step_000000002/manifest.json "$seeds/manifest/$name.json"
}
checkpoint_of procedural
# 16 slices of which the digits are the voxels: half of each is bone.
{
  printf 'NRRD0004\ntype: uint8\ndimension: 3\nsizes: 16 16 16\nencoding: raw\nspacings: 10 10 10\n\n'
  for ((z = 0; z < 16; ++z)); do printf '%0128d' 0 && printf '%0128d' 0 | tr 0 1; done
} >"$seeds/slab.nrrd"
checkpoint_of imported --set 'tissue.source=image' --set 'tissue.image.bone_threshold=49' \
  --set "tissue.image.file=$seeds/slab.nrrd"

export MARROW_FUZZ_STATE=$seeds/state/imported.h5  # what recipes change

# Every quoted word of the schema: the keys of a scenario and the words that they take.
grep -oE '"[a-z][a-z_]*"' "$source_tree/scenarios/scenario.schema.json" | sort -u >"$work/scenario.dict"

# fuzz TARGET LARGEST_INPUT [option]… folder…: runs until the time is over or a promise is broken.
fuzz() {
  local target=$1 largest=$2 status=0 log=$work/$1.log corpus=$work/corpus/$1
  shift 2
  [[ $length == long ]] || rm -rf -- "$corpus"
  mkdir -p "$corpus"
  timeout $((seconds + 300)) nice "$work/build/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -max_len="$largest" \
    -timeout=30 -rss_limit_mb=3000 -print_final_stats=1 -artifact_prefix="$work/found/$target-" "$corpus" \
    "$@" $([[ ! -d $here/regressions/$target ]] || echo "$here/regressions/$target") >"$log" 2>&1 </dev/null || status=$?
  if ((status != 0)); then
    grep -aE 'ERROR|SUMMARY|runtime error|broken promise|Test unit written' "$log" >&2 || tail -n 20 "$log" >&2
    echo "FAILED: fuzz_$target (all it said: $log)" >&2
    return 1
  fi
  printf '%-9s %8d inputs in %d s, %d edges of the code reached, nothing broken\n' "$target" \
    "$(sed -nE 's/^stat::number_of_executed_units: *//p' "$log")" "$seconds" \
    "$(grep -aoE ' cov: [0-9]+' "$log" | tail -n 1 | grep -oE '[0-9]+')"
}

running=()
ASAN_OPTIONS+=:detect_leaks=1 fuzz scenario 20000 -dict="$work/scenario.dict" "$source_tree/scenarios" \
  "$source_tree/tests/data/scenarios/bad" & running+=($!)
ASAN_OPTIONS+=:detect_leaks=1 fuzz manifest 20000 "$seeds/manifest" & running+=($!)
fuzz state 100000 -detect_leaks=0 "$seeds/state" & running+=($!)
fuzz image 20000 -detect_leaks=0 "$here/seeds/image" & running+=($!)
status=0
for one in "${running[@]}"; do wait "$one" || status=1; done
exit $status
