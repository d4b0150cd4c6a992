#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A run that is killed again and again, at random moments, one rank or all, continued each time on
# another number of ranks, its newest checkpoint damaged now and then, ends as if nothing had
# happened: the same digest, the same series.csv to the byte.
#
#   storm.sh MARROW MPIEXEC [KILLS] [SEED]
set -euo pipefail
marrow=$1 mpiexec=$2 kills_wanted=${3:-10}
RANDOM=${4:-1}
source "$(dirname -- "${BASH_SOURCE[0]}")/../repro/scenarios.sh"
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
voyages_of=(protective_clone_remission horse_atg_csa)

broken() { tail -n 20 "$2" >&2 && fail "$1"; }
between() { echo $(($1 + RANDOM % ($2 - $1 + 1))); }

# start NAME DIRECTORY RANKS: in a process group of its own, so that all of it can be killed.
start() {
  local sets=() value
  while read -r value; do sets+=(--set "$value"); done < <(settings_of "$1")
  setsid timeout 120 "$mpiexec" --oversubscribe -n "$3" "$marrow" run "$root/scenarios/$1.yaml" \
    --resume --break-lock -o "$2" "${sets[@]}" --set 'run.duration=100 d' --set 'checkpoint.every=2 d' \
    --set 'checkpoint.keep_last=3' >>"$2.out" 2>&1 </dev/null &
  job=$!
}

# One file of the newest checkpoint loses its tail, its content or a byte. Never two checkpoints in a row: of
# three one must be left.
damage_newest() {
  local newest file size
  newest=$(find "$1/checkpoints" -maxdepth 1 -name 'step_*' 2>/dev/null | sort | tail -1)
  [[ -n $newest && (! -e $1.damaged || $newest -nt $1.damaged) ]] || return 0
  file=$newest/$( ((RANDOM % 3)) && echo state.h5 || echo manifest.json)
  size=$(stat -c %s "$file")
  case $((RANDOM % 3)) in
    0) truncate -s $((size * (RANDOM % 100) / 100)) "$file" ;;
    1) printf '\x5a' | dd of="$file" bs=1 seek=$((size * (RANDOM % 100) / 100)) conv=notrunc status=none ;;
    2) : >"$file" ;;
  esac
  damaged=$((damaged + 1))
  touch "$1.damaged"
}

# Kills the job, or one of its ranks, after a random time; returns 1 when it was over before.
strike() {
  sleep "$(between 0 2).$(between 100 999)"
  kill -0 "$job" 2>/dev/null || return 1
  local ranks
  mapfile -t ranks < <(pgrep -g "$job" -x marrow || true)
  if ((${#ranks[@]} > 0 && RANDOM % 2)); then
    kill -9 "${ranks[RANDOM % ${#ranks[@]}]}" 2>/dev/null || return 1
  else
    kill -9 -- "-$job" 2>/dev/null || return 1
  fi
}

kills=0 damaged=0 voyages=0 differences=0
while ((kills < kills_wanted)); do
  name=${voyages_of[voyages % ${#voyages_of[@]}]}
  run=$work/$name.$voyages
  calm=$work/$name.calm
  if [[ ! -d $calm ]]; then
    start "$name" "$calm" 2
    wait "$job" || broken "$name: the calm run ended with $?" "$calm.out"
  fi
  while true; do
    start "$name" "$run" "$(between 1 4)"
    if ((kills < kills_wanted)) && strike; then
      kills=$((kills + 1))
      wait "$job" 2>/dev/null || true
      # Ranks whose launcher is dead end by themselves; the next start must not meet them.
      for _ in $(seq 100); do pgrep -f -- "-o $run " >/dev/null || break; sleep 0.1; done
      pkill -9 -f -- "-o $run " || true
      ((RANDOM % 4)) || damage_newest "$run"
      continue
    fi
    wait "$job" || broken "$name: continuing after $kills kills ended with $?" "$run.out"
    break
  done
  cmp -s "$calm/series.csv" "$run/series.csv" || {
    differences=$((differences + 1))
    diff "$calm/series.csv" "$run/series.csv" | head -4
  }
  voyages=$((voyages + 1))
done
echo "storm: $kills kills, $damaged checkpoints damaged, $voyages runs finished, $differences differences"
((differences == 0))
