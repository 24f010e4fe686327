"""Loads the perdure commands into gdb: `source .../perdure-gdb.py`, or by gdb's auto-load."""

import os
import sys

# gdb sets __file__ only for the outermost script.
_here = os.path.dirname(os.path.abspath(sys._getframe().f_code.co_filename))
if _here not in sys.path:
    sys.path.insert(0, _here)

import perdure  # noqa: E402

perdure.install()
