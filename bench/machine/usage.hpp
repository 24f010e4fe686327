#pragma once

#include <sys/types.h>

namespace perdure::bench {

/// What a process has used so far, as the kernel counts it.
struct usage {
    double cpu_ms = 0;
    double rss_mb = 0;
};

/// Zeros for a process that is gone.
usage usage_of(pid_t process);

/// How often the threads of a process have gone to sleep so far: each time, something had woken one up.
long long sleeps_of(pid_t process);

}  // namespace perdure::bench
