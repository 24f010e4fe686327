"""Messages that nobody has read, compensations on record, and an activity that is pending."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import session  # noqa: E402

session.prepare(fast=True)


def test():
    session.said_by("perdure goto 19")
    session.expect(
        session.said_by("perdure run-info"),
        "activity inventory.reserve (id 2), asked for at order.workflow.cpp",
        "approval: 2 unread",
        '"by":"early"',
        '"by":"bird"',
        "saga 1: 1 compensations",
        "      inventory.release",
        "0: the run",
    )


session.run_test(test)
