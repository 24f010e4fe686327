#pragma once

#include <string>

#include "history_service/engine/mutation.hpp"
#include "history_service/engine/tasks.hpp"
#include "history_service/engine/wakeups.hpp"

namespace perdure::history {

/// Names one start of a task for all time, also if the very start was lost in a crash and made again.
[[nodiscard]] std::string start_id(const std::string& request_id, wall_time started);
/// Whether `id` is that of this start.
[[nodiscard]] bool is_start_id(std::string_view id, std::string_view request_id, wall_time started) noexcept;

/// The activity was cancelled before any worker took it. Its end joins the buffer, behind the commands.
void buffer_cancellation_of_unstarted(mutation& change, const activity_state& activity, const std::string& identity);

/// Starts an activity that nobody has.
[[nodiscard]] started_activity_task start_waiting_activity(mutation& change, std::int64_t scheduled_event_id,
                                                           const std::string& identity, const std::string& request_id);

/// Whether this result may be taken. Errors: not_found, invalid_argument.
[[nodiscard]] result<done> check_result(const run_state& state, const environment& env, const task_claim& claim,
                                        const pb::service::RespondActivityTaskCompletedRequest& request);
/// The end of an activity whose result may be taken, and the workflow task that follows.
void write_result(mutation& change, const task_claim& claim, const pb::service::RespondActivityTaskCompletedRequest& request);

/// The task as its worker gets it.
[[nodiscard]] started_activity_task describe_started_activity(const run_state& state, const activity_state& activity);

/// The started event, which is written only now that the activity closes, with its last attempt. Returns its id, or 0 if
/// it waits in the buffer or the activity never started.
std::int64_t add_started_event(mutation& change, const activity_state& activity);

/// Tries again if the policy allows it. IN_PROGRESS: the next attempt waits for its time. Else the activity must close,
/// with this state.
[[nodiscard]] pb::enums::RetryState retry_or_stop(mutation& change, const activity_state& activity,
                                                  const pb::failure::Failure& failure);

/// Ends the attempt, and perhaps the activity, for which the deadline has passed.
void time_out_activity(mutation& change, const activity_deadline& passed);

}  // namespace perdure::history
