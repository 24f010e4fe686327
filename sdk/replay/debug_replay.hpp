#pragma once

#include <cstdint>

/// What a debugger reads and sets while it leads a replay. Plain data under C names with fields of 8 bytes, so that scripts need
/// no debug information of the SDK. `tools/gdb` reads it.
extern "C" {

/// One event of the history, for lists.
struct perdure_debug_event {
    std::int64_t id;
    const char* type;     // "ActivityTaskScheduled"
    const char* summary;  // "payment.charge", or empty
    const char* time;
};

enum perdure_debug_phase : std::int64_t {
    perdure_debug_applies = 1,  // the event is about to be applied
    perdure_debug_wakes = 2,    // the event lets a coroutine go on, which it is about to do
    perdure_debug_issues = 3,   // workflow code makes the command that the event records
    perdure_debug_task_end = 4  // all coroutines wait; the event is the start of the task
};

/// A point of the replay at which a debugger may stop.
struct perdure_debug_moment {
    perdure_debug_phase phase;
    std::int64_t event_id;  // 0 for a command that the history does not have
    const void* resume;     // of wakes: the function that goes on
    std::int64_t line;      // of wakes: the await's line, 0 at the beginning of the coroutine
};

inline constexpr std::int64_t perdure_debug_replay_version = 1;

/// Stands still while `perdure_debug_stop` is called.
struct perdure_debug_replay_state {
    std::int64_t version;
    const perdure_debug_event* events;
    std::int64_t event_count;
    /// All moments, in the order in which they come: replay is deterministic, so a rehearsal has told.
    const perdure_debug_moment* moments;
    std::int64_t moment_count;
    /// One byte a moment: the debugger writes 1 where it wants to stop.
    std::uint8_t* stops;
    /// The number of the moment that was reached last; -1 before the first.
    std::int64_t reached;
};

extern perdure_debug_replay_state perdure_debug_replay;

/// Called when the tables are ready and nothing has been replayed.
void perdure_debug_ready();

/// Called at a moment whose byte is set, by the workflow's thread; for perdure_debug_issues inside of the issuing call.
void perdure_debug_stop();
}
