"""An optimised workflow: stacks and events as ever, and a sentence where lines and locals would be."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import session  # noqa: E402

session.prepare(fast=True)

MISSING = "are not described, as without -g or with optimisation: build the workflow's target in Debug with -g"


def test():
    session.expect(session.said_by("perdure goto 7"), "event 7 ", "shop::OrderWorkflow::fulfil at order.workflow.cpp:", MISSING)
    session.expect(session.said_by("perdure goto 20"), "all coroutines wait")
    session.expect(session.said_by("perdure bt"), "await_approval at order.workflow.cpp:", "OrderWorkflow::run at order.workflow.cpp")
    session.expect(session.said_by("perdure locals"), "no locals", MISSING)
    session.expect(session.said_by("perdure prev-event"), "event 19 ")


session.run_test(test)
