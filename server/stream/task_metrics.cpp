#include "server/stream/task_metrics.hpp"

#include <algorithm>
#include <chrono>

#include "api/time_convert.hpp"

namespace perdure::server {
namespace {

void measure(const google::protobuf::Timestamp& scheduled, const google::protobuf::Timestamp& started, const char* kind,
             metrics& measured) {
    const std::chrono::duration<double> waited = from_timestamp(started) - from_timestamp(scheduled);
    measured.count("poll_success", {{"task_type", kind}});
    measured.observe("task_schedule_to_start_latency", {{"task_type", kind}}, std::max(waited.count(), 0.0));
}

void measure(const pb::service::PollWorkflowTaskQueueResponse& task, metrics& measured) {
    if (task.task_token().empty() || !task.has_started_time()) return;
    measure(task.scheduled_time(), task.started_time(), "Workflow", measured);
    measured.observe("workflow_task_attempt", {}, task.attempt());
}

void measure(const pb::service::PollActivityTaskQueueResponse& task, metrics& measured) {
    measure(task.current_attempt_scheduled_time(), task.started_time(), "Activity", measured);
}

}  // namespace

void measure_tasks(const pb::worker::FromServer& frame, metrics& measured) {
    for (const pb::worker::ServerMessage& message : frame.messages()) {
        if (message.has_workflow_task()) measure(message.workflow_task().task(), measured);
        if (message.has_activity_task()) measure(message.activity_task().task(), measured);
        if (!message.has_workflow_task_completed()) continue;
        measure(message.workflow_task_completed().workflow_task(), measured);
        for (const auto& activity : message.workflow_task_completed().activity_tasks()) measure(activity, measured);
    }
}

}  // namespace perdure::server
