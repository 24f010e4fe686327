#include "sdk/replay/debug_replay.hpp"

extern "C" {

perdure_debug_replay_state perdure_debug_replay{.version = perdure_debug_replay_version,
                                                .events = nullptr,
                                                .event_count = 0,
                                                .moments = nullptr,
                                                .moment_count = 0,
                                                .stops = nullptr,
                                                .reached = -1};

// The barriers keep calls of functions that do nothing.
[[gnu::noinline]] void perdure_debug_ready() { asm volatile("" ::: "memory"); }
[[gnu::noinline]] void perdure_debug_stop() { asm volatile("" ::: "memory"); }
}
