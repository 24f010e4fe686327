"""The tables of a program that replays for a debugger; see sdk/replay/debug_replay.hpp."""

import gdb

from perdure import memory
from perdure.layout import symbol

VERSION = 1
APPLIES, WAKES, ISSUES, TASK_END = 1, 2, 3, 4

NO_REPLAY = (
    "this process replays nothing: start `WORKER replay HISTORY --gdb`, or run the program under gdb as "
    "`WORKER replay HISTORY --debugger-hooks`"
)


class Event:
    def __init__(self, address):
        self.id = memory.i64(address)
        self.type = memory.c_string(memory.pointer(address + 8))
        self.summary = memory.c_string(memory.pointer(address + 16))
        self.time = memory.c_string(memory.pointer(address + 24))

    def text(self):
        return f"event {self.id} {self.type}" + (f" {self.summary}" if self.summary else "")


class Moment:
    def __init__(self, number, address):
        self.number = number
        self.phase = memory.i64(address)
        self.event_id = memory.i64(address + 8)
        self.resume = memory.pointer(address + 16)
        self.line = memory.i64(address + 24)


def _state():
    address = symbol("perdure_debug_replay")
    if address == 0:
        raise gdb.GdbError(NO_REPLAY)
    version = memory.i64(address)
    if version not in (0, VERSION):
        raise gdb.GdbError(
            f"the program's replays have version {version} and these commands lead version {VERSION}: "
            "use the gdb package that came with the program's version of the SDK (PERDURE_GDB_PATH)"
        )
    return address


def can_replay():
    return symbol("perdure_debug_replay") != 0


def is_ready():
    """Whether the process has made its tables and not ended its replay."""
    return bool(gdb.selected_inferior().threads()) and can_replay() and memory.pointer(_state() + 8) != 0


def _rows(field, size):
    if not is_ready():
        raise gdb.GdbError(NO_REPLAY)
    begin, count = memory.pointer(_state() + field), memory.i64(_state() + field + 8)
    return [begin + i * size for i in range(count)]


def events():
    return [Event(row) for row in _rows(8, 32)]


def moments():
    return [Moment(number, row) for number, row in enumerate(_rows(24, 32))]


def reached():
    """The number of the moment that the replay has come to; -1 before the first."""
    return memory.i64(_state() + 48)


def set_stops(numbers):
    """Lets the replay stop at these moments and no others."""
    count = memory.i64(_state() + 32)
    flags = bytearray(count + 1)
    for number in numbers:
        if 0 <= number < count:
            flags[number] = 1
    try:
        gdb.selected_inferior().write_memory(memory.pointer(_state() + 40), bytes(flags))
    except gdb.MemoryError:
        raise gdb.GdbError(
            "where to stop cannot be written into the process, as in a core file or a recording of rr: "
            "use gdb's own breakpoints there, or start the replay again with `run`"
        ) from None


def best_moments(events, moments, is_user):
    """The moment for each event id.

    Where workflow code made the event's command; else where the event woke the user's code, or the SDK's on its behalf; else where
    it is applied. An event that the replay never applies stands at the end of the task before it.
    """
    rank = {ISSUES: 0, WAKES: 1, APPLIES: 3}
    best = {}
    for moment in moments:
        if moment.phase not in rank or moment.event_id == 0:
            continue
        worth = rank[moment.phase]
        if moment.phase == WAKES and not is_user(moment.resume):
            worth = 2
        if moment.event_id not in best or worth < best[moment.event_id][0]:
            best[moment.event_id] = (worth, moment)
    found = {event_id: moment for event_id, (_, moment) in best.items()}
    ends = [moment for moment in moments if moment.phase == TASK_END]
    for event in events:
        before = [moment for moment in ends if moment.event_id < event.id]
        if event.id not in found and before:
            found[event.id] = before[-1]
    return found
