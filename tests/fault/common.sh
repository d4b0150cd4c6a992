# SPDX-License-Identifier: BSD-3-Clause
# What the scripts of this folder share; sourced with their arguments MARROW MPIEXEC. A bad day is caused with
# run, held against what should have happened with ended_with, and made good with healed.
set -euo pipefail
marrow=$1 mpiexec=$2
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
source "$here/../repro/scenarios.sh"
scenario=$here/../../scenarios/protective_clone_remission.yaml
work=$(mktemp -d)
mounted=()
cleanup() {
  local place
  for place in "${mounted[@]}"; do umount "$place" || true; done
  chmod -R u+w "$work" 2>/dev/null || true
  rm -rf -- "$work"
}
trap cleanup EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
# More ranks than cores, several jobs at a time: who waits makes room.
export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_hwloc_base_binding_policy=none
survived=0

sets=()
while IFS= read -r setting; do sets+=(--set "$setting"); done < <(settings_of protective_clone_remission)
sets+=(--set 'checkpoint.every=3 d')

said=$work/said
# run DIRECTORY RANKS [options]: its code is left in $code, what it said in $said. RANKS 0: without a launcher,
# which would be in the way of limits and signals.
run() {
  local directory=$1 ranks=$2 launcher=()
  shift 2
  ((ranks == 0)) || launcher=("$mpiexec" --oversubscribe --quiet -n "$ranks")
  code=0
  timeout 300 "${launcher[@]}" "$marrow" run "$scenario" -o "$directory" "${sets[@]}" "$@" \
    >"$said" 2>&1 </dev/null || code=$?
}
# The same in the background, in $job; finish waits for its code.
start() {
  local directory=$1 ranks=$2 launcher=()
  shift 2
  ((ranks == 0)) || launcher=("$mpiexec" --oversubscribe --quiet -n "$ranks")
  timeout 300 "${launcher[@]}" "$marrow" run "$scenario" -o "$directory" "${sets[@]}" "$@" \
    >"$said" 2>&1 </dev/null &
  job=$!
  while kill -0 "$job" 2>/dev/null && ! launcher_of >/dev/null; do sleep 0.02; done
}
finish() { code=0; wait "$job" || code=$?; }
# until_true COMMAND…: asks again and again, for at most 60 s.
until_true() {
  for _ in $(seq 600); do
    if "$@" 2>/dev/null; then return 0; fi
    sleep 0.1
  done
  tail -n 30 "$said" >&2
  fail "in vain waited for: $*"
}
rows() { [[ $(grep -c '^[0-9]' "$1/series.csv") -ge $2 ]]; }
# Of the job in the background, which is a timeout: its child, the launcher or the only rank; and the ranks.
launcher_of() { pgrep -P "$job"; }
is_frozen() { grep -q '^State:.T' "/proc/$1/status"; }
# thaw PID [SIGNAL]: goes on, once the signal (a number) that a launcher passes on has arrived.
thaw() {
  [[ -z ${2-} ]] || until_true has_pending "$1" "$2"
  kill -CONT "$1"
}
has_pending() { ((0x$(sed -n 's/^ShdPnd:\s*//p' "/proc/$1/status") >> ($2 - 1) & 1)); }
rank_of() { pgrep -P "$(launcher_of)" | sed -n "$(($1 + 1))p"; }

ended_with() { # CODE WHAT [text that it said]…
  local wanted=$1 what=$2 text
  shift 2
  [[ " $wanted " == *" $code "* ]] || { tail -n 30 "$said" >&2; fail "$what: exit code $code instead of $wanted"; }
  for text in "$@"; do
    grep -qF -- "$text" "$said" || { tail -n 30 "$said" >&2; fail "$what: it did not say '$text'"; }
  done
}
nothing_made() { [[ ! -e $1 ]] || fail "$2: it created $1"; }
calm=$work/calm
same_as_calm() { # DIRECTORY WHAT
  local file
  for file in series.csv events.csv phylogeny.nwk; do
    cmp -s "$calm/$file" "$1/$file" || { diff "$calm/$file" "$1/$file" | head -n 4 >&2; fail "$2: another $file"; }
  done
  # Frames of the same hours: some days here want others, and what does not move has the digest of when it was written.
  for file in "$calm"/frames/*_[0-9]*.vt?; do
    [[ ! -e $1/frames/${file##*/} ]] || cmp "$file" "$1/frames/${file##*/}" || fail "$2: another frame"
  done
  survived=$((survived + 1))
}
# Continues to the end, on another number of ranks.
healed() { # DIRECTORY WHAT [options]
  local directory=$1 what=$2
  shift 2
  run "$directory" 3 --resume "$@"
  ended_with 0 "$what, continued"
  same_as_calm "$directory" "$what"
}
calm_run() {
  run "$calm" 2 "$@"
  ended_with 0 'the calm run'
}
# may_mount "$@": for scripts that need disks of their own. Where mounting is not allowed the script starts again in a
# name space in which it is; where that is not allowed either it fails: bad days that did not happen were not survived.
may_mount() {
  mkdir "$work/trial"
  if mount -t tmpfs -o size=64k none "$work/trial" 2>"$said"; then
    umount "$work/trial"
  elif [[ -z ${MARROW_MOUNTS-} ]] && unshare -Urm true 2>"$said"; then
    cleanup
    MARROW_MOUNTS=own exec unshare -Urm "$0" "$@"
  else
    cat "$said" >&2
    fail 'no disk can be mounted here: run this as root, allow user name spaces (unshare -Urm), or give the container CAP_SYS_ADMIN'
  fi
}
# small_disk PLACE SIZE: a file system of its own.
small_disk() {
  mkdir -p "$1"
  mount -t tmpfs -o "size=$2" none "$1"
  mounted+=("$1")
}
# All that is in a directory, with sizes and dates.
look() { find "$1" -printf '%P %s %T@\n' | sort; }
flip() { printf '\x5a\xa5' | dd of="$1" bs=1 seek=$(($(stat -c %s "$1") * $2 / 100)) conv=notrunc status=none; }
