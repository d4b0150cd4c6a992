#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# words.sh TREE: words that must not occur in code (comments may name them), the licence line, and the length of files.
# Prints file:line of each mistake and fails.
set -euo pipefail
cd -- "$1"

mapfile -d '' -t files < <(for folder in core parallel io tools tests; do
  [[ ! -d $folder ]] || find "$folder" -type f \( -name '*.hpp' -o -name '*.cpp' -o -name '*.h' \) -print0
done | sort -z)
((${#files[@]})) || { echo "no source files in $PWD" && exit 1; }

awk '
  function wrong(text) { printf "%s:%d: %s\n", FILENAME, FNR, text; ++mistakes }
  function ban(pattern, reason) {
    if (match(code, pattern)) wrong(substr(code, RSTART, RLENGTH) ": " reason)
  }
  # The line without comments; block comments may span lines.
  function without_comments(line,  start, stop, kept) {
    kept = ""
    while (line != "") {
      if (in_comment) {
        stop = index(line, "*/")
        if (!stop) return kept
        line = substr(line, stop + 2)
        in_comment = 0
      } else {
        if (!match(line, /\/\/|\/\*/)) return kept line
        kept = kept substr(line, 1, RSTART - 1)
        if (substr(line, RSTART, 2) == "//") return kept
        line = substr(line, RSTART + 2)
        in_comment = 1
      }
    }
    return kept
  }
  FNR == 1 {
    in_comment = 0
    in_core = FILENAME ~ /^core\//
    in_solver = FILENAME ~ /^(core|parallel)\//
    if ($0 !~ /^\/\/ SPDX-License-Identifier: BSD-3-Clause$/) wrong("the first line is the SPDX line")
  }
  FNR == 401 { wrong("files have at most 400 lines") }
  /TODO|FIXME|NOLINT/ { wrong("unfinished work and suppressed warnings do not belong here") }
  { code = without_comments($0) }
  /GTEST_SKIP|DISABLED_/ { wrong("a test that does not run tests nothing") }
  in_solver {
    ban("std::(uniform_|normal_|bernoulli_|binomial_|poisson_|discrete_)", "its draws differ between libraries; use core/random")
    ban("std::(shuffle|sample|random_device|mt19937|minstd_rand|default_random_engine)", "randomness comes from core/random only")
    ban("(^|[^A-Za-z0-9_.>])s?rand\\(", "randomness comes from core/random only")
    ban("unordered_", "its order differs between libraries, and order may reach the result")
  }
  in_core {
    ban("std::chrono|clock_gettime|(^|[^A-Za-z0-9_])time\\(", "core has no clock")
    ban("getenv", "core has no environment")
    ban("<(i|o|f|s|io|if|of)?stream>|std::c(out|err|log)|fopen|(^|[^A-Za-z0-9_])f?printf\\(", "core neither reads files nor writes text")
  }
  END { exit mistakes > 0 }' "${files[@]}"
