#pragma once

#include <cstddef>

#include "api/proto.hpp"

namespace perdure::bench {

/// The history of a run that calls one activity after the other, with arguments and results of `payload_bytes`: the start, then
/// six events an activity, at least `events` in all.
[[nodiscard]] pb::history::History sequential_activities(std::size_t events, std::size_t payload_bytes);

}  // namespace perdure::bench
