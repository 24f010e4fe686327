#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <string>

#include "api/result.hpp"

namespace perdure::detail {

/// Reads a message of which a newer server may know more members.
[[nodiscard]] std::optional<service_failure> read_message(const std::string& json, google::protobuf::Message& message);

/// What an HTTP answer other than 200 means: Temporal's error JSON, or the status alone when the body is none.
[[nodiscard]] service_failure read_failure(int http_status, const std::string& body);

}  // namespace perdure::detail
