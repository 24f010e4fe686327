#include "cli/render/describe.hpp"

#include <iomanip>
#include <sstream>

#include "cli/render/failure.hpp"
#include "cli/render/table.hpp"
#include "cli/render/values.hpp"

namespace perdure::cli {
namespace {

std::string joined_fields(const google::protobuf::Map<std::string, pb::common::Payload>& fields) {
    std::map<std::string, std::string> sorted;
    for (const auto& [name, value] : fields) sorted[name] = show_payload(value);
    std::string out;
    for (const auto& [name, value] : sorted) out += (out.empty() ? "" : "\n") + name + " = " + value;
    return out;
}

std::string number(std::int64_t value) { return value == 0 ? std::string() : std::to_string(value); }

std::string set_duration_text(const google::protobuf::Duration& duration) {
    return duration.seconds() == 0 && duration.nanos() == 0 ? std::string() : show_duration(duration);
}

std::string activity_card(const pb::workflow::PendingActivityInfo& activity, bool colour) {
    const auto state = without_prefix(pb::enums::PendingActivityState_Name(activity.state()), "PENDING_ACTIVITY_STATE_");
    const std::string limit =
        activity.maximum_attempts() > 0 ? " of " + std::to_string(activity.maximum_attempts()) : std::string();
    return render_card(
        {{"ActivityId", activity.activity_id()},
         {"Type", activity.activity_type().name()},
         {"State", words_with_dashes(state)},
         {"Attempt", std::to_string(activity.attempt()) + limit},
         {"ScheduledTime", show_time(activity.scheduled_time())},
         {"LastStartedTime", show_time(activity.last_started_time())},
         {"LastHeartbeatTime", show_time(activity.last_heartbeat_time())},
         {"ExpirationTime", show_time(activity.expiration_time())},
         {"NextAttemptTime", show_time(activity.next_attempt_schedule_time())},
         {"LastHeartbeatDetails", show_payloads(activity.heartbeat_details())},
         {"LastWorkerIdentity", activity.last_worker_identity()},
         {"LastFailure", activity.has_last_failure() ? joined_lines(failure_lines(activity.last_failure())) : std::string(),
          tone::bad}},
        colour);
}

std::string rate(float value) {
    std::ostringstream out;
    out << std::setprecision(3) << value;
    return out.str();
}

}  // namespace

std::string render_description(const pb::service::DescribeWorkflowExecutionResponse& description, const std::string& space,
                               bool colour) {
    const auto& info = description.workflow_execution_info();
    const auto& config = description.execution_config();
    const auto& extended = description.workflow_extended_info();
    std::string out = paint("Execution Info:", tone::heading, colour) + "\n";
    out += render_card({{"WorkflowId", info.execution().workflow_id()},
                        {"RunId", info.execution().run_id()},
                        {"Type", info.type().name()},
                        {"Namespace", space},
                        {"TaskQueue", info.task_queue()},
                        {"Status", status_word(info.status())},
                        {"StartTime", show_time(info.start_time())},
                        {"CloseTime", show_time(info.close_time())},
                        {"ExecutionTime", show_time(info.execution_time())},
                        {"ParentWorkflowId", info.parent_execution().workflow_id()},
                        {"Memo", joined_fields(info.memo().fields())},
                        {"SearchAttributes", joined_fields(info.search_attributes().indexed_fields())},
                        {"StateTransitionCount", number(info.state_transition_count())},
                        {"HistoryLength", number(info.history_length())},
                        {"HistorySize", number(info.history_size_bytes())},
                        {"Summary", config.user_metadata().has_summary() ? show_payload(config.user_metadata().summary()) : ""},
                        {"ExecutionTimeout", set_duration_text(config.workflow_execution_timeout())},
                        {"RunTimeout", set_duration_text(config.workflow_run_timeout())},
                        {"ExecutionExpirationTime", show_time(extended.execution_expiration_time())},
                        {"RunExpirationTime", show_time(extended.run_expiration_time())},
                        {"CancelRequested", extended.cancel_requested() ? "true" : ""}},
                       colour);
    if (info.status() != pb::enums::WORKFLOW_EXECUTION_STATUS_RUNNING) return out;
    if (description.has_pending_workflow_task()) {
        const auto& task = description.pending_workflow_task();
        const auto state = without_prefix(pb::enums::PendingWorkflowTaskState_Name(task.state()), "PENDING_WORKFLOW_TASK_STATE_");
        out += "\n" + paint("Pending Workflow Task:", tone::heading, colour) + "\n";
        out += render_card({{"State", words_with_dashes(state)},
                            {"Attempt", std::to_string(task.attempt())},
                            {"ScheduledTime", show_time(task.scheduled_time())},
                            {"StartedTime", show_time(task.started_time())}},
                           colour);
    }
    out += "\n" + paint("Pending Activities: " + std::to_string(description.pending_activities_size()), tone::heading, colour) +
           "\n";
    for (int i = 0; i < description.pending_activities_size(); ++i) {
        if (i > 0) out += "\n";
        out += activity_card(description.pending_activities(i), colour);
    }
    return out;
}

std::string render_task_queue(const std::vector<described_queue>& queues, bool with_stats, bool colour) {
    std::vector<std::vector<cell>> stats;
    std::vector<std::vector<cell>> pollers;
    for (const auto& [kind, description] : queues) {
        const auto& figures = description.stats();
        stats.push_back({{kind},
                         {std::to_string(figures.approximate_backlog_count())},
                         {show_duration(figures.approximate_backlog_age())},
                         {rate(figures.tasks_add_rate())},
                         {rate(figures.tasks_dispatch_rate())}});
        for (const auto& poller : description.pollers()) {
            pollers.push_back({{kind},
                               {poller.identity()},
                               {show_time(poller.last_access_time())},
                               {poller.rate_per_second() > 0 ? rate(static_cast<float>(poller.rate_per_second())) : "-"}});
        }
    }
    std::string out;
    if (with_stats) {
        out += paint("Task Queue Statistics:", tone::heading, colour) + "\n";
        out += render_table(
            {"TaskQueueType", "ApproximateBacklogCount", "ApproximateBacklogAge", "TasksAddRate", "TasksDispatchRate"}, stats,
            colour);
        out += "\n";
    }
    out += paint("Pollers:", tone::heading, colour) + "\n";
    if (pollers.empty()) return out + "  none: no worker serves this task queue\n";
    return out + render_table({"TaskQueueType", "Identity", "LastAccessTime", "RatePerSecond"}, pollers, colour);
}

}  // namespace perdure::cli
