"""The coroutines of a run: what each waits for, and the logical stacks that they make."""

import os

from perdure import coroutine, memory
from perdure.layout import of, word


class Site:
    """A place in the source, as the SDK records it at every await."""

    def __init__(self, address):
        self.file = memory.c_string(memory.pointer(address + of("site.file")))
        self.function = memory.c_string(memory.pointer(address + of("site.function")))
        self.line = memory.u32(address + of("site.line"))

    def __str__(self):
        return f"{os.path.basename(self.file)}:{self.line}"


class CoroFrame:
    """One coroutine: its place in the run, and the function it belongs to."""

    def __init__(self, address):
        self.address = address
        self.handle = memory.pointer(address + of("frame.self"))
        self.newer = memory.pointer(address + of("frame.newer"))
        self.parent = memory.pointer(address + of("frame.parent"))
        self.at = Site(address + of("frame.waiting_at"))
        self.waiting_for = memory.pointer(address + of("frame.waiting_for"))
        self.waiting_op = memory.u32(address + of("frame.waiting_op"))
        self.branch = memory.u32(address + of("frame.branch"))
        self.state = word("frame_state", memory.u8(address + of("frame.state")), "unknown")
        self.waiting = word("wait_kind", memory.u8(address + of("frame.waiting")), "nothing")
        self.begun = memory.u8(address + of("frame.begun")) != 0

    def code(self):
        """The coroutine's function; None once it has finished."""
        return coroutine.Function.of_handle(self.handle)

    def name(self):
        function = self.code()
        return function.name if function else self.at.function or "(a finished coroutine)"

    def is_user(self):
        function = self.code()
        return function is not None and function.is_user()

    def native(self):
        """gdb's own frame of this coroutine, if it runs on the selected thread right now."""
        function = self.code()
        return function.native_frame() if self.state == "running" and function else None

    def place(self):
        native = self.native()
        if native is not None:
            where = native.find_sal()
            if where.symtab is not None and where.line:
                return f"{os.path.basename(where.symtab.filename)}:{where.line}"
            return f"a line after {self.at}" if self.at.line else "a line that is not known"
        return str(self.at) if self.at.line else "its beginning"


class Operand:
    def __init__(self, address):
        self.is_op = memory.u8(address + of("operand.kind")) == of("operand_kind.op")
        self.settled = memory.u8(address + of("operand.settled")) != 0
        self.op = memory.u32(address + of("operand.op"))
        self.branch = memory.u32(address + of("operand.branch"))


def operands(frame):
    """What a frame that awaits a combinator still waits for, and whether it needs all of it."""
    policy = memory.u8(frame.waiting_for + of("combine.policy"))
    span = frame.waiting_for + of("combine.operands")
    begin, count = memory.pointer(span), memory.u64(span + 8)
    rows = [Operand(begin + i * of("operand.size")) for i in range(min(count, 10000))]
    needs_all = policy in (of("combine_policy.all"), of("combine_policy.settle"))
    return [row for row in rows if not row.settled], needs_all


def waits_for(run, frame):
    """What stops a frame, in words."""

    def operation(index):
        row = run.operation(index)
        text = row.text(run.signal_of)
        return text + (f", asked for at {row.at}" if row.at.line and str(row.at) != str(frame.at) else "")

    if frame.state == "running":
        return "is running"
    if frame.waiting == "operation":
        return "waits for " + operation(frame.waiting_op)
    if frame.waiting == "branch":
        return "waits for a branch to end"
    if frame.waiting == "forever":
        return "continues as new when handlers are done"
    if frame.waiting == "combinator":
        rows, needs_all = operands(frame)
        texts = [operation(row.op) if row.is_op else f"branch {row.branch}" for row in rows]
        return ("waits for all of: " if needs_all else "waits for the first of: ") + "; ".join(texts)
    return "can go on" if frame.begun else "begins"


def _is_spawned(run, frame):
    return run.branch(frame.branch).kind == "spawned"


class Stack:
    """A coroutine that something outside of workflow code has to move, and those that await it, the innermost first."""

    def __init__(self, run, frames):
        self.head = f"{run.branch(frames[0].branch).text()} {waits_for(run, frames[0])}"
        self.frames = frames
        # What a spawned branch's root has above it is who started it, not who waits for it.
        pairs = zip(frames, frames[1:])
        self.spawned = [inner for inner, outer in pairs if inner.branch != outer.branch and _is_spawned(run, inner)]


def _is_inner(frame):
    """Whether other coroutines stand between this one and what it waits for."""
    if frame.waiting == "task":
        return True
    if frame.waiting != "combinator":
        return False
    rows, _ = operands(frame)
    return bool(rows) and not any(row.is_op for row in rows)


def stacks(run):
    by_address = {frame.address: frame for frame in run.frames()}
    found = []
    for frame in by_address.values():
        if frame.state in ("finished", "created") or (frame.state == "suspended" and _is_inner(frame)):
            continue
        chain = [frame]
        while chain[-1].parent in by_address and len(chain) <= len(by_address):
            chain.append(by_address[chain[-1].parent])
        found.append(Stack(run, chain))
    return found
