# SPDX-License-Identifier: BSD-3-Clause
"""Reads and analyses the directory of a cohort (`marrow cohort`).

    import sys; sys.path.insert(0, "tools/python")
    from marrow.cohort import Cohort, analyse

    cohort = Cohort("horse_or_watch")
    cohort.finished["response_day"]          # a pandas.DataFrame, one row per patient and arm
    analyse(cohort).summary                  # every number of the report as a pandas.DataFrame

Statistics are those of statsmodels, scipy and scikit-learn. Debian: python3-pandas, python3-statsmodels, python3-sklearn,
python3-scipy, python3-h5py, python3-yaml; the page also needs python3-matplotlib and python3-jinja2.
"""

from .analysis import Analysis, analyse
from .table import Cohort

__all__ = ["Analysis", "Cohort", "analyse"]
