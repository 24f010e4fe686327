#pragma once

#include <string>

#include "api/proto.hpp"

namespace perdure::test {

/// Exports a history, imports it and exports it again, as JSON and in the binary form. Where the second export differs from the
/// first, or why the history could not be imported; nothing when all are the same.
[[nodiscard]] std::string round_trip_trouble(const pb::history::History& history);

}  // namespace perdure::test
