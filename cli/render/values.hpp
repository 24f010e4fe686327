#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "api/proto.hpp"

namespace perdure::cli {

/// "2025-11-21T10:02:03.123Z"; empty for a time that is not set.
[[nodiscard]] std::string show_time(const google::protobuf::Timestamp& time);

/// "1.5s", "2m", "3h 20m", "2d"; the largest two units that say it.
[[nodiscard]] std::string show_duration(const google::protobuf::Duration& duration);
[[nodiscard]] std::string show_milliseconds(std::int64_t milliseconds);

/// JSON as it stands, other encodings by name and size.
[[nodiscard]] std::string show_payload(const pb::common::Payload& payload);
/// Several values with commas between them.
[[nodiscard]] std::string show_payloads(const pb::common::Payloads& payloads);

/// "ACTIVITY_TASK_SCHEDULED" of EVENT_TYPE_ACTIVITY_TASK_SCHEDULED given "EVENT_TYPE_".
[[nodiscard]] std::string without_prefix(std::string_view name, std::string_view prefix);

/// "Activity scheduled", "Workflow task timed out": an event's type in words.
[[nodiscard]] std::string event_words(pb::enums::EventType type);

/// "COMPLETED", "TIMED_OUT" and so on.
[[nodiscard]] std::string status_word(pb::enums::WorkflowExecutionStatus status);

/// "Completed", "TimedOut" and so on, as list filters and Temporal's CLI write them.
[[nodiscard]] std::string status_name(pb::enums::WorkflowExecutionStatus status);

/// "START_TO_CLOSE" as "start-to-close".
[[nodiscard]] std::string words_with_dashes(std::string_view upper_case);

}  // namespace perdure::cli
