#pragma once

// One long run: a step after the other.

#include <functional>
#include <perdure/contract.hpp>
#include <perdure/worker.hpp>

namespace perdure::bench {

/// Calls so many activities, one after the other; answers how many.
struct March : contract<March, "bench.march", int(int)> {};

/// Registers the workflow and its activity. `on_step` is called in the activity, with 0, 1, ... of each run.
void add_march(worker& to, std::function<void(int)> on_step);

}  // namespace perdure::bench
