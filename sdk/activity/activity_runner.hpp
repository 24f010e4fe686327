#pragma once

#include <exception>
#include <memory>
#include <vector>

#include "perdure/detail/activity_function.hpp"
#include "sdk/activity/activity_answer.hpp"
#include "sdk/activity/activity_registry.hpp"
#include "sdk/activity/activity_session.hpp"

namespace perdure::detail {

/// Runs an activity that blocks, to its end. Throws nothing: whatever the activity throws becomes the answer.
[[nodiscard]] activity_answer run_blocking(const blocking_activity& body, const std::shared_ptr<activity_session>& session,
                                           const std::vector<raw_payload>& input);

/// Starts an activity that is awaited; `done` is called once, on the session's io thread, or at once when it throws at once.
void run_awaited(const awaited_activity& body, const std::shared_ptr<activity_session>& session, std::vector<raw_payload> input,
                 std::function<void(activity_answer)> done);

/// What an attempt that ended with this exception, or with this result, answers.
[[nodiscard]] activity_answer answer_of(const activity_session& session, const std::exception_ptr& thrown,
                                        std::vector<raw_payload> result);

/// The failure of a task whose activity nobody has registered. It may be retried: another worker may know it.
[[nodiscard]] activity_answer refuse_unknown_activity(std::string_view name, const activity_registry& known);

}  // namespace perdure::detail
