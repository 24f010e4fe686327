#pragma once

#include <string>

#include "api/proto.hpp"
#include "sdk/workflow/commands.hpp"

// Commands, events and values in words, for reports.

namespace perdure::detail {

/// `call of activity payment.charge (id 2)`.
[[nodiscard]] std::string describe(const command_entry& command);
[[nodiscard]] std::string describe(const pb::history::HistoryEvent& event);

/// EVENT_TYPE_TIMER_FIRED is `TimerFired`.
[[nodiscard]] std::string event_type_text(pb::enums::EventType type);

/// Whether the event records a command like this one, whatever their ids.
[[nodiscard]] bool similar(const command_entry& command, const pb::history::HistoryEvent& event);

/// JSON as it is, `null`, or what the bytes are: `binary/plain, 12 bytes`.
[[nodiscard]] std::string value_text(const pb::common::Payload& payload);
[[nodiscard]] std::string value_text(const pb::common::Payloads& payloads);
[[nodiscard]] std::string value_text(const google::protobuf::Duration& duration);

}  // namespace perdure::detail
