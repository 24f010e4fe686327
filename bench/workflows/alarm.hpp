#pragma once

// One timer a run, due at a time that all know.

#include <atomic>
#include <boost/describe/class.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <perdure/contract.hpp>
#include <perdure/worker.hpp>
#include <vector>

namespace perdure::bench {

struct AlarmPlan {
    std::int64_t index = 0;
    std::int64_t due_ms = 0;  ///< since 1970
};
BOOST_DESCRIBE_STRUCT(AlarmPlan, (), (index, due_ms))

/// Sleeps until it is due.
struct Alarm : contract<Alarm, "bench.alarm", void(AlarmPlan)> {};

/// Sleeps for so many milliseconds.
struct Nap : contract<Nap, "bench.nap", void(int)> {};

/// What became of alarms, by index. Each entry is written once, by the thread of its run, before `rung` counts it.
struct alarm_records {
    explicit alarm_records(std::size_t count) : asked_ms(count), resumed(count) {}

    std::vector<std::int64_t> asked_ms;                          ///< the length of the timer
    std::vector<std::chrono::system_clock::time_point> resumed;  ///< when the workflow went on after it
    std::atomic<std::size_t> armed = 0;
    std::atomic<std::size_t> rung = 0;
};

/// Registers the alarm. One worker a process; the records outlive it.
void add_alarms(worker& to, alarm_records& records);
void add_nap(worker& to);

}  // namespace perdure::bench
