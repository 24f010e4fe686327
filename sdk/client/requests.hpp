#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/proto.hpp"
#include "api/result.hpp"
#include "perdure/client.hpp"

namespace perdure::detail {

/// What is wrong with the options of a start; none when they can be sent.
[[nodiscard]] std::optional<service_failure> problem_of(const start_options& options);

[[nodiscard]] pb::common::RetryPolicy to_proto(const retry_policy& policy);

/// With a fresh request id, unless the options have one.
[[nodiscard]] pb::service::StartWorkflowExecutionRequest start_request(connection& via, std::string_view type,
                                                                       std::vector<raw_payload> input,
                                                                       const start_options& options);
[[nodiscard]] pb::service::SignalWithStartWorkflowExecutionRequest signal_with_start_request(
    pb::service::StartWorkflowExecutionRequest start, std::string_view signal, std::vector<raw_payload> message);

[[nodiscard]] run_description to_description(const pb::service::DescribeWorkflowExecutionResponse& response);
[[nodiscard]] history_line to_line(const pb::history::HistoryEvent& event);

}  // namespace perdure::detail
