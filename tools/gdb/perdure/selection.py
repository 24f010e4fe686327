"""Which run and which logical frame the commands mean. Forgotten whenever the inferior moves."""

import gdb

from perdure import runs
from perdure.frames import stacks

_chosen = {"run": 0, "frame": None}


def forget(_event=None):
    _chosen.update(frame=None)


def choose(run, frame=None):
    _chosen.update(run=run.address, frame=frame)


def known_runs():
    found = runs.all_runs()
    if not found:
        raise gdb.GdbError("no workflow is alive in this process: a worker holds runs only while it has them in its cache")
    return found


def current_run():
    """The chosen run; else the one whose code is being executed; else the only or the oldest one."""
    found = known_runs()
    executing = [run for run in found if run.current]
    chosen = [run for run in found if run.address == _chosen["run"]]
    return (chosen or executing or found)[0]


def run_number(text):
    found = known_runs()
    if not text.isdigit() or not 1 <= int(text) <= len(found):
        raise gdb.GdbError(f"there is no run {text}: `perdure runs` lists 1 to {len(found)}")
    return found[int(text) - 1]


def rows(run):
    """The logical frames of a run as `perdure bt` numbers them: (stack, frame)."""
    return [(stack, frame) for stack in stacks(run) for frame in stack.frames]


def current_frame():
    """(run, number, frame) that `perdure locals` means.

    That is the chosen one; else the coroutine that runs or is about to; else the first of the user's code.
    """
    run = current_run()
    found = rows(run)
    if not found:
        raise gdb.GdbError(f"run {run.number} has no coroutine: it has not begun, or it has ended")
    number = _chosen["frame"]
    if number is None or number >= len(found):
        candidates = [i for i, (_, frame) in enumerate(found) if frame.is_user()]
        moving = [i for i in candidates if found[i][1].state in ("running", "queued")]
        number = (moving or candidates or [0])[0]
    return run, number, found[number][1]


def choose_frame(text):
    """`3`, or `2.3` for frame 3 of run 2."""
    left, _, right = text.rpartition(".")
    run = run_number(left) if left else current_run()
    found = rows(run)
    if not right.isdigit() or int(right) >= len(found):
        raise gdb.GdbError(f"run {run.number} has no frame {right}: `perdure bt` numbers them from 0 to {len(found) - 1}")
    choose(run, int(right))
    return run, int(right), found[int(right)][1]
