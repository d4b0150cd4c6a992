#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A run that is struck again and again (killed at random moments and at named places, one rank or all of it,
# asked to stop by signals), continued each time on another number of ranks, its newest checkpoint damaged now
# and then, ends as if nothing had happened: the same state, and series.csv, events.csv, phylogeny.nwk and
# frames the same to the byte.
#
#   storm.sh MARROW MPIEXEC [KILLS] [SEED]
set -euo pipefail
marrow=$1 mpiexec=$2 kills_wanted=${3:-10}
RANDOM=${4:-1}
source "$(dirname -- "${BASH_SOURCE[0]}")/../repro/scenarios.sh"
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_hwloc_base_binding_policy=none
export OMPI_MCA_mpi_yield_when_idle=1  # up to four ranks share what cores there are
voyages_of=(protective_clone_remission horse_atg_csa)
places=(checkpoint:space checkpoint:created checkpoint:write:1 checkpoint:write:3 checkpoint:closed checkpoint:verified
  checkpoint:manifest checkpoint:renamed checkpoint:pruned series frame)
declare -A tally

broken() { tail -n 20 "$2" >&2 && fail "$1"; }
between() { echo $(($1 + RANDOM % ($2 - $1 + 1))); }
count() { tally[$1]=$((${tally[$1]:-0} + 1)); }
newest_of() { find "$1/checkpoints" -maxdepth 1 -name 'step_*' 2>/dev/null | sort | tail -n 1 || true; }

# start NAME DIRECTORY RANKS [FAULT]: in a session of its own, so that all of it can be found and killed.
start() {
  local sets=() value
  while read -r value; do sets+=(--set "$value"); done < <(settings_of "$1")
  : >"$2.out"
  MARROW_FAULT=${4:-} setsid timeout 600 "$mpiexec" --oversubscribe -n "$3" "$marrow" run \
    "$root/scenarios/$1.yaml" --resume --break-lock -o "$2" "${sets[@]}" --set 'run.duration=40 d' \
    --set 'checkpoint.every=1 d' --set 'checkpoint.keep_last=3' --set 'output.frames.every=2 d' \
    >>"$2.out" 2>&1 </dev/null &
  job=$!
}

# One file of the newest checkpoint loses its tail, its content or a byte. Never the only one, and never two in
# a row: of three one must be left.
damage_newest() {
  local newest file size
  newest=$(newest_of "$1")
  [[ $(find "$1/checkpoints" -maxdepth 1 -name 'step_*' | wc -l) -ge 2 && (! -e $1.damaged || $newest -nt $1.damaged) ]] || return 0
  file=$newest/$( ((RANDOM % 3)) && echo state.h5 || echo manifest.json)
  size=$(stat -c %s "$file")
  case $((RANDOM % 3)) in
    0) truncate -s $((size * (RANDOM % 100) / 100)) "$file" ;;
    1) printf '\x5a' | dd of="$file" bs=1 seek=$((size * (RANDOM % 100) / 100)) conv=notrunc status=none ;;
    2) : >"$file" ;;
  esac
  count 'checkpoint damaged'
  touch "$1.damaged"
}

# A place for the next kill: a named one, or an hour soon after the newest checkpoint; on one rank or all.
choose_fault() { # DIRECTORY RANKS
  local newest where
  newest=$(newest_of "$1")
  newest=${newest##*step_}
  where=${places[RANDOM % ${#places[@]}]}
  ((RANDOM % 4)) || where=step:$((10#${newest:-0} + RANDOM % 100))
  fault=kill@$where
  if ((RANDOM % 2)); then fault+=,rank=$((RANDOM % $2)); fi
}

# The launcher gives every rank a process group of its own, but all stay in the job's session.
ranks_of_job() { pgrep -s "$job" -x -- "$(basename -- "$marrow")" || true; }

# Where the run was when it died, from what it has left.
moment() { # DIRECTORY
  if compgen -G "$1/checkpoints/.partial-*" >/dev/null; then
    echo 'writing a checkpoint'
  elif compgen -G "$1/frames/*.partial" >/dev/null; then
    echo 'writing a frame'
  elif grep -qE '(starting|resuming) at hour' "$1.out"; then
    echo 'computing'
  else
    echo 'setting up'
  fi
}

# Kills the job, or one of its ranks, after a random time; returns 1 when it was over before. How: $struck.
strike() {
  sleep "$(between 0 "$longest_s").$(between 100 999)"
  kill -0 "$job" 2>/dev/null || return 1
  local ranks
  mapfile -t ranks < <(ranks_of_job)
  if ((${#ranks[@]} > 0 && RANDOM % 2)); then
    struck='one rank suddenly'
    kill -9 "${ranks[RANDOM % ${#ranks[@]}]}" 2>/dev/null || return 1
  else
    struck='all of it suddenly'
    { pkill -9 -s "$job" || return 1; wait "$job" || true; } 2>/dev/null
  fi
}

# A polite request by the launcher or to one rank: USR1 or TERM. The run ends by itself, or the launcher ends it.
request() {
  sleep "$(between 0 "$longest_s").$(between 100 999)"
  local signal=USR1 ranks code=0
  ((RANDOM % 2)) || signal=TERM
  mapfile -t ranks < <(ranks_of_job)
  ((${#ranks[@]} > 0)) || return 1
  grep -qE '(starting|resuming) at hour' "$1.out" || return 1
  kill "-$signal" "${ranks[RANDOM % ${#ranks[@]}]}" 2>/dev/null || return 1
  wait "$job" || code=$?
  case $code in
    0) ;;
    75) count "stopped by $signal with a checkpoint" ;;
    *) broken "$signal was answered with $code" "$1.out" ;;
  esac
}

# Ranks whose launcher is dead end by themselves; the next start must not meet them.
bury() {
  wait "$job" 2>/dev/null || true
  for _ in $(seq 100); do pgrep -f -- "-o $1 " >/dev/null || break; sleep 0.1; done
  pkill -9 -f -- "-o $1 " || true
}

killed() { # DIRECTORY HOW
  bury "$1"
  count "killed $2 while $(moment "$1")"
  kills=$((kills + 1))
  ((RANDOM % 4)) || damage_newest "$1"
}

# Everything that the run is for is what the calm run has.
differs() { # CALM RUN
  local file different=0
  for file in series.csv events.csv phylogeny.nwk frames; do
    diff -rq "$1/$file" "$2/$file" || different=1
  done
  diff "$1/series.csv" "$2/series.csv" | head -n 4
  "$marrow" compare "$1" "$2" >"$2.compared" || { cat "$2.compared"; different=1; }
  find "$2" -name '*partial*' -o -name '.marrow-*' -o -name LOCK | grep . && different=1
  return $((1 - different))
}

# Struck until it is through or the storm is over; then continued to its end.
voyage() { # NAME DIRECTORY
  local ranks fault code
  while true; do
    ranks=$(between 1 4) fault=
    if ((kills < kills_wanted && RANDOM % 3 == 0)); then
      choose_fault "$2" "$ranks"
      start "$1" "$2" "$ranks" "$fault"
      code=0
      wait "$job" || code=$?
      ((code == 0)) && return
      ((code == 137 || code == 143)) || broken "$1: $fault ended with $code" "$2.out"
      fault=${fault#kill@} fault=${fault%%,*}
      killed "$2" "by plan at ${fault/#step:*/an hour}"
      continue
    fi
    start "$1" "$2" "$ranks"
    if ((kills < kills_wanted)); then
      if ((RANDOM % 8 == 0)); then
        request "$2" && continue
      elif strike; then
        killed "$2" "$struck"
        continue
      fi
    fi
    wait "$job" || broken "$1: continuing after $kills kills ended with $?" "$2.out"
    return
  done
}

kills=0 voyages=0 differences=0 longest_s=2 struck=
while ((kills < kills_wanted)); do
  name=${voyages_of[voyages % ${#voyages_of[@]}]}
  run=$work/$name.$voyages calm=$work/$name.calm
  if [[ ! -d $calm ]]; then
    began=$SECONDS
    start "$name" "$calm" 2
    wait "$job" || broken "$name: the calm run ended with $?" "$calm.out"
    longest_s=$(((SECONDS - began) / 4 + 2))
  fi
  voyage "$name" "$run"
  if differs "$calm" "$run"; then differences=$((differences + 1)); fi
  voyages=$((voyages + 1))
done
for kind in "${!tally[@]}"; do printf '%5d  %s\n' "${tally[$kind]}" "$kind"; done | sort -k2
echo "storm: $kills kills, $voyages runs finished, $differences differences"
((differences == 0))
