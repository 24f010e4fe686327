#pragma once

#include <string_view>

#include "api/wire_buffer.hpp"

namespace perdure::detail {

/// The parts of a serialised HistoryEvent that a replay uses, as another serialised HistoryEvent in `scratch`: who did something,
/// when and where it was asked for does not decide what workflow code does. The bytes themselves where all of it counts, or
/// where they cannot be taken apart.
[[nodiscard]] std::string_view lean_event(std::string_view bytes, wire_buffer& scratch);

}  // namespace perdure::detail
