#include "server/http/route.hpp"

#include <array>
#include <optional>

namespace perdure::server {
namespace {

#define PERDURE_WORKFLOW "/namespaces/{namespace}/workflows/"

// Temporal's annotations, one line a path. Deleting has none there; its line follows the style of the others.
constexpr std::array all_routes{
    route{"GET", "/system-info", "GetSystemInfo"},
    route{"GET", "/namespaces/{namespace}/workflows", "ListWorkflowExecutions"},
    route{"GET", "/namespaces/{namespace}/workflow-count", "CountWorkflowExecutions"},
    route{"POST", PERDURE_WORKFLOW "{workflow_id}", "StartWorkflowExecution"},
    route{"GET", PERDURE_WORKFLOW "{execution.workflow_id}", "DescribeWorkflowExecution"},
    route{"DELETE", PERDURE_WORKFLOW "{workflow_execution.workflow_id}", "DeleteWorkflowExecution"},
    route{"GET", PERDURE_WORKFLOW "{execution.workflow_id}/history", "GetWorkflowExecutionHistory"},
    route{"GET", PERDURE_WORKFLOW "{execution.workflow_id}/history-reverse", "GetWorkflowExecutionHistoryReverse"},
    route{"POST", PERDURE_WORKFLOW "{execution.workflow_id}/query/{query.query_type}", "QueryWorkflow"},
    route{"POST", PERDURE_WORKFLOW "{workflow_execution.workflow_id}/signal/{signal_name}", "SignalWorkflowExecution"},
    route{"POST", PERDURE_WORKFLOW "{workflow_id}/signal-with-start/{signal_name}", "SignalWithStartWorkflowExecution"},
    route{"POST", PERDURE_WORKFLOW "{workflow_execution.workflow_id}/cancel", "RequestCancelWorkflowExecution"},
    route{"POST", PERDURE_WORKFLOW "{workflow_execution.workflow_id}/terminate", "TerminateWorkflowExecution"},
    route{"POST", "/namespaces/{namespace}/activity-heartbeat", "RecordActivityTaskHeartbeat"},
    route{"POST", "/namespaces/{namespace}/activity-complete", "RespondActivityTaskCompleted"},
    route{"POST", "/namespaces/{namespace}/activity-fail", "RespondActivityTaskFailed"},
    route{"POST", "/namespaces/{namespace}/activity-resolve-as-canceled", "RespondActivityTaskCanceled"},
    route{"POST", PERDURE_WORKFLOW "{workflow_id}/activities/{activity_id}/heartbeat", "RecordActivityTaskHeartbeatById"},
    route{"POST", PERDURE_WORKFLOW "{workflow_id}/activities/{activity_id}/complete", "RespondActivityTaskCompletedById"},
    route{"POST", PERDURE_WORKFLOW "{workflow_id}/activities/{activity_id}/fail", "RespondActivityTaskFailedById"},
    route{"POST", PERDURE_WORKFLOW "{workflow_id}/activities/{activity_id}/resolve-as-canceled",
          "RespondActivityTaskCanceledById"},
    route{"POST", "/namespaces/{namespace}/activities/{activity_id}/heartbeat", "RecordActivityTaskHeartbeatById"},
    route{"POST", "/namespaces/{namespace}/activities/{activity_id}/complete", "RespondActivityTaskCompletedById"},
    route{"POST", "/namespaces/{namespace}/activities/{activity_id}/fail", "RespondActivityTaskFailedById"},
    route{"POST", "/namespaces/{namespace}/activities/{activity_id}/resolve-as-canceled", "RespondActivityTaskCanceledById"},
    route{"GET", "/namespaces/{namespace}/task-queues/{task_queue.name}", "DescribeTaskQueue"},
};

#undef PERDURE_WORKFLOW

using fields = std::vector<std::pair<std::string, std::string>>;

// The fields of a path that has the template's shape.
std::optional<fields> match_path(std::string_view path, std::span<const std::string> segments) {
    fields found;
    path.remove_prefix(1);
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const std::size_t slash = path.find('/');
        const std::string_view part = path.substr(0, slash);
        if (part.starts_with('{')) {
            if (segments[i].empty()) return std::nullopt;
            found.emplace_back(part.substr(1, part.size() - 2), segments[i]);
        } else if (part != segments[i]) {
            return std::nullopt;
        }
        const bool last = i + 1 == segments.size();
        if (slash == std::string_view::npos) return last ? std::optional(std::move(found)) : std::nullopt;
        if (last) return std::nullopt;
        path.remove_prefix(slash + 1);
    }
    return std::nullopt;
}

}  // namespace

std::span<const route> routes() noexcept { return all_routes; }

std::variant<route_match, wrong_verb, no_route> find_route(std::string_view verb, const std::vector<std::string>& path) {
    std::span<const std::string> segments(path);
    if (segments.size() == 2 && segments[0] == grpc_service) {
        if (verb != "POST") return wrong_verb{"POST"};
        return route_match{segments[1], {}};
    }
    if (segments.size() > 2 && segments[0] == "api" && segments[1] == "v1") segments = segments.subspan(2);
    wrong_verb other;
    for (const route& candidate : all_routes) {
        auto found = match_path(candidate.path, segments);
        if (!found) continue;
        if (candidate.verb == verb) return route_match{candidate.operation, std::move(*found)};
        if (!other.allowed.empty()) other.allowed += ", ";
        other.allowed += candidate.verb;
    }
    if (other.allowed.empty()) return no_route{};
    return other;
}

}  // namespace perdure::server
