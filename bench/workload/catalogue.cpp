#include <array>

#include "bench/workload/workload.hpp"

namespace perdure::bench {
namespace {

constexpr std::array all{
    workload{"limits", "What the machine can do: flush, rows a second of each database, loopback", &run_limits},
    workload{"order4", "A workflow of four activities in sequence, 100-byte payloads, closed loop", &run_order4},
    workload{"payload", "The same with payloads of 100 KiB", &run_payload},
    workload{"start", "Starts alone; no worker takes them up", &run_start},
    workload{"signals", "Signals to one run or to many", &run_signals},
    workload{"fanout", "One run of many parallel activities", &run_fanout},
    workload{"long", "One run of 10,000 events: what a step costs at its end and at its beginning", &run_long},
    workload{"timers", "How late timers are that are due by the thousand, beside order4", &run_timers},
    workload{"naps", "How late a sleep of 10 ms ends on an idle server", &run_naps},
    workload{"mixed", "Orders, signals, timers and parallel activities side by side", &run_mixed},
    workload{"recovery", "How soon a server that was killed goes on, with many open runs", &run_recovery},
    workload{"idle", "What a server costs that has nothing to do, and what each waiting run adds", &run_idle},
};

}  // namespace

std::span<const workload> workloads() noexcept { return all; }

}  // namespace perdure::bench
