#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# compilers.sh SOURCE BUILD MPIEXEC: the solver built by g++ and clang++ at -O0 and -O3 gives the same digests.
# The scenario reader comes from BUILD; core and parallel are compiled anew each time.
set -euo pipefail
source_tree=$1 build=$2 mpiexec=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/scenarios.sh"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

digests() {  # PROGRAM SCENARIO
  local set=()
  while IFS= read -r setting; do set+=("$setting"); done < <(settings_of "$2")
  timeout 300 "$mpiexec" -n 1 --quiet "$1" "$source_tree/scenarios/$2.yaml" 5 "${set[@]}" </dev/null
}

reference=$build/tests/repro/repro_digests
for compiler in g++ clang++; do
  for optimise in -O0 -O3; do
    tree=$build/repro/$compiler$optimise
    cmake -S "$source_tree" -B "$tree" -DMARROW_SOLVER_ONLY=ON -DMARROW_REPRO_READER="$build/io" \
      -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="$optimise" \
      >"$build/repro.log" 2>&1 || { tail -n 30 "$build/repro.log" >&2 && fail "configure with $compiler"; }
    cmake --build "$tree" --parallel 2 >"$build/repro.log" 2>&1 ||
      { tail -n 30 "$build/repro.log" >&2 && fail "build with $compiler $optimise"; }
    for scenario in "${shipped[@]}"; do
      expected=$(digests "$reference" "$scenario")
      found=$(digests "$tree/repro_digests" "$scenario")
      [[ -n $expected && $expected == "$found" ]] ||
        fail "$compiler $optimise, $scenario: digests differ
$(diff <(echo "$expected") <(echo "$found") | head -n 4)"
    done
    echo "$compiler $optimise: the digests of the reference build on ${#shipped[@]} scenarios"
  done
done
