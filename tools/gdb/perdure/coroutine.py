"""What clang says about a coroutine: its function, its source lines, and the locals that live in its frame.

clang splits a coroutine into a ramp and a resume function. The frame's first word is the resume function; its block has a
variable __coro_frame, whose type has one member for each local that is kept across an await. After the last await the first
word is null.
"""

import re

import gdb

from perdure import memory

BUILD_HINT = "build the workflow's target in Debug with -g"
SDK_NAMESPACES = ("perdure::", "std::", "__gnu_cxx::", "boost::")


def short_name(name):
    """A function's name without parameters and clone suffix."""
    name = name.split(" [clone")[0].replace("(anonymous namespace)", "{anonymous}").replace("operator()", "{call}")
    depth = 0
    for i, letter in enumerate(name):
        depth += {"<": 1, ">": -1}.get(letter, 0)
        if letter == "(" and depth == 0:
            name = name[:i]
            break
    # A template's name begins with its return type.
    name = re.sub(r"^[^<(]*?\s(?=[\w{}]+::)", "", name)
    return name.replace("{anonymous}", "(anonymous namespace)").replace("{call}", "operator()").strip()


def linker_name(pc):
    """The name at an address with all its namespaces, which -g1 leaves out of the debug information."""
    text = gdb.execute(f"info symbol {pc:#x}", to_string=True)
    return short_name(text.split(" in section ")[0].split(" + ")[0]) if " in section " in text else ""


def native_name(frame):
    """The function of a frame of gdb's own, with its namespaces."""
    return frame.name() or "" if frame.type() == gdb.INLINE_FRAME else linker_name(frame.pc())


class Function:
    """The resume function of a coroutine."""

    def __init__(self, pc):
        self.pc = pc
        block = gdb.block_for_pc(pc)
        while block is not None and block.function is None:
            block = block.superblock
        self.block = block
        self.name = linker_name(pc) or (block.function.name if block else f"(code at {pc:#x})")

    @staticmethod
    def of_handle(handle):
        pc = memory.pointer(handle) if handle else 0
        return Function(pc) if pc else None

    def is_user(self):
        return not self.name.startswith(SDK_NAMESPACES)

    def has_lines(self):
        return self.block is not None and gdb.find_pc_line(self.pc).symtab is not None

    def frame_type(self):
        for symbol in self.block or ():
            if symbol.name == "__coro_frame":
                kind = symbol.type
                return kind.target() if kind.code == gdb.TYPE_CODE_PTR else kind
        return None

    def what_is_missing(self):
        """Why a person sees less than in a debug build, and the remedy; empty if all is there."""
        if self.frame_type() is not None:
            return ""
        return f"the variables of {self.name} are not described, as without -g or with optimisation: {BUILD_HINT}"

    def contains(self, pc):
        return self.block is not None and self.block.start <= pc < self.block.end

    def is_at(self, pc):
        return pc == self.pc or self.contains(pc)

    def native_frame(self):
        frame = gdb.newest_frame() if gdb.selected_thread() else None
        while frame is not None and frame.is_valid():
            if self.is_at(frame.pc()):
                return frame
            frame = frame.older()
        return None

    def rows(self):
        """(address, line) of the body in the order of addresses, without the entry.

        The entry, up to the jump to where the coroutine goes on, carries lines of awaits as well; nothing has been set up there.
        """
        symtab = gdb.find_pc_line(self.pc).symtab
        rows = sorted((row.pc, row.line) for row in symtab.linetable() if self.contains(row.pc)) if symtab else []
        declared = rows[0][1] if rows else 0
        entry = next((i for i, row in enumerate(rows) if i > 0 and row[1] == declared), 0)
        return rows[entry:], declared

    def addresses_of(self, line):
        rows, _ = self.rows()
        return [pc for pc, at in rows if at == line]

    def first_addresses(self):
        """One address for each line of the body; the first of them to be reached is where the user's code begins."""
        rows, declared = self.rows()
        lowest = {}
        for pc, line in rows:
            if line not in (0, declared):
                lowest.setdefault(line, pc)
        return list(lowest.values()) or [pc for pc, _ in rows]


def source_lines(symtab, first, last):
    try:
        with open(symtab.fullname(), encoding="utf-8", errors="replace") as source:
            return source.read().splitlines()[first - 1 : last]
    except OSError:
        return []


def _is_set(symbol, line):
    """Whether a variable has been initialised by the time its function waits at `line`."""
    if symbol.is_argument or line == 0:
        return True
    if symbol.line >= line:
        return False
    # `auto x =` on one line and the await on the next are one statement.
    between = "".join(source_lines(symbol.symtab, symbol.line, line - 1))
    return between == "" or any(mark in between for mark in ";{}")


def _depth(block):
    return 0 if block is None or block.function else 1 + _depth(block.superblock)


def _visible(function, line):
    """The variables in scope at a line, the innermost first."""
    blocks = [gdb.block_for_pc(pc) for pc in function.addresses_of(line)] if line else []
    blocks = [block for block in blocks if block is not None]
    block = max(blocks, key=_depth) if blocks else function.block
    found = {}
    while block is not None:
        for symbol in block:
            if (symbol.is_variable or symbol.is_argument) and symbol.name and not symbol.name.startswith("__"):
                found.setdefault(symbol.name, symbol)
        if block.function is not None:
            break
        block = block.superblock
    return [symbol for symbol in found.values() if _is_set(symbol, line)]


def _this(symbol, frame_value, owner):
    """`this` is a nameless pointer in the frame: it is certain only when it is the workflow object."""
    for field in frame_value.type.fields():
        if field.name and field.name.startswith("PointerType") and int(frame_value[field]) == owner:
            return frame_value[field].cast(symbol.type)
    return None


def locals_of(function, handle, line, owner):
    """(type, name, value or None) of each local of a suspended coroutine; None is a value that the frame does not keep."""
    kind = function.frame_type()
    if kind is None:
        return None
    value = gdb.Value(handle).cast(kind.pointer()).dereference()
    members = {}
    for field in kind.fields():
        if field.name:
            members.setdefault(field.name, []).append(field)
    found = []
    for symbol in _visible(function, line):
        if symbol.name == "this":
            found.append((symbol.type, "this", _this(symbol, value, owner)))
            continue
        fields = members.get(symbol.name, [])
        same = [field for field in fields if str(field.type) == str(symbol.type)] or fields
        # Two variables of one name and type cannot be told apart; both are shown.
        for field in same:
            found.append((symbol.type, symbol.name, value[field]))
        if not same:
            found.append((symbol.type, symbol.name, None))
    return found
