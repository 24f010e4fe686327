#pragma once

#include <perdure/replayer.hpp>
#include <string>

namespace perdure::bench {

/// Runs a workflow of so many activities, one after the other, on a server in memory and gives its history.
[[nodiscard]] history record_relay(int activities);

/// The registered types of the workflow.
[[nodiscard]] const detail::registrations& relay_types();

}  // namespace perdure::bench
