#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# cohort_report.sh MARROW PYTHON TREE: the report of a small cohort, of tables made for the purpose, and of what is no cohort.
set -euo pipefail
marrow=$1 python=$2 tree=$3
directory=$(mktemp -d)
trap 'rm -rf -- "$directory"' EXIT
if ((EUID == 0)); then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; fi
export OMPI_MCA_hwloc_base_binding_policy=none PYTHONDONTWRITEBYTECODE=1

cp "$tree"/tests/data/cohorts/{base,small}.yaml "$directory"
cd "$directory"
"$marrow" cohort small.yaml -o small >log 2>&1 || { cat log >&2 && exit 1; }
PYTHONPATH="$tree/tools/python" "$python" -W error::RuntimeWarning "$tree/tests/cli/cohort_report_test.py" "$directory" \
  "$tree/tools/python/cohort_report.py"
