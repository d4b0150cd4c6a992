#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# ranks.sh MARROW MPIEXEC: each shipped scenario, shortened, on 1, 2, 3, 4, 6 and 8 ranks, and stopped and
# resumed on other numbers of ranks: one digest, one series.csv to the byte, checkpoints that compare equal.
set -euo pipefail
marrow=$1 mpiexec=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/scenarios.sh"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# run RANKS SCENARIO DIR [options]: the run, its messages kept for a failure; the exit code is returned.
run() {
  local ranks=$1 scenario=$2 directory=$3 code=0 set=()
  shift 3
  while IFS= read -r setting; do set+=(--set "$setting"); done < <(settings_of "$scenario")
  timeout 120 "$mpiexec" -n "$ranks" --oversubscribe --quiet "$marrow" run \
    "$here/../../scenarios/$scenario.yaml" -o "$directory" "${set[@]}" "$@" \
    >"$work/output" 2>&1 </dev/null || code=$?
  return "$code"
}

expect() {
  local wanted=$1 code=0
  shift
  "$@" || code=$?
  if [[ $code != "$wanted" ]]; then
    cat "$work/output" >&2
    fail "$* ended with $code instead of $wanted"
  fi
}

for scenario in "${shipped[@]}"; do
  whole=$work/$scenario-1
  expect 0 run 1 "$scenario" "$whole"
  for ranks in 2 3 4 6 8; do
    expect 0 run "$ranks" "$scenario" "$work/$scenario-$ranks"
    cmp "$whole/series.csv" "$work/$scenario-$ranks/series.csv" || fail "$scenario on $ranks ranks"
    "$marrow" compare "$whole" "$work/$scenario-$ranks" >"$work/output" ||
      { cat "$work/output" >&2 && fail "$scenario: checkpoints of $ranks ranks differ"; }
  done
  parts=$work/$scenario-parts
  expect 75 run 3 "$scenario" "$parts" --stop-at '3 d'
  expect 75 run 1 "$scenario" "$parts" --resume --stop-at '7 d'
  expect 0 run 4 "$scenario" "$parts" --resume
  cmp "$whole/series.csv" "$parts/series.csv" || fail "$scenario stopped and resumed"
  tail -n 1 "$whole/series.csv" | grep -Eq ',[0-9a-f]{16}$' || fail "$scenario: no digest in its series"
  echo "$scenario: one digest on 1, 2, 3, 4, 6, 8 ranks and over two restarts"
done
[[ $(tail -n 1 "$work/saa_untreated-1/series.csv") != $(tail -n 1 "$work/protective_clone_remission-1/series.csv") ]] ||
  fail "two different scenarios have the same last row"
