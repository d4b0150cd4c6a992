#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# cohort.sh MARROW MPIEXEC COHORTS: the same table for any number of ranks and after kills; stops, shares, another
# cohort in the directory, a patient that fails; the scenario of one patient gives the digest of its row.
set -euo pipefail
marrow=$1 mpiexec=$2 cohorts=$3
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_hwloc_base_binding_policy=none
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp "$cohorts"/base.yaml "$cohorts"/small.yaml .

fail() {
  printf 'FAILED: %s\n--- output\n' "$*" >&2
  cat "$work/output" >&2
  exit 1
}

# expect CODE command…: the exit code; output is kept for said().
expect() {
  local wanted=$1 code=0
  shift
  timeout 120 "$@" >"$work/output" 2>&1 </dev/null || code=$?
  [[ $code == "$wanted" ]] || fail "'$*' ended with $code instead of $wanted"
}

said() { grep -Fq -- "$1" "$work/output" || fail "nothing was said of: $1"; }

same() { cmp "one/cohort.csv" "$1/cohort.csv" && cmp "one/cohort.h5" "$1/cohort.h5" || fail "$1: another table"; }

ranks=("$mpiexec" --oversubscribe -n)

# Any ranks, alone or in groups.
expect 0 "$marrow" validate small.yaml
said '7 patients in 2 arms'
expect 0 "$marrow" cohort small.yaml -o one
rows=$(grep -vc '^#' one/cohort.csv)
[[ $rows == 15 ]] || fail "15 rows with the header, not $rows"
grep -q '^# scale: N_real/K = ' one/cohort.csv || fail 'no scale in the table'
sed 's/seed: 5/seed: 5\n  ranks_per_patient: 2/' small.yaml >pairs.yaml
expect 0 "${ranks[@]}" 2 "$marrow" cohort small.yaml -o two && same two
expect 0 "${ranks[@]}" 3 "$marrow" cohort pairs.yaml -o three && same three
expect 0 "${ranks[@]}" 4 "$marrow" cohort pairs.yaml -o four && same four
expect 0 "$marrow" status one
said '14 of 14 patients'

# A row is what a run of its scenario is.
"$marrow" cohort small.yaml --show 2 --arm untreated >patient.yaml
expect 0 "$marrow" run patient.yaml -o run
digest=$(sed -n 's/.*digest \([0-9a-f]*\).*/\1/p' output | tail -n 1)
grep -q "^2,untreated,.*,$digest\$" one/cohort.csv || fail "patient 2, untreated, has another digest than $digest"

# Killed and continued: nothing lost, nothing computed twice.
MARROW_FAULT='kill@recorded:2' expect 137 "${ranks[@]}" 2 "$marrow" cohort small.yaml -o killed
[[ ! -e killed/cohort.csv ]] || fail 'a table, though patients are missing'
expect 0 "$marrow" status killed
said 'was running'
MARROW_FAULT='kill@patient:5' expect 137 "$marrow" cohort small.yaml -o killed --resume
MARROW_FAULT='kill@patient:1' expect 0 "$marrow" cohort small.yaml -o killed --resume
same killed
before=$(md5sum killed/cohort.csv killed/cohort.h5)
expect 0 "$marrow" cohort small.yaml -o killed --resume
said '14 of 14 done'
[[ $(md5sum killed/cohort.csv killed/cohort.h5) == "$before" ]] || fail 'another table without any work'

# A torn record is computed again.
part=$(ls killed/records/part_*.csv | head -n 1)
truncate -s -9 "$part"
expect 0 "$marrow" cohort small.yaml -o killed --resume
said 'torn or damaged'
same killed

# Stopped in time, and by the file STOP.
expect 75 "$marrow" cohort small.yaml -o stopped --max-walltime 1s
said 'continue with'
expect 0 "${ranks[@]}" 2 "$marrow" cohort small.yaml -o stopped --resume && same stopped

# Shares, put together.
expect 0 "$marrow" cohort small.yaml -o shares --share 1/2
expect 0 "$marrow" cohort small.yaml -o shares --share 2/2
expect 0 "$marrow" cohort small.yaml -o shares --resume
said '14 of 14 done'
same shares
expect 2 "$marrow" cohort small.yaml -o shares --share 3/2

# More patients go on; another cohort does not.
sed 's/patients: 7/patients: 8/' small.yaml >more.yaml
expect 0 "$marrow" cohort more.yaml -o killed --resume
said '14 of 16 done'
sed 's/seed: 5/seed: 6/' small.yaml >other.yaml
expect 3 "$marrow" cohort other.yaml -o one --resume
said 'cohort.seed was 5, is now 6'
same two
expect 4 "$marrow" cohort small.yaml -o one
said 'Continue it with --resume'
expect 4 "$marrow" cohort small.yaml -o run --resume
said 'holds a run, not a cohort'
expect 4 "$marrow" run base.yaml -o one --resume
said 'holds a cohort, not a run'

# A patient that fails says why, and the others go on.
sed 's/weight: 0.2, value: 100/weight: 0.2, value: 60/; s/density/density/' small.yaml >failing.yaml
sed -i 's/^draws:/draws:\n  tcells.trigger.influx: {categories: [{weight: 0.6, value: 60 \/mm^3}, {weight: 0.4, value: 3e5 \/mm^3}]}/' failing.yaml
expect 0 "${ranks[@]}" 2 "$marrow" cohort failing.yaml -o failing
said 'failed'
finished=$(grep -c ',finished,' failing/cohort.csv) failed=$(grep -c ',failed,' failing/cohort.csv)
[[ $((finished + failed)) == 14 && $finished -gt 0 && $failed -gt 0 ]] || fail "$finished finished and $failed failed of 14"

# Mistakes create nothing.
sed 's/hspc.stress_rate:/hspc.stres_rate:/' small.yaml >wrong.yaml
expect 3 "$marrow" cohort wrong.yaml -o nothing
said "did you mean 'hspc.stress_rate'?"
sed 's/base.yaml/bace.yaml/' small.yaml >lost.yaml
expect 3 "$marrow" cohort lost.yaml -o nothing
said "did you mean 'base.yaml'?"
[[ ! -e nothing ]] || fail 'a directory, though nothing could run'
