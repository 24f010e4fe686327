#include "tests/unit/engine/story.hpp"

#include <gtest/gtest.h>

#include "api/time_convert.hpp"

namespace perdure::history::test {
namespace {

/// "RETRY_STATE_TIMEOUT" without its prefix.
std::string short_name(const std::string& name, std::string_view prefix) {
    return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

std::string retry_state(pb::enums::RetryState state) {
    return ' ' + short_name(pb::enums::RetryState_Name(state), "RETRY_STATE_");
}

std::string timeout_type(pb::enums::TimeoutType type) {
    return ' ' + short_name(pb::enums::TimeoutType_Name(type), "TIMEOUT_TYPE_");
}

template <class Attributes>
std::string activity_end(const Attributes& attributes) {
    std::string line = " of " + std::to_string(attributes.scheduled_event_id());
    if (attributes.started_event_id() != 0) line += " started " + std::to_string(attributes.started_event_id());
    return line;
}

std::string detail_of(const pb::history::HistoryEvent& event) {
    using enum pb::history::HistoryEvent::AttributesCase;
    switch (event.attributes_case()) {
        case kWorkflowExecutionStartedEventAttributes: {
            const auto attempt = event.workflow_execution_started_event_attributes().attempt();
            return attempt > 1 ? " attempt " + std::to_string(attempt) : "";
        }
        case kWorkflowExecutionFailedEventAttributes:
            return retry_state(event.workflow_execution_failed_event_attributes().retry_state());
        case kWorkflowExecutionTimedOutEventAttributes:
            return retry_state(event.workflow_execution_timed_out_event_attributes().retry_state());
        case kWorkflowTaskScheduledEventAttributes: {
            const auto& scheduled = event.workflow_task_scheduled_event_attributes();
            std::string line = scheduled.task_queue().kind() == pb::enums::TASK_QUEUE_KIND_STICKY ? " sticky" : "";
            return scheduled.attempt() > 1 ? line + " attempt " + std::to_string(scheduled.attempt()) : line;
        }
        case kWorkflowTaskFailedEventAttributes:
            return ' ' +
                   short_name(pb::enums::WorkflowTaskFailedCause_Name(event.workflow_task_failed_event_attributes().cause()),
                              "WORKFLOW_TASK_FAILED_CAUSE_");
        case kWorkflowTaskTimedOutEventAttributes:
            return timeout_type(event.workflow_task_timed_out_event_attributes().timeout_type());
        case kActivityTaskScheduledEventAttributes:
            return ' ' + event.activity_task_scheduled_event_attributes().activity_id();
        case kActivityTaskStartedEventAttributes: {
            const auto& started = event.activity_task_started_event_attributes();
            std::string line = " of " + std::to_string(started.scheduled_event_id());
            if (started.attempt() > 1) line += " attempt " + std::to_string(started.attempt());
            return started.has_last_failure() ? line + " after " + started.last_failure().message() : line;
        }
        case kActivityTaskCompletedEventAttributes:
            return activity_end(event.activity_task_completed_event_attributes());
        case kActivityTaskFailedEventAttributes:
            return activity_end(event.activity_task_failed_event_attributes()) +
                   retry_state(event.activity_task_failed_event_attributes().retry_state());
        case kActivityTaskTimedOutEventAttributes: {
            const auto& timed_out = event.activity_task_timed_out_event_attributes();
            return activity_end(timed_out) + timeout_type(timed_out.failure().timeout_failure_info().timeout_type()) +
                   retry_state(timed_out.retry_state());
        }
        case kActivityTaskCanceledEventAttributes:
            return activity_end(event.activity_task_canceled_event_attributes());
        case kActivityTaskCancelRequestedEventAttributes:
            return " of " + std::to_string(event.activity_task_cancel_requested_event_attributes().scheduled_event_id());
        case kTimerStartedEventAttributes:
            return ' ' + event.timer_started_event_attributes().timer_id();
        case kTimerFiredEventAttributes:
            return ' ' + event.timer_fired_event_attributes().timer_id();
        case kTimerCanceledEventAttributes:
            return ' ' + event.timer_canceled_event_attributes().timer_id();
        case kWorkflowExecutionSignaledEventAttributes:
            return ' ' + event.workflow_execution_signaled_event_attributes().signal_name();
        case kMarkerRecordedEventAttributes:
            return ' ' + event.marker_recorded_event_attributes().marker_name();
        default:
            return "";
    }
}

}  // namespace

std::string line_of(const pb::history::HistoryEvent& event) {
    return std::to_string(event.event_id()) + ' ' + short_name(pb::enums::EventType_Name(event.event_type()), "EVENT_TYPE_") +
           detail_of(event);
}

pb::common::Payloads payload(std::string_view json) {
    pb::common::Payloads payloads;
    auto& one = *payloads.add_payloads();
    (*one.mutable_metadata())["encoding"] = "json/plain";
    one.set_data(std::string(json));
    return payloads;
}

pb::failure::Failure application_failure(const std::string& message, const std::string& type) {
    pb::failure::Failure failure;
    failure.set_message(message);
    failure.mutable_application_failure_info()->set_type(type);
    return failure;
}

pb::command::ScheduleActivityTaskCommandAttributes activity(const std::string& activity_id) {
    pb::command::ScheduleActivityTaskCommandAttributes attributes;
    attributes.set_activity_id(activity_id);
    attributes.mutable_activity_type()->set_name("act");
    *attributes.mutable_input() = payload("1");
    *attributes.mutable_start_to_close_timeout() = to_duration(10s);
    return attributes;
}

Command schedule(pb::command::ScheduleActivityTaskCommandAttributes attributes) {
    Command command;
    command.set_command_type(pb::enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK);
    *command.mutable_schedule_activity_task_command_attributes() = std::move(attributes);
    return command;
}

Command schedule(const std::string& activity_id, milliseconds start_to_close) {
    auto attributes = activity(activity_id);
    *attributes.mutable_start_to_close_timeout() = to_duration(start_to_close);
    return schedule(std::move(attributes));
}

Command cancel_activity(std::int64_t scheduled_event_id) {
    Command command;
    command.set_command_type(pb::enums::COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK);
    command.mutable_request_cancel_activity_task_command_attributes()->set_scheduled_event_id(scheduled_event_id);
    return command;
}

Command start_timer(const std::string& timer_id, milliseconds length) {
    Command command;
    command.set_command_type(pb::enums::COMMAND_TYPE_START_TIMER);
    command.mutable_start_timer_command_attributes()->set_timer_id(timer_id);
    *command.mutable_start_timer_command_attributes()->mutable_start_to_fire_timeout() = to_duration(length);
    return command;
}

Command cancel_timer(const std::string& timer_id) {
    Command command;
    command.set_command_type(pb::enums::COMMAND_TYPE_CANCEL_TIMER);
    command.mutable_cancel_timer_command_attributes()->set_timer_id(timer_id);
    return command;
}

Command marker(const std::string& name) {
    Command command;
    command.set_command_type(pb::enums::COMMAND_TYPE_RECORD_MARKER);
    command.mutable_record_marker_command_attributes()->set_marker_name(name);
    return command;
}

Command complete(std::string_view result) {
    Command command;
    command.set_command_type(pb::enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION);
    *command.mutable_complete_workflow_execution_command_attributes()->mutable_result() = payload(result);
    return command;
}

Command fail(const std::string& type) {
    Command command;
    command.set_command_type(pb::enums::COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION);
    *command.mutable_fail_workflow_execution_command_attributes()->mutable_failure() = application_failure("no", type);
    return command;
}

Command cancel_run() {
    Command command;
    command.set_command_type(pb::enums::COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION);
    command.mutable_cancel_workflow_execution_command_attributes();
    return command;
}

Command continue_as_new(std::string_view input) {
    Command command;
    command.set_command_type(pb::enums::COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION);
    *command.mutable_continue_as_new_workflow_execution_command_attributes()->mutable_input() = payload(input);
    return command;
}

pb::service::StartWorkflowExecutionRequest story::plain_start() {
    pb::service::StartWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.set_workflow_id("w");
    request.mutable_workflow_type()->set_name("wf");
    request.mutable_task_queue()->set_name("q");
    request.set_request_id("start-1");
    *request.mutable_input() = payload("1");
    return request;
}

story::story() : story(plain_start()) {}

story::story(const pb::service::StartWorkflowExecutionRequest& request) {
    const auto started = host.start(request);
    if (!started) ADD_FAILURE() << started.error().message;
}

pb::service::PollWorkflowTaskQueueResponse story::take(const std::string& queue) {
    pb::service::PollWorkflowTaskQueueRequest request;
    request.mutable_task_queue()->set_name(queue);
    request.set_identity("worker");
    auto task = host.poll_workflow(request);
    if (!task) {
        ADD_FAILURE() << "no workflow task on " << queue << " after\n" << history();
        return {};
    }
    task_token_ = task->task_token();
    return *std::move(task);
}

bool story::has_task(const std::string& queue) {
    const auto tasks = outstanding_tasks(run().state);
    return !tasks.empty() && tasks.front().task.kind == task_kind::workflow && tasks.front().queue.name() == queue;
}

result<pb::service::RespondWorkflowTaskCompletedResponse> story::answer(
    pb::service::RespondWorkflowTaskCompletedRequest request) {
    request.set_task_token(task_token_);
    request.set_identity("worker");
    return host.complete(request);
}

result<pb::service::RespondWorkflowTaskCompletedResponse> story::answer(std::initializer_list<Command> commands) {
    pb::service::RespondWorkflowTaskCompletedRequest request;
    for (const auto& command : commands) *request.add_commands() = command;
    return answer(std::move(request));
}

void story::turn(std::initializer_list<Command> commands) {
    take();
    const auto answered = answer(commands);
    if (!answered) ADD_FAILURE() << answered.error().message;
}

void story::stay_sticky(std::initializer_list<Command> commands, bool foresees) {
    take(has_task("q") ? "q" : "q-sticky");
    pb::service::RespondWorkflowTaskCompletedRequest request;
    for (const auto& command : commands) *request.add_commands() = command;
    request.mutable_sticky_attributes()->mutable_worker_task_queue()->set_name("q-sticky");
    *request.mutable_sticky_attributes()->mutable_schedule_to_start_timeout() = to_duration(5s);
    request.mutable_sticky_attributes()->set_perdure_foresees(foresees);
    const auto answered = answer(std::move(request));
    if (!answered) ADD_FAILURE() << answered.error().message;
}

result<done> story::fail_task(pb::enums::WorkflowTaskFailedCause cause) {
    pb::service::RespondWorkflowTaskFailedRequest request;
    request.set_task_token(task_token_);
    request.set_cause(cause);
    request.set_identity("worker");
    *request.mutable_failure() = application_failure("bug");
    return host.fail(request);
}

pb::service::PollActivityTaskQueueResponse story::take_activity(const std::string& queue) {
    pb::service::PollActivityTaskQueueRequest request;
    request.mutable_task_queue()->set_name(queue);
    request.set_identity("worker");
    auto task = host.poll_activity(request);
    if (!task) {
        ADD_FAILURE() << "no activity task on " << queue << " after\n" << history();
        return {};
    }
    activity_tokens_[task->activity_id()] = task->task_token();
    return *std::move(task);
}

bool story::has_activity(const std::string& queue) {
    for (const auto& task : outstanding_tasks(run().state)) {
        if (task.task.kind == task_kind::activity && task.queue.name() == queue) return true;
    }
    return false;
}

result<done> story::finish(const std::string& activity_id, std::string_view json) {
    pb::service::RespondActivityTaskCompletedRequest request;
    request.set_task_token(activity_tokens_.at(activity_id));
    *request.mutable_result() = payload(json);
    return host.complete_activity(request);
}

result<bool> story::finish_and_answer(const std::string& activity_id, const pb::service::PerdureForeseenAnswer& foreseen) {
    pb::service::RespondActivityTaskCompletedRequest request;
    request.set_task_token(activity_tokens_.at(activity_id));
    request.set_identity("worker");
    *request.mutable_result() = payload("\"ok\"");
    *request.mutable_perdure_foreseen() = foreseen;
    const auto answered = host.complete_activity_and_task(request);
    if (!answered) return answered.error();
    return answered->has_perdure_foreseen();
}

result<done> story::break_down(const std::string& activity_id, const pb::failure::Failure& failure) {
    pb::service::RespondActivityTaskFailedRequest request;
    request.set_task_token(activity_tokens_.at(activity_id));
    *request.mutable_failure() = failure;
    return host.fail_activity(request);
}

result<done> story::obey_cancel(const std::string& activity_id) {
    pb::service::RespondActivityTaskCanceledRequest request;
    request.set_task_token(activity_tokens_.at(activity_id));
    return host.cancel_activity(request);
}

result<pb::service::RecordActivityTaskHeartbeatResponse> story::beat(const std::string& activity_id, std::string_view json) {
    pb::service::RecordActivityTaskHeartbeatRequest request;
    request.set_task_token(activity_tokens_.at(activity_id));
    *request.mutable_details() = payload(json);
    return host.heartbeat(request);
}

result<done> story::signal(const std::string& name, const std::string& request_id) {
    pb::service::SignalWorkflowExecutionRequest request;
    request.mutable_workflow_execution()->set_workflow_id("w");
    request.set_signal_name(name);
    request.set_request_id(request_id);
    return host.signal(request);
}

result<done> story::request_cancel() {
    pb::service::RequestCancelWorkflowExecutionRequest request;
    request.mutable_workflow_execution()->set_workflow_id("w");
    return host.cancel(request);
}

result<done> story::terminate() {
    pb::service::TerminateWorkflowExecutionRequest request;
    request.mutable_workflow_execution()->set_workflow_id("w");
    return host.terminate(request);
}

pb::service::DescribeWorkflowExecutionResponse story::describe() { return perdure::history::describe(run().state); }

std::string story::history() { return history_from(1); }

std::string story::history_from(std::int64_t event_id) {
    std::string lines;
    for (const auto& event : run().history) {
        if (event.event_id() >= event_id) lines += line_of(event) + '\n';
    }
    return lines;
}

}  // namespace perdure::history::test
