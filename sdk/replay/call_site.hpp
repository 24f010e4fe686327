#pragma once

#include <string>

#include "api/proto.hpp"
#include "sdk/workflow/commands.hpp"

namespace perdure::detail {

/// `orders/order.workflow.cpp:37 in fulfil`, at most 160 bytes; the path is cut from the left. Empty for an unknown site.
[[nodiscard]] std::string site_text(const site& at);
/// The same with the place where the coroutine was awaited: `orders/order.workflow.cpp:37 in fulfil, from order.workflow.cpp:12
/// in run`. A helper that many call is one place; who called it is what was edited.
[[nodiscard]] std::string site_text(const command_entry& command);

/// Notes with a command where in the source it was made, in a field that other tools do not know; histories and replay do not
/// depend on it.
void record_site(pb::command::Command& message, const command_entry& command);

/// What record_site noted with the command of this event, or nothing. Lives as long as the event.
[[nodiscard]] const std::string& recorded_site(const pb::history::HistoryEvent& event);

}  // namespace perdure::detail
