#pragma once

#include <sys/types.h>

#include <string>

namespace perdure::bench {

/// What a process has used so far, as the kernel counts it.
struct usage {
    double cpu_ms = 0;
    double rss_mb = 0;
    double written_bytes = 0;  ///< to disks; 0 where the kernel does not tell this user
};

/// Zeros for a process that is gone.
[[nodiscard]] usage usage_of(pid_t process);

/// The same of a process with all below it; its CPU includes that of processes below that have ended. Memory that they share
/// counts once for each.
[[nodiscard]] usage usage_of_family(pid_t head);

/// How often the threads of a process have gone to sleep so far: each time, something had woken one up.
[[nodiscard]] long long sleeps_of(pid_t process);

/// What `/proc` says of a process; an empty name for one that is gone.
struct process_facts {
    std::string name;
    pid_t parent = 0;
    double cpu_ms = 0;
    double cpu_ms_of_ended_children = 0;
    double rss_mb = 0;
};
[[nodiscard]] process_facts facts_of(pid_t process);

}  // namespace perdure::bench
