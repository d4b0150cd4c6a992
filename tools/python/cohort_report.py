#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""One page about a cohort: cohort_report.py DIRECTORY [-o REPORT.html]

Survival and cumulative incidence, responses by arm, clones, predictors of recovery, sensitivity to the drawn parameters:
one HTML file that holds all it needs (DIRECTORY/report.html), and beside it the same numbers as a table (report.csv).
Works while the cohort still runs, and says so. Debian: python3-pandas, python3-scipy, python3-statsmodels,
python3-sklearn, python3-h5py, python3-yaml, python3-jinja2, python3-matplotlib.

Exit codes: 0 written, 1 internal error, 2 command line, 4 files, or something that is needed is not installed.
"""

import argparse
import os
import pathlib
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices; sums in one order

COMMAND_LINE, FILES = 2, 4


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage="cohort_report.py DIRECTORY [-o REPORT.html]")
    parser.add_argument("directory", metavar="DIRECTORY", help="what 'marrow cohort -o' wrote")
    parser.add_argument("-o", "--output", metavar="REPORT.html", help="the page (default: DIRECTORY/report.html)")
    given = parser.parse_args()
    if given.output and not given.output.endswith(".html"):
        parser.error(f"-o '{given.output}': the name of the page must end with .html (its numbers get .csv)")
    return given


def replace(path, write):
    """The file as a whole or not at all."""
    half = path.with_name(path.name + ".part")
    try:
        write(half)
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)


def main():
    given = arguments()
    try:
        from marrow.cohort import Cohort, analyse
        from marrow.cohort.page import page_of
        from marrow.cohort.summary import write_summary
        from marrow.errors import RunError
    except ImportError as error:
        sys.stderr.write(f"cohort_report.py: {error}: install what is missing for {sys.executable} (Debian: see --help)\n")
        return FILES
    try:
        analysis = analyse(Cohort(given.directory))
        page, report = page_of(analysis), pathlib.Path(given.output or pathlib.Path(given.directory) / "report.html")
        replace(report, lambda path: path.write_text(page, encoding="utf-8"))
        replace(report.with_suffix(".csv"), lambda path: write_summary(analysis.summary, path))
    except RunError as error:
        sys.stderr.write(f"cohort_report.py: {error}\n")
        return FILES
    except OSError as error:
        sys.stderr.write(f"cohort_report.py: cannot write '{error.filename}': {error.strerror}; give another place with -o\n")
        return FILES
    print(f"{report}\n{report.with_suffix('.csv')}  (the same numbers)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
