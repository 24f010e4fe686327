"""What the tests inside gdb share: a session that knows nothing of its user, and an end that ctest understands."""

import difflib
import glob
import os
import sys
import traceback

import gdb

HERE = os.path.dirname(os.path.abspath(__file__))


def prepare(fast=False):
    """Loads the package. `fast` leaves the symbols of libraries out, which gdb reads again at each start of the program."""
    for setting in ("confirm off", "pagination off", "width 0", "print inferior-events off", "print thread-events off", "startup-with-shell off"):
        gdb.execute("set " + setting)
    if fast and load_printers():
        gdb.execute("set auto-solib-add off")
    gdb.execute("source " + os.path.join(HERE, "..", "..", "tools", "gdb", "perdure-gdb.py"))


def load_printers():
    """The pretty printers of libstdc++, which else come with the library's symbols."""
    for folder in glob.glob("/usr/share/gcc*/python"):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    try:
        from libstdcxx.v6 import register_libstdcxx_printers
    except ImportError:
        return False
    register_libstdcxx_printers(None)
    return True


def compare(text, golden):
    """Holds a text against a file, or writes the file."""
    if os.environ.get("PERDURE_WRITE_GOLDEN"):
        with open(golden, "w", encoding="utf-8") as out:
            out.write(text)
        return
    with open(golden, encoding="utf-8") as stored:
        expected = stored.read()
    difference = difflib.unified_diff(expected.splitlines(), text.splitlines(), "expected", "seen", lineterm="", n=6)
    assert text == expected, "\n".join(difference)


def expect(text, *parts):
    for part in parts:
        assert part in text, f"expected {part!r} in\n{text}"


def said_by(command):
    return gdb.execute(command, to_string=True)


def refusal_of(command):
    try:
        said = said_by(command)
    except gdb.error as error:
        return str(error)
    raise AssertionError(f"{command} was not refused but said\n{said}")


def run_test(test):
    """Runs a function and ends gdb with its outcome."""
    code = 0
    try:
        test()
    except Exception:
        traceback.print_exc()
        code = 1
    if gdb.selected_inferior().threads():
        gdb.execute("kill" if not gdb.selected_inferior().was_attached else "detach")
    gdb.execute(f"quit {code}")
