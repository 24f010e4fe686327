#pragma once

// Many activities at once in one run.

#include <perdure/contract.hpp>
#include <perdure/worker.hpp>

namespace perdure::bench {

/// Calls so many activities in parallel, waits for all of them and answers how many there were.
struct Fanout : contract<Fanout, "bench.fanout", int(int)> {};

/// Registers the workflow and its activity, which returns its input at once.
void add_fanout(worker& to);

}  // namespace perdure::bench
