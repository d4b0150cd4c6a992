#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# generated.sh MARROW SOURCE: the schema and the parameter reference in scenarios/ are what the registry says.
# To renew them: build/marrow schema >scenarios/scenario.schema.json; build/marrow reference
# >scenarios/PARAMETERS.md
set -euo pipefail
diff -u "$2/scenarios/scenario.schema.json" <("$1" schema) >&2 ||
  { echo "FAILED: scenarios/scenario.schema.json is old" >&2 && exit 1; }
diff -u "$2/scenarios/PARAMETERS.md" <("$1" reference) >&2 ||
  { echo "FAILED: scenarios/PARAMETERS.md is old" >&2 && exit 1; }
for scenario in "$2"/scenarios/*.yaml "$2"/scenarios/cohorts/*.yaml; do
  "$1" validate "$scenario"
done
