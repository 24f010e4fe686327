"""What a person does besides walking: steps in the woken code, stops at kinds of events, looks, and makes mistakes.

Run inside gdb with order_replay and the history `approved`.
"""

import os
import sys

import gdb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import session  # noqa: E402
from session import expect, refusal_of, said_by  # noqa: E402

session.prepare(fast=True)

from perdure import layout, stepping  # noqa: E402


def native_line():
    where = gdb.selected_frame().find_sal()
    with open(where.symtab.fullname(), encoding="utf-8") as source:
        return source.read().splitlines()[where.line - 1].strip()


def steps_as_a_person_expects():
    expect(refusal_of("perdure runs"), "nothing runs")
    expect(refusal_of("perdure events"), "--debugger-hooks")
    said_by("perdure goto 13")
    expect(native_line(), "co_await ctx.call(act::reserve, hold, quick);")
    expect(said_by("bt"), "#0", "shop::OrderWorkflow::fulfil")
    expect(said_by("info locals"), "hold = {key = ")
    gdb.execute("next", to_string=True)
    expect(native_line(), "status_.stage = Stage::reserved;")
    expect(said_by("perdure frame"), "fulfil", "Stage::reserved")
    expect(said_by("perdure next-event"), "event 14 WorkflowTaskScheduled")


def goes_up_to_who_asked():
    expect(said_by("perdure goto 17"), "event 17 TimerStarted PT24H", "it is asked for in", "await_approval")
    expect(native_line(), "co_await ctx.timeout(patience, ctx.receive(approvals_));")
    expect(said_by("perdure events"), "=>   17  ", "TimerStarted  PT24H")
    expect(said_by("perdure bt"), "#2  shop::OrderWorkflow::run")
    expect(said_by("perdure frame 1"), "fulfil", "co_await await_approval(ctx, order);")
    expect(said_by("perdure locals"), "hold = {", "order = {id = \"17\"", "this = (shop::OrderWorkflow *)")
    expect(said_by("print $this->status_.stage"), "awaiting_approval")


def stops_at_kinds_of_events():
    expect(refusal_of("perdure continue"), "break-on")
    expect(refusal_of("perdure break-on event-type Nope"), "no event of type Nope", "TimerFired")
    said_by("perdure goto 1")
    said_by("perdure break-on event-type TimerStarted")
    said_by("perdure break-on event 24")
    seen = [said_by("perdure continue").splitlines()[0] for _ in range(3)]
    assert seen == ["event 17 TimerStarted PT24H", "event 24 ActivityTaskCompleted approval.remind",
                    "event 28 TimerStarted PT24H"], seen
    expect(refusal_of("perdure continue"), "no event that follows")
    # gdb's own command stops as well, after a start by hand.
    gdb.execute("run", to_string=True)
    assert stepping.at_stop(), "run did not stop at an event of break-on"
    expect(said_by("perdure here"), "event 17 TimerStarted", "await_approval")
    gdb.execute("continue", to_string=True)
    assert stepping.at_stop(), "continue did not stop at an event of break-on"
    said_by("perdure break-on clear")


def refuses_with_a_remedy():
    said_by("perdure goto 52")
    expect(refusal_of("perdure next-event"), "event 52 is the last")
    expect(refusal_of("perdure goto 99"), "no event 99", "1 to 52")
    expect(refusal_of("perdure goto there"), "perdure events")
    said_by("perdure goto 1")
    expect(refusal_of("perdure prev-event"), "event 1 is the first")
    expect(refusal_of("perdure break-on breakfast"), "perdure break-on event-type TYPE")
    address = layout.symbol("perdure_debug_layout") + 8
    gdb.selected_inferior().write_memory(address, b"\x63")
    layout._cache["key"] = None
    expect(refusal_of("perdure runs"), "layout 99", "PERDURE_GDB_PATH")


def test():
    for part in (steps_as_a_person_expects, goes_up_to_who_asked, stops_at_kinds_of_events, refuses_with_a_remedy):
        part()


session.run_test(test)
