#pragma once

#include "api/ids.hpp"
#include "server/node/node_core.hpp"

#include <optional>
#include <string>

namespace perdure::server {

/// What the node checks of a request before history sees it: that it is addressed. Everything else is the engine's rule.

[[nodiscard]] inline std::optional<service_failure> check_address(const node_core& node, const std::string& name_space,
                                                                  const std::string& workflow_id, const std::string& run_id) {
    if (auto wrong = node.check_namespace(name_space)) return wrong;
    if (auto wrong = check_required_id("WorkflowId", workflow_id)) return wrong;
    return check_id("RunId", run_id);
}

[[nodiscard]] inline std::optional<service_failure> check_address(const node_core& node, const std::string& name_space,
                                                                  const pb::common::WorkflowExecution& execution) {
    return check_address(node, name_space, execution.workflow_id(), execution.run_id());
}

/// For requests that name an activity.
template <class Request>
[[nodiscard]] std::optional<service_failure> check_activity(const node_core& node, const Request& request) {
    if (auto wrong = check_address(node, request.namespace_(), request.workflow_id(), request.run_id())) return wrong;
    if (auto wrong = check_required_id("ActivityId", request.activity_id())) return wrong;
    return check_id("Identity", request.identity());
}

/// For answers to tasks.
template <class Request>
[[nodiscard]] std::optional<service_failure> check_answer(const node_core& node, const Request& request) {
    if (auto wrong = node.check_namespace(request.namespace_())) return wrong;
    if (request.task_token().empty()) {
        return service_failure{status_code::invalid_argument, "Task token not set on request; send the one the task came with."};
    }
    if constexpr (requires { request.identity(); }) return check_id("Identity", request.identity());
    return std::nullopt;
}

[[nodiscard]] inline std::optional<service_failure> check_page_size(std::int32_t size) {
    if (size >= 0) return std::nullopt;
    return service_failure{status_code::invalid_argument,
                           "the page size is " + std::to_string(size) + "; it must be 0 (the server's choice) or more."};
}

}  // namespace perdure::server
