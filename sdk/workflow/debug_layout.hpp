#pragma once

#include <cstdint>

/// What a debugger reads: where the fields of a live run are, so that it needs no debug information of the SDK, and the list of
/// all runs. Plain data under C names, because core files are read by memory alone. `tools/gdb` reads it.
extern "C" {

struct perdure_debug_field {
    const char* name;     // "frame.parent"; null ends the table
    std::uint64_t value;  // an offset, a size or, for "version", the version of the table
};

/// Raised whenever a name goes or changes its meaning; new names do not count.
inline constexpr std::uint64_t perdure_debug_layout_version = 1;

extern const perdure_debug_field perdure_debug_layout[];

/// The newest living run, or null; each leads to the one before it by "run.older".
extern void* perdure_debug_runs;
}
