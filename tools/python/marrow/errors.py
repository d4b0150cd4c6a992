# SPDX-License-Identifier: BSD-3-Clause
"""The one error that this package raises for what it finds on disk."""


class RunError(Exception):
    """A directory or file that cannot be read as what it should be: says where, why and what to do."""
