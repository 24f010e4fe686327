#include <array>
#include <charconv>

#include "history_service/engine/activity.hpp"
#include "history_service/engine/engine.hpp"
#include "history_service/engine/timing.hpp"
#include "history_service/engine/validate.hpp"

namespace perdure::history {
namespace {

service_failure not_waiting(const run_state& state) {
    return {status_code::not_found,
            "Activity task not found: it was taken, cancelled or timed out (" + name_of(state.key()) + "). Take another one."};
}

/// What tells two starts of one request id apart.
class time_text {
  public:
    explicit time_text(wall_time time) noexcept
        : end_(std::to_chars(held_.data() + 1, held_.data() + held_.size(), time.time_since_epoch().count()).ptr) {}
    time_text(const time_text&) = delete;
    time_text& operator=(const time_text&) = delete;

    [[nodiscard]] std::string_view text() const noexcept { return {held_.data(), end_}; }

  private:
    std::array<char, 24> held_{'@'};
    const char* end_;
};

}  // namespace

std::string start_id(const std::string& request_id, wall_time started) {
    const time_text time(started);
    std::string id;
    id.reserve(request_id.size() + time.text().size());
    id += request_id;
    id += time.text();
    return id;
}

bool is_start_id(std::string_view id, std::string_view request_id, wall_time started) noexcept {
    if (!id.starts_with(request_id)) return false;
    return id.substr(request_id.size()) == time_text(started).text();
}

started_activity_task describe_started_activity(const run_state& state, const activity_state& activity) {
    const auto& run = state.execution;
    const auto& scheduled = activity.scheduled;
    started_activity_task started;
    auto& response = started.response;
    response.set_workflow_namespace(run.key.namespace_name);
    *response.mutable_workflow_type() = run.started.workflow_type();
    response.mutable_workflow_execution()->set_workflow_id(run.key.workflow_id);
    response.mutable_workflow_execution()->set_run_id(run.key.run_id);
    *response.mutable_activity_type() = scheduled.activity_type();
    response.set_activity_id(scheduled.activity_id());
    if (scheduled.has_header()) *response.mutable_header() = scheduled.header();
    if (scheduled.has_input()) *response.mutable_input() = scheduled.input();
    if (activity.heartbeat_details) *response.mutable_heartbeat_details() = *activity.heartbeat_details;
    *response.mutable_scheduled_time() = to_timestamp(activity.scheduled_time);
    *response.mutable_current_attempt_scheduled_time() = to_timestamp(activity.attempt_scheduled_time);
    *response.mutable_started_time() = to_timestamp(activity.started_time);
    response.set_attempt(activity.attempt);
    *response.mutable_schedule_to_close_timeout() = scheduled.schedule_to_close_timeout();
    *response.mutable_start_to_close_timeout() = scheduled.start_to_close_timeout();
    *response.mutable_heartbeat_timeout() = scheduled.heartbeat_timeout();
    *response.mutable_retry_policy() = scheduled.retry_policy();
    if (scheduled.has_priority()) *response.mutable_priority() = scheduled.priority();
    started.claim = {activity.scheduled_event_id, 0,    activity.attempt, start_id(activity.request_id, activity.started_time),
                     scheduled.activity_id(),     false};
    return started;
}

started_activity_task start_waiting_activity(mutation& change, std::int64_t scheduled_event_id, const std::string& identity,
                                             const std::string& request_id) {
    auto& start = change.change();
    auto& started = *start.mutable_activity_started();
    started.set_scheduled_event_id(scheduled_event_id);
    started.set_request_id(request_id);
    started.set_identity(identity);
    *started.mutable_time() = to_timestamp(change.now());
    change.put(start);
    return describe_started_activity(change.state(), change.state().activities.at(scheduled_event_id));
}

result<activity_start> start_activity(run_state& state, const environment& env, const task_ref& task, const task_taker& taker) {
    const auto found = state.activities.find(task.scheduled_event_id);
    if (found == state.activities.end()) return not_waiting(state);
    const auto waiting = waiting_activity(state, found->second);
    if (!waiting || waiting->task != task) return not_waiting(state);
    mutation change(state, env);
    activity_start start{.task = start_waiting_activity(change, task.scheduled_event_id, taker.identity, env.ids.next())};
    start.change = change.finish();
    return start;
}

result<started_activity_task> redeliver_activity(const run_state& state, const task_claim& claim) {
    const auto found = state.activities.find(claim.scheduled_event_id);
    if (!state.running() || found == state.activities.end() || !found->second.started) return not_waiting(state);
    auto started = describe_started_activity(state, found->second);
    if (started.claim != claim) return not_waiting(state);
    return started;
}

}  // namespace perdure::history
