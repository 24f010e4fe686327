#pragma once

#include <string>

#include "api/proto.hpp"
#include "perdure/detail/frame.hpp"

namespace perdure::detail {

/// `orders/order.workflow.cpp:37 in fulfil`, at most 160 bytes; the path is cut from the left. Empty for an unknown site.
[[nodiscard]] std::string site_text(const site& at);

/// Notes with a command where in the source it was made. Other tools see an empty detail; histories and replay do not depend on
/// it.
void record_site(pb::command::Command& command, const site& at);

/// What record_site noted with the command of this event, or nothing.
[[nodiscard]] std::string recorded_site(const pb::history::HistoryEvent& event);

}  // namespace perdure::detail
