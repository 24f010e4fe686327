#pragma once

#include <atomic>
#include <string>

namespace perdure::history {

/// The operating system's files with faults on demand, as an SQLite VFS named "failing".
struct failing_vfs {
    /// Registers the VFS once; later calls do nothing.
    static void install();

    /// Writes and flushes that still succeed; below zero there is no limit.
    static std::atomic<int> operations_left;
    /// What fails then: an SQLite result code.
    static std::atomic<int> failure;
    /// Writes and flushes that were asked for.
    static std::atomic<int> operations;
    static std::atomic<int> flushes;

    static void fail_after(int operations_that_succeed, int code) {
        failure = code;
        operations_left = operations_that_succeed;
    }
    static void heal() { operations_left = -1; }
};

}  // namespace perdure::history
