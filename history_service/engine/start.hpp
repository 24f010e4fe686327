#pragma once

#include "api/proto.hpp"
#include "api/result.hpp"
#include "history_service/engine/environment.hpp"
#include "history_service/engine/transition.hpp"

#include <memory>
#include <optional>
#include <string>

namespace perdure::history {

/// What a shard keeps about the newest run of a workflow id: enough to decide a start without loading the run.
struct current_run {
    std::string run_id{};
    /// The first run of its chain.
    std::string first_run_id{};
    /// Of the start request that made this run; empty for a run that another run began.
    std::string request_id{};
    pb::enums::WorkflowExecutionStatus status = pb::enums::WORKFLOW_EXECUTION_STATUS_UNSPECIFIED;

    [[nodiscard]] bool running() const noexcept { return status == pb::enums::WORKFLOW_EXECUTION_STATUS_RUNNING; }
};

[[nodiscard]] current_run current_run_of(const run_state& state);

enum class start_action : std::uint8_t {
    /// Nothing is in the way.
    create,
    /// The same request came before: answer with that run.
    same_request,
    /// The policy says to use the running one.
    use_existing,
    /// The running one is terminated and the new one created in one commit.
    terminate_and_create,
};

struct start_decision {
    start_action action = start_action::create;
    /// The run that stands there; empty for `create` on a new workflow id.
    std::string existing_run_id{};
};

/// Checks a request against every rule that needs no run. Errors: invalid_argument, resource_exhausted for sizes.
[[nodiscard]] result<done> validate_start(const environment& env, const pb::service::StartWorkflowExecutionRequest& request);
[[nodiscard]] result<done> validate_signal_with_start(const environment& env,
                                                      const pb::service::SignalWithStartWorkflowExecutionRequest& request);

/// What a valid request means, given the newest run of its workflow id. Error: already_exists (with `run_id`).
[[nodiscard]] result<start_decision> decide_start(const std::optional<current_run>& current,
                                                  const pb::service::StartWorkflowExecutionRequest& request);

/// Makes the run of a valid request whose decision was `create` or `terminate_and_create`. In the latter case call
/// `terminate_for_start` on the existing run in the same commit.
[[nodiscard]] created_run create_run(const environment& env, const pb::service::StartWorkflowExecutionRequest& request);

/// Ends the run that a start displaces.
[[nodiscard]] transition terminate_for_start(run_state& existing, const environment& env, const std::string& new_run_id);

// Signal with start: validate, then
//   a running run (and no policy that ends it): `signal` of signals.hpp with `signal_of(request)`, started = false;
//   else decide_start(current, start_of(request)), then `create_signaled_run`.

/// The start that the request contains.
[[nodiscard]] pb::service::StartWorkflowExecutionRequest start_of(
    const pb::service::SignalWithStartWorkflowExecutionRequest& request);

/// The signal that the request contains, addressed to `run_id`.
[[nodiscard]] pb::service::SignalWorkflowExecutionRequest signal_of(
    const pb::service::SignalWithStartWorkflowExecutionRequest& request, const std::string& run_id);

struct signal_with_start_decision {
    /// Signal the run `existing_run_id`; else `start` says what to do.
    bool signal_existing = false;
    start_decision start{};
};
[[nodiscard]] result<signal_with_start_decision> decide_signal_with_start(
    const std::optional<current_run>& current, const pb::service::SignalWithStartWorkflowExecutionRequest& request);

/// Makes a run that has the signal in its history before its first workflow task.
[[nodiscard]] created_run create_signaled_run(const environment& env,
                                              const pb::service::SignalWithStartWorkflowExecutionRequest& request);

}  // namespace perdure::history
