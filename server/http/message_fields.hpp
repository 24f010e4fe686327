#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/json_value.hpp"
#include "api/result.hpp"

namespace perdure::server {

/// Sets the text field at `path` ("execution.workflow_id") of a message; the path comes from a route and must exist.
void set_text_field(google::protobuf::Message& message, std::string_view path, const std::string& value);

/// Query parameters as the JSON of `type`: `execution.runId=x&waitNewEvent=true` is
/// {"execution":{"runId":"x"},"waitNewEvent":true}.
///
/// Names are those of the proto or of its JSON; a repeated field takes each value. A parameter that the message does not have is
/// refused with the names it has. `pretty` and `noPayloadShorthand` are not the message's and are passed over.
[[nodiscard]] result<json_value> query_as_json(const google::protobuf::Descriptor& type,
                                               const std::vector<std::pair<std::string, std::string>>& query);

}  // namespace perdure::server
