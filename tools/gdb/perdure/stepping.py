"""Leads a replay: to an event, forwards by going on and backwards by starting again, and there into the user's frame."""

import gdb

from perdure import coroutine, replay, selection, show
from perdure.layout import find_symbol

# What the debugger wants, as opposed to where the process is.
_wish = {"target": None, "rules": [], "driving": False}
# Where the last command left the process: the moment's number and the event that was asked for.
_here = {"number": None, "event": None}
_breakpoints = {}


def _is_user(pc):
    return coroutine.Function(pc).is_user() if pc else False


class Tables:
    """Events and moments of the present process; the same after every start."""

    cache = {"key": None, "tables": None}

    def __init__(self):
        self.events = replay.events()
        self.moments = replay.moments()
        self.best = replay.best_moments(self.events, self.moments, _is_user)
        self.by_id = {event.id: event for event in self.events}

    @classmethod
    def get(cls):
        key = (gdb.selected_inferior().pid, replay.can_replay())
        if cls.cache["key"] != key:
            cls.cache.update(tables=Tables(), key=key)
        return cls.cache["tables"]

    def matching(self, rules):
        """The moments of the events that rules of break-on ask for, with their events."""
        found = {}
        for event in self.events:
            if any(rule(event) for rule in rules) and event.id in self.best:
                found.setdefault(self.best[event.id].number, event)
        return found


class _Ready(gdb.Breakpoint):
    """Writes the stops once the tables are there; the process goes on at once."""

    def stop(self):
        _write_stops()
        return False


class _Stop(gdb.Breakpoint):
    def stop(self):
        return True


def _write_stops():
    wanted = set(Tables.get().matching(_wish["rules"]))
    if _wish["target"] is not None:
        wanted = {_wish["target"](Tables.get())}
    replay.set_stops(wanted)


def install_breakpoints():
    """Where a replay stops by itself. Nothing of it is global: the breakpoints are internal and belong to this session."""
    for name, kind in (("perdure_debug_ready", _Ready), ("perdure_debug_stop", _Stop)):
        if name not in _breakpoints or not _breakpoints[name].is_valid():
            if not find_symbol(name):
                raise gdb.GdbError(replay.NO_REPLAY)
            _breakpoints[name] = kind(name, internal=True)
            _breakpoints[name].silent = True


def _run(command):
    """Lets the process move without gdb's own words; gives them back."""
    _wish["driving"] = True
    try:
        said = gdb.execute(command, to_string=True).splitlines()
        return "\n".join(line for line in said if line and not line.startswith(("[", "Using host libthread_db")))
    finally:
        _wish["driving"] = False
        selection.forget()


def at_stop():
    """Whether the process stands in the function at which replays stop."""
    if not gdb.selected_inferior().threads():
        return False
    return gdb.newest_frame().name() == "perdure_debug_stop"


def present():
    """(event id, moment's number) of where the replay is."""
    number = replay.reached()
    if _here["number"] == number and _here["event"] is not None:
        return _here["event"], number
    if number < 0:
        return 0, number
    moments = Tables.get().moments[: number + 1]
    applied = [moment.event_id for moment in moments if moment.phase == replay.APPLIES]
    return (applied[-1] if applied else 0), number


def _move(target):
    """Goes to the moment that `target(tables)` names."""
    install_breakpoints()
    _wish["target"] = target
    try:
        if replay.is_ready() and target(Tables.get()) > replay.reached():
            _write_stops()
            said = _run("continue")
        else:
            said = _run("run")
    finally:
        _wish["target"] = None
    if gdb.selected_inferior().threads() and replay.is_ready():
        _write_stops()
    return said


def to_event(event_id):
    """Stops at an event; the text says what is there."""

    def target(tables):
        if event_id not in tables.by_id:
            raise gdb.GdbError(f"there is no event {event_id}: the history has events 1 to {len(tables.events)}")
        if event_id not in tables.best:
            raise gdb.GdbError(f"the replay does not come to event {event_id}: it fails before")
        return tables.best[event_id].number

    if replay.is_ready():
        target(Tables.get())
    said = _move(target)
    if not at_stop():
        return said + "\nthe replay stopped before event " + str(event_id)
    return arrive(event_id)


def to_next_match():
    if not _wish["rules"]:
        raise gdb.GdbError("nothing to stop at: say first `perdure break-on event-type TYPE` or `perdure break-on event N`")
    at = replay.reached() if replay.is_ready() else -1

    def target(tables):
        later = [number for number in tables.matching(_wish["rules"]) if number > at]
        if not later:
            raise gdb.GdbError("no event that follows is asked for: `perdure prev-event` and `perdure goto` go back")
        return min(later)

    if replay.is_ready():
        target(Tables.get())
    said = _move(target)
    return arrive() if at_stop() else said


def _head(number, event_id=None):
    """The event that a moment stands for, and a line that names it."""
    tables = Tables.get()
    moment = tables.moments[number]
    if event_id is None:
        matches = [event.id for event in tables.events if tables.best.get(event.id) is moment]
        event_id = matches[0] if matches else moment.event_id
    return event_id, tables.by_id[event_id].text() if event_id in tables.by_id else "a command without an event"


def arrive(event_id=None):
    """At a stop: goes on into the user's frame where there is one, and says what is there."""
    number = replay.reached()
    event_id, head = _head(number, event_id)
    _here.update(number=number, event=event_id)
    return head + "\n" + _settle(Tables.get().moments[number], event_id)


def _settle(moment, event_id):
    if moment.phase == replay.WAKES:
        return _settle_in_woken(moment)
    if moment.phase == replay.ISSUES:
        return _settle_in_issuing()
    if moment.phase == replay.TASK_END and _fails_before(moment, event_id):
        return "the replay fails before it, after the workflow task at which it stands: `continue` says how"
    if moment.event_id != event_id or moment.phase == replay.TASK_END:
        return "the replay does not apply it; this is the end of the workflow task before it"
    return "no workflow code belongs to it; all coroutines wait"


def _fails_before(last_end, event_id):
    """Whether a workflow task that the history completes lies between the end of the replay and the event."""
    events = Tables.get().events
    between = [event for event in events if last_end.event_id < event.id < event_id]
    return any(
        one.type == "WorkflowTaskStarted" and two.type == "WorkflowTaskCompleted"
        for one, two in zip(between, between[1:] + [Tables.get().by_id[event_id]])
    )


def _current_line():
    run = selection.current_run()
    if not selection.rows(run):
        return "a run without coroutines"
    _, number, frame = selection.current_frame()
    return "\n".join(filter(None, (show.frame_line(number, frame), show.source_text(frame))))


def _settle_in_woken(moment):
    function = coroutine.Function(moment.resume)
    if not function.is_user():
        return f"it wakes {function.name}, a coroutine of the SDK, on behalf of\n" + _current_line()
    missing = function.what_is_missing()
    if missing:
        # The line's own address need not be on the way that optimised code takes.
        places = [function.pc]
    else:
        places = function.addresses_of(moment.line) if moment.line else function.first_addresses()
    wakes = "it wakes\n" + (_current_line() if missing else "")
    stops = [gdb.Breakpoint(f"*{pc:#x}", internal=True, temporary=True) for pc in places]
    for stop in stops:
        stop.silent = True
    try:
        said = _run("continue")
    finally:
        for stop in stops:
            if stop.is_valid():
                stop.delete()
    if not gdb.selected_inferior().threads() or not function.is_at(gdb.newest_frame().pc()):
        return said
    gdb.newest_frame().select()
    return wakes + (f"\nand stops at the beginning of its code: {missing}" if missing else _current_line())


def _issuing_frame():
    """gdb's frame of the user's function that makes a command.

    Only what the run has called counts: further out are the SDK's driver and the program's main.
    """
    found, frame = None, gdb.newest_frame()
    while frame is not None:
        name = coroutine.native_name(frame)
        if name.startswith("perdure::detail::run::") and (found is not None or name.endswith("::step")):
            return found
        if found is None and name and not name.startswith((*coroutine.SDK_NAMESPACES, "perdure_debug")):
            found = frame
        frame = frame.older()
    return None


def _settle_in_issuing():
    frame = _issuing_frame()
    if frame is not None:
        frame.select()
        return "it is asked for in\n" + _current_line()
    if selection.current_run().current:
        return "it is asked for by a coroutine of the SDK, on behalf of\n" + _current_line()
    return "the SDK asks for it, outside of all coroutines"


def on_stop(_event):
    """The user's own `continue` or `run` has come to an event of break-on. gdb cannot go on from within its news of a stop."""
    if not _wish["driving"] and at_stop():
        gdb.write(_head(replay.reached())[1] + "\n`perdure here` goes into the workflow code that belongs to it\n")


def here():
    if not at_stop():
        raise gdb.GdbError("the process does not stand at an event: `perdure frame` says where it stands")
    return arrive()


def add_rule(rule):
    install_breakpoints()
    _wish["rules"].append(rule)
    if replay.is_ready():
        _write_stops()


def clear_rules():
    _wish["rules"].clear()
    if replay.is_ready():
        _write_stops()


def new_objfile(_event):
    """`run` by hand shall come to the events of break-on as well."""
    # Without the cache of addresses: the program may be about to be moved to its place.
    if not _breakpoints and find_symbol("perdure_debug_replay"):
        install_breakpoints()
