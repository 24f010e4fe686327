"""Walks a replay forwards and backwards through every event and compares what a person sees with a golden file.

Run inside gdb: PERDURE_GOLDEN names the file; with PERDURE_WRITE_GOLDEN=1 it is written instead.
"""

import os
import sys

import gdb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import session  # noqa: E402

session.prepare(fast=True)

from perdure import coroutine, selection, show, stepping  # noqa: E402


def last_part(name):
    return name.rpartition("::")[2]


def brief(kind, name, value):
    """Scalars and strings with their values; of the rest only the name, or the file would not be readable."""
    bare = kind.strip_typedefs()
    scalar = bare.code in (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_BOOL, gdb.TYPE_CODE_ENUM)
    if value is None:
        return f"{name}=(none)"
    return f"{name}={value.format_string()}" if scalar or "basic_string<" in str(bare) else name


def look(command):
    """What a person sees after a command that moves the replay."""
    said = gdb.execute(command, to_string=True).splitlines()
    head, lines = said[0].replace("event ", "", 1), []
    run = selection.current_run()
    if not selection.rows(run):
        return head, ["  " + said[1]]
    _, _, frame = selection.current_frame()
    source = show.source_text(frame).partition("\t")[2].strip()
    lines.append(f"  {said[1]} {last_part(frame.name())}: {source}" if len(said) > 2 else f"  {said[1]}")
    for stack in selection.stacks(run):
        lines.append("  stack: " + " < ".join(last_part(each.name()) for each in stack.frames))
    native = frame.native()
    line = native.find_sal().line if native is not None else frame.at.line
    found = coroutine.locals_of(frame.code(), frame.handle, line, run.object) if frame.is_user() else []
    lines.append("  locals: " + " ".join(brief(*each) for each in found))
    return head, lines


def text_of(seen):
    """Events after each other that show the same share the lines below the last of them."""
    lines = []
    for i, (head, body) in enumerate(seen):
        lines.append(head)
        if i + 1 == len(seen) or seen[i + 1][1] != body:
            lines.extend(body)
    return "\n".join(lines) + "\n"


def walk():
    seen = [look("perdure goto 1")]
    count = len(stepping.Tables.get().events)
    while len(seen) < count:
        seen.append(look("perdure next-event"))
    for number in range(count - 1, 0, -1):
        again = look("perdure prev-event")
        assert again == seen[number - 1], f"event {number} looks otherwise on the way back:\n{again}\n{seen[number - 1]}"
    return text_of(seen)


session.run_test(lambda: session.compare(walk(), os.environ["PERDURE_GOLDEN"]))
