#pragma once

#include <google/protobuf/duration.pb.h>

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/proto.hpp"

namespace perdure::cli {

/// "1h30m", "500ms", "10s", "2d": numbers with units. Throws command_error (usage) that names the flag.
[[nodiscard]] std::chrono::milliseconds parse_duration(std::string_view flag, std::string_view text);

/// Sets the duration of a flag that was given.
void set_duration(google::protobuf::Duration& into, std::string_view flag, std::string_view text);

/// Flags of the commands that send payloads, named as in Temporal's CLI.
struct payload_flags {
    std::vector<std::string> input;
    std::vector<std::string> files;
    std::vector<std::string> metadata;
    bool base64 = false;
};

/// The payloads that the flags describe. JSON is checked here, so that a slip is found before anything is sent.
[[nodiscard]] pb::common::Payloads build_payloads(const payload_flags& flags);

/// A JSON text as a payload; `flag` names where it came from in the error.
[[nodiscard]] pb::common::Payload json_payload(std::string_view flag, const std::string& text);

/// "KEY=JSON" pairs as payloads by key.
[[nodiscard]] std::map<std::string, pb::common::Payload> key_values(std::string_view flag, const std::vector<std::string>& pairs);

/// "user@host" with the program's name and process before it, as histories show who asked.
[[nodiscard]] std::string default_identity();

/// "Requested from the command line by user".
[[nodiscard]] std::string default_reason();

/// A version 4 UUID from the system's entropy.
[[nodiscard]] std::string new_uuid();

}  // namespace perdure::cli
