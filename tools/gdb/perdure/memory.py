"""Reads the inferior's memory. Nothing here calls a function of the inferior, so all of it works on core files."""

import struct

import gdb

# A length above this is not a length but memory that was never written.
LIMIT = 1 << 26


def read(address, size):
    try:
        return bytes(gdb.selected_inferior().read_memory(address, size))
    except gdb.MemoryError:
        raise gdb.GdbError(
            f"memory at {address:#x} cannot be read: the process may have been stopped while it changed its runs; "
            "let it go on for a moment and stop it again"
        ) from None


def u8(address):
    return read(address, 1)[0]


def u32(address):
    return struct.unpack("<I", read(address, 4))[0]


def i64(address):
    return struct.unpack("<q", read(address, 8))[0]


def u64(address):
    return struct.unpack("<Q", read(address, 8))[0]


pointer = u64


def c_string(address):
    if address == 0:
        return ""
    text = b""
    # In steps that never cross a page, because the next page may not be mapped.
    while b"\0" not in text and len(text) < 4096:
        text += read(address + len(text), 64 - (address + len(text)) % 64)
    return text.split(b"\0", 1)[0].decode(errors="replace")


def std_string(address):
    size = u64(address + 8)
    if size > LIMIT:
        raise gdb.GdbError(f"the string at {address:#x} is not made yet or gone already")
    return read(pointer(address), size).decode(errors="replace") if size else ""


def _rows(begin, end, size):
    if end < begin or end - begin > LIMIT:
        raise gdb.GdbError(f"the table at {begin:#x} is not made yet or gone already")
    return [begin + i * size for i in range((end - begin) // size)]


def vector(address, size):
    """The addresses of the elements of a std::vector."""
    return _rows(pointer(address), pointer(address + 8), size)


def pmr_vector(address, size):
    """The same of a std::pmr::vector, whose allocator comes first."""
    return _rows(pointer(address + 8), pointer(address + 16), size)


def deque(address, size):
    """The addresses of the elements of a std::deque: blocks of 512 bytes behind a map."""
    per_block = max(1, 512 // size)
    at, last, node = pointer(address + 16), pointer(address + 32), pointer(address + 40)
    end = pointer(address + 48)
    found = []
    while at != end:
        if len(found) > LIMIT // size:
            raise gdb.GdbError(f"the queue at {address:#x} is not made yet or gone already")
        found.append(at)
        at += size
        if at == last:
            node += 8
            at = pointer(node)
            last = at + per_block * size
    return found
