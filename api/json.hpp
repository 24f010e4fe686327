#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/json_value.hpp"
#include "api/json_writer.hpp"
#include "api/proto.hpp"
#include "api/result.hpp"

// Messages of the contract as JSON, as Temporal's HTTP API and its tools read and write them.

namespace perdure {

/// What happens to a member or an enum value that the contract does not know.
enum class unknown_fields : std::uint8_t { refuse, ignore };

struct json_parse_options {
    /// Any JSON may stand where a payload is expected: `"input": ["a", 1]`. A payload that is written in full is still read.
    bool payload_shorthand = true;
    unknown_fields unknown = unknown_fields::refuse;
    /// Longer text is refused; 0 means any length.
    std::size_t max_bytes = 0;
};

/// Reads a message from JSON: proto-JSON with names in either spelling, enums as `EVENT_TYPE_TIMER_FIRED`, `TimerFired` or
/// by number. `into` is cleared first and is in an unspecified valid state after a refusal.
///
/// Every refusal is InvalidArgument, names the field as in `retryPolicy.maximumAttempts` and says what is expected.
[[nodiscard]] result<done> parse_message(std::string_view json, google::protobuf::Message& into,
                                         const json_parse_options& options = {});
[[nodiscard]] result<done> parse_message(const json_value& json, google::protobuf::Message& into,
                                         const json_parse_options& options = {});

struct json_print_options {
    /// Payloads that hold JSON are written as that JSON. What JSON cannot show so is written in full.
    bool payload_shorthand = false;
    json_style style = json_style::compact;
};

/// Writes a message as JSON: fields in the order of their declaration, those with default values left out, maps sorted by
/// key. Refuses what JSON cannot hold: invalid UTF-8, times outside of the years 1 to 9999, nesting over 100 levels.
[[nodiscard]] result<std::string> print_message(const google::protobuf::Message& message, const json_print_options& options = {});

/// Reads an exported history: `{"events": [...]}`, or the bare list of events. Refuses event ids that do not count from 1.
[[nodiscard]] result<pb::history::History> parse_history(std::string_view json, unknown_fields unknown = unknown_fields::ignore);

/// Writes `{"events": [...]}`, as Temporal's tools export it; nothing is lost.
[[nodiscard]] result<std::string> print_history(const pb::history::History& history, json_style style = json_style::pretty);

}  // namespace perdure
