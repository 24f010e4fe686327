#include "sdk/client/requests.hpp"

#include <array>
#include <utility>

#include "api/failure.hpp"
#include "api/json.hpp"
#include "api/payload.hpp"
#include "api/time_convert.hpp"
#include "sdk/client/connection.hpp"

namespace perdure::detail {
namespace {

service_failure refusal(std::string sentence) { return {.code = status_code::invalid_argument, .message = std::move(sentence)}; }

pb::enums::WorkflowIdConflictPolicy to_proto(conflict_policy policy) {
    switch (policy) {
        case conflict_policy::use_existing:
            return pb::enums::WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING;
        case conflict_policy::terminate_existing:
            return pb::enums::WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING;
        case conflict_policy::fail:
            break;
    }
    return pb::enums::WORKFLOW_ID_CONFLICT_POLICY_FAIL;
}

pb::enums::WorkflowIdReusePolicy to_proto(id_reuse policy) {
    switch (policy) {
        case id_reuse::allow_duplicate_failed_only:
            return pb::enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY;
        case id_reuse::reject_duplicate:
            return pb::enums::WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE;
        case id_reuse::allow_duplicate:
            break;
    }
    return pb::enums::WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE;
}

// EVENT_TYPE_ACTIVITY_TASK_SCHEDULED -> ActivityTaskScheduled
std::string camel(std::string_view name, std::string_view prefix) {
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    std::string text;
    bool start = true;
    for (const char letter : name) {
        if (letter == '_') {
            start = true;
        } else {
            text += start || letter < 'A' || letter > 'Z' ? letter : static_cast<char>(letter - 'A' + 'a');
            start = false;
        }
    }
    return text;
}

std::string_view to_text(pb::enums::PendingActivityState state) {
    switch (state) {
        case pb::enums::PENDING_ACTIVITY_STATE_STARTED:
            return "started";
        case pb::enums::PENDING_ACTIVITY_STATE_CANCEL_REQUESTED:
            return "cancel requested";
        default:
            return "scheduled";
    }
}

}  // namespace

std::optional<service_failure> problem_of(const start_options& options) {
    if (options.id.empty())
        return refusal("start_options.id is empty; give the workflow an id of the business, like \"order-42\"");
    if (options.task_queue.empty()) return refusal("start_options.task_queue is empty; name the queue that the workers serve");
    if (!options.cron.empty()) return refusal("start_options.cron is not supported yet; start the workflow when it is due");
    constexpr std::chrono::milliseconds none{0};
    const std::array limits{std::pair{options.execution_timeout, "execution_timeout"},
                            std::pair{options.run_timeout, "run_timeout"}, std::pair{options.task_timeout, "task_timeout"},
                            std::pair{options.start_delay, "start_delay"}};
    for (const auto& [limit, name] : limits)
        if (limit < none) return refusal(std::string("start_options.") + name + " must not be negative");
    if (!options.retry) return std::nullopt;
    if (const std::string_view problem = perdure::problem_of(*options.retry); !problem.empty())
        return refusal("start_options." + std::string(problem));
    return std::nullopt;
}

pb::common::RetryPolicy to_proto(const retry_policy& policy) {
    pb::common::RetryPolicy message;
    *message.mutable_initial_interval() = to_duration(policy.initial);
    message.set_backoff_coefficient(policy.backoff);
    if (policy.max_interval.count() > 0) *message.mutable_maximum_interval() = to_duration(policy.max_interval);
    message.set_maximum_attempts(policy.max_attempts);
    for (const std::string_view type : policy.non_retryable) message.add_non_retryable_error_types(std::string(type));
    return message;
}

pb::service::StartWorkflowExecutionRequest start_request(connection& via, std::string_view type, std::vector<raw_payload> input,
                                                         const start_options& options) {
    pb::service::StartWorkflowExecutionRequest request;
    request.set_namespace_(via.space());
    request.set_identity(via.identity());
    request.set_request_id(options.request_id.empty() ? via.make_request_id() : options.request_id);
    request.set_workflow_id(options.id);
    request.mutable_workflow_type()->set_name(std::string(type));
    request.mutable_task_queue()->set_name(options.task_queue);
    request.mutable_task_queue()->set_kind(pb::enums::TASK_QUEUE_KIND_NORMAL);
    if (!input.empty()) *request.mutable_input() = perdure::to_proto(std::move(input));
    request.set_workflow_id_conflict_policy(to_proto(options.on_conflict));
    request.set_workflow_id_reuse_policy(to_proto(options.id_reuse));
    if (options.execution_timeout.count() > 0)
        *request.mutable_workflow_execution_timeout() = to_duration(options.execution_timeout);
    if (options.run_timeout.count() > 0) *request.mutable_workflow_run_timeout() = to_duration(options.run_timeout);
    if (options.task_timeout.count() > 0) *request.mutable_workflow_task_timeout() = to_duration(options.task_timeout);
    if (options.start_delay.count() > 0) *request.mutable_workflow_start_delay() = to_duration(options.start_delay);
    if (options.retry) *request.mutable_retry_policy() = to_proto(*options.retry);
    for (const auto& [key, value] : options.memo) (*request.mutable_memo()->mutable_fields())[key] = perdure::to_proto(value);
    return request;
}

pb::service::SignalWithStartWorkflowExecutionRequest signal_with_start_request(pb::service::StartWorkflowExecutionRequest start,
                                                                               std::string_view signal,
                                                                               std::vector<raw_payload> message) {
    pb::service::SignalWithStartWorkflowExecutionRequest request;
    request.set_namespace_(start.namespace_());
    request.set_identity(start.identity());
    request.set_request_id(start.request_id());
    request.set_workflow_id(start.workflow_id());
    *request.mutable_workflow_type() = std::move(*start.mutable_workflow_type());
    *request.mutable_task_queue() = std::move(*start.mutable_task_queue());
    if (start.has_input()) *request.mutable_input() = std::move(*start.mutable_input());
    // Running is the usual case here, so the policy that refuses it would refuse the whole call.
    if (start.workflow_id_conflict_policy() != pb::enums::WORKFLOW_ID_CONFLICT_POLICY_FAIL)
        request.set_workflow_id_conflict_policy(start.workflow_id_conflict_policy());
    request.set_workflow_id_reuse_policy(start.workflow_id_reuse_policy());
    if (start.has_workflow_execution_timeout())
        *request.mutable_workflow_execution_timeout() = start.workflow_execution_timeout();
    if (start.has_workflow_run_timeout()) *request.mutable_workflow_run_timeout() = start.workflow_run_timeout();
    if (start.has_workflow_task_timeout()) *request.mutable_workflow_task_timeout() = start.workflow_task_timeout();
    if (start.has_workflow_start_delay()) *request.mutable_workflow_start_delay() = start.workflow_start_delay();
    if (start.has_retry_policy()) *request.mutable_retry_policy() = std::move(*start.mutable_retry_policy());
    if (start.has_memo()) *request.mutable_memo() = std::move(*start.mutable_memo());
    request.set_signal_name(std::string(signal));
    if (!message.empty()) *request.mutable_signal_input() = perdure::to_proto(std::move(message));
    return request;
}

run_description to_description(const pb::service::DescribeWorkflowExecutionResponse& response) {
    const auto& info = response.workflow_execution_info();
    run_description description{
        .workflow_id = info.execution().workflow_id(),
        .run_id = info.execution().run_id(),
        .workflow_type = info.type().name(),
        .task_queue = info.task_queue(),
        .status = camel(pb::enums::WorkflowExecutionStatus_Name(info.status()), "WORKFLOW_EXECUTION_STATUS_"),
        .started_at = from_timestamp(info.start_time()),
        .history_length = info.history_length()};
    if (info.has_close_time()) description.closed_at = from_timestamp(info.close_time());
    for (const auto& [key, value] : info.memo().fields()) description.memo.emplace(key, perdure::from_proto(value));
    for (const auto& pending : response.pending_activities())
        description.pending_activities.push_back(
            {.id = pending.activity_id(),
             .type = pending.activity_type().name(),
             .state = std::string(to_text(pending.state())),
             .attempt = pending.attempt(),
             .last_failure = pending.has_last_failure() ? describe_failure_chain(pending.last_failure()) : std::string()});
    return description;
}

history_line to_line(const pb::history::HistoryEvent& event) {
    history_line line{.id = event.event_id(),
                      .time = from_timestamp(event.event_time()),
                      .type = camel(pb::enums::EventType_Name(event.event_type()), "EVENT_TYPE_"),
                      .json = "{}"};
    const auto* field = event.GetDescriptor()->FindOneofByName("attributes");
    if (field == nullptr) return line;
    const auto* set = event.GetReflection()->GetOneofFieldDescriptor(event, field);
    if (set == nullptr) return line;
    if (auto json = print_message(event.GetReflection()->GetMessage(event, set))) line.json = *std::move(json);
    return line;
}

}  // namespace perdure::detail
