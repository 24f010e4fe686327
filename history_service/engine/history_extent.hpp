#pragma once

#include "api/proto.hpp"
#include "history_service/engine/limits.hpp"
#include "history_service/engine/state.hpp"

#include <cstdint>

namespace perdure::history {

/// How long a history is, as a workflow is told when a task of it starts.
struct history_extent {
    std::int64_t bytes = 0;
    std::int64_t next_event_id = 1;
};

[[nodiscard]] inline history_extent extent_of(const run_state& state) noexcept {
    return {state.execution.history_bytes, state.execution.next_event_id};
}

/// Says it in a start, and whether the workflow had better continue as new.
template <class Started>
void say_extent(Started& started, const history_extent& extent, const limits& bounds) {
    started.set_history_size_bytes(extent.bytes);
    const auto because = [&](pb::enums::SuggestContinueAsNewReason reason) {
        started.set_suggest_continue_as_new(true);
        if constexpr (requires { started.add_suggest_continue_as_new_reasons(reason); }) {
            started.add_suggest_continue_as_new_reasons(reason);
        } else {
            started.add_reasons(reason);
        }
    };
    if (extent.bytes >= bounds.history_bytes_suggest) {
        because(pb::enums::SUGGEST_CONTINUE_AS_NEW_REASON_HISTORY_SIZE_TOO_LARGE);
    }
    if (extent.next_event_id >= bounds.history_events_suggest) {
        because(pb::enums::SUGGEST_CONTINUE_AS_NEW_REASON_TOO_MANY_HISTORY_EVENTS);
    }
}

}  // namespace perdure::history
