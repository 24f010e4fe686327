#include "sdk/activity/activity_session.hpp"

#include <utility>

#include "api/time_convert.hpp"

namespace perdure::detail {

activity_session::activity_session(activity_info info, std::vector<raw_payload> last_heartbeat, activity_hooks hooks)
    : info_(std::move(info)), last_heartbeat_(std::move(last_heartbeat)), hooks_(std::move(hooks)) {}

void activity_session::stop(std::string reason, bool requested) {
    {
        const std::lock_guard lock(mutex_);
        if (stop_reason_.empty() || requested) stop_reason_ = std::move(reason);
    }
    if (requested) cancel_requested_.store(true);
    // Outside of the lock: the callbacks of the activity's stop token run in here.
    stop_.request_stop();
}

std::string activity_session::stop_reason() const {
    const std::lock_guard lock(mutex_);
    return stop_reason_;
}

activity_info info_of(const pb::service::PollActivityTaskQueueResponse& task, std::string task_queue) {
    return {.space = task.workflow_namespace(),
            .workflow_id = task.workflow_execution().workflow_id(),
            .run_id = task.workflow_execution().run_id(),
            .workflow_type = task.workflow_type().name(),
            .activity_type = task.activity_type().name(),
            .activity_id = task.activity_id(),
            .task_queue = std::move(task_queue),
            .attempt = task.attempt(),
            .scheduled_at = from_timestamp(task.scheduled_time()),
            .attempt_scheduled_at = from_timestamp(task.current_attempt_scheduled_time()),
            .started_at = from_timestamp(task.started_time()),
            .start_to_close = from_duration(task.start_to_close_timeout()),
            .schedule_to_close = from_duration(task.schedule_to_close_timeout()),
            .heartbeat_timeout = from_duration(task.heartbeat_timeout()),
            .task_token = task.task_token()};
}

}  // namespace perdure::detail
