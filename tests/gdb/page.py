"""Types what docs/gdb.md shows and expects what it shows; a line that ends with ... is compared up to there.

Run inside gdb with order_replay and the history `approved`.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import session  # noqa: E402

session.prepare(fast=True)


def dialogue():
    """(command, expected lines) of every block that begins with gdb's prompt."""
    with open(os.path.join(session.HERE, "..", "..", "docs", "gdb.md"), encoding="utf-8") as page:
        blocks = page.read().split("```\n")[1::2]
    for block in blocks:
        if block.startswith("(gdb) "):
            for part in block.split("(gdb) ")[1:]:
                command, *expected = part.splitlines()
                yield command, expected


def same(expected, seen):
    if expected.endswith("..."):
        return seen.startswith(expected[: -len("...")].rstrip())
    return seen == expected


def test():
    session.said_by("perdure start 36")
    count = 0
    for command, expected in dialogue():
        seen = session.said_by(command).splitlines()
        if command == "next":
            # gdb does not always hand the line over that it prints after a step.
            seen = session.said_by("frame").splitlines()[-1:]
        matches = len(seen) == len(expected) and all(map(same, expected, seen))
        assert matches, f"{command} says\n" + "\n".join(seen) + "\nand the page\n" + "\n".join(expected)
        count += 1
    assert count > 5, "the page shows no session any more"


session.run_test(test)
