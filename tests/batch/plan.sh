#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What `marrow plan` predicts against what runs on 1 and 2 ranks then take: memory of each rank and of all within 15 %,
# time within 30 %, the largest checkpoint and the largest frame of each kind within 15 %. Time is the processor time that all ranks together compute, on both sides: that of the
# calibration and that of the run, without what passes inside MPI, so that other work on the machine counts little. Wall
# time is shown and not judged. Prints the table.
#
#   plan.sh MARROW MPIEXEC SCENARIOS COMPUTE_TIME
set -euo pipefail
marrow=$1 mpiexec=$2 scenarios=$3 compute_time=$4
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/repro/scenarios.sh
source "$here/../repro/scenarios.sh"
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_mpi_yield_when_idle=1
export OMPI_MCA_hwloc_base_binding_policy=none
export MARROW_COMPUTE_TIME=$work/computed
wrong=0

field() { sed -n "s/.*\"$1\": \([0-9.e+-]*\).*/\1/p" "$work/plan"; }

# near NAME PREDICTED REAL TOLERANCE: prints the row, and counts it if the prediction is too far off.
near() {
  awk -v name="$1" -v predicted="$2" -v real="$3" -v tolerance="$4" 'BEGIN {
    if (real == 0 && predicted == 0) exit 0
    error = real > 0 ? predicted / real - 1 : 1
    bad = error > tolerance || error < -tolerance
    printf "  %-28s predicted %10.4g  real %10.4g  %+6.1f %%%s\n", name, predicted, real, 100 * error, bad ? "  TOO FAR" : ""
    exit bad }' || wrong=$((wrong + 1))
}

# watch_memory LAUNCHER: the largest peak memory, and the sum of them, in bytes, of the marrow processes it has started,
# until it ends.
watch_memory() {
  local launcher=$1 pid kb
  local -A peak=()
  while kill -0 "$launcher" 2>/dev/null; do
    for pid in "$launcher" $(pgrep -P "$launcher"); do
      [[ $(cat "/proc/$pid/comm" 2>/dev/null) == marrow ]] || continue
      kb=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$pid/status" 2>/dev/null) || true
      if ((${kb:-0} > ${peak[$pid]:-0})); then peak[$pid]=$kb; fi
    done
    sleep 0.02
  done
  printf '%s\n' "${peak[@]}" | awk '{ all += $1; if ($1 > most) most = $1 } END { print most * 1024, all * 1024 }'
}

# try SCENARIO RANKS [options]
try() {
  local scenario=$scenarios/$1.yaml ranks=$2 run=$work/run most all kind launch=(env)
  shift 2
  printf '%s on %s rank(s): %s\n' "$(basename "$scenario")" "$ranks" "$*"
  rm -rf -- "$run"
  "$marrow" plan "$scenario" --ranks "$ranks" --format json "$@" >"$work/plan"
  if ((ranks > 1)); then launch=("$mpiexec" --oversubscribe -n "$ranks"); fi
  : >"$work/computed"
  TIMEFORMAT='%R'
  { time "${launch[@]}" env LD_PRELOAD="$compute_time" "$marrow" run "$scenario" -o "$run" "$@" >"$work/said" 2>&1; } 2>"$work/wall" </dev/null &
  local job=$!
  until pgrep -P "$job" >/dev/null || ! kill -0 "$job" 2>/dev/null; do sleep 0.01; done
  read -r most all <<<"$(watch_memory "$(pgrep -P "$job")")"
  wait "$job" || { cat "$work/said" >&2; fail "$(basename "$scenario") did not run"; }
  near 'memory of a rank, bytes' "$(field memory_per_rank_bytes)" "$most" 0.15
  if ((ranks > 1)); then near 'memory of all ranks, bytes' "$(field memory_per_node_bytes)" "$all" 0.15; fi
  (($(wc -l <"$work/computed") == ranks)) || fail "$(wc -l <"$work/computed") ranks told their time instead of $ranks"
  near 'processor time, s' "$(field processor_s)" "$(awk '{ all += $1 } END { print all }' "$work/computed")" 0.30
  awk -v predicted="$(field run_s)" '{ printf "  %-28s predicted %10.4g  here %10.4g\n", "wall time, s", predicted, $1 }' "$work/wall"
  near 'largest checkpoint, bytes' "$(field checkpoint_bytes)" "$(largest "$run"/checkpoints/*/state.h5)" 0.15
  for kind in tissue niches cells fields signals; do
    near "largest $kind frame, bytes" "$(field "${kind}_frame_bytes")" "$(largest "$run/frames/$kind"*.vt[ip])" 0.15
  done
}

# largest FILE…: bytes of the largest of them, 0 if there is none.
largest() { { stat -c %s -- "$@" 2>/dev/null || echo 0; } | sort -n | tail -n 1; }

# A node of one rank must hold the largest rank, and every further one counts.
node_of() { "$marrow" plan "$scenarios/saa_untreated.yaml" --no-calibration --format json --set 'output.frames.every=1 d' \
  --ranks 8 --ranks-per-node "$1" >"$work/plan" && field memory_per_node_bytes; }
alone=$(node_of 1)
[[ $alone == "$(field memory_per_rank_bytes)" ]] || fail "a node of one rank needs $alone, the rank $(field memory_per_rank_bytes)"
awk -v one="$alone" -v two="$(node_of 2)" -v all="$(node_of 8)" 'BEGIN { exit !(two > one && all > two) }' ||
  fail 'nodes of more ranks do not need more memory'

"$marrow" plan "$scenarios/healthy_adult.yaml" --no-calibration --time bogus >"$work/said" 2>&1 &&
  fail 'a wrong --time was accepted'
[[ $(cat "$work/said") == *bogus* && $(cat "$work/said") != *lattice* ]] || fail "a wrong --time: $(cat "$work/said")"

# Hours without T cells exchange nothing: a late attack sends little.
messages_s() { "$marrow" plan "$scenarios/saa_untreated.yaml" --ranks 2 --format json --set 'domain.size=[64, 64, 64]' \
  --set 'run.duration=60 d' --set 'tcells.trigger.influx=100 /mm^3' --set "tcells.trigger.at=$1" >"$work/plan" && field messages_s; }
awk -v early="$(messages_s '1 d')" -v late="$(messages_s '55 d')" 'BEGIN { exit !(late > 0 && late < early / 4) }' ||
  fail 'messages are charged for hours without T cells'

said() { grep -q -- "$1" "$work/said" || fail "plan should say '$1': $(cat "$work/said")"; }
# A node too small for what it is asked for, and one that holds some of the ranks.
"$marrow" plan "$scenarios/saa_untreated.yaml" --ranks 8 --memory-per-node 300MB >"$work/said"
said '^  memory of a node .* of 300 MB$'
said 'warning: .* on a node fit, .* nodes in all'
"$marrow" plan "$scenarios/saa_untreated.yaml" --ranks 2 --memory-per-node 20MB >"$work/said"
said 'largest sensible ranks  *none: '
said 'too little for one rank'

for ranks in 1 2; do
  try healthy_adult "$ranks" --set 'domain.size=[128, 128, 128]'
  try saa_untreated "$ranks" --set 'domain.size=[128, 128, 128]' --set 'run.duration=200 d' --set 'tcells.trigger.influx=10 /mm^3'
  try protective_clone_remission "$ranks" --set 'domain.size=[160, 160, 160]' --set tcells.motion=kernel \
    --set 'tcells.trigger.influx=10 /mm^3'
done
cytokines=(--set 'signals.period=1 d' --set 'domain.size=[96, 96, 96]' --set 'run.duration=30 d' --set 'tcells.trigger.at=2 d'
  --set 'tcells.trigger.influx=100 /mm^3' --set 'output.frames.every=5 d' --set 'checkpoint.every=10 d')
try saa_untreated 1 "${cytokines[@]}"
# A small box with many exchanges of thin ghost layers.
try hop_rate_ablation 2 --set 'run.duration=80 d'
((wrong == 0)) || fail "$wrong predictions were too far from what runs took"
echo 'plan: all predictions hold'
