"""The commands that lead a replay."""

import gdb

from perdure import replay, stepping
from perdure.commands import Command


def _number(text, what):
    if not text.isdigit():
        raise gdb.GdbError(f"{what} takes the number of an event: `perdure events` lists them")
    return int(text)


def events(_argument):
    tables = stepping.Tables.get()
    present, _ = stepping.present()
    lines = []
    for event in tables.events:
        mark = "=>" if event.id == present else "  "
        lines.append(f"{mark} {event.id:>4}  {event.time}  {event.type}" + (f"  {event.summary}" if event.summary else ""))
    return "\n".join(lines)


def goto(argument):
    return stepping.to_event(_number(argument, "goto"))


def start(argument):
    # A process of before may have an older history, or another program.
    if gdb.selected_inferior().threads():
        gdb.execute("kill", to_string=True)
    return stepping.to_event(_number(argument or "1", "start"))


def _beside(step):
    if not replay.is_ready():
        return stepping.to_event(1)
    present, _ = stepping.present()
    ids = [event.id for event in stepping.Tables.get().events]
    wanted = present + step
    if wanted not in ids:
        raise gdb.GdbError(f"event {present} is the {'last' if step > 0 else 'first'} of the history")
    return stepping.to_event(wanted)


def next_event(_argument):
    return _beside(1)


def prev_event(_argument):
    return _beside(-1)


def break_on(argument):
    words = argument.split()
    if words == ["clear"]:
        stepping.clear_rules()
        return "no event stops the replay now"
    if len(words) == 2 and words[0] == "event-type":
        wanted = words[1]
        if replay.is_ready():
            known = sorted({event.type for event in stepping.Tables.get().events})
            if wanted not in known:
                raise gdb.GdbError(f"the history has no event of type {wanted}; its types are {', '.join(known)}")
        stepping.add_rule(lambda event: event.type == wanted)
        return f"the replay stops at every {wanted}: `perdure continue`"
    if len(words) == 2 and words[0] == "event":
        number = _number(words[1], "break-on event")
        stepping.add_rule(lambda event: event.id == number)
        return f"the replay stops at event {number}: `perdure continue`"
    raise gdb.GdbError("perdure break-on event-type TYPE, perdure break-on event N, or perdure break-on clear")


def go_on(_argument):
    return stepping.to_next_match()


def here(_argument):
    return stepping.here()


def register():
    Command("events", events, "List the events of the history that is replayed; => is the present one.")
    Command("start", start, "Start the replay, again if need be, and stop at event N, or at the first.")
    Command("goto", goto, "Stop where event N woke workflow code, or where workflow code asked for it.")
    Command("next-event", next_event, "Stop at the event after the present one.")
    Command("prev-event", prev_event, "Stop at the event before the present one, by starting the replay again if need be.")
    Command("break-on", break_on, "Stop the replay at events: event-type TYPE, event N, or clear.")
    Command("here", here, "After gdb's own continue has come to an event: go into the workflow code that belongs to it.")
    Command("continue", go_on, "Go on to the next event that break-on asked for.")
    gdb.events.stop.connect(stepping.on_stop)
    gdb.events.new_objfile.connect(stepping.new_objfile)
