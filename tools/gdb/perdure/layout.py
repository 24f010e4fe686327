"""The table that the program exports: where the fields of runs are. It stands in for the debug information of the SDK."""

import gdb

from perdure import memory

VERSION = 1

_symbols = {}
_cache = {"key": None, "table": {}}


def find_symbol(name):
    try:
        return int(gdb.parse_and_eval(f"(unsigned long)&{name}"))
    except gdb.error:
        return 0


def symbol(name):
    """The address of a symbol of the running program; 0 if it has none of that name."""
    # gdb takes milliseconds for it. Addresses stay the same while a process lives.
    pid = gdb.selected_inferior().pid
    if pid == 0:
        return find_symbol(name)
    if _symbols.get("pid") != pid:
        _symbols.clear()
        _symbols["pid"] = pid
    if not _symbols.get(name):
        _symbols[name] = find_symbol(name)
    return _symbols[name]


def _read_table(address):
    table = {}
    while name := memory.pointer(address):
        table[memory.c_string(name)] = memory.u64(address + 8)
        address += 16
    return table


def table():
    address = symbol("perdure_debug_layout")
    if address == 0:
        raise gdb.GdbError(
            "this program has no perdure workflows, or a version of the SDK before debuggers were supported: "
            "the symbol perdure_debug_layout is missing (a program that was stripped has lost it as well)"
        )
    if not gdb.selected_inferior().threads():
        raise gdb.GdbError("nothing runs: start the program with `run`, attach to a worker, or open a core file")
    key = (address, gdb.selected_inferior().pid)
    if _cache["key"] != key:
        found = _read_table(address)
        if not found:
            raise gdb.GdbError("the program has not been loaded in full yet: let it run to main first (`start`)")
        if found.get("version") != VERSION:
            raise gdb.GdbError(
                f"the program's workflows have debug layout {found.get('version')} and these commands read layout "
                f"{VERSION}: use the gdb package that came with the program's version of the SDK (PERDURE_GDB_PATH)"
            )
        _cache.update(key=key, table=found)
    return _cache["table"]


def of(name):
    """An offset, a size or a constant."""
    value = table()[name]
    return value if value < 1 << 63 else value - (1 << 64)


def word(group, value, fallback="operation"):
    """The name of a constant: word("slot_kind", 1) is "timer"."""
    for name, known in table().items():
        if known == value and name.startswith(group + "."):
            return name[len(group) + 1 :]
    return fallback
