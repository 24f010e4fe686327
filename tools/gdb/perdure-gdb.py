"""Loads the perdure commands into gdb: `source .../perdure-gdb.py`, or by gdb's auto-load."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import perdure  # noqa: E402

perdure.install()
