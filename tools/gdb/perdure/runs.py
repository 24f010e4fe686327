"""The living runs of the process, and what each of them holds."""

from perdure import memory
from perdure.frames import CoroFrame, Site
from perdure.layout import of, symbol, table, word


class Operation:
    """One row of a run's table of operations."""

    def __init__(self, address):
        self.kind = word("slot_kind", memory.u8(address + of("slot.kind")))
        self.pending = memory.u8(address + of("slot.state")) == of("slot_state.pending")
        self.cancel_sent = memory.u8(address + of("slot.cancel_sent")) != 0
        self.scope = memory.u32(address + of("slot.scope"))
        self.ordinal = memory.u32(address + of("slot.ordinal"))
        self.issued = memory.u64(address + of("slot.issued"))
        self.event_id = memory.i64(address + of("slot.event_id"))
        self.box = memory.pointer(address + of("slot.box"))
        self.at = Site(address + of("slot.at"))
        self.name = memory.std_string(address + of("slot.name")) if self.kind == "activity" else ""

    def text(self, signal_of=lambda box: ""):
        words = {
            "receive": "a message",
            "handlers_idle": "handlers to be idle",
            "cancelled_watch": "cancellation",
        }.get(self.kind, self.kind)
        if self.kind == "receive" and signal_of(self.box):
            words += " of " + signal_of(self.box)
        if self.name:
            words += " " + self.name
        if self.ordinal:
            words += f" (id {self.ordinal})"
        return words


class Branch:
    """One strand of a run: its root coroutine and whatever that awaits."""

    def __init__(self, number, address):
        self.number = number
        self.kind = word("branch_kind", memory.u8(address + of("branch.kind")), "branch")
        self.live = memory.u8(address + of("branch.live")) != 0
        self.cancelled = memory.u8(address + of("branch.cancelled")) != 0
        self.label = memory.std_string(address + of("branch.label"))

    def text(self):
        if self.kind == "main":
            return "run"
        if self.kind == "handler":
            return "handler of " + self.label
        if self.kind == "spawned":
            return f"spawned branch {self.number}"
        return f"branch {self.number}"


class Scope:
    def __init__(self, number, address):
        self.number = number
        self.parent = memory.u32(address + of("scope.parent"))
        self.shield = memory.u8(address + of("scope.shield")) != 0
        self.cancelled = memory.u8(address + of("scope.cancelled")) != 0
        self.reason = memory.std_string(address + of("scope.reason")) if self.cancelled else ""


class Run:
    """One living run. Reads memory when asked; keep it no longer than the process stands still."""

    def __init__(self, number, address):
        self.number = number
        self.address = address
        info = address + of("run.info")
        self.workflow_type = memory.std_string(info + of("info.workflow_type"))
        self.workflow_id = memory.std_string(info + of("info.workflow_id"))
        self.run_id = memory.std_string(info + of("info.run_id"))
        self.task_queue = memory.std_string(info + of("info.task_queue"))
        self.history_length = memory.i64(info + of("info.history_length"))
        self.object = memory.pointer(address + of("run.object"))
        self.current = memory.pointer(address + of("run.current_frame"))
        self.replaying = memory.u8(address + of("run.replaying")) != 0
        self.failing = memory.pointer(address + of("run.fatal")) != 0
        self.handlers = memory.u32(address + of("run.handlers"))
        self.now_ns = memory.i64(address + of("run.now_ns"))

    def frames(self):
        """All coroutines that have not been destroyed, in the order of their creation."""
        found = {}
        at = memory.pointer(self.address + of("run.oldest_frame"))
        # A process that was stopped while it changed the list may show a ring.
        while at != 0 and at not in found:
            found[at] = CoroFrame(at)
            at = found[at].newer
        return list(found.values())

    def operation(self, index):
        begin = memory.pointer(self.address + of("run.slots") + 8)
        return Operation(begin + index * of("slot.size"))

    def pending(self):
        rows = [Operation(row) for row in memory.pmr_vector(self.address + of("run.slots"), of("slot.size"))]
        return sorted((row for row in rows if row.pending), key=lambda row: row.issued)

    def branch(self, index):
        begin = memory.pointer(self.address + of("run.branches") + 8)
        return Branch(index, begin + index * of("branch.size"))

    def scopes(self):
        rows = memory.pmr_vector(self.address + of("run.scopes"), of("scope.size"))
        return [Scope(i, row) for i, row in enumerate(rows)]

    def mailboxes(self):
        """Pairs of a signal's name and the address of its mailbox."""
        kind = memory.pointer(self.address + of("run.type"))
        if self.object == 0:
            return []
        found = []
        for row in memory.vector(kind + of("type.signals"), of("signal.size")):
            offset = memory.i64(row + of("signal.box_offset"))
            if offset >= 0:
                found.append((memory.std_string(row + of("signal.name")), self.object + offset))
        return found

    def signal_of(self, box):
        return next((signal for signal, at in self.mailboxes() if at == box), "")

    def sagas(self):
        """For each saga of the workflow object: its entries as (key, activity, group)."""
        found = []
        for row in memory.vector(self.address + of("run.sagas"), 8):
            entries = memory.vector(memory.pointer(row) + of("saga.entries"), of("saga_entry.size"))
            names = ("key", "activity", "group")
            found.append([tuple(memory.std_string(at + of("saga_entry." + name)) for name in names) for at in entries])
        return found


def unread(box):
    """The messages of a mailbox: (event id, text)."""
    found = []
    for row in memory.deque(box + of("mailbox.messages"), of("message.size")):
        payloads = memory.vector(row + of("message.content"), of("payload.size"))
        texts = []
        for payload in payloads:
            encoding = memory.std_string(payload + of("payload.encoding"))
            data = memory.std_string(payload + of("payload.data"))
            texts.append(data if encoding.startswith("json/") else f"<{len(data)} bytes of {encoding}>")
        found.append((memory.i64(row + of("message.event_id")), ", ".join(texts)))
    return found


def all_runs():
    """The living runs, the oldest first."""
    table()
    addresses = []
    at = memory.pointer(symbol("perdure_debug_runs"))
    while at != 0 and at not in addresses:
        addresses.append(at)
        at = memory.pointer(at + of("run.older"))
    return [Run(number, address) for number, address in enumerate(reversed(addresses), 1)]
