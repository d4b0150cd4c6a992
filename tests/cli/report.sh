#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# report.sh MARROW CHROMIUM SCENARIOS: the report of a run in a real browser without a screen. It draws everything, says
# nothing on the console, asks for nothing from elsewhere, shows hostile text as text; and what is no run is refused.
set -euo pipefail
marrow=$1 chromium=$2 scenarios=$3
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
  printf 'FAILED: %s\n--- output\n' "$*" >&2
  grep -v "dbus" "$work/output" | head -c 4000 >&2 || true
  exit 1
}

# open_page FILE: leaves the page as the browser built it in dom, a picture in picture.png and its console in console.
# A line added to a copy of the page counts what the page asked for. The browser itself reaches no network.
open_page() {
  sed "s/^build();\$/build();\ndocument.documentElement.dataset.requests = performance.getEntriesByType('resource').length;/" "$1" >opened.html
  timeout 100 "$chromium" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --disable-extensions \
    --disable-background-networking --disable-component-update --disable-sync --host-resolver-rules='MAP * ~NOTFOUND' \
    "--user-data-dir=$work/profile" --hide-scrollbars --window-size=1250,3000 --virtual-time-budget=8000 \
    --enable-logging=stderr --screenshot="$work/picture.png" --dump-dom "file://$work/opened.html" \
    >"$work/dom" 2>"$work/output" || fail "the browser could not open $1"
  grep ':CONSOLE' "$work/output" >"$work/console" || true
}

has() { grep -Fq -- "$1" "$work/dom" || fail "the page lacks: $1"; }
count() { grep -o -- "$1" "$work/dom" | wc -l; }

small=(--set 'domain.size=[96, 96, 96]' --set 'run.duration=400 d' --set tcells.motion=kernel --set 'output.frames.every=100 d'
  --set 'checkpoint.every=200 d' --set 'scenario.text="</script><img src=x onerror=alert(1)>"')
for name in protective_clone_remission saa_untreated; do
  timeout 100 "$marrow" run "$scenarios/$name.yaml" -o "$name" "${small[@]}" >"$work/output" 2>&1 || fail "no run of $name"
done

"$marrow" report protective_clone_remission >"$work/output" || fail "no report"
[[ $(cat "$work/output") == protective_clone_remission/report.html ]] || fail "the report does not say where it is"
open_page protective_clone_remission/report.html
[[ ! -s $work/console ]] || fail "the console says: $(cat "$work/console")"
has 'data-requests="0"'
has 'data-ready="yes"'
has '&lt;img src=x onerror=alert(1)&gt;'
[[ $(count '<img src="x"') == 0 ]] || fail "hostile text became markup"
plots=$(count '<div class="plot[^>]*role="img"')
[[ $plots == 12 ]] || fail "$plots plots instead of 12"
sections=$(count '<svg viewBox="0 0 960 960" role="img"')
[[ $sections -ge 2 ]] || fail "$sections sections of the marrow"
for word in 'cytotoxic T cell' HLA-lacking 'severe' 'bone volume share' 'tcells.motility' 'marrow run' 'digest'; do has "$word"; done
# A white picture of this size has 20 KB.
[[ $(stat -c %s "$work/picture.png") -gt 150000 ]] || fail "the picture is blank"

# Two runs side by side; a run whose files are still being written.
truncate -s -30 saa_untreated/series.csv
rm saa_untreated/events.csv saa_untreated/status.json
sed -i 's/"state": "finished"/"state": "running"/' protective_clone_remission/status.json
"$marrow" report saa_untreated protective_clone_remission -o both.html >"$work/output" || fail "no report of two"
open_page both.html
[[ ! -s $work/console ]] || fail "the console says: $(cat "$work/console")"
plots=$(count '<div class="plot[^>]*role="img"')
[[ $plots == 24 ]] || fail "$plots plots of two runs instead of 24"
has 'incomplete row(s) left out'
has 'Not finished: day 400 of 400 (100 %).'

# A patient who died, and one who feels well with a malignant clone.
timeout 100 "$marrow" run "$scenarios/saa_untreated_1976.yaml" -o died "${small[@]}" >"$work/output" 2>&1 || fail "no run of one who died"
timeout 100 "$marrow" run "$scenarios/clonal_evolution_monosomy7.yaml" -o evolved "${small[@]}" --set 'output.frames.every=0 d' \
  >"$work/output" 2>&1 || fail "no run with monosomy 7"
grep -q '"death"' died/events.csv || fail "the patient lives; the test needs one who dies"
"$marrow" report died evolved -o ends.html >"$work/output" || fail "no report of two ends"
open_page ends.html
[[ ! -s $work/console ]] || fail "the console says: $(cat "$work/console")"
day() { awk -F, -v event="$1" '$3 ~ event {print int($2 + 0.5); exit}' "$2/events.csv"; }
has "day $(day death died) (0.79 y): death. "
has 'The model stands still from then on.'
has ">diagnosis: day $(day moderate died)</th>"
has ">severe disease: day $(day severe died)</th>"
[[ $(count '>latest: day') == 1 ]] || fail "the latest day of a dead patient was told as if it were lived"
has "as at death on day $(day death died)"
has 'From frame cells_'
has 'From checkpoint step_'
has "well. Clonal evolution with monosomy 7 on day $(day clonal evolved) ("

# A damaged newest checkpoint is named, and takes no section with it that frames and older checkpoints hold.
newest=$(ls -d died/checkpoints/step_* | tail -n 1)
truncate -s 3000 "$newest/state.h5"
"$marrow" report died >"$work/output" || fail "no report of a run with a damaged checkpoint"
open_page died/report.html
has "$newest/state.h5 has 3000 bytes"
[[ $(count '<svg viewBox="0 0 960 960" role="img"') == 2 ]] || fail "sections are missing"
has 'vacant niche'

# Frames that show a part of the box: only this part is drawn and counted, unless a checkpoint of that hour is there.
timeout 100 "$marrow" run "$scenarios/saa_watch_modern.yaml" -o part "${small[@]}" --set 'run.duration=40 d' --set 'output.frames.every=20 d' \
  --set 'output.frames.crop={from: [20, 24, 10], to: [70, 80, 90]}' >"$work/output" 2>&1 || fail "no run with a crop"
"$marrow" report part >"$work/output" || fail "no report of a cropped run"
open_page part/report.html
[[ $(count 'normal\. Grey: not in the frames of this day') == 1 ]] || fail "the cropped section does not say that it is one"
! grep -q 'vacant niche[^<]*Grey' "$work/dom" || fail "niches outside the crop were called vacant"
has '100 % normal'

# A series that does not tell mutants apart, as of older versions: nobody is called normal.
sed -i '/^hour,/s/_in_normal/_then/g' part/series.csv
"$marrow" report part >"$work/output" || fail "no report of an older run"
open_page part/report.html
has '100 % of a genotype that is not known'
[[ $(count '100 % normal') == 0 ]] || fail "cells of an unknown genotype were called normal"

# The test sees what it should see.
sed 's/^function drawFigures() {$/&\n  missing_function();/' both.html >mistake.html
open_page mistake.html
grep -q 'missing_function is not defined' "$work/console" || fail "a mistake in the script went unseen"

# What is no run.
mkdir empty
code=0
"$marrow" report empty >"$work/output" 2>&1 || code=$?
[[ $code == 4 ]] || fail "exit code $code instead of 4"
grep -q "marrow run -o DIRECTORY" "$work/output" || fail "no advice"
[[ -z $(ls empty) ]] || fail "something was written"
echo "a browser shows the report of one run and of two"
