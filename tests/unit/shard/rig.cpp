#include "tests/unit/shard/rig.hpp"

#include <algorithm>

#include "api/carried_history.hpp"

namespace perdure::history {
namespace {

void set(google::protobuf::Duration& out, std::chrono::nanoseconds time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    out.set_seconds(seconds.count());
    out.set_nanos(static_cast<std::int32_t>((time - seconds).count()));
}

}  // namespace

shard_rig::shard_rig(shard_options options, store* rows)
    : watched(rows != nullptr ? *rows : memory), options_(std::move(options)) {
    restart();
}

void shard_rig::restart() {
    shard_.reset();
    while (writes.step() || reads.step()) continue;
    offers.clear();
    queries.clear();
    shard_ = must(history_shard::open({watched, ids, *this, writes, writes, reads}, options_, now));
}

void shard_rig::sleep(std::chrono::nanoseconds time) {
    const wall_time until = now + time;
    for (auto due = shard_->next_due(); due && *due <= until; due = shard_->next_due()) {
        now = std::max(now, *due);
        shard_->advance(now);
    }
    now = until;
    shard_->advance(now);
}

result<pb::service::StartWorkflowExecutionResponse> shard_rig::start(const std::string& id, const std::string& request_id) {
    return ask(&history_shard::start_workflow_execution, start_request(id, request_id));
}

result<done> shard_rig::signal(const std::string& id, const std::string& request_id, const std::string& run_id) {
    pb::service::SignalWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id(id);
    request.mutable_workflow_execution()->set_run_id(run_id);
    request.set_signal_name("sig");
    request.set_request_id(request_id);
    auto answer = ask(&history_shard::signal_workflow_execution, request);
    if (!answer) return std::move(answer).error();
    return done{};
}

result<done> shard_rig::terminate(const std::string& id) {
    pb::service::TerminateWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_workflow_execution()->set_workflow_id(id);
    auto answer = ask(&history_shard::terminate_workflow_execution, request);
    if (!answer) return std::move(answer).error();
    return done{};
}

std::vector<pb::history::HistoryEvent> shard_rig::history(const std::string& id, const std::string& run_id, int page) {
    pb::service::GetWorkflowExecutionHistoryRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id(id);
    request.mutable_execution()->set_run_id(run_id);
    request.set_maximum_page_size(page);
    std::vector<pb::history::HistoryEvent> events;
    for (;;) {
        const auto answer = must(ask(&history_shard::get_workflow_execution_history, request));
        events.insert(events.end(), answer.history().events().begin(), answer.history().events().end());
        if (answer.next_page_token().empty()) return events;
        request.set_next_page_token(answer.next_page_token());
    }
}

pb::workflow::WorkflowExecutionInfo shard_rig::info(const std::string& id) {
    pb::service::DescribeWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.mutable_execution()->set_workflow_id(id);
    return must(ask(&history_shard::describe_workflow_execution, request)).workflow_execution_info();
}

result<pb::service::PollWorkflowTaskQueueResponse> shard_rig::take(const offered_task& offer) {
    auto answer = std::make_shared<std::optional<result<pb::service::PollWorkflowTaskQueueResponse>>>();
    shard_->start_workflow_task(offer.run, offer.task, {"worker"}, false, [answer](auto got) { *answer = std::move(got); });
    if (!*answer) return service_failure{status_code::deadline_exceeded, "no answer yet"};
    if (**answer) unpack_history(***answer);
    return std::move(**answer);
}

result<pb::service::PollWorkflowTaskQueueResponse> shard_rig::take_workflow_task(const std::string& queue) {
    for (const offered_task& offer : offers)
        if (offer.queue.name == queue && offer.task.kind == task_kind::workflow) return take(offered_task(offer));
    return service_failure{status_code::not_found, "no workflow task is offered"};
}

result<pb::service::PollWorkflowTaskQueueResponse> shard_rig::take_task_of(const std::string& id) {
    for (const offered_task& offer : offers)
        if (offer.key.workflow_id == id && offer.task.kind == task_kind::workflow) return take(offered_task(offer));
    return service_failure{status_code::not_found, "no workflow task is offered"};
}

result<pb::service::PollActivityTaskQueueResponse> shard_rig::take_activity_task(const std::string& queue) {
    for (const offered_task& offer : offers) {
        if (offer.queue.name != queue || offer.task.kind != task_kind::activity) continue;
        const offered_task chosen = offer;
        auto answer = std::make_shared<std::optional<result<pb::service::PollActivityTaskQueueResponse>>>();
        shard_->start_activity_task(chosen.run, chosen.task, {"worker"}, [answer](auto got) { *answer = std::move(got); });
        if (!*answer) return service_failure{status_code::deadline_exceeded, "no answer yet"};
        return std::move(**answer);
    }
    return service_failure{status_code::not_found, "no activity task is offered"};
}

result<pb::service::RespondWorkflowTaskCompletedResponse> shard_rig::complete(
    const pb::service::PollWorkflowTaskQueueResponse& task, std::vector<pb::command::Command> commands) {
    pb::service::RespondWorkflowTaskCompletedRequest request;
    request.set_namespace_("default");
    request.set_task_token(task.task_token());
    for (auto& command : commands) *request.add_commands() = std::move(command);
    return ask(&history_shard::respond_workflow_task_completed, request);
}

result<done> shard_rig::complete(const pb::service::PollActivityTaskQueueResponse& task) {
    pb::service::RespondActivityTaskCompletedRequest request;
    request.set_namespace_("default");
    request.set_task_token(task.task_token());
    auto answer = ask(&history_shard::respond_activity_task_completed, request);
    if (!answer) return std::move(answer).error();
    return done{};
}

void shard_rig::task_offered(const offered_task& task) {
    task_withdrawn(task, false);
    offers.push_back(task);
    if (!worker_waits || task.task.kind != task_kind::workflow) return;
    shard_->start_workflow_task(task.run, task.task, {"worker"}, false, [this](auto got) {
        taken.push_back(must(std::move(got)));
        unpack_history(taken.back());
    });
}

void shard_rig::task_withdrawn(const offered_task& task, bool) {
    std::erase_if(offers, [&](const offered_task& other) { return other.run == task.run && other.task == task.task; });
}

pb::service::StartWorkflowExecutionRequest start_request(const std::string& id, const std::string& request_id) {
    pb::service::StartWorkflowExecutionRequest request;
    request.set_namespace_("default");
    request.set_workflow_id(id);
    request.mutable_workflow_type()->set_name("wf");
    request.mutable_task_queue()->set_name("q");
    request.set_request_id(request_id.empty() ? "start-" + id : request_id);
    return request;
}

pb::command::Command activity_command(const std::string& id, std::chrono::seconds start_to_close) {
    pb::command::Command command;
    command.set_command_type(pb::enums::COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK);
    auto* attributes = command.mutable_schedule_activity_task_command_attributes();
    attributes->set_activity_id(id);
    attributes->mutable_activity_type()->set_name("act");
    attributes->mutable_task_queue()->set_name("q");
    set(*attributes->mutable_start_to_close_timeout(), start_to_close);
    return command;
}

pb::command::Command timer_command(const std::string& id, std::chrono::milliseconds fire_after) {
    pb::command::Command command;
    command.set_command_type(pb::enums::COMMAND_TYPE_START_TIMER);
    command.mutable_start_timer_command_attributes()->set_timer_id(id);
    set(*command.mutable_start_timer_command_attributes()->mutable_start_to_fire_timeout(), fire_after);
    return command;
}

pb::command::Command complete_command() {
    pb::command::Command command;
    command.set_command_type(pb::enums::COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION);
    command.mutable_complete_workflow_execution_command_attributes();
    return command;
}

}  // namespace perdure::history
