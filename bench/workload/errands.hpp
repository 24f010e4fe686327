#pragma once

#include <perdure/client.hpp>
#include <string>

#include "bench/load/closed_loop.hpp"

namespace perdure::bench {

// Errands of a customer: each starts a workflow, waits for its result and throws when it is wrong. Ids begin with `prefix`. The
// client outlives them.

/// Its start, four activities and its result.
inline constexpr double steps_of_an_order = 6;
[[nodiscard]] errand order4_errand(const client& via, std::string prefix, std::string input);
/// A workflow that reads three signals.
[[nodiscard]] errand letters_errand(const client& via, std::string prefix);
/// A workflow that sleeps for 50 ms.
[[nodiscard]] errand nap_errand(const client& via, std::string prefix);
/// A workflow of ten activities at once.
[[nodiscard]] errand fanout_errand(const client& via, std::string prefix);

/// How a run of theirs is started.
[[nodiscard]] start_options start_of(const std::string& prefix, std::size_t number);

}  // namespace perdure::bench
